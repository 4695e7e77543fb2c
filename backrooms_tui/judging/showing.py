"""What a judge is shown: who talks, and the numbered turns, so that nothing in them can pass for anything else.

A transcript is hostile: it may hold instructions for whoever reads it, or lines that look like the transcript's own.
Every line that somebody said is marked by a sign, the whole stands between two lines that nobody could have foreseen,
and the judge is told what both mean.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backrooms_tui.judging.hiding import Hidden, letter
from backrooms_tui.judging.matter import Matter, Member
from backrooms_tui.session.entries import CouncilEntry, Entry, RoundEntry, TurnEntry, WordEntry
from backrooms_tui.session.harmless import harmless, harmless_line

SAID = "> "
_WORLD = ": not an agent but a world, which answers commands with screens; it is not judged"
# Characters of an agent's instructions, and the share of the room that those of all together may take.
_INSTRUCTIONS = 1500
# A name stands outside of what is marked as said: no room for a speech.
_LONGEST_NAME = 80
_FOR_MEMBERS = 0.2
# What came before the round that is judged: characters, and share of the room.
_BEFORE = 12_000
_FOR_BEFORE = 1 / 3
# Of what stays of a long session, so much is from its beginning.
_FIRST = 1 / 3
_LINES = re.compile(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a judge is shown. `labels` name the agents by seat, in the order in which they are told. `turns` are those
    that it sees and may cite, `spoke` the seats that said something in them; `left_out` counts the turns that it does
    not see. `worlds` are seats that answer commands: nobody judges them."""

    text: str
    labels: dict[int, str]
    turns: tuple[int, ...]
    spoke: frozenset[int]
    left_out: int
    worlds: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class _Piece:
    """One entry as it is shown; `turn` where it is one."""

    text: str
    turn: int | None = None


def show(
    matter: Matter,
    order: Sequence[int],
    *,
    hidden: bool,
    room: int,
    part: tuple[int, int] | None = None,
    what: str = "",
) -> Shown:
    """`matter` with the agents in this `order` (of seats), in at most about `room` characters: what does not fit is
    left out of the middle, and said. With `part` only these entries are judged, which `what` names, and a little of
    what was said before them stands above.
    """
    labels = _labels(matter, order, hidden)
    hide = Hidden(labels, {one.seat: one.names for one in matter.members}).hide if hidden else _as_it_is
    members = _members(matter, labels, hide, int(room * _FOR_MEMBERS))
    begin, end = part or (0, len(matter.entries))
    pieces = [_piece(entry, labels, hide) for entry in matter.entries[begin:end]]
    before = _latest(matter.entries[:begin], labels, hide, min(_BEFORE, int(room * _FOR_BEFORE))) if part else []
    room -= len(members) + sum(len(piece.text) for piece in before)
    gap = None if matter.gap is None or part else matter.gap
    kept, seen = _fitted(pieces, room, gap, matter.between)
    lines = [piece.text for piece in before]
    if part is not None:
        above = f"[above: what was said before, for your understanding. From here on: {what}, which you judge]"
        lines.append(above if before else f"[{what}, which you judge]")
    turns = tuple(sorted(turn for piece in seen if (turn := piece.turn) is not None))
    worlds = frozenset(member.seat for member in matter.members if member.world)
    spoke = {entry.turn: entry.agent for entry in matter.entries[begin:end] if isinstance(entry, TurnEntry)}
    return Shown(
        f"{members}\n{_fenced([*lines, *kept])}",
        labels,
        turns,
        frozenset(spoke[turn] for turn in turns) - worlds,
        len(spoke) - len(turns) + (matter.between if gap is not None else 0),
        worlds,
    )


def _labels(matter: Matter, order: Sequence[int], hidden: bool) -> dict[int, str]:
    if hidden:
        return {seat: f"Agent {letter(place)}" for place, seat in enumerate(order)}
    names = {member.seat: _name(member) for member in matter.members}
    same = [name.casefold() for name in names.values()]
    return {
        seat: names[seat] if same.count(names[seat].casefold()) == 1 else f"{names[seat]} (seat {seat})"
        for seat in order
    }


def _name(member: Member) -> str:
    name = " ".join(harmless_line(member.names[0]).split())
    return _shortened(name, _LONGEST_NAME) or f"seat {member.seat}"


def _as_it_is(text: str) -> str:
    return text


