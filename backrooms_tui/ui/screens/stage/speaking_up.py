"""What the operator says on the stage: to all, to one agent alone, and into councils that are being held."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.session.events import WordQueued
from backrooms_tui.ui.screens.stage.asking import Choose
from backrooms_tui.ui.screens.stage.operator_line import OperatorLine
from backrooms_tui.ui.screens.stage.seats import agents_of, place_of, seats_told
from backrooms_tui.ui.screens.stage.unfolding import whose_council
from backrooms_tui.ui.widgets.marks import mark

if TYPE_CHECKING:
    from backrooms_tui.ui.screens.stage.stage import StageScreen


@dataclass(frozen=True, slots=True)
class Within:
    """A council that is being held, at any depth, and whose it is in words: `council of ① Ada`."""

    conversation: Conversation
    whose: str

    @property
    def id(self) -> str:
        """Its session."""
        return self.conversation.state.session


def councils_held(conversation: Conversation, around: str = "") -> Iterator[Within]:
    """All councils that are held in `conversation` now, those within a council after it."""
    for seat, council in list(conversation.councils.items()):
        whose = whose_council(conversation.state, seat) + (f" in the {around}" if around else "")
        yield Within(council, whose)
        yield from councils_held(council, whose)


class SpeakingUp:
    """The operator's words on `stage`."""

    def __init__(self, stage: "StageScreen") -> None:
        self._stage = stage

    @property
    def queued(self) -> list[tuple[str, WordQueued]]:
        """What waits for its moment in councils, and in whose."""
        held = councils_held(self._stage.conversation)
        return [(one.whose, word) for one in held for word in one.conversation.state.queued]

    def to_all(self) -> None:
        """Speak to all."""
        self._line.speak_to(0)

    def to_one(self) -> None:
        """Speak to one agent, or one member of a council; ask to which where there are several."""
        stage = self._stage
        agents, members = agents_of(stage.state), list(self._members())

        def speak(place: int) -> None:
            if place < len(agents):
                self._line.speak_to(agents[place].seat, agents[place].name, command=agents[place].is_world)
            else:
                council, seat, name = members[place - len(agents)]
                command = council.conversation.state.agents[seat].is_world
                self._line.speak_to(seat, f"{name} ({council.whose})", council=council.id, command=command)

        if len(agents) == 1 and not members:
            speak(0)
            return
        lines = [*seats_told(stage.state), *(f"  ◇ {mark(seat)} {name} · {one.whose}" for one, seat, name in members)]
        stage.choose(Choose("Whisper to", lines, chosen=place_of(stage.state, stage.scene.active)), speak)

    def into_council(self) -> None:
        """Speak to all members of a council; ask into which where several are held."""
        held = list(councils_held(self._stage.conversation))

        def speak(place: int) -> None:
            self._line.speak_to(0, held[place].whose, council=held[place].id)

        if not held:
            self._stage.say("No council is being held now")
        elif len(held) == 1:
            speak(0)
        else:
            self._stage.choose(Choose("Speak into which?", [one.whose for one in held]), speak)

    def said(self, message: OperatorLine.Spoken) -> None:
        """Hand on what the operator has said. A council may be over by now: then it is not lost."""
        conversation: Conversation | None = self._stage.conversation
        if message.council:
            held = {one.id: one.conversation for one in councils_held(self._stage.conversation)}
            conversation = held.get(message.council)
        if conversation is None:
            self._line.give_back(message.text)
            self._stage.say("That council is over; what you wrote is still here")
        elif message.to:
            conversation.whisper(message.to, message.text)
        else:
            conversation.interject(message.text)

    def _members(self) -> Iterator[tuple[Within, int, str]]:
        for one in councils_held(self._stage.conversation):
            for seat, agent in sorted(one.conversation.state.agents.items()):
                yield one, seat, agent.name

    @property
    def _line(self) -> OperatorLine:
        return self._stage.query_one(OperatorLine)
