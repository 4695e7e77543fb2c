"""A reply without words is trouble: the next speaker would have nothing to answer, and most services refuse it."""

from backrooms_tui.session.events import StopReason
from backrooms_tui.session.trouble import Trouble


def empty_reply(stop_reason: StopReason, *, reasoned: bool, detail: str = "") -> Trouble:
    """Why there is no text, judged by how the stream ended and whether any reasoning came. `detail` adds to it."""
    if stop_reason == "refusal":
        message = "the model declined to answer" + (f": {detail}" if detail else "")
        return Trouble("refused", message, "change the last words and retry, or choose another model")
    if stop_reason == "max_tokens":
        spent = "on reasoning, before a word was said" if reasoned else "before a word was said"
        return Trouble("bad_request", f"max_tokens ran out {spent}", "raise max_tokens, or lower effort")
    if reasoned:
        return Trouble("unknown", "the model reasoned, but returned an empty reply", "try again", True)
    return Trouble("unknown", "the model returned an empty reply", "try again, or choose another model", True)
