"""Every theme that comes with the program can be read: WCAG 2.2 asks for 4.5 to 1, and 7 to 1 for level AAA."""

import pytest
from textual.color import Color

from backrooms_tui.ui.theming.installing import builtin_dir
from backrooms_tui.ui.theming.theme_file import ThemeFile, read_theme

FILES = sorted(builtin_dir().glob("*.toml"))
GROUNDS = ("background", "surface", "panel")
TEXTS = (
    *("foreground", "text", "text-muted"),
    *("primary", "secondary", "accent", "success", "warning", "error"),
    *("text-primary", "text-secondary", "text-accent", "text-success", "text-warning", "text-error"),
)
# What is drawn on grounds of its own.
PAIRS = (
    ("block-cursor-foreground", "block-cursor-background"),
    ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
    ("footer-foreground", "footer-background"),
    ("footer-key-foreground", "footer-background"),
    ("footer-description-foreground", "footer-background"),
    ("input-cursor-foreground", "input-cursor-background"),
    ("input-selection-foreground", "input-selection-background"),
)


def _luminance(colour: Color) -> float:
    parts = [part / 255 for part in (colour.r, colour.g, colour.b)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: Color, other: Color) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _drawn(value: str, ground: Color) -> Color:
    """The colour that a value such as "#e0a458 60%" or "auto 87%" comes to on `ground`."""
    name, _, share = value.partition(" ")
    alpha = float(share.strip().rstrip("%")) / 100 if share else 1.0
    if name == "auto":
        return ground + ground.get_contrast_text(alpha)
    colour = Color.parse(name)
    return ground + colour.with_alpha(colour.a * alpha)


def _weakest(theme: ThemeFile) -> tuple[float, str]:
    variables = theme.as_theme().to_color_system().generate() | theme.variables
    black = Color(0, 0, 0)
    surface = _drawn(variables["surface"], black)
    found = []
    for ground in GROUNDS:
        behind = _drawn(variables[ground], black)
        found += [(_contrast(_drawn(variables[text], behind), behind), f"{text} on {ground}") for text in TEXTS]
    for text, ground in PAIRS:
        behind = _drawn(variables[ground], surface)
        found.append((_contrast(_drawn(variables[text], behind), behind), f"{text} on {ground}"))
    return min(found)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_text_can_be_read(path):
    theme = read_theme(path)
    if theme.ansi:
        pytest.skip("its colours are the terminal's own")
    contrast, where = _weakest(theme)
    assert contrast >= (7.0 if theme.name == "high-contrast" else 4.5), where


def test_there_is_a_theme_for_everybody():
    themes = {theme.name: theme for theme in map(read_theme, FILES)}
    assert len(themes) == len(FILES) >= 8
    assert sum(theme.dark for theme in themes.values()) >= 2
    assert sum(not theme.dark for theme in themes.values()) >= 2
    assert {"high-contrast", "okabe-ito", "hot-dog-stand"} <= themes.keys()
    assert all(path.stem == read_theme(path).name for path in FILES)
    assert all(theme.about for theme in themes.values())


def test_the_plain_theme_keeps_to_the_terminals_sixteen_colours():
    plain = read_theme(builtin_dir() / "plain-16.toml")
    colours = [*plain.colours.model_dump(exclude_none=True).values()]
    colours += [value for name, value in plain.variables.items() if not name.endswith("-style")]
    assert plain.ansi
    assert all(colour.startswith("ansi_") for colour in colours)
