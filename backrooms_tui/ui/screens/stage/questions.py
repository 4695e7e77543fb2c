"""What waits for the operator's permission, in a conversation and in the councils that are held in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.session.events import PermissionAsked
from backrooms_tui.session.state import SessionState
from backrooms_tui.ui.screens.stage.speaking_up import councils_held
from backrooms_tui.ui.widgets.marks import mark


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is asked in `conversation`. `who` wants it, `told` says so in a line, with where that is."""

    conversation: Conversation = field(compare=False)
    asked: PermissionAsked
    who: str
    told: str

    @property
    def name(self) -> str:
        """What it is in permissions."""
        return self.asked.name

    @property
    def command(self) -> str:
        """What would be run, letter by letter."""
        return self.asked.command

    @property
    def reach(self) -> str:
        """What it would read, write or reach."""
        return self.asked.reach

    @property
    def open(self) -> bool:
        """Whether nobody has answered it yet."""
        return self.conversation.asked is self.asked


def questions_of(conversation: Conversation) -> Iterator[Question]:
    """All that is asked now, the conversation's own first."""
    if conversation.asked is not None:
        yield _question(conversation, conversation.asked)
    for held in councils_held(conversation):
        if held.conversation.asked is not None:
            yield _question(held.conversation, held.conversation.asked, held.whose)


def _question(conversation: Conversation, asked: PermissionAsked, whose: str = "") -> Question:
    state = conversation.state
    who, agent = _called(state, asked.by), _called(state, asked.agent)
    told = f"{who} asks for {asked.name}" if asked.by == asked.agent else f"{who} asks {agent} for {asked.name}"
    return Question(conversation, asked, who, f"◇ {whose}: {told}" if whose else told)


def _called(state: SessionState, seat: int) -> str:
    return f"{mark(seat)} {state.agents[seat].name}" if seat in state.agents else "the operator"
