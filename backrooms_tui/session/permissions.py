"""What asking for permission, and giving a model tools, does to the state of a session."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backrooms_tui.session.entries import NoticeEntry
from backrooms_tui.session.world import Permission, permitted
from backrooms_tui.session.world_events import PermissionAsked, PermissionDecided, PermissionsChanged, ToolsGiven

if TYPE_CHECKING:
    from backrooms_tui.session.state import SessionState

_HOLDS = {"allow": "allowed", "ask": "asked for", "deny": "denied"}
_DECIDED = {"once": "allowed once", "session": "allowed for this session", "deny": "denied"}


@dataclass(slots=True)
class Asking:
    """What waits for the operator, and what was decided for the turn that is to come.

    `asked` is the question that is open. `unanswered` is it, too, also while other permissions have made it needless;
    `named` says whether they named what was asked for. `seat` speaks next, whatever the order is, until its turn is
    over or another begins. `decided` are the answers, by who gave the command, its name and the command itself.
    """

    asked: PermissionAsked | None = None
    unanswered: PermissionAsked | None = None
    named: bool = False
    seat: int | None = None
    decided: dict[tuple[int, int, str, str], PermissionDecided] | None = None

    def asks(self, agent: int, by: int, name: str, command: str) -> bool:
        """Whether this is the question that is open."""
        return _is(self.asked, agent, by, name, command)

    def done(self, agent: int, by: int, name: str, command: str) -> None:
        """It was done, or refused: if it was asked about, that needs no answer any more."""
        if _is(self.unanswered, agent, by, name, command):
            self.asked = self.unanswered = None

    def decision(self, agent: int, by: int, name: str, command: str) -> PermissionDecided | None:
        """What was decided about `command` for the turn that is to come; None where nothing was."""
        return (self.decided or {}).get((agent, by, name, command))


def asked(event: PermissionAsked, state: "SessionState") -> None:
    """A command waits for the operator."""
    asking = state.asking
    asking.asked = asking.unanswered = event
    asking.named = _names(state, event)
    who = state.agents[event.by].name if event.by in state.agents else "the operator"
    if event.agent == event.by:  # it has spoken, and need not speak again for it
        _tell(state, event.at, f"{who} asks for: {event.command}", event.agent)
        return
    asking.seat = event.agent
    _tell(state, event.at, f"{who} wants to run: {event.command}", event.agent)


def decided(event: PermissionDecided, state: "SessionState") -> None:
    """The operator has answered."""
    asking = state.asking
    asking.asked = asking.unanswered = None
    asking.decided = {**(asking.decided or {}), (event.agent, event.by, event.name, event.command): event}
    if event.decision == "session":
        agent = state.agents[event.agent]
        agent.permissions = {**agent.permissions, event.name: "allow"}
        agent.granted |= {event.name}
    word = f": {event.word}" if event.word else ""
    _tell(state, event.at, f"{event.name} is {_DECIDED[event.decision]}{word}", event.agent)


def changed(event: PermissionsChanged, state: "SessionState") -> None:
    """Other permissions hold. What is being asked for is looked at again: where they still say so, it is asked on."""
    agent = state.agents[event.agent]
    news = [
        f"{'everything else' if name == '*' else name} {_HOLDS[now]}"
        for name, now in event.permissions.items()
        if agent.permissions.get(name) != now
    ]
    agent.permissions = dict(event.permissions)
    agent.granted &= {name for name, now in event.permissions.items() if now == "allow"}
    look_again(state)
    _tell(state, event.at, f"{agent.name}: {', '.join(news) or 'what was decided is taken back'}", event.agent)


def ruled(old: Mapping[str, Permission], new: Mapping[str, Permission], state: "SessionState") -> None:
    """Other rules hold for agents' requests, and for all of them: what one alone was allowed before is by them
    again."""
    for agent in state.agents.values():
        if not agent.is_world:
            agent.permissions = {
                name: now
                for name, now in agent.permissions.items()
                if now != "allow" or permitted(old, name, "deny") == permitted(new, name, "deny")
            }
            agent.granted = frozenset(agent.granted & agent.permissions.keys())
    look_again(state)


def look_again(state: "SessionState") -> None:
    """Other permissions or rules hold: a question stands where they say so, also one that others had made needless.
    What was allowed for the session, and is not any more, was not decided."""
    asking = state.asking
    asking.decided = {
        key: event
        for key, event in (asking.decided or {}).items()
        if event.decision != "session" or state.agents[event.agent].permissions.get(event.name) == "allow"
    }
    asking.asked = asking.unanswered if asking.unanswered is not None and _still(asking.unanswered, state) else None


def _still(asked: PermissionAsked, state: "SessionState") -> bool:
    permissions = state.agents[asked.agent].permissions
    if asked.agent == asked.by:
        rules = state.setup.rules.requests if state.setup is not None else {}
        return permitted(permissions, asked.name, permitted(rules, asked.name, "deny")) == "ask"
    # What holds where nothing is said of it is the world's to know: it was asked for then, if it was not named.
    if not _names(state, asked):
        return not state.asking.named
    return permitted(permissions, asked.name, "ask") == "ask"


def _is(one: PermissionAsked | None, agent: int, by: int, name: str, command: str) -> bool:
    return one is not None and (one.agent, one.by, one.name, one.command) == (agent, by, name, command)


def _names(state: "SessionState", asked: PermissionAsked) -> bool:
    """Whether the permissions of the seat say anything of what is asked for."""
    permissions = state.agents[asked.agent].permissions
    return permitted(permissions, asked.name, "ask") == permitted(permissions, asked.name, "deny")


def tools_given(event: ToolsGiven, state: "SessionState") -> None:
    """A model may call these tools, and no others, from now on."""
    agent, many = state.agents[event.agent], len(event.tools)
    agent.tools = event.tools
    told = f"may call {many:,} tool{'' if many == 1 else 's'}" if many else "has no tools any more"
    _tell(state, event.at, f"{agent.name} {told}", event.agent)


def broken_off(state: "SessionState", agent: int) -> None:
    """A try of `agent` to answer came to nothing, and what it ran may have been half done: what was allowed once was
    allowed for that."""
    decided = state.asking.decided
    if decided and state.agents[agent].is_world:
        state.asking.decided = {
            key: event for key, event in decided.items() if key[0] != agent or event.decision != "once"
        }


def over(state: "SessionState") -> None:
    """The turn for which something was asked is over, or comes no more."""
    state.asking = Asking()


def _tell(state: "SessionState", at: float, text: str, agent: int) -> None:
    state.entries.append(NoticeEntry(text, at, "info", agent))
