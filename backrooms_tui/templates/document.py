"""The template file as data: which tables and keys it has, and what each may hold.

Every error that these models report carries a cure in its context, so that the checker can say what would be right.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, field_validator, model_validator
from pydantic_core import InitErrorDetails

from backrooms_tui.session.parameters import checked
from backrooms_tui.session.setup import CouncilHears, CouncilMemory, CouncilWhen, Memory, ParamValue, Role
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.fields import Line, ShortLine, Table, Texts, one_of, refuse, refuse_keys, wrong
from backrooms_tui.templates.rules import RulesTable

# What a blank can say besides the template's own variables (see `filling`), and what Jinja reads as something else.
GIVEN_WORDS = ("self", "other", "agents", "same_model")
# The rules belong to nobody: there is no `self` in them, and no `other`.
RULES_WORDS = ("agents", "same_model")
# What blanks in a council know besides: the agent that it serves.
HOST = "host"
_TAKEN = {*GIVEN_WORDS, "range", "loop", "true", "false", "none", "True", "False", "None"}
_TAKEN |= {"and", "or", "not", "in", "is", "if", "else", "elif", "for", "set", "import", "recursive"}
# More seats than anybody can follow; a file with thousands of them would only be a way to keep a machine busy.
SEAT_LIMIT = 64
# The same for all who sit in it, at the table and in councils.
PEOPLE_LIMIT = 256
# What a template may say of permissions. It cannot allow anything: that is for the operator.
Restriction = Literal["ask", "deny"]
_VARIABLE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


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


def _not_empty(text: str) -> str:
    if not text.strip():
        refuse("is empty", "give it a text, or take it out")
    return text


class Heading(Table):
    """`[template]`: what a person reads in a list of templates."""

    title: Line
    description: str = ""


class Variable(Table):
    """`[variables.NAME]`: one blank of the template. Without a `default` the person has to give a value."""

    default: str | None = None
    help: str = ""
    choices: Texts = ()

    @model_validator(mode="after")
    def _default_is_a_choice(self) -> "Variable":
        if self.choices and self.default is not None and self.default not in self.choices:
            refuse(f"has the default {self.default!r}, which is not one of its choices", one_of(self.choices))
        return self


class Seed(Table):
    """One message that an agent remembers from before the talk."""

    role: Role
    text: str

    @field_validator("text")
    @classmethod
    def _says_something(cls, text: str) -> str:
        if not text.strip():
            refuse("is empty", "give the message a text, or take the message out")
        return text


class ReminderTable(Table):
    """`[agents.reminder]`: said to the agent alone after `every` turns of its own, before its last `depth` messages."""

    text: Annotated[str, AfterValidator(_not_empty)]
    every: Annotated[int, Field(ge=1)] = 8
    depth: Annotated[int, Field(ge=0)] = 0


class Agent(Table):
    """`[[agents]]`: one seat. `system_same` takes the place of `system` where all seats hold the same model.

    A seat with a `world` answers commands; `environments`, `notebook` and `permissions` are its own (see
    `session.world.WorldSetup`). `tools` gives a model the commands of the worlds at the table as tools.
    """

    name: Line
    description: ShortLine = ""
    model: Line | None = None
    system: str = ""
    system_same: str | None = None
    history: Annotated[tuple[Seed, ...], Field(strict=False)] = ()
    params: Annotated[dict[str, Any], BeforeValidator(_checked_params)] = Field(default_factory=dict)
    talkativeness: Annotated[float, Field(ge=0, le=1)] = 0.5
    memory: Memory = "drop"
    guard: bool = True
    absent: bool = False
    position: str = ""
    reminder: ReminderTable | None = None
    kind: Literal["model"] = "model"
    council: "CouncilTable | None" = None
    world: ShortLine = ""
    environments: Texts = ()
    notebook: ShortLine = ""
    permissions: dict[str, Restriction] = Field(default_factory=dict)
    tools: bool = False


class CouncilTable(Table):
    """`[agents.council]`: the agent's own people, who talk before it speaks; see `session.setup.CouncilSetup`."""

    agents: Annotated[tuple[Agent, ...], Field(strict=False, min_length=1, max_length=SEAT_LIMIT)]
    opening: str = ""
    hears: CouncilHears = "new"
    when: CouncilWhen = "every"
    every: Annotated[int, Field(ge=1)] = 1
    ask: ShortLine = ""
    memory: CouncilMemory = "fresh"
    rules: RulesTable = RulesTable()

    @model_validator(mode="after")
    def _asked_with_words(self) -> "CouncilTable":
        mistakes: list[tuple[str, str, str]] = []
        if self.when == "asked" and not self.ask:
            mistakes.append(("ask", "is missing", 'add ask = "COUNCIL": the line with which the agent asks for it'))
        if self.when != "asked" and self.ask:
            mistakes.append(("ask", f"does nothing with when = {self.when!r}", 'write when = "asked", or take it out'))
        refuse_keys("council", mistakes)
        return self


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


class Template(Table):
    """A whole template file. Its texts still have their blanks: `filling.fill` fills them."""

    template: Heading
    variables: Annotated[dict[str, Variable], BeforeValidator(_checked_variable_names)] = Field(default_factory=dict)
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


Agent.model_rebuild()
