"""What one entry of the timeline looks like, as rows of text. No widget and no colours: these come later."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich.cells import set_cell_size

from backrooms_tui.session.events import StopReason, WordSource
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.mark import NOTE, STAR, Mark
from backrooms_tui.session.state import (
    CouncilEntry,
    Entry,
    FailedAttempt,
    NoticeEntry,
    RoundEntry,
    TurnEntry,
    WordEntry,
)
from backrooms_tui.ui.widgets.councils import ALL_FOLDED, Unfolded, council_rows
from backrooms_tui.ui.widgets.flow import Flow, Row
from backrooms_tui.ui.widgets.marks import MARKS, mark, seat_class
from backrooms_tui.ui.widgets.prose import Tone, with_hits
from backrooms_tui.ui.widgets.screens import Seats, answers_told, exchanges_told, screen_rows
from backrooms_tui.ui.widgets.wrapping import cells

STOPPED: Mapping[StopReason, str] = {
    "max_tokens": "cut at max_tokens",
    "refusal": "declined to go on",
    "stopped": "stopped by the operator",
    "other": "ended by the provider for a reason of its own",
}
STALLS = "↺"  # beside a turn with which the conversation goes in circles
# Words between the turns are told apart by who said them: to all, and to one.
SAID_BY: Mapping[WordSource, tuple[str, str]] = {
    "operator": ("operator", "operator"),
    "cue": ("cue", "cue"),
    "remedy": ("fresh topic", "nudge"),
    "reminder": ("reminder", "reminder"),
    "agent": ("by request", "by request"),
    "request": ("by request", "by request"),
}
_UNMARKED = Mark()
_PREVIEW = 400  # letters of a text that are looked at for one line


@dataclass(frozen=True, slots=True)
class Manner:
    """How entries are drawn: on `width` cells, as one line each (`compact`), with mark and name (`marks`), with the
    reasoning unfolded, with what `wanted` finds shown, and which turns show what they said before they were edited or
    cut. Turns whose stall is `stall_at` or above are marked; `kept` is what the person has marked, by turn. `councils`
    says which are unfolded; within one, so many levels are as `deep` says. `seats` is who takes part, by seat."""

    width: int
    compact: bool = False
    marks: bool = True
    reasoning: bool = False
    wanted: re.Pattern[str] | None = None
    originals: frozenset[int] = field(default=frozenset())
    stall_at: float | None = None
    kept: Mapping[int, Mark] = field(default_factory=dict)
    councils: Unfolded = ALL_FOLDED
    deep: int | None = None
    seats: Seats = field(default_factory=dict)

    def mark_of(self, entry: TurnEntry) -> Mark:
        """What the person has marked the turn with. What was taken back has no mark: what is said in its place has."""
        return _UNMARKED if entry.retracted else self.kept.get(entry.turn, _UNMARKED)

    def stalls(self, entry: TurnEntry) -> bool:
        """Whether the conversation went in circles with this turn."""
        return self.stall_at is not None and entry.stall is not None and entry.stall >= self.stall_at


def rows_of(entry: Entry, manner: Manner) -> list[Row]:
    """The entry as rows."""
    if isinstance(entry, CouncilEntry):
        return council_rows(entry, seat_tone(mark(entry.agent)), manner, rows_of)
    if manner.compact:
        return [_line(entry, manner)]
    match entry:
        case TurnEntry():
            return _turn(entry, manner)
        case WordEntry():
            head, tone = f"── {_gone(entry)}{said_by(entry, alone=True)} ", word_tone(entry)
            rule = "─" * max(0, manner.width - cells(head))
            return [Row(((head, tone), (rule, "faint"))), *_flow(entry.text, manner, plain=tone)]
        case RoundEntry():
            return [round_row(entry, manner)]
        case NoticeEntry():
            return notice_rows(f"{_gone(entry)}{entry.text}", manner, warning=entry.level == "warning")


def said_by(entry: WordEntry, *, alone: bool = False) -> str:
    """Whose word it is, and to whom: `cue`, `nudge to ②`; to `alone` one of them it may say so."""
    to_all, to_one = SAID_BY[entry.source]
    if entry.to == 0:
        return to_all
    if entry.by:
        return f"{mark(entry.by)} whispers to {mark(entry.to)}"
    # A reminder is its agent's own business anyway.
    return f"{to_one} to {mark(entry.to)}" + (" alone" if alone and entry.source != "reminder" else "")


def _gone(entry: WordEntry | NoticeEntry) -> str:
    """The sign of what was taken back."""
    return "✗ " if entry.taken_back else ""


def round_row(entry: RoundEntry, manner: Manner) -> Row:
    """A round begins: its label in a rule."""
    label = _cut(harmless_line(entry.label), max(1, manner.width - 6))
    head = f"── {label} "
    tone: Tone = "failed" if entry.taken_back else "cue"
    runs = with_hits(label, ((0, len(label), tone),), manner.wanted)
    rule = "─" * max(0, manner.width - cells(head))
    return Row((("── ", "faint"), *((label[begin:end], look) for begin, end, look in runs), (f" {rule}", "faint")))


def word_tone(entry: WordEntry) -> Tone:
    """The look of a word between the turns."""
    if entry.taken_back:
        return "failed"
    return "operator" if entry.source == "operator" else "cue"


def notice_rows(text: str, manner: Manner, *, warning: bool) -> list[Row]:
    """A notice: told from a warning by its sign, too."""
    sign, tone = ("! ", "warning") if warning else ("· ", "notice")
    rows = _flow(text, manner, plain=tone, indent=2)  # type: ignore[arg-type]
    first = rows[0]
    rows[0] = Row(((sign, tone), *first.pieces[1:]), first.fill)  # type: ignore[arg-type]
    return rows


def turn_head(turn: int | None, sign: str, name: str, manner: Manner, *notes: str) -> Row:
    """The line over a turn: its number, who speaks (with the seat's mark), and what is to be known about it."""
    said = "".join(f" · {note}" for note in notes)
    if not manner.marks:
        text = f"turn {turn}{said} " if turn is not None else f"now{said} "
        return Row(((text, "faint"), ("─" * max(0, manner.width - cells(text)), "faint")))
    number = f"{turn} " if turn is not None else ""
    room = max(4, manner.width - cells(number) - cells(said) - 4)
    who = f"{harmless_line(sign)} {_cut(harmless_line(name), room)}"
    return Row(((number, "faint"), (who, seat_tone(sign)), (said, "faint")))


def attempt_rows(attempts: Sequence[FailedAttempt], manner: Manner) -> list[Row]:
    """What failed attempts had said, dim, and why they failed. A turn that was taken back has an entry of its own:
    it and what led to it are left out."""
    rows: list[Row] = []
    for attempt in failed(attempts):
        why = harmless_line(attempt.trouble.message) if attempt.trouble is not None else ""
        if manner.reasoning and attempt.reasoning:
            rows += _flow(attempt.reasoning, manner, plain="failed", indent=2)
        if attempt.text:
            rows += _flow(attempt.text, manner, plain="failed")
        rows += _flow(f"✗ attempt {attempt.attempt} failed: {why}", manner, plain="failed")
    return rows


def failed(attempts: Sequence[FailedAttempt]) -> Sequence[FailedAttempt]:
    """The attempts since the turn was last taken back."""
    for place in range(len(attempts) - 1, -1, -1):
        if attempts[place].trouble is None:
            return attempts[place + 1 :]
    return attempts


def reasoning_head(words: int, manner: Manner, *, going_on: bool = False) -> Row:
    """The line in whose place reasoning is folded, or under which it stands."""
    sign = "▾" if manner.reasoning else "▸"
    what = "thinking" if going_on else "reasoning"
    return Row(((f"{sign} {what}, {words:,} {'word' if words == 1 else 'words'}", "faint"),))


def seat_tone(sign: str) -> Tone:
    """The look of the seat with this mark."""
    return seat_class(MARKS.index(sign) + 1 if sign in MARKS and sign else 1)  # type: ignore[return-value]


def compact_row(
    turn: int | None,
    sign: str,
    text: str,
    manner: Manner,
    tone: Tone = "text",
    *,
    stalls: bool = False,
    kept: Mark = _UNMARKED,
) -> Row:
    """A turn on one line: number, mark, first words; between them a sign where the conversation stalls with it, and
    those of what the person has marked it with (`kept`)."""
    number = "" if turn is None else str(turn)
    head: list[tuple[str, Tone]] = [(f"{number:>4} ", "faint"), (f"{harmless_line(sign)} ", seat_tone(sign))]
    if stalls:
        head.append((f"{STALLS} ", "warning"))
    if kept:
        star = STAR if kept.starred is not None else "#" if kept.tags else ""
        head.append((f"{star}{NOTE if kept.note else ''} ", "bullet"))
    return _found(tuple(head), first_words(text), tone, manner)


def first_words(text: str) -> str:
    """The first line that says anything, made harmless."""
    line = next((line for line in text[:_PREVIEW].splitlines() if line.strip()), "")
    return harmless_line(line.strip())


def _turn(entry: TurnEntry, manner: Manner) -> list[Row]:
    notes = [note for note, holds in (("edited", entry.original is not None), ("taken back", entry.retracted)) if holds]
    answers = answers_told(entry, manner.seats)
    if answers:
        notes.insert(0, answers)
    if manner.stalls(entry):
        notes.append(f"stall {entry.stall:.2f} {STALLS}")
    kept = manner.mark_of(entry)
    if kept.signs:
        notes.append(kept.signs)
    rows = [turn_head(entry.turn, mark(entry.agent), entry.name, manner, *notes)]
    rows += attempt_rows(entry.attempts, manner)
    if entry.reasoning:
        rows.append(reasoning_head(len(entry.reasoning.split()), manner))
        if manner.reasoning:
            rows += _flow(entry.reasoning, manner, plain="reasoning", indent=2)
    if entry.exchanges and not entry.retracted:
        rows += screen_rows(entry, manner)
    elif entry.text:
        rows += _flow(entry.text, manner, plain="failed" if entry.retracted else None)
    if entry.original is not None and entry.turn in manner.originals:
        rows.append(Row((("before it was edited:", "faint"),)))
        rows += _flow(entry.original, manner, plain="failed", indent=2)
    if entry.cut:
        unfolded = entry.turn in manner.originals and bool(entry.raw)
        more = "" if unfolded or not entry.raw else " · o shows all of it"
        rows += _flow(f"✂ cut: {harmless_line(entry.cut)}{more}", manner, plain="faint")
        if unfolded:
            rows += _flow(entry.raw, manner, plain="failed", indent=2)
    if entry.marks:
        rows += _flow(f"— {', '.join(spoken_mark(one) for one in entry.marks)}", manner, plain="faint")
    why = STOPPED.get(entry.stop_reason)
    if why is None and not entry.text:
        why = "said nothing"
    if why is not None:
        rows.append(Row(((f"— {why}", "warning" if entry.stop_reason == "refusal" else "faint"),)))
    if kept.note:
        rows += _note(kept.note, manner)
    return rows


def _note(note: str, manner: Manner) -> list[Row]:
    rows = _flow(note, manner, plain="faint", indent=2)
    first = rows[0]
    return [Row(((f"{NOTE} ", "bullet"), *first.pieces[1:]), first.fill), *rows[1:]]


def spoken_mark(name: str) -> str:
    """What the guard has noticed about a turn, for people: `out_of_character` as they write it."""
    return harmless_line(name).replace("_", " ")


def _line(entry: TurnEntry | WordEntry | RoundEntry | NoticeEntry, manner: Manner) -> Row:
    match entry:
        case TurnEntry():
            tone: Tone = "failed" if entry.retracted else "text"
            note = "✗ " if entry.retracted else "✎ " if entry.original is not None else "✂ " if entry.cut else ""
            why = STOPPED.get(entry.stop_reason)
            told = exchanges_told(entry) if entry.original is None else ""
            said = told or first_words(entry.text) or (f"({why or 'said nothing'})")
            stalls, kept = manner.stalls(entry), manner.mark_of(entry)
            return compact_row(entry.turn, mark(entry.agent), note + said, manner, tone, stalls=stalls, kept=kept)
        case WordEntry():
            tone = word_tone(entry)
            return _found(((f"── {_gone(entry)}{said_by(entry)}: ", tone),), first_words(entry.text), tone, manner)
        case RoundEntry():
            return round_row(entry, manner)
        case NoticeEntry():
            sign, tone = ("     ! ", "warning") if entry.level == "warning" else ("     · ", "notice")
            return _found(((sign, tone),), f"{_gone(entry)}{first_words(entry.text)}", tone, manner)


def _found(head: tuple[tuple[str, Tone], ...], text: str, tone: Tone, manner: Manner) -> Row:
    """One row: what does not fit ends in an ellipsis."""
    text = _cut(text, manner.width - sum(cells(piece) for piece, _ in head))
    runs = with_hits(text, ((0, len(text), tone),), manner.wanted)
    return Row((*head, *((text[begin:end], look) for begin, end, look in runs)))


def _cut(text: str, width: int) -> str:
    if cells(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 1 else ""


def _flow(text: str, manner: Manner, *, plain: Tone | None = None, indent: int = 0) -> list[Row]:
    flow = Flow(manner.width, plain=plain, wanted=manner.wanted, indent=indent)
    flow.feed(text)
    return flow.rows or [Row((((" " * indent), "text"), ("", "text")))]
