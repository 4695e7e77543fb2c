"""What agents are told of the requests that they may make, and the operator of what one would do."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from backrooms_tui.conversation.requests.understanding import Wish
from backrooms_tui.session.request_events import RequestName
from backrooms_tui.session.request_lines import MOST
from backrooms_tui.session.requests import allowed
from backrooms_tui.session.setup import AgentSetup, Rules
from backrooms_tui.session.state import SessionState

_HOW: Mapping[RequestName, str] = {
    "whisper": '!whisper NAME "text": says something to one of them alone',
    "vote": '!vote "question" "option" "option": calls a vote; while one is open, !vote "option" gives your vote',
    "invite": '!invite MODEL "who it is to be" NAME: asks somebody new to join',
    "leave": '!leave "last word": leaves the conversation for good',
    "mute": "!mute NAME 3: lets somebody only listen for so many turns",
    "note": '!note "text": leaves a note for the person who watches; nobody else sees it',
}
_BEFORE = (
    "You may ask for the following, each alone on a line that begins with the exclamation mark. The others do not see "
    f"such a line. At most {MOST} a turn."
)


def manual(names: Collection[RequestName]) -> str:
    """What an agent is told of these requests, "" for none."""
    return "\n".join([_BEFORE, *(_HOW[name] for name in _HOW if name in names)]) if names else ""


def with_manual(agent: AgentSetup, rules: Rules) -> AgentSetup:
    """`agent`, told of the requests that `rules` have."""
    told = manual(allowed(rules))
    if not told or agent.kind != "model":
        return agent
    return replace(agent, system="\n\n".join(filter(None, (agent.system, told))))


def all_with_manual(agents: Iterable[AgentSetup], rules: Rules) -> tuple[AgentSetup, ...]:
    """The same for each of `agents`."""
    return tuple(with_manual(agent, rules) for agent in agents)


def reach_of(name: RequestName, wish: Wish, invited: AgentSetup | None, state: SessionState) -> str:
    """What the request would do, in a line for the operator."""
    to = state.agents[wish.to].name if wish.to else ""
    match name:
        case "whisper":
            return f"only {to} would hear it"
        case "vote":
            return "their vote would count" if wish.vote else "all would be asked to vote"
        case "invite":
            return f"{invited.model} would join as {invited.name}, and cost what it costs" if invited else "nobody"
        case "leave":
            return "it would leave the conversation"
        case "mute":
            return f"{to} would only listen for a while"
        case "note":
            return "only you would see it"
