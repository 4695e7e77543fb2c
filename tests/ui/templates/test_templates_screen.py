"""The templates: what each agent would receive, and a workshop for one's own."""

from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

from backrooms_tui.templates.loading import find_template
from backrooms_tui.templates.reading import read_text
from backrooms_tui.ui.screens.question.question import QuestionScreen
from backrooms_tui.ui.screens.templates.editor import EditorScreen
from backrooms_tui.ui.screens.templates.naming import NamingScreen
from backrooms_tui.ui.screens.templates.templates import TemplatesScreen
from backrooms_tui.ui.widgets.rows import Rows
from tests.hostile import HOSTILE, control_bytes
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until

MINE = """\
[template]
title = "Mine"
[variables.place]
help = "Where"
choices = ["a kitchen", "a cellar"]
[[agents]]
name = "Ada"
system = "You are in {{ place }} with {{ other.name }}, who is {{ other.model }}."
history = [{ role = "user", text = "Hello, {{ self.name }}." }]
[[agents]]
name = "Ben"
system = "You are {{ self.name }}."
"""
WRONG = MINE.replace("other.name", "othr").replace("You are {{ self.name }}", "You are {{ wrong }}")


class Playing(BareApp):
    """Remembers what would be played."""

    played = ""

    def show_new(self, template: str | None = None) -> None:
        self.played = template or ""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "config" / "templates"
    made.mkdir(parents=True)
    (made / "mine.toml").write_text(MINE, "utf-8")
    return made


@pytest.fixture
def app(workspace, folder):
    return Playing(workspace, lambda app: app.show_templates())


async def _opened(app, pilot, name="mine"):
    await until(pilot, lambda: isinstance(app.screen, TemplatesScreen) and app.screen.marked is not None)
    rows = app.screen.query_one(Rows)
    rows.marked = [one.source.name for one in app.screen._templates].index(name)
    await until(pilot, lambda: app.screen.marked.source.name == name)


async def _editing(app, pilot, name="mine"):
    await _opened(app, pilot, name)
    await pilot.press("e")
    await until(pilot, lambda: isinstance(app.screen, EditorScreen) and isinstance(app.focused, TextArea))
    return app.focused


async def test_own_and_built_in_ones_are_listed_and_broken_ones_are_named_with_why(app, folder):
    (folder / "broken.toml").write_text('[template]\ntitle = 3\n[[agents]]\nname = "A"\n', "utf-8")
    async with app.run_test(size=(120, 40)) as pilot:
        await _opened(app, pilot, "broken")
        await until(pilot, lambda: "It cannot be played" in screen_text(app))
        text = screen_text(app)
        assert "✗ broken" in text
        assert "template.title: must be a text" in text
        assert "broken.toml:2" in text
        assert "cli" in text
        assert "built in" in text
        await pilot.press("enter")
        await pilot.pause()
        assert app.played == ""


async def test_the_preview_is_what_each_agent_would_receive(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await _opened(app, pilot)
        await until(pilot, lambda: "You are in a kitchen with Ben, who is SmolLM2." in screen_text(app))
        assert "── heard Hello, Ada." in screen_text(app)
        assert "② Ben" in screen_text(app)


async def test_the_preview_has_the_council_of_each_agent(app, folder):
    council = '[[agents.council.agents]]\nname = "Bo"\nsystem = "You serve {{ host.name }}."\nmodel = "opus"\n'
    text = MINE.replace('[[agents]]\nname = "Ben"', council + '[[agents]]\nname = "Ben"')
    (folder / "mine.toml").write_text(text + "[rules]\nrounds = { first = 1, last = 4 }\n", "utf-8")
    async with app.run_test(size=(100, 40)) as pilot:
        await _opened(app, pilot)
        await until(pilot, lambda: "①·1 Bo  opus" in screen_text(app))
        text = screen_text(app)
        assert "① Ada has a council, before each of its turns" in text
        assert "You serve Ada." in text
        assert "Ends after 4 rounds" in text


async def test_enter_plays_it(app):
    async with app.run_test() as pilot:
        await _opened(app, pilot, "fugue")
        await pilot.press("enter")
        await until(pilot, lambda: app.played == "fugue")


async def test_a_copy_of_a_built_in_one(app, folder):
    async with app.run_test() as pilot:
        await _opened(app, pilot, "cli")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, NamingScreen))
        app.screen.query_one(Input).value = "my-cli"
        await pilot.press("enter")
        await until(
            pilot, lambda: isinstance(app.screen, TemplatesScreen) and app.screen.marked.source.name == "my-cli"
        )
    assert (folder / "my-cli.toml").read_text("utf-8") == read_text(find_template("cli", None).path)


@pytest.mark.parametrize("name", ["mine", "", "a/b", "../x", "a b"])
async def test_a_name_that_cannot_be_is_not_taken(app, folder, name):
    before = sorted(folder.iterdir())
    async with app.run_test() as pilot:
        await _opened(app, pilot)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, NamingScreen))
        app.screen.query_one(Input).value = name
        await until(pilot, lambda: "✗" in screen_text(app))
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, NamingScreen)
    assert sorted(folder.iterdir()) == before


async def test_a_new_one_begins_with_a_file_that_explains_itself(app, folder):
    async with app.run_test() as pilot:
        await _opened(app, pilot)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, NamingScreen))
        app.screen.query_one(Input).value = "night-talk"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen) and "nothing is wrong" in screen_text(app))
        assert 'title = "Night talk"' in app.screen.query_one(TextArea).text
    assert 'title = "Night talk"' in (folder / "night-talk.toml").read_text("utf-8")


async def test_built_in_ones_stay_as_they_are(app, folder):
    async with app.run_test() as pilot:
        await _opened(app, pilot, "duo")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, QuestionScreen))
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, NamingScreen))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        assert app.screen.path == folder / "duo-2.toml"


