"""Taking back a turn that was spoken, so that it is spoken again."""

from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.requests.effects import take_back
from backrooms_tui.conversation.stopping import said_stop
from backrooms_tui.session.events import AgentReturned, TurnRetracted


def retract(publisher: Publisher, turn: int) -> bool:
    """Take back `turn`; False where there is none."""
    state = publisher.state
    last = state.turns.get(turn)
    if last is None:
        return False
    rules = state.setup.rules if state.setup is not None else None
    if state.agents[last.agent].absent and rules is not None and said_stop(last.heard, rules.stop) is not None:
        # It left with these words, which it has not said now.
        publisher.emit(AgentReturned, agent=last.agent)
    take_back(publisher, turn)
    publisher.emit(TurnRetracted, turn=last.turn, agent=last.agent)
    return True
