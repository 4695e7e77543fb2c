"""Reminders: what an agent is told again and again, so that it stays what it is."""

from backrooms_tui.session.setup import Reminder
from backrooms_tui.session.state import SessionState, TurnEntry, WordEntry


def due(state: SessionState, seat: int) -> Reminder | None:
    """The reminder that `seat` gets before the turn it is about to speak: after every so many of its own turns.

    None where none is due, or where it was already given for this turn, which failed or is spoken again.
    """
    if state.setup is None:
        return None
    reminder = state.setup.agent(seat).reminder
    turns = state.agents[seat].turns
    if reminder is None or not reminder.text.strip() or reminder.every < 1 or not turns or turns % reminder.every:
        return None
    for entry in reversed(state.entries):
        if isinstance(entry, TurnEntry) and entry.agent == seat and not entry.retracted:
            return reminder
        if isinstance(entry, WordEntry) and entry.source == "reminder" and entry.to == seat:
            return None
    return reminder
