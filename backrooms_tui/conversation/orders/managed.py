"""A model leads the conversation: it is asked who speaks next."""

import re
import unicodedata
from collections.abc import Sequence
from random import Random

from backrooms_tui.conversation.orders.choice import Ask, Choice, Hold, candidates, rules_of, setup_of
from backrooms_tui.conversation.orders.recent import clipped, recent_words
from backrooms_tui.conversation.orders.round_robin import next_in_order
from backrooms_tui.session.state import AgentState, SessionState
from backrooms_tui.session.trouble import ProviderTrouble

# How often it is asked again after an answer that cannot be used.
ASKED_AGAIN = 2
# Room for a model whose reasoning counts as well, and characters of an answer that are listened to.
_TOKENS = 512
_LONGEST = 160
_SYSTEM = (
    "You lead a conversation among several participants. You do not take part in it: you only decide who speaks next. "
    "Answer with one name from the list, and nothing else."
)


class Managed:
    """The model of the rules' `manager` picks, or that of the first agent who has one where the rules name none."""

    async def choose(self, state: SessionState, rng: Random, ask: Ask) -> Choice | Hold:
        """Whom the manager names; the next in order where it names nobody, or cannot be asked."""
        among = candidates(state)
        if len(among) == 1:
            return Choice(among[0].seat, "nobody else may speak")
        model = rules_of(state).manager or _first_model(state)
        question = _question(state, among)
        prompt = question
        for _ in range(1 + ASKED_AGAIN):
            try:
                answer = await ask("manager", 0, model, _SYSTEM, prompt, max_tokens=_TOKENS, longest=_LONGEST)
            except ProviderTrouble as error:
                return _fallback(state, f"the manager could not be asked ({error.trouble.message})")
            seat = named_in(answer, among)
            if seat is not None:
                return Choice(seat, "chosen by the manager")
            short = " ".join(answer.split())[:80]
            prompt = f'{question}\n\nYou answered "{short}", which is not one name from the list. The one name is:'
        return _fallback(state, f'no name was found in the manager\'s answers, the last one "{short}"')


def _first_model(state: SessionState) -> str:
    return next(agent.model for _, agent in sorted(state.agents.items()) if not agent.is_world)


def named_in(answer: str, among: Sequence[AgentState]) -> int | None:
    """The one seat of `among` that `answer` names, by its name or by its number; None for none or several.

    The name may stand alone, in marks of any kind, or be the only one of the list in a sentence.
    """
    plain = _folded(answer)
    bare = plain.strip(" \t\r\n*_`#\"'“”„«».,:;!?()[]<>")
    numbered = re.fullmatch(r"(\d+)(?:[.):]\s*(.*))?", bare)
    if numbered is not None and not numbered[2]:
        seat = int(numbered[1])
        return seat if any(agent.seat == seat for agent in among) else None
    exact = [agent.seat for agent in among if _folded(agent.name) == bare]
    if exact:
        return exact[0] if len(exact) == 1 else None
    # The longer names first, and each taken out where it was found: "Ada Lovelace" does not name "Ada".
    found: list[int] = []
    for agent in sorted(among, key=lambda agent: -len(agent.name)):
        pattern = rf"(?<!\w){re.escape(_folded(agent.name))}(?!\w)"
        plain, times = re.subn(pattern, "\n", plain)
        found += [agent.seat] if times else []
    return found[0] if len(found) == 1 else None


def _question(state: SessionState, among: Sequence[AgentState]) -> str:
    said = recent_words(state) or "(nothing has been said yet)"
    last = state.turns.get(state.turn)
    spoken = f"{last.name} has just spoken. " if last is not None else ""
    names = "\n".join(_listed(agent, state) for agent in among)
    return f"The participants:\n{names}\n\nWhat was said last:\n\n{said}\n\n{spoken}Who speaks next? One name only:"


def _listed(agent: AgentState, state: SessionState) -> str:
    described = " ".join(setup_of(state, agent.seat).description.split())
    return f"{agent.seat}. {agent.name}{f': {clipped(described)}' if described else ''}"


def _fallback(state: SessionState, why: str) -> Choice:
    choice = next_in_order(state)
    return Choice(choice.seat, f"{choice.reason}: {why}")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().strip()
