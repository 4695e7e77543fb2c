"""What a change of the rules or of an agent comes to, in words for the timeline."""

from collections.abc import Mapping

from backrooms_tui.session.setup import AgentSetup, Reminder, Rules
from backrooms_tui.session.world import Permission

_LIMITS = {
    "max_turns": "turns",
    "max_rounds": "rounds",
    "max_tokens": "tokens",
    "max_seconds": "seconds",
    "budget": "USD",
}
NOTHING = "nothing is different"


def rules_told(old: Rules, new: Rules) -> str:
    """What is different in `new`: "order mention, ends after 40 turns, no ladder"."""
    told: list[str] = []
    if new.order != old.order:
        told.append(f"order {new.order}")
    if new.manager != old.manager and new.order == "manager":
        told.append(f"manager {new.manager or 'the model of the first agent'}")
    for name, unit in _LIMITS.items():
        limit = getattr(new, name)
        if limit != getattr(old, name):
            told.append(f"ends after {limit:,g} {unit}" if limit else f"no limit of {unit}")
    if new.ladder != old.ladder:
        told.append(_ladder_told(old, new))
    if new.stall_at != old.stall_at:
        told.append(f"stalled from {new.stall_at:g} on")
    if new.cues != old.cues:
        told.append(_counted(len(new.cues), "cue"))
    if (new.stop, new.stop_votes) != (old.stop, old.stop_votes):
        told.append(f"ends with {' or '.join(new.stop)}" if new.stop else "no stop text")
    if new.repeat != old.repeat:
        told.append("the same agent may speak twice in a row" if new.repeat else "nobody speaks twice in a row")
    if new.play != old.play:
        told.append("agents may speak for others" if new.play else "nobody speaks for others")
    if new.requests != old.requests:
        told.append(requests_told(new.requests) or "agents may ask for nothing by themselves")
    return ", ".join(told) or NOTHING


def requests_told(requests: Mapping[str, Permission]) -> str:
    """What agents may ask for by themselves: "agents may ask for whisper, vote, and with your leave for invite"; ""
    for nothing."""
    free, asked = (", ".join(name for name, said in requests.items() if said == what) for what in ("allow", "ask"))
    leave = f"{', and ' if free else ' '}with your leave for {asked}" if asked else ""
    return f"agents may ask{f' for {free}' if free else ''}{leave}" if free or asked else ""


def agent_told(old: AgentSetup, new: AgentSetup) -> str:
    """What is different in the manners of an agent: "guard off, reminded every 8 turns"."""
    told: list[str] = []
    if new.system != old.system:
        told.append("another system text" if new.system.strip() else "no system text")
    if new.guard != old.guard:
        told.append(f"guard {'on' if new.guard else 'off'}")
    if new.memory != old.memory:
        told.append(f"memory {new.memory}")
    if new.reminder != old.reminder:
        told.append(_reminder_told(new.reminder))
    if new.talkativeness != old.talkativeness:
        told.append(f"talkativeness {new.talkativeness:g}")
    if new.description != old.description:
        told.append("described anew")
    return ", ".join(told) or NOTHING


def _ladder_told(old: Rules, new: Rules) -> str:
    if not new.ladder:
        return "no ladder"
    return "another ladder" if old.ladder else f"a ladder of {_counted(len(new.ladder), 'step')}"


def _counted(number: int, of: str) -> str:
    return f"{number} {of}" if number == 1 else f"{number} {of}s"


def _reminder_told(reminder: Reminder | None) -> str:
    if reminder is None or not reminder.text.strip():
        return "no reminder"
    return f"reminded every {reminder.every} turns" if reminder.every > 1 else "reminded at each of its turns"
