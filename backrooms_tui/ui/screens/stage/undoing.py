"""Taking back what an agent has asked for last: in a conversation, or in a council that is being held in it."""

from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.session.events import RequestMade
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.screens.stage.speaking_up import councils_held

_LATER = "It is undone when the turn that is being spoken is over"


def undo_last(conversation: Conversation) -> str:
    """Take back what was asked for last, in `conversation` or in a council that is held there now; again, what was
    asked for before that. Gives what is to be told."""
    there = [("", conversation), *((one.whose, one.conversation) for one in councils_held(conversation))]
    asked = [(last.at, place) for place, (_, one) in enumerate(there) if (last := _last(one)) is not None]
    whose, where = there[max(asked)[1] if asked else 0]
    told = undo_in(where)
    return told or (f"Undone in the {whose}" if whose else "")


def undo_in(conversation: Conversation) -> str:
    """The same in `conversation` alone."""
    try:
        conversation.undo_request()
    except OperatorError as error:
        return f"{error.what}; {error.cure}"
    return _LATER if conversation.speaking else ""


def led(conversation: Conversation, session: str) -> Conversation | None:
    """The conversation or the council in it whose session this is; None where it is neither."""
    there = [conversation, *(one.conversation for one in councils_held(conversation))]
    return next((one for one in there if one.state.session == session), None)


def _last(conversation: Conversation) -> RequestMade | None:
    standing = conversation.state.requests.standing
    return next(reversed(standing.values()), None)
