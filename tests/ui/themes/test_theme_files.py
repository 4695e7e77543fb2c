"""Theme files: a mistake is named with its line and its cure, and a changed file is on the screen at once."""

from pathlib import Path

import pytest
from textual.color import Color

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.theming.installing import builtin_dir, known_themes
from backrooms_tui.ui.theming.theme_file import read_theme
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until


def _said(app: BareApp) -> str:
    """What stands on the screen, without its line breaks."""
    return " ".join(screen_text(app).replace("▌", " ").split())


GOOD = 'name = "mine"\nabout = "My own"\n[colours]\nprimary = "#112233"\nbackground = "#445566"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "config" / "themes"
    made.mkdir(parents=True)
    return made


def _configured(tmp_path: Path, text: str) -> None:
    (tmp_path / "config").mkdir(exist_ok=True)
    (tmp_path / "config" / "config.toml").write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("text", "line", "said", "cure"),
    [
        ('name = "x"\n[colours]\nprimary = "tomatoe"\n', 3, "colours.primary is not a colour", "tomato"),
        ('name = "x"\n\n[colours]\nprimary = "#12345"\n', 4, "colours.primary is not a colour", "#e0a458"),
        ('name = "x"\n[colours]\nprimary = "red"\nbackgruond = "blue"\n', 4, "not a part of a theme", "background"),
        ('name = "x"\n[colors]\nprimary = "red"\n', 2, "colors is not a part of a theme", "colours"),
        ('name = "x"\n[colours]\nbackground = "red"\n', None, "colours.primary is missing", "primary ="),
        ('name = "Big Name"\n[colours]\nprimary = "red"\n', 1, "name is not a name", "small letters"),
        ('name = "x"\ndark = "yes"\n[colours]\nprimary = "red"\n', 2, "dark must be true or false", "change it"),
        (
            'name = "x"\n[colours]\nprimary = "red"\n[variables]\nfoter-background = "red"\n',
            5,
            "variables.foter-background is not a role",
            "footer-background",
        ),
        (
            'name = "x"\n[colours]\nprimary = "red"\n[variables]\nborder = "red; color: blue"\n',
            5,
            "variables.border is not a colour",
            "#e0a458",
        ),
        (
            'name = "x"\n[colours]\nprimary = "red"\n[variables]\nlink-style = "blinking"\n',
            5,
            "link-style is not a style",
            "bold",
        ),
        ('name = "x"\n[colours\n', 2, "Expected", "brackets"),
        ("", None, "name is missing", "name ="),
    ],
)
def test_a_mistake_is_named_with_its_place_and_cure(tmp_path, text, line, said, cure):
    path = tmp_path / "x.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(OperatorError) as caught:
        read_theme(path)
    assert str(path) in caught.value.what
    assert said in caught.value.what
    assert cure in caught.value.cure
    if line is not None:
        assert f"line {line}:" in caught.value.what


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x" * 200_000, b"a = " + b"[" * 100_000])
def test_what_is_no_theme_at_all(tmp_path, content):
    path = tmp_path / "x.toml"
    path.write_bytes(content)
    with pytest.raises(OperatorError):
        read_theme(path)
    with pytest.raises(OperatorError):
        read_theme(tmp_path)


async def test_the_configured_theme_is_put_on(workspace, tmp_path):
    _configured(tmp_path, '[ui]\ntheme = "paper"\nreduce_motion = true\n')
    app = BareApp(workspace)
    async with app.run_test(notifications=True):
        assert app.theme == "paper"
        assert app.animation_level == "none"
        assert app.screen.styles.background == Color.parse("#f7f1e5")


async def test_a_theme_that_nobody_has_is_named_and_the_default_stays(workspace, tmp_path):
    _configured(tmp_path, '[ui]\ntheme = "papper"\n')
    app = BareApp(workspace)
    async with app.run_test(notifications=True) as pilot:
        await until(pilot, lambda: "did you mean paper?" in _said(app))
        assert app.theme == "lamplight"


async def test_a_broken_file_is_named_and_the_default_stays(workspace, tmp_path, folder):
    _configured(tmp_path, '[ui]\ntheme = "mine"\n')
    (folder / "mine.toml").write_text('name = "mine"\n[colours]\nprimary = "bleu"\n', "utf-8")
    app = BareApp(workspace)
    async with app.run_test(size=(160, 40), notifications=True) as pilot:
        await until(pilot, lambda: "colours.primary is not a colour" in _said(app))
        assert "line 3" in _said(app)
        assert app.theme == "lamplight"


async def test_a_changed_file_is_applied_at_once(workspace, tmp_path, folder):
    path = folder / "mine.toml"
    path.write_text(GOOD, "utf-8")
    _configured(tmp_path, '[ui]\ntheme = "mine"\n')
    app = BareApp(workspace)
    async with app.run_test(size=(160, 40), notifications=True) as pilot:
        assert app.screen.styles.background == Color.parse("#445566")
        path.write_text(GOOD.replace("#445566", "#0000aa"), "utf-8")
        await until(pilot, lambda: app.screen.styles.background == Color.parse("#0000aa"))
        # A mistake on the way leaves what is on as it was, and is named.
        path.write_text(GOOD.replace("#445566", "#nothing"), "utf-8")
        await until(pilot, lambda: "colours.background is not a colour" in _said(app))
        assert app.screen.styles.background == Color.parse("#0000aa")
        path.write_text(GOOD.replace("#445566", "#00aa00"), "utf-8")
        await until(pilot, lambda: app.screen.styles.background == Color.parse("#00aa00"))
        path.unlink()
        await until(pilot, lambda: app.theme == "lamplight")
        assert "mine" not in [theme.name for theme in known_themes(app)]


async def test_one_s_own_theme_wins_over_the_built_in_one_of_its_name(workspace, folder):
    path = folder / "lamplight.toml"
    path.write_text(GOOD.replace('"mine"', '"lamplight"'), "utf-8")
    app = BareApp(workspace)
    async with app.run_test(notifications=True) as pilot:
        assert app.screen.styles.background == Color.parse("#445566")
        assert known_themes(app)[0].own
        path.unlink()
        await until(pilot, lambda: app.screen.styles.background == Color.parse("#1b1612"))


async def test_no_colour_is_shown_where_none_is_wanted(workspace, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = BareApp(workspace, lambda app: app.show_settings())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "lamplight" in screen_text(app) and app.focused is not None)
        shades = {
            tuple(colour.triplet)
            for strip in app.screen._compositor.render_strips()
            for segment in strip
            if segment.style is not None
            for colour in (segment.style.color, segment.style.bgcolor)
            if colour is not None and colour.triplet is not None
        }
    assert shades
    assert all(red == green == blue for red, green, blue in shades)


@pytest.mark.parametrize("name", [path.stem for path in sorted(builtin_dir().glob("*.toml"))])
async def test_every_theme_can_be_put_on(workspace, name):
    app = BareApp(workspace, lambda app: app.show_settings())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "lamplight" in screen_text(app) and app.focused is not None)
        app.theme = name
        await until(pilot, lambda: f"▸ {name}" in screen_text(app) or app.theme == name)
        app.show_models()
        await until(pilot, lambda: "anthropic" in screen_text(app))
        await pilot.press("e")
        await until(pilot, lambda: "Dialect" in screen_text(app))


@pytest.mark.parametrize("ansi", ["true", "false"])
@pytest.mark.parametrize("dark", ["true", "false"])
async def test_a_theme_of_one_colour_is_enough(workspace, tmp_path, folder, ansi, dark):
    colour = "ansi_blue" if ansi == "true" else "#336699"
    text = f'name = "least"\nansi = {ansi}\ndark = {dark}\n[colours]\nprimary = "{colour}"\n'
    (folder / "least.toml").write_text(text, "utf-8")
    _configured(tmp_path, '[ui]\ntheme = "least"\n')
    app = BareApp(workspace, lambda app: app.show_settings())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "▸ least" in screen_text(app))
        assert app.theme == "least"
