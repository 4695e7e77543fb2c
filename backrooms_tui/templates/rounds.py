"""`[rules.rounds]` as data: what the rounds of a conversation are called, and how many there are."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from backrooms_tui.templates.fields import Line, Table, Texts, refuse, refuse_keys

# More rounds than anybody names; a label a round is kept with the session.
ROUND_LIMIT = 1000
_WHOLE = re.compile(r"[+-]?\d{1,15}")
_SUCH_AS = 'write a whole number, such as 2027, or a blank that fills to one: "{{ start }}"'


def whole_number(text: str) -> int | None:
    """The whole number that `text` is; None where it is none."""
    text = text.strip()
    return int(text) if _WHOLE.fullmatch(text) else None


def rounds_between(first: int, last: int, step: int) -> range:
    """The numbers from `first` to `last`, both included. Empty where they run the wrong way."""
    return range(first, last + (1 if step > 0 else -1), step)


def running_wrong(first: int, last: int, step: int) -> tuple[str, str] | None:
    """What is wrong with rounds that are counted so, and what would be right; None where nothing is."""
    numbers = rounds_between(first, last, step)
    if not numbers:
        way = "up" if step > 0 else "down"
        return f"is {last}, and {way} from {first} there is no way to it", f"choose another, or write step = {-step}"
    if len(numbers) > ROUND_LIMIT:
        return f"is {len(numbers):,} rounds from {first}", f"at most {ROUND_LIMIT:,}: choose a greater step"
    return None


def _whole(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | str):
        refuse("must be a whole number", _SUCH_AS)
    if isinstance(value, str) and "{" not in value and whole_number(value) is None:
        refuse(f"is {value[:40]!r}, which is no whole number", _SUCH_AS)
    if isinstance(value, int) and abs(value) >= 10**15:
        refuse("is too large", "choose a smaller number")
    return value


def _labels(labels: tuple[str, ...]) -> tuple[str, ...]:
    for label in labels:
        if not label.strip() or len(label.splitlines()) > 1:
            refuse(f"holds {label!r}, which is no label", "give each round a text on one line")
    return labels


Whole = Annotated[int | str, BeforeValidator(_whole)]


class RoundsTable(Table):
    """`[rules.rounds]`: `name` and a label for each round ("Year 2031"), either counted from `first` to `last`, or one
    by one in `labels`. Without either they are counted from 1."""

    name: Line = "Round"
    first: Whole | None = None
    last: Whole | None = None
    step: int = 1
    labels: Annotated[Texts, Field(max_length=ROUND_LIMIT), AfterValidator(_labels)] = ()

    @model_validator(mode="after")
    def _keys_agree(self) -> "RoundsTable":
        mistakes: list[tuple[str, str, str]] = []
        counted = [key for key in ("first", "last") if getattr(self, key) is not None]
        if self.labels and counted:
            said = f"stands beside {' and '.join(counted)}"
            mistakes.append(("labels", said, "name the rounds one by one, or count them: keep one of the two"))
        elif len(counted) == 1:
            missing, such_as = ("last", 2031) if counted == ["first"] else ("first", 2027)
            mistakes.append((missing, "is missing", f"add {missing} = {such_as}, or take {counted[0]} out"))
        elif "step" in self.model_fields_set and not counted:
            mistakes.append(("step", "counts nothing", "add first and last, or take it out"))
        elif self.step == 0:
            mistakes.append(("step", "cannot be 0", "write 1, or -1 to count down"))
        elif counted and (wrong := self._running_wrong()):
            mistakes.append(("last", *wrong))
        refuse_keys("rounds", mistakes)
        return self

    def _running_wrong(self) -> tuple[str, str] | None:
        first, last = (whole_number(str(bound)) for bound in (self.first, self.last))
        return running_wrong(first, last, self.step) if first is not None and last is not None else None

    @property
    def count(self) -> int | None:
        """How many rounds the table names: 0 where it names none, None where a blank says so."""
        if self.first is None or self.last is None:
            return len(self.labels)
        first, last = (whole_number(str(bound)) for bound in (self.first, self.last))
        return None if first is None or last is None else len(rounds_between(first, last, self.step))
