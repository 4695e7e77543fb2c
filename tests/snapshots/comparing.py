"""Screens as text files that a person can read in a diff.

A file holds the characters of the screen, trailing blanks left out, and below a line of dashes what the characters do
not tell: which words stand out, which rows lie on another ground, and what has the focus. Colours are left to the
tests of the themes.
"""

from collections import Counter
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

from textual.app import App
from textual.strip import Strip

FOLDER = Path(__file__).parent / "screens"
RULE = "─" * 20
_EMPHASIS = ("bold", "italic", "underline", "strike")


def picture(app: App[object]) -> str:
    """The screen as it stands, in the form of a snapshot file."""
    strips = app.screen._compositor.render_strips()
    rows = [strip.text[: app.size.width].rstrip() for strip in strips]
    return "\n".join([*rows, RULE, *_style(strips, app), ""])


def kept(name: str) -> str:
    """The screen as it was, nothing where there is none yet."""
    path = FOLDER / f"{name}.txt"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def check(name: str, found: str, *, update: bool) -> None:
    """Compare with the file, or write it. AssertionError shows the difference."""
    path = FOLDER / f"{name}.txt"
    if update:
        FOLDER.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8", newline="\n")
        return
    before = kept(name)
    if before == found:
        return
    difference = "\n".join(
        unified_diff(before.splitlines(), found.splitlines(), f"{name}.txt", "the screen", lineterm="")
    )
    raise AssertionError(
        f"the screen looks different:\n{difference}\n\n"
        "If it should: BACKROOMS_UPDATE_SNAPSHOTS=1 pytest tests/snapshots"
    )


def _style(strips: list[Strip], app: App[object]) -> Iterator[str]:
    focused = app.focused
    yield f"focus: {type(focused).__name__ if focused is not None else 'nothing'}"
    grounds: Counter[str] = Counter()
    for strip in strips:
        for segment in strip:
            grounds[_ground(segment)] += len(segment.text)
    usual = grounds.most_common(1)[0][0] if grounds else ""
    for number, strip in enumerate(strips, 1):
        said = [*_words(strip), *_other_grounds(strip, usual)]
        if said:
            yield f"{number:>2}  " + "  ".join(said)


def _words(strip: Strip) -> Iterator[str]:
    """Words that stand out by more than their colour."""
    for segment in strip:
        style = segment.style
        how = [name for name in _EMPHASIS if style is not None and getattr(style, name)]
        if how and segment.text.strip():
            yield f"{'+'.join(how)}‹{segment.text.strip()}›"


def _other_grounds(strip: Strip, usual: str) -> Iterator[str]:
    """Columns (from 1) that lie on another ground than most of the screen."""
    column, began = 1, 0
    for segment in strip:
        other = _ground(segment) != usual
        if other and not began:
            began = column
        elif not other and began:
            yield f"ground {began}-{column - 1}"
            began = 0
        column += segment.cell_length
    if began:
        yield f"ground {began}-{column - 1}"


def _ground(segment: object) -> str:
    style = getattr(segment, "style", None)
    colour = getattr(style, "bgcolor", None)
    return colour.name if colour is not None else ""
