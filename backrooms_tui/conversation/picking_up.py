"""Taking up a session that whoever ran it before has left, perhaps in the middle of a turn."""

from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.requests.effects import complete
from backrooms_tui.session.events import Paused, TurnFailed
from backrooms_tui.session.trouble import Trouble

CUT_OFF = Trouble("unknown", "the program was stopped while it spoke", "run the conversation to go on", may_pass=True)


def pick_up(publisher: Publisher) -> None:
    """Nobody runs it now: what had arrived of a turn is a failed attempt, and the session stands still since the last
    that is known of it. The time that nobody ran it is no time in which it ran."""
    complete(publisher)
    left = publisher.state.last
    flight = publisher.state.in_flight
    if flight is not None:
        publisher.emit_at(
            left,
            TurnFailed,
            turn=flight.turn,
            agent=flight.agent,
            name=flight.name,
            attempt=flight.attempt,
            text="".join(flight.text),
            reasoning="".join(flight.reasoning),
            trouble=CUT_OFF,
        )
    if publisher.state.status == "running":
        # Whoever ran it was stopped short, or it is a branch.
        publisher.emit_at(left, Paused, reason="it was left here", trouble=None)
