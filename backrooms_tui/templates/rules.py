"""`[rules]` as data: when a session ends by itself, who speaks next, and what happens by itself."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from backrooms_tui.session.parameters import checked
from backrooms_tui.session.request_events import REQUESTS
from backrooms_tui.session.setup import Mode, RemedyKind, Rules
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import Permission
from backrooms_tui.templates.fields import AgentReference, Line, Table, Texts, one_of, refuse, refuse_keys
from backrooms_tui.templates.findings import nearest
from backrooms_tui.templates.orders import ORDERS
from backrooms_tui.templates.rounds import RoundsTable

# More than anybody writes by hand; a file with thousands would only be a way to keep a machine busy.
CUE_LIMIT = 400
STEP_LIMIT = 16
TOPIC_LIMIT = 200
# The rounds of a council whose rules have no limit.
COUNCIL_ROUNDS = 2

# What each remedy needs, and what it may have besides.
_NEEDS: Mapping[str, str] = {"topic": "topics", "temperature": "temperature", "model": "model"}
_MAY_HAVE: Mapping[str, tuple[str, ...]] = {
    "nudge": ("text",),
    "topic": ("topics", "afresh"),
    "temperature": ("temperature", "turns"),
    "model": ("model", "turns"),
    "call": ("text",),
    "end": ("text",),
}
_EXAMPLES: Mapping[str, str] = {
    "topics": 'add topics = ["…", "…"]',
    "temperature": "add temperature = 1.1",
    "model": 'add model = "…"',
}


def _said(text: str) -> str:
    if not text.strip():
        refuse("is empty", "say what happens")
    return text


def _sayable(texts: tuple[str, ...]) -> tuple[str, ...]:
    if not all(text.strip() for text in texts):
        refuse("holds an empty text", "give each a text, or take it out")
    return texts


def _temperature(value: object) -> object:
    if value is None:
        return None
    try:
        return checked("temperature", value)
    except OperatorError as error:
        refuse(error.what, error.cure)


class CueTable(Table):
    """`[[rules.cues]]`: what happens by itself before a turn; to one agent alone, or to all.

    A cue may bring an agent that was away, or send one away.
    """

    turn: Annotated[int, Field(ge=1)]
    text: Annotated[str, AfterValidator(_said)]
    to: AgentReference | None = None
    brings: AgentReference | None = None
    sends_away: AgentReference | None = None


class RemedyTable(Table):
    """`[[rules.ladder]]`: one step against a conversation that stalls. Which keys it has depends on `remedy`."""

    remedy: RemedyKind
    text: str = ""
    topics: Annotated[Texts, Field(max_length=TOPIC_LIMIT), AfterValidator(_sayable)] = ()
    afresh: bool = False
    temperature: Annotated[float | None, BeforeValidator(_temperature)] = None
    model: Line | None = None
    turns: Annotated[int, Field(ge=1)] = 4

    @model_validator(mode="after")
    def _keys_belong(self) -> "RemedyTable":
        may_have = _MAY_HAVE[self.remedy]
        has = " and ".join(may_have)
        mistakes = [
            (key, f"does nothing with remedy = {self.remedy!r}", f"it has {has}; take {key} out")
            for key in type(self).model_fields
            if key in self.model_fields_set and key not in ("remedy", *may_have)
        ]
        needed = _NEEDS.get(self.remedy)
        if needed and not getattr(self, needed) and getattr(self, needed) != 0:
            mistakes.append((needed, "is missing", _EXAMPLES[needed]))
        refuse_keys("ladder", mistakes)
        return self


class RequestsTable(Table):
    """`[rules.requests]`: what agents may ask for by themselves, and whether the operator is asked first. What is not
    named is denied."""

    whisper: Permission = "deny"
    vote: Permission = "deny"
    invite: Permission = "deny"
    leave: Permission = "deny"
    mute: Permission = "deny"
    note: Permission = "deny"

    @field_validator("invite")
    @classmethod
    def _invite_is_asked_for(cls, invite: Permission) -> Permission:
        if invite == "allow":
            refuse("is 'allow', and a template cannot let others in", 'write "ask": the person decides')
        return invite

    @property
    def named(self) -> dict[str, Permission]:
        """Those that are not denied."""
        return {name: said for name in REQUESTS if (said := getattr(self, name)) != "deny"}


class RulesTable(Table):
    """`[rules]`. 0 is no limit; `budget` is in USD, `max_tokens` counts what went in and out, in all. `council_depth`
    0 is no councils."""

    mode: Mode = "turns"
    rounds: RoundsTable | None = None
    council_depth: Annotated[int, Field(ge=0)] = Rules().council_depth
    stop: Texts = ()
    stop_votes: Annotated[int, Field(ge=1)] = 1
    max_turns: Annotated[int, Field(ge=0)] = 0
    max_rounds: Annotated[int, Field(ge=0)] = 0
    max_tokens: Annotated[int, Field(ge=0)] = 0
    max_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    budget: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    order: str = "round-robin"
    manager: Line | None = None
    repeat: bool = False
    play: bool = False
    stall_at: Annotated[float, Field(gt=0, le=1)] = Rules().stall_at
    use_ladder: bool = True
    cues: Annotated[tuple[CueTable, ...], Field(strict=False, max_length=CUE_LIMIT)] = ()
    ladder: Annotated[tuple[RemedyTable, ...], Field(strict=False, max_length=STEP_LIMIT)] = ()
    requests: RequestsTable = RequestsTable()

    @field_validator("stop")
    @classmethod
    def _stops_are_lines(cls, stop: tuple[str, ...]) -> tuple[str, ...]:
        for text in stop:
            if not text.strip() or len(text.splitlines()) > 1:
                refuse(f"holds {text!r}, which no line can be", "give one line of text for each stop")
        return stop

    @field_validator("order")
    @classmethod
    def _order_is_known(cls, order: str) -> str:
        if order not in ORDERS:
            near = nearest(order.replace("_", "-").replace(" ", "-"), ORDERS)
            cure = f"did you mean {near[0]}?" if near else one_of(ORDERS)
            refuse(f"{order!r} is not an order that is known", cure)
        return order

    @property
    def told_rounds(self) -> int | None:
        """How many rounds there will be: `max_rounds`, else as many as are named. 0 is no limit; None: a blank says."""
        return self.max_rounds or (self.rounds.count if self.rounds is not None else 0)

    @property
    def limited(self) -> bool:
        """Whether anything but a stop text ends it."""
        limits = (self.max_turns, self.max_rounds, self.max_tokens, self.max_seconds, self.budget)
        return any(limits) or self.told_rounds != 0