def _members(matter: Matter, labels: dict[int, str], hide: Callable[[str], str], room: int) -> str:
    each = min(_INSTRUCTIONS, room // max(1, len(matter.members)))
    by_seat = {member.seat: member for member in matter.members}
    blocks = [_member(by_seat[seat], label, hide, each) for seat, label in labels.items()]
    return "Who talks:\n" + "".join(blocks)


def _member(member: Member, label: str, hide: Callable[[str], str], room: int) -> str:
    block = f"- {label}{_WORLD if member.world else ''}\n"
    told = (("it is", member.description), ("its position", member.position), ("it was told", member.system))
    for what, text in told:
        if text.strip():
            block += f"  {what}:\n{_quoted(_shortened(hide(text.strip()), room))}"
    return block


def _piece(entry: Entry, labels: dict[int, str], hide: Callable[[str], str]) -> _Piece:
    match entry:
        case TurnEntry():
            head = f"[turn {entry.turn}] {labels.get(entry.agent, f'seat {entry.agent}')}"
            return _Piece(f"{head}\n{_quoted(hide(entry.text))}", entry.turn)
        case CouncilEntry():
            whose = labels.get(entry.agent, f"seat {entry.agent}")
            return _Piece(f"[{whose} alone was told by its council]\n{_quoted(hide(entry.text))}")
        case RoundEntry():
            return _Piece(f"[a round begins]\n{_quoted(hide(entry.label))}")
        case WordEntry():
            to = labels.get(entry.to, f"seat {entry.to}") + " alone" if entry.to else "all"
            by = labels.get(entry.by, f"seat {entry.by}") if entry.by else "from outside"
            return _Piece(f"[{by}, to {to}]\n{_quoted(hide(entry.text))}")
    return _Piece("")


def _quoted(text: str) -> str:
    return "".join(f"{SAID}{harmless(line)}\n" for line in _LINES.split(text.strip()))


def _shortened(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: max(0, room - 20)]} … (and so on)"


def _latest(entries: Sequence[Entry], labels: dict[int, str], hide: Callable[[str], str], room: int) -> list[_Piece]:
    """As much of the end of `entries` as there is room for."""
    found: list[_Piece] = []
    for entry in reversed(entries):
        piece = _piece(entry, labels, hide)
        if len(piece.text) > room:
            break
        room -= len(piece.text)
        found.append(piece)
    return found[::-1]


def _fitted(pieces: list[_Piece], room: int, gap: int | None, between: int) -> tuple[list[str], list[_Piece]]:
    """The lines to be shown, and the pieces that are in them."""
    total = sum(len(piece.text) for piece in pieces)
    if total <= room and gap is None:
        return [piece.text for piece in pieces], pieces
    if total > room:
        pieces = [_cut(piece, max(200, room // 4)) for piece in pieces]
    borders = [gap + 1 if gap is not None else len(pieces)] * 2
    head = _how_many(pieces[: borders[0]], int(room * _FIRST))
    used = sum(len(piece.text) for piece in pieces[:head])
    last = pieces[max(head, borders[0] if gap is not None else head) :]
    tail = _how_many(last[::-1], room - used)
    first, last = pieces[:head], last[len(last) - tail :] if tail else []
    missing = pieces[head : len(pieces) - tail]
    turns = sum(piece.turn is not None for piece in missing) + (between if gap is not None else 0)
    note = f"[{turns} turns are left out here: there is no room for them]\n" if turns else ""
    return [piece.text for piece in first] + [note] * bool(note) + [piece.text for piece in last], [*first, *last]


def _how_many(pieces: Sequence[_Piece], room: int) -> int:
    for number, piece in enumerate(pieces):
        room -= len(piece.text)
        if room < 0:
            return number
    return len(pieces)


def _cut(piece: _Piece, room: int) -> _Piece:
    """A very long turn keeps its beginning and its end."""
    if len(piece.text) <= room:
        return piece
    half = room // 2
    left_out = f"\n[… {len(piece.text) - 2 * half:,} characters are left out here …]\n{SAID}"
    return _Piece(f"{piece.text[:half]}{left_out}{piece.text[-half:]}", piece.turn)


def _fenced(lines: Sequence[str]) -> str:
    text = "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
    sign = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"=== transcript {sign} begins ===\n{text}=== transcript {sign} ends ===\n"
