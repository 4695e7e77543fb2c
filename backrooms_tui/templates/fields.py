"""What the tables of a template file have in common: strictness, kinds of fields, and errors that carry a cure."""

from collections.abc import Iterable
from typing import Annotated, NoReturn

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError


def wrong(what: str, cure: str) -> PydanticCustomError:
    """An error in words of our own, for a validator to raise."""
    return PydanticCustomError("worded", "{what}", {"what": what, "cure": cure})


def refuse(what: str, cure: str) -> NoReturn:
    """Raise the error that says `what` is wrong with a value and what would be right."""
    raise wrong(what, cure)


def refuse_keys(table: str, mistakes: Iterable[tuple[str, str, str]]) -> None:
    """Raise an error for each of `mistakes` (key, what, cure), at its key; nothing where there is none."""
    details = [InitErrorDetails(type=wrong(what, cure), loc=(key,), input=key) for key, what, cure in mistakes]
    if details:
        raise ValidationError.from_exception_data(table, details)


def one_of(names: Iterable[str]) -> str:
    """The cure for a value that is none of `names`."""
    known = list(names)
    return f"known is {known[0]!r}" if len(known) == 1 else f"choose one of {', '.join(map(repr, known))}"


class Table(BaseModel):
    """A table of the file: no keys but its own, no text where a number belongs, and nothing changes later."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _one_line(value: object) -> object:
    if isinstance(value, str):
        if not value.strip():
            refuse("is empty", "give it a text")
        if len(value.splitlines()) > 1:
            refuse("has more than one line", "write it on one line")
    return value


def _short(value: object) -> object:
    return value if value == "" else _one_line(value)


def _agent(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int):
        refuse("must be an agent's name or seat", 'write "Mara", or 2 for the second agent')
    if isinstance(value, str) and value.strip().isdecimal():
        refuse(f"is the text {value!r}", "write a seat without quotes: 2")
    return _one_line(value)


# A text on one line; the same, or nothing; several texts; an agent by its name (which may be a blank) or its seat.
Line = Annotated[str, Field(), BeforeValidator(_one_line)]
ShortLine = Annotated[str, Field(), BeforeValidator(_short)]
Texts = Annotated[tuple[str, ...], Field(strict=False)]
AgentReference = Annotated[int | str, BeforeValidator(_agent)]
