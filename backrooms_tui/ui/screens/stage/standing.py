"""How a conversation stands, in a word and a sentence: what the line on top says of it, and which key goes on."""

from dataclasses import dataclass

from backrooms_tui.conversation.orders.manual import WAITING
from backrooms_tui.conversation.stopping import ending
from backrooms_tui.session.state import SessionState
from backrooms_tui.ui.widgets.marks import mark

# Reasons for a pause that whoever asked for it need not be told.
_KNOWN = ("", "paused by the operator", "stepped")
# The orders in which models are asked, which takes a while.
_ASKS = ("manager", "bidding")


@dataclass(frozen=True, slots=True)
class Standing:
    """A sign and a word, why it is so, and whether that is something to worry about."""

    word: str
    why: str = ""
    trouble: bool = False


def standing(
    state: SessionState,
    *,
    running: bool,
    pausing: bool,
    picked: int | None,
    choosing: bool = False,
    asks: bool = False,
) -> Standing:
    """How `state` stands while the conversation is `running` or `pausing`; `picked` is the seat that the operator wants
    to hear next, `choosing` says whether it is being found out who speaks, `asks` whether something waits for the
    operator's permission."""
    if running:
        asks = choosing and state.setup is not None and state.setup.rules.order in _ASKS
        if pausing:
            return Standing("◌ pausing")
        return Standing(spoken_councils(state) or ("… choosing" if asks else "▶ running"))
    if asks:
        return Standing("‖ asks")
    if state.status == "ended":
        return Standing("■ ended", f"{state.reason} {_way_on(state)}")
    if state.trouble is not None:
        speaker = state.agents.get(state.next_agent or 0)
        who = f"{speaker.name}: " if speaker is not None else ""
        cure = f" – {state.trouble.cure}" if state.trouble.cure else ""
        why = f"{who}{state.trouble.message}{cure} · space tries again, m changes the seat"
        return Standing("! paused", why, trouble=True)
    if picked is None and waits_for_choice(state):
        return Standing("‖ your choice", f"{WAITING}: a, then enter")
    if not state.entries:
        return Standing("‖ ready", "space lets them talk, n lets one speak one turn, i says something first")
    if state.reason in _KNOWN:
        within = spoken_councils(state)
        return Standing("‖ paused", f"{within}: space goes on in there" if within else "")
    called = calls(state)
    return Standing("! calls you" if called else "‖ paused", f"{state.reason} · space goes on", trouble=called)


def spoken_councils(state: SessionState) -> str:
    """Whose councils are being held: `◇ council of ①`, `◇ councils of ① ② ④`; "" where none is."""
    whose = " ".join(mark(seat) for seat in sorted(state.councils))
    return f"◇ council{'s' if len(state.councils) > 1 else ''} of {whose}" if whose else ""


def waits_for_choice(state: SessionState) -> bool:
    """Whether nobody speaks until the operator has said who."""
    by_hand = state.setup is not None and state.setup.rules.order == "manual"
    return by_hand and (state.reason == WAITING or not state.turn)


def calls(state: SessionState) -> bool:
    """Whether it stands still because a step against stalling calls the operator."""
    last = state.remedies[-1] if state.remedies else None
    return state.status == "paused" and last is not None and last.remedy == "call" and last.turn == state.turn


def _way_on(state: SessionState) -> str:
    over = ending(state)
    more = "offers more turns" if over is not None and over.reason != "stop" else "goes on"
    return f"space {more}."
