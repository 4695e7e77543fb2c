"""`backrooms sessions compare`: two sessions of one family, from where they part."""

import sys
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import click

from backrooms_tui.cli.completing import session_ids
from backrooms_tui.cli.live_text import mark
from backrooms_tui.cli.tables import print_json, shortened
from backrooms_tui.session.harmless import harmless, harmless_line

if TYPE_CHECKING:
    from backrooms_tui.assembly.branching.comparing import Compared, Figures, Reading
    from backrooms_tui.assembly.branching.wording import Wording
    from backrooms_tui.session.entries import TurnEntry
    from backrooms_tui.store.summaries import SessionSummary

_WIDTH = 100  # columns, where no terminal says how many there are
_NAMES = ("A", "B")
Both = tuple["TurnEntry | None", "TurnEntry | None"]


@click.command()
@click.argument("first", metavar="A", shell_complete=session_ids)
@click.argument("second", metavar="B", shell_complete=session_ids)
@click.option("--json", "as_json", is_flag=True, help="Print one object.")
def compare(first: str, second: str, as_json: bool) -> None:
    """Compare A and B, two sessions of one family, turn by turn from where they part.

    Turns that are much alike are printed once, with [-what only A says-] and {+what only B says+}.
    """
    from backrooms_tui.assembly.branching.comparing import Reading
    from backrooms_tui.assembly.branching.comparing import compare as compared_of
    from backrooms_tui.assembly.workspace import Workspace

    workspace = Workspace()
    try:
        store = workspace.store
        compared = compared_of(store, store.find(first), store.find(second))
        reading = Reading(store, *compared.sessions)
        if as_json:
            print_json(_as_json(compared, reading))
        else:
            _print(compared, reading)
    finally:
        workspace.close()


def _print(compared: "Compared", reading: "Reading") -> None:
    for name, one, figures in zip(_NAMES, compared.sessions, compared.figures, strict=True):
        click.echo(f"{name}  {one.id}  {harmless_line(one.title)}\n   {figures_told(figures)}")
    click.echo(f"\n{_turns(compared.common)} in common")
    for turn in compared.turns:
        both: Both = reading.turn(turn)
        for line in _lines(turn, both):
            click.echo(line)


def figures_told(figures: "Figures") -> str:
    """`6 turns, 312 words, $0.0400, 1 of 6 stalled`."""
    if not figures.turns:
        return "ends where they part"
    cost = f"${figures.cost:.4f}" if figures.cost else "" if figures.unpriced else "free"
    price = " + ".join(filter(None, (cost, "?" if figures.unpriced else "")))
    stalled = f"{figures.stalled} of {figures.measured} stalled" if figures.measured else "stall not measured"
    return f"{_turns(figures.turns)}, {figures.words:,} words, {price}, {stalled}"


def _lines(turn: int, both: Both) -> list[str]:
    from backrooms_tui.assembly.branching.comparing import alike
    from backrooms_tui.assembly.branching.wording import compare_wording

    one, other = both
    if one is not None and alike(*both):
        return [_shortened(f"{turn:>4} =  {_who(one)}  {one.text}")]
    if one is not None and other is not None and one.agent == other.agent:
        wording = compare_wording(one.text, other.text)
        if wording.first or wording.second:
            return [f"{turn:>4} ≈  {_who(one)}  {_merged(wording)}"]
    said = zip(_NAMES, both, strict=True)
    return [_shortened(f"{turn:>4} {name}  {_who(entry)}  {entry.text}") for name, entry in said if entry is not None]


def _merged(wording: "Wording") -> str:
    """Both at once: what only one of them says stands in brackets."""
    signs = {"both": ("", ""), "first": ("[-", "-]"), "second": ("{+", "+}")}
    return "".join(f"{signs[whose][0]}{harmless(text)}{signs[whose][1]}" for whose, text in wording.merged)


def _who(entry: "TurnEntry") -> str:
    return f"{mark(entry.agent)} {harmless_line(entry.name)}"


def _shortened(line: str) -> str:
    width = get_terminal_size().columns if sys.stdout.isatty() else _WIDTH
    return shortened(harmless_line(" ".join(line[: 4 * width].splitlines())), width)


def _turns(number: int) -> str:
    return "1 turn" if number == 1 else f"{number:,} turns"


def _as_json(compared: "Compared", reading: "Reading") -> dict[str, Any]:
    sides = zip("ab", compared.sessions, compared.figures, strict=True)
    return {
        "common": compared.common,
        **{name: _side_as_json(one, figures) for name, one, figures in sides},
        "turns": [_turn_as_json(turn, reading.turn(turn)) for turn in compared.turns],
    }


def _side_as_json(one: "SessionSummary", figures: "Figures") -> dict[str, Any]:
    return {
        "session": one.id,
        "title": one.title,
        "turns": figures.turns,
        "words": figures.words,
        "cost": figures.cost,
        "unpriced_turns": figures.unpriced,
        "stalled": figures.stalled,
        "share": None if figures.share is None else round(figures.share, 4),
    }


def _turn_as_json(turn: int, both: Both) -> dict[str, Any]:
    from backrooms_tui.assembly.branching.comparing import alike
    from backrooms_tui.assembly.branching.wording import compare_wording

    one, other = both
    likeness = compare_wording(one.text, other.text).alike if one is not None and other is not None else None
    said = {
        name: None if entry is None else {"agent": entry.agent, "name": entry.name, "text": entry.text}
        for name, entry in zip("ab", both, strict=True)
    }
    return {
        "turn": turn,
        "same": alike(*both),
        "likeness": None if likeness is None else round(likeness, 4),
        **said,
    }