async def test_findings_stand_at_their_lines_as_one_types(app):
    async with app.run_test(size=(100, 30)) as pilot:
        area = await _editing(app, pilot)
        await until(pilot, lambda: "nothing is wrong" in screen_text(app))
        area.move_cursor((7, len('system = "You are in {{ pla')))
        await pilot.press("x")
        await until(pilot, lambda: "nothing is called 'plaxce'" in screen_text(app))
        await until(pilot, lambda: "8 ✗" in screen_text(app))
        assert "did you mean place?" in screen_text(app)
        await pilot.press("backspace")
        await until(pilot, lambda: "nothing is wrong" in screen_text(app))
        assert "✗" not in screen_text(app)


async def test_f8_jumps_to_the_next_line_that_is_wrong_and_round_again(app, folder):
    (folder / "mine.toml").write_text(WRONG, "utf-8")
    async with app.run_test(size=(100, 30)) as pilot:
        area = await _editing(app, pilot)
        await until(pilot, lambda: "nothing is called 'othr'" in screen_text(app))
        lines = []
        for _ in range(3):
            await pilot.press("f8")
            await pilot.pause()
            lines.append(area.cursor_location[0] + 1)
        assert lines == [8, 12, 8]


async def test_walking_through_the_list_walks_through_the_text(app, folder):
    (folder / "mine.toml").write_text(WRONG, "utf-8")
    async with app.run_test(size=(100, 30)) as pilot:
        area = await _editing(app, pilot)
        await until(pilot, lambda: "nothing is called 'othr'" in screen_text(app))
        await pilot.press("tab", "down")
        await until(pilot, lambda: area.cursor_location[0] > 7)
        await pilot.press("enter")
        await until(pilot, lambda: area.has_focus)


async def test_saving_writes_the_file_and_the_list_shows_it(app, folder):
    async with app.run_test(size=(100, 30)) as pilot:
        area = await _editing(app, pilot)
        area.text = MINE.replace('"Mine"', '"Ours"')
        await until(pilot, lambda: "not saved" in screen_text(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "not saved" not in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, TemplatesScreen) and "Ours" in screen_text(app))
    assert 'title = "Ours"' in (folder / "mine.toml").read_text("utf-8")


async def test_leaving_asks_before_changes_are_lost(app, folder):
    async with app.run_test() as pilot:
        area = await _editing(app, pilot)
        await pilot.press("#")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, QuestionScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        assert area.text.startswith("#")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, QuestionScreen))
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, TemplatesScreen))
        assert (folder / "mine.toml").read_text("utf-8") == "#" + MINE
        await _editing(app, pilot)
        await pilot.press("x", "escape")
        await until(pilot, lambda: isinstance(app.screen, QuestionScreen))
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, TemplatesScreen))
    assert (folder / "mine.toml").read_text("utf-8") == "#" + MINE


async def test_quitting_asks_too(app, folder):
    async with app.run_test() as pilot:
        await _editing(app, pilot)
        await pilot.press("#", "ctrl+q")
        await until(pilot, lambda: isinstance(app.screen, QuestionScreen))
        assert not app._exit
        await pilot.press("t")
        await until(pilot, lambda: app._exit)
    assert (folder / "mine.toml").read_text("utf-8") == MINE


async def test_what_another_program_wrote_meanwhile_is_not_written_over_unasked(app, folder):
    async with app.run_test() as pilot:
        await _editing(app, pilot)
        (folder / "mine.toml").write_text("# theirs\n", "utf-8")
        await pilot.press("#", "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, QuestionScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, EditorScreen))
        assert (folder / "mine.toml").read_text("utf-8") == "# theirs\n"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, QuestionScreen))
        await pilot.press("o")
        await until(pilot, lambda: (folder / "mine.toml").read_text("utf-8") == "#" + MINE)


async def test_windows_line_ends_stay(app, folder):
    (folder / "mine.toml").write_bytes(MINE.replace("\n", "\r\n").encode())
    async with app.run_test() as pilot:
        await _editing(app, pilot)
        await pilot.press("#", "ctrl+s")
        await until(pilot, lambda: (folder / "mine.toml").read_bytes().startswith(b"#"))
    assert (folder / "mine.toml").read_bytes() == ("#" + MINE).replace("\n", "\r\n").encode()


async def test_hostile_files_reach_the_screen_harmless(app, folder):
    hostile = "".join(f"# {text}\n" for text in HOSTILE).encode("utf-8", "replace")
    (folder / "mine.toml").write_bytes(hostile + MINE.encode())
    quoted = "\\u001b]52;c;eA==\\u0007 \\u202e x[/] [bold]"
    (folder / "other.toml").write_text(MINE.replace("a kitchen", quoted).replace("Mine", quoted), "utf-8")
    async with app.run_test(size=(120, 60)) as pilot:
        await _opened(app, pilot, "other")
        await until(pilot, lambda: "You are in ␛]52" in screen_text(app))
        assert control_bytes(screen_text(app).encode("utf-8", "replace")) == set()
        assert "x[/] [bold]" in screen_text(app)
        await _editing(app, pilot)
        await until(pilot, lambda: "clipboard" in screen_text(app))
        assert control_bytes(screen_text(app).encode("utf-8", "replace")) == set()


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 50)])
async def test_list_and_preview_at_every_size(app, size):
    async with app.run_test(size=size) as pilot:
        await _opened(app, pilot)
        await until(pilot, lambda: "a kitchen" in screen_text(app))
        assert "mine" in screen_text(app)
        await _editing(app, pilot)
        await until(pilot, lambda: "nothing is wrong" in screen_text(app))
