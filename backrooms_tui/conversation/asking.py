"""Asking a model something that is no turn: who is to speak, how much it wants to speak, what to remember.

Every such call that cost something is recorded with what was asked and answered, and counts in the budget.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from random import Random
from typing import cast

from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.reaching import Reach, troubles
from backrooms_tui.conversation.scrubbing import scrubbed
from backrooms_tui.conversation.sending.window import estimated_tokens
from backrooms_tui.providers.base import Chunk, Finish, ReasoningChunk, Request, TextChunk
from backrooms_tui.session.events import InnerCalled, InnerPurpose, Noticed
from backrooms_tui.session.setup import Message, ParamValue
from backrooms_tui.session.trouble import ProviderTrouble, Trouble
from backrooms_tui.session.usage import Usage

EMPTY = Trouble("unknown", "the model returned an empty answer", "try again, or choose another model", may_pass=True)
ONLY_THOUGHT = Trouble(
    "bad_request",
    "the model used all of its tokens for its reasoning and gave no answer",
    "lower its effort, or choose another model",
)
CUT_SHORT = Trouble("connection", "the stream ended before the answer did", "try again in a moment", may_pass=True)

# A seat's parameters that hold for these calls too: how the model is loaded, and how long it may think.
_INHERITED = ("context", "effort", "thinking")
_CALLED = {
    "manager": "asked who speaks next",
    "bid": "asked for its bid",
    "summary": "summing up",
    "notebook": "noting",
}


@dataclass(slots=True)
class _Answer:
    """What has arrived of an answer."""

    text: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    enough: bool = False
    finish: Finish | None = None


class InnerCalls:
    """Asks models beside the turns, several at once where wanted."""

    def __init__(self, publisher: Publisher, reach: Reach) -> None:
        self._publisher = publisher
        self._reach = reach

    async def ask(
        self,
        purpose: InnerPurpose,
        agent: int,
        model: str,
        system: str,
        prompt: str,
        *,
        max_tokens: int,
        longest: int | None = None,
        temperature: float | None = None,
        params: Mapping[str, ParamValue] | None = None,
    ) -> str:
        """What `model` (a reference) answers to `prompt`, without its reasoning and the blanks around it.

        `agent` is the seat it is asked for, 0 for the whole table. After `longest` characters of answer nobody listens
        any more: who is asked for a word may chatter, and `max_tokens` has to hold a model's reasoning too. Trouble
        that may pass is tried again as a turn is. Raises ProviderTrouble, and nothing else, for trouble that stays.
        May be cancelled at any moment; what had arrived by then is recorded and paid for.
        """
        wishes: dict[str, ParamValue] = {**self._inherited(agent, model), "max_tokens": max_tokens}
        if temperature is not None:
            wishes["temperature"] = temperature
        wishes.update(params or {})
        system, prompt = scrubbed(system), scrubbed(prompt)
        tries = 0
        while True:
            tries += 1
            try:
                return await self._once(purpose, agent, model, system, prompt, wishes, longest)
            except ProviderTrouble as error:
                wait = self._reach.wait(error.trouble, tries)
                if wait is None:
                    raise ProviderTrouble(self._reach.patience.told(error.trouble)) from error
                self._tell_wait(purpose, agent, error.trouble, wait)
            await self._reach.clock.sleep(wait)

    async def _once(
        self,
        purpose: InnerPurpose,
        agent: int,
        model: str,
        system: str,
        prompt: str,
        params: Mapping[str, ParamValue],
        longest: int | None,
    ) -> str:
        state = self._publisher.state
        before = state.inner_calls.get((purpose, agent), 0)
        request = Request(
            "",
            system,
            (Message("user", prompt),),
            self._seeded(params, purpose, agent, before),
            f"{state.session}-{agent}-{purpose}",
            agent or 1,
            spoken=before,
        )
        answer = _Answer()
        try:
            with troubles():
                await self._listen(model, request, answer, longest)
        finally:
            self._record(purpose, agent, model, request, answer)
        text = _joined(answer.text)
        if answer.enough:
            return text
        if answer.finish is None:
            raise ProviderTrouble(CUT_SHORT)
        if not text:
            raise ProviderTrouble(ONLY_THOUGHT if answer.finish.stop_reason == "max_tokens" else EMPTY)
        return text

    async def _listen(self, model: str, request: Request, answer: _Answer, longest: int | None) -> None:
        provider, name = self._reach.speaker_for(model)
        stream = cast("AsyncGenerator[Chunk, None]", provider.stream(replace(request, model=name)))
        async with aclosing(stream) as chunks:
            async for chunk in chunks:
                match chunk:
                    case TextChunk(text):
                        answer.text.append(text)
                        if longest is not None and sum(map(len, answer.text)) > longest and _joined(answer.text):
                            answer.enough = True
                            return
                    case ReasoningChunk(text):
                        answer.reasoning.append(text)
                    case Finish():
                        answer.finish = chunk

    def _record(self, purpose: InnerPurpose, agent: int, model: str, request: Request, answer: _Answer) -> None:
        """Keep what was asked and answered, also where it broke off; nothing where no word had arrived."""
        text, reasoning = _joined(answer.text), _joined(answer.reasoning)
        if answer.finish is not None:
            usage = answer.finish.usage
        elif text or reasoning:
            sent = len(request.system) + sum(len(message.text) for message in request.messages)
            usage = Usage(estimated_tokens(sent, None), estimated_tokens(len(text) + len(reasoning), None))
        else:
            return
        self._publisher.emit(
            InnerCalled,
            purpose=purpose,
            agent=agent,
            model=model,
            asked=self._asked(agent, request),
            answer=text,
            usage=usage,
            cost=self._reach.price(model, usage),
        )

    def _asked(self, agent: int, request: Request) -> str:
        """What was asked, with the system text before it unless it is the agent's own, which the setup holds."""
        setup = self._publisher.state.setup
        own = agent != 0 and setup is not None and setup.agent(agent).system == request.system
        prompt = request.messages[-1].text
        return prompt if own or not request.system else f"{request.system}\n\n{prompt}"

    def _inherited(self, agent: int, model: str) -> dict[str, ParamValue]:
        agents = self._publisher.state.agents
        seats = [agent, *sorted(agents)] if agent in agents else sorted(agents)
        for seat in seats:
            if agents[seat].model == model:
                return {name: value for name, value in agents[seat].params.items() if name in _INHERITED}
        return {}

    def _seeded(
        self, params: Mapping[str, ParamValue], purpose: InnerPurpose, agent: int, before: int
    ) -> Mapping[str, ParamValue]:
        """A seed for this very call where the session has one."""
        setup = self._publisher.state.setup
        if setup is None or setup.seed is None or "seed" in params:
            return params
        drawn = Random(f"{setup.seed}/{purpose}/{agent}/{before}").getrandbits(31)
        return {**params, "seed": drawn}

    def _tell_wait(self, purpose: InnerPurpose, agent: int, trouble: Trouble, wait: float) -> None:
        state = self._publisher.state
        who = state.agents[agent].name if agent in state.agents else "The manager"
        text = f"{who}, {_CALLED[purpose]}: {trouble.message} · trying again in {wait:.1f} s"
        self._publisher.emit(Noticed, level="warning", text=scrubbed(text), agent=agent or None)


def _joined(pieces: list[str]) -> str:
    return scrubbed("".join(pieces)).strip()
