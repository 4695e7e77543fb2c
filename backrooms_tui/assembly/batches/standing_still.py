"""How a conversation that runs by itself comes to stand still, and what keeps it from spending more than it may."""

import asyncio
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from backrooms_tui.assembly.branching.ways_compared import STOPPED, How
from backrooms_tui.conversation.casting import models_of
from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.conversation.stopping import NOTHING_BESIDE, Beside, Ending, ending
from backrooms_tui.session.events import AnyEvent, TurnEnded, TurnFailed
from backrooms_tui.session.setup import Rules
from backrooms_tui.session.state import SessionState

# A server on this machine serves one request at a time: several at once would only wait for one another.
ON_THIS_MACHINE = ("local/", "ollama/")


def on_this_machine(state: SessionState) -> bool:
    """Whether any of its models is. What was changed since the beginning is in the agents, not in the setup."""
    assert state.setup is not None
    models = {*models_of(state.setup), *(agent.model for agent in state.agents.values())}
    return any(model.startswith(ON_THIS_MACHINE) for model in models)


def stood_still(state: SessionState, *, whole: bool, stopped: bool) -> tuple[How, str]:
    """How it stands after a run, and why where not because all turns are spoken (`whole`) or the operator `stopped`
    it."""
    if state.status == "ended":
        return "over", state.reason
    if state.trouble is not None:
        return "trouble", state.trouble.message
    if whole:
        return "whole", ""
    last = state.remedies[-1] if state.remedies else None
    if last is not None and last.remedy == "call" and last.turn == state.turn:
        return "over", f"the operator is called: {state.reason}"
    return ("stopped", STOPPED) if stopped else ("over", state.reason)


class Purse:
    """Sees to it that a session which runs past its limits keeps those of tokens and money that it had not reached when
    it began (`reached` is how it stood then): nobody who asks for turns has seen them."""

    def __init__(self, reached: SessionState) -> None:
        self._ignored: frozenset[str] = frozenset()
        while (over := _money(reached, self._ignored)) is not None:
            self._ignored |= {over.reason}

    def spent(self, state: SessionState, beside: Beside = NOTHING_BESIDE) -> Ending | None:
        """Why it is over before its turns are. `beside` is what councils that are not over have taken."""
        return _money(state, self._ignored, beside)


def raise_first(results: Iterable[object]) -> None:
    """Raise the first of `results` that is an error."""
    for result in results:
        if isinstance(result, BaseException):
            raise result


def after_turns_within(conversation: Conversation, then: Callable[[], object]) -> None:
    """Call `then` soon after each turn that is spoken in a council of `conversation`."""

    def hear(state: SessionState, event: AnyEvent) -> None:
        if isinstance(event, TurnEnded | TurnFailed):
            asyncio.get_running_loop().call_soon(then)

    conversation.listen_within(hear)


def _money(state: SessionState, ignored: Collection[str], beside: Beside = NOTHING_BESIDE) -> Ending | None:
    """The limit of tokens or money that is reached, if it is none of these."""
    assert state.setup is not None
    rules = state.setup.rules
    kept = Rules(
        max_tokens=0 if "max_tokens" in ignored else rules.max_tokens,
        budget=None if "budget" in ignored else rules.budget,
    )
    return ending(replace(state, setup=replace(state.setup, rules=kept)), beside=beside)
