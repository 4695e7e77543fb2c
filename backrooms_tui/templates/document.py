"""The template file as data: which tables and keys it has, and what each may hold.

Every error that these models report carries a cure in its context, so that the checker can say what would be right.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, NoReturn

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from backrooms_tui.session.parameters import checked
from backrooms_tui.session.setup import ParamValue, Role
from backrooms_tui.session.trouble import OperatorError

ORDERS = ("round-robin",)
# What a blank can say besides the template's own variables (see `filling`), and what Jinja reads as something else.
GIVEN_WORDS = ("self", "other", "agents", "same_model")
_TAKEN = {*GIVEN_WORDS, "range", "loop", "true", "false", "none", "True", "False", "None"}
_TAKEN |= {"and", "or", "not", "in", "is", "if", "else", "elif", "for", "set", "import", "recursive"}
# More seats than anybody can follow; a file with thousands of them would only be a way to keep a machine busy.
SEAT_LIMIT = 64
_VARIABLE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def wrong(what: str, cure: str) -> PydanticCustomError:
    """An error in words of our own, for a validator to raise."""
    return PydanticCustomError("worded", "{what}", {"what": what, "cure": cure})


def _refuse(what: str, cure: str) -> NoReturn:
    raise wrong(what, cure)


def _one_line(value: str) -> str:
    if not value.strip():
        _refuse("is empty", "give it a text")
    if len(value.splitlines()) > 1:
        _refuse("has more than one line", "write it on one line")
    return value


def _checked_params(value: object) -> object:
    """Every parameter by `session.parameters`, each mistake under its own key."""
    if not isinstance(value, Mapping):
        return value
    params: dict[str, ParamValue] = {}
    mistakes: list[InitErrorDetails] = []
    for name, given in value.items():
        try:
            params[name] = checked(name, given)
        except OperatorError as error:
            mistakes.append(InitErrorDetails(type=wrong(error.what, error.cure), loc=(str(name),), input=given))
    if mistakes:
        raise ValidationError.from_exception_data("params", mistakes)
    return params


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


_Line = Annotated[str, Field(), BeforeValidator(lambda value: _one_line(value) if isinstance(value, str) else value)]
_Texts = Annotated[tuple[str, ...], Field(strict=False)]


class Heading(_Table):
    """`[template]`: what a person reads in a list of templates."""

    title: _Line
    description: str = ""


class Variable(_Table):
    """`[variables.NAME]`: one blank of the template. Without a `default` the person has to give a value."""

    default: str | None = None
    help: str = ""
    choices: _Texts = ()

    @model_validator(mode="after")
    def _default_is_a_choice(self) -> "Variable":
        if self.choices and self.default is not None and self.default not in self.choices:
            _refuse(f"has the default {self.default!r}, which is not one of its choices", _one_of(self.choices))
        return self


class Seed(_Table):
    """One message that an agent remembers from before the talk."""

    role: Role
    text: str

    @field_validator("text")
    @classmethod
    def _says_something(cls, text: str) -> str:
        if not text.strip():
            _refuse("is empty", "give the message a text, or take the message out")
        return text


class Agent(_Table):
    """`[[agents]]`: one seat. `system_same` takes the place of `system` where all seats hold the same model."""

    name: _Line
    model: _Line | None = None
    system: str = ""
    system_same: str | None = None
    history: Annotated[tuple[Seed, ...], Field(strict=False)] = ()
    params: Annotated[dict[str, Any], BeforeValidator(_checked_params)] = {}
    kind: Literal["model"] = "model"


class RulesTable(_Table):
    """`[rules]`: when the session ends by itself, and who speaks next. 0 is no limit; `budget` is in USD."""

    stop: _Texts = ()
    max_turns: Annotated[int, Field(ge=0)] = 0
    budget: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    order: str = ORDERS[0]

    @field_validator("stop")
    @classmethod
    def _stops_are_lines(cls, stop: tuple[str, ...]) -> tuple[str, ...]:
        for text in stop:
            if not text.strip() or len(text.splitlines()) > 1:
                _refuse(f"holds {text!r}, which no line can be", "give one line of text for each stop")
        return stop

    @field_validator("order")
    @classmethod
    def _order_is_known(cls, order: str) -> str:
        if order not in ORDERS:
            _refuse(f"{order!r} is not an order that is known", _one_of(ORDERS))
        return order


def _checked_variable_names(value: object) -> object:
    if not isinstance(value, Mapping):
        return value
    mistakes: list[InitErrorDetails] = []
    for name in value:
        problem = ""
        if not _VARIABLE_NAME.fullmatch(name):
            problem = "cannot be the name of a variable"
        elif name in _TAKEN:
            problem = "has a meaning of its own in blanks"
        if problem:
            cure = "choose a name of the letters a to z, digits and _, such as place"
            mistakes.append(InitErrorDetails(type=wrong(problem, cure), loc=(name,), input=name))
    if mistakes:
        raise ValidationError.from_exception_data("variables", mistakes)
    return value


class Template(_Table):
    """A whole template file. Its texts still have their blanks: `filling.fill` fills them."""

    template: Heading
    variables: Annotated[dict[str, Variable], BeforeValidator(_checked_variable_names)] = {}
    agents: Annotated[tuple[Agent, ...], Field(strict=False, min_length=1, max_length=SEAT_LIMIT)]
    rules: RulesTable = RulesTable()

    @property
    def title(self) -> str:
        """What the template is called on a screen."""
        return self.template.title

    @property
    def description(self) -> str:
        """One sentence about it, or nothing."""
        return self.template.description

    @property
    def seats(self) -> int:
        """How many agents it has."""
        return len(self.agents)


def _one_of(names: tuple[str, ...]) -> str:
    return f"known is {names[0]!r}" if len(names) == 1 else f"choose one of {', '.join(map(repr, names))}"
