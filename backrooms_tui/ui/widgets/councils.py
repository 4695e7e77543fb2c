"""A council under its agent: one line, or unfolded with what was said in it, and councils within it again so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from rich.cells import set_cell_size

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.state import CouncilEntry, Entry, RoundEntry, TurnEntry, WordEntry
from backrooms_tui.ui.widgets.flow import Flow, Row
from backrooms_tui.ui.widgets.marks import mark
from backrooms_tui.ui.widgets.prose import Tone
from backrooms_tui.ui.widgets.wrapping import cells

if TYPE_CHECKING:
    from backrooms_tui.ui.widgets.drawing import Manner

COUNCIL = "◇"
MOST = 200  # turns of a council that are unfolded in its place; all of it has a screen of its own
_BAR = "│ "
_NARROWEST = 16  # cells below which nothing is indented any more
Lay = Callable[[Entry, "Manner"], list[Row]]


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said in a council: the first of its entries, how many turns come after them, and what is wrong where it
    cannot be read."""

    entries: Sequence[Entry] = ()
    more: int = 0
    wrong: str = ""


class Unfolded(Protocol):
    """Which councils are unfolded, and what was said in them."""

    def depth(self, council: str) -> int:
        """How many levels of the council (a session's id) are unfolded; 0 where it is folded."""
        ...

    def talk(self, council: str) -> Talk | None:
        """What was said in it; None as long as that is not known, which is then found out."""
        ...


class AllFolded:
    """Nothing is unfolded."""

    def depth(self, council: str) -> int:
        """Nothing."""
        return 0

    def talk(self, council: str) -> Talk | None:
        """Nobody asks."""
        return None


ALL_FOLDED = AllFolded()


def council_line(entry: CouncilEntry, manner: "Manner") -> str:
    """A council in one line: `council · 6 turns · $0.01`, and whose it is where the place does not say."""
    parts = [f"{_whose(entry.agent, manner)}council", counted(entry.turns)]
    if entry.cost:
        parts.append(f"${entry.cost:.4f}" if entry.cost < 0.01 else f"${entry.cost:.2f}")
    if not entry.text:
        parts.append(f"came to nothing: {harmless_line(entry.detail)}" if entry.detail else "came to nothing")
    return " · ".join(parts)


def held_line(seat: int, heard: str, manner: "Manner") -> str:
    """The same of one that is being held: what is `heard` in it, briefly where it is one line of many."""
    return f"{_whose(seat, manner)}{heard if manner.compact else f'council · {heard}'}"


def _whose(seat: int, manner: "Manner") -> str:
    return f"{mark(seat)} " if manner.marks else ""


def counted(turns: int) -> str:
    """`6 turns`."""
    return f"{turns:,} turn{'' if turns == 1 else 's'}"


def council_head(text: str, seat_tone: Tone, manner: "Manner", *, unfolded: bool) -> Row:
    """The line of a council, with a sign for whether it is unfolded."""
    margin = "   " if manner.compact else ""
    sign = "▾" if unfolded else "▸"
    room = max(1, manner.width - len(margin) - 4)
    text = text if cells(text) <= room else _cut(text, room)
    return Row(((f"{margin}{sign} ", "faint"), (f"{COUNCIL} ", seat_tone), (text, "notice")))


def council_rows(entry: CouncilEntry, seat_tone: Tone, manner: "Manner", lay: Lay) -> list[Row]:
    """The council as rows, its inside laid out by `lay`."""
    depth = manner.deep if manner.deep is not None else manner.councils.depth(entry.council)
    rows = [council_head(council_line(entry, manner), seat_tone, manner, unfolded=depth > 0)]
    if depth <= 0:
        return rows
    inside = within(manner, depth - 1)
    talk = manner.councils.talk(entry.council)
    if talk is None:
        return [*rows, *indented([Row((("reading …", "faint"),))], manner)]
    return [*rows, *indented(_inside(talk, inside, lay), manner)]


def within(manner: "Manner", deep: int) -> "Manner":
    """How what was said in a council is drawn: a little narrower, with who speaks, and with `deep` levels within it."""
    width = max(1, manner.width - len(_BAR)) if manner.width > _NARROWEST else manner.width
    return replace(manner, width=width, marks=True, originals=frozenset(), kept={}, stall_at=None, deep=deep, seats={})


def indented(rows: Sequence[Row], manner: "Manner") -> list[Row]:
    """These rows under the line of their council."""
    if manner.width <= _NARROWEST:
        return list(rows)
    return [Row(((_BAR, "faint"), *row.pieces), row.fill) for row in rows]


def between(entry: Entry, manner: "Manner") -> list[Row]:
    """What stands before an entry within a council that is not its first one."""
    return [Row(())] if not manner.compact and isinstance(entry, TurnEntry | RoundEntry | CouncilEntry) else []


def inner_rows(entry: Entry, manner: "Manner", lay: Lay) -> list[Row]:
    """An entry of a council. What its members were told at its beginning may be as long as a whole conversation: it
    stands in one line, and whole on the council's own screen."""
    brief = isinstance(entry, WordEntry) and entry.source != "operator"
    return lay(entry, replace(manner, compact=True) if brief else manner)


def _inside(talk: Talk, manner: "Manner", lay: Lay) -> list[Row]:
    rows: list[Row] = []
    for entry in talk.entries:
        if rows:
            rows += between(entry, manner)
        rows += inner_rows(entry, manner, lay)
    if talk.more:
        rows += _plain(f"… and {counted(talk.more)} more: enter opens the council", manner)
    if talk.wrong:
        rows += _plain(f"! {talk.wrong}", manner, "warning")
    return rows or _plain("nothing was said", manner)


def _plain(text: str, manner: "Manner", tone: Tone = "faint") -> list[Row]:
    if manner.compact:
        return [Row(((_cut(harmless_line(text), manner.width), tone),))]
    flow = Flow(manner.width, plain=tone)
    flow.feed(harmless_line(text))
    return flow.rows


def _cut(text: str, width: int) -> str:
    if cells(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 1 else ""
