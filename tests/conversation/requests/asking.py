"""A table of agents who ask for things by themselves, with whoever they may invite."""

from collections.abc import Mapping, Sequence

from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.conversation.measuring import Meter
from backrooms_tui.session.events import AnyEvent
from backrooms_tui.session.request_events import REQUESTS, RequestMade
from backrooms_tui.session.setup import AgentSetup, Rules, Setup
from backrooms_tui.session.state import NoticeEntry, SessionState, WordEntry
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import Permission
from tests.conversation.gathering import folded
from tests.conversation.playing import Heard, PatientClock, PlayedProvider

ALL: Mapping[str, Permission] = dict.fromkeys(REQUESTS, "allow")


class Guests:
    """Finds whoever is invited as `played/…`; anybody else has no key."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []

    async def find(self, model: str, persona: str, name: str) -> AgentSetup:
        self.asked.append((model, persona, name))
        if not model.startswith("played/"):
            raise OperatorError(f"{model} cannot be asked here: NO_KEY is not set", "set it")
        return AgentSetup(0, name or "Guest", model, persona, asked=model)


class Table:
    """Ada, Bo and Cy, who say what a script gives them, turn by turn, in this order."""

    def __init__(
        self,
        *replies: str,
        names: Sequence[str] = ("Ada", "Bo", "Cy"),
        requests: Mapping[str, Permission] = ALL,
        state: SessionState | None = None,
        measure: Meter | None = None,
        **rules: object,
    ) -> None:
        self.provider, self.heard, self.guests = PlayedProvider(*replies), Heard(), Guests()
        agents = tuple(AgentSetup(seat, name, "played/one", f"You are {name}.") for seat, name in enumerate(names, 1))
        self.conversation = Conversation(
            Setup("A test", "test", agents, Rules(requests=requests, **rules)),  # type: ignore[arg-type]
            session="s1",
            speaker_for=lambda reference: (self.provider, reference.partition("/")[2]),
            price=lambda reference, usage: 0.01,
            listeners=[self.heard],
            clock=PatientClock(),
            state=state,
            measure=measure,
            invite=self.guests.find,
        )

    @property
    def state(self) -> SessionState:
        return self.conversation.state

    @property
    def events(self) -> list[AnyEvent]:
        return self.heard.events

    async def run(self, turns: int) -> "Table":
        await self.conversation.run(turns)
        return self

    def sent(self, seat: int) -> str:
        """All that `seat` would be sent now, as one text."""
        return "\n".join(message.text for message in self.conversation.perspective(seat).messages)

    def made(self) -> list[RequestMade]:
        return [event for event in self.events if isinstance(event, RequestMade)]

    def outcomes(self) -> list[tuple[str, str]]:
        return [(one.name, one.outcome) for one in self.made()]

    def words(self) -> list[str]:
        """What was told between the turns, and stands."""
        return [entry.text for entry in self.state.entries if isinstance(entry, WordEntry) and not entry.taken_back]

    def notices(self) -> list[str]:
        return [entry.text for entry in self.state.entries if isinstance(entry, NoticeEntry)]

    def again(self, *replies: str) -> "Table":
        """The same session, taken up by another program from its events."""
        return Table(*replies, state=folded(self.events))
