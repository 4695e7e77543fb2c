"""What an agent keeps of what it is no longer sent: a running summary, or a notebook of its own.

`drop` keeps nothing. `summary`: before turns fall out of the window, the agent's own model writes one summary of the
last one and of what falls out. `notebook`: the agent itself rewrites its notes then, and after every `NOTEBOOK_EVERY`
of its turns. A summary that cannot be made never stops the talk: the turns are dropped then, and the person is told.
"""

from collections.abc import Sequence
from typing import Protocol

from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.scrubbing import scrubbed
from backrooms_tui.conversation.sending.hearing import hears, told
from backrooms_tui.conversation.sending.window import CHARACTERS_A_TOKEN, Move
from backrooms_tui.session.events import InnerPurpose, Noticed, Remembered
from backrooms_tui.session.setup import AgentSetup
from backrooms_tui.session.state import AgentState, SessionState, TurnEntry, WordEntry
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble

# Own turns after which an agent writes its notebook anew.
NOTEBOOK_EVERY = 6
# Tokens of a memory, at most: a share of the window, within these.
_SMALLEST, _LARGEST, _SHARE = 128, 1000, 8
# Words that fit in a token of English, a little less than what tokenizers reach.
_WORDS_A_TOKEN = 0.6
# A piece of what falls out has at least this many characters; of more than so many pieces the oldest are forgotten.
_SMALLEST_PIECE = 1500
_MOST_PIECES = 6

_KEEPER = "You keep the memory of somebody who takes part in a conversation. You write summaries and nothing else."
_SUMMARY = """\
{name} takes part in a conversation that has become too long to be read whole. Below is what {name} remembers so far, \
and what is about to be forgotten, as {name} heard it ("you" is {name}).

Write one summary of both, in at most {words} words. Keep what {name} needs to go on: who said and did what, what was \
agreed or promised, names, places and numbers, what is still open, and what was said to {name} alone. Invent nothing, \
and do not comment.

What {name} remembers so far:
{memory}

What is about to be forgotten:
{heard}

The new summary:"""
_NOTEBOOK = """\
Step aside for a moment; nobody else sees this. You keep a notebook. It is always with you, and the only thing that \
stays when older parts of the conversation are no longer before you.

Write it anew, whole, in at most {words} words: what you want to know later on about the others, about what happened \
and was agreed, what you were told alone, and what you are about to do. Write the notebook and nothing else.

Your notebook so far:
{memory}

What {since}:
{heard}

Your new notebook:"""
_SINCE = "happened since you last wrote in it"
_FALLING = "will no longer be before you"


class Asking(Protocol):
    """Asks a model something that is no turn."""

    async def ask(
        self, purpose: InnerPurpose, agent: int, model: str, system: str, prompt: str, *, max_tokens: int
    ) -> str:
        """The answer, in words. Raises ProviderTrouble or OperatorError."""
        ...


class Memories:
    """Keeps the agents' memories up to date; `asking` may be None where no model can be asked, and all is dropped."""

    def __init__(self, publisher: Publisher, asking: Asking | None) -> None:
        self._publisher = publisher
        self._asking = asking
        # The turns that an agent had had when its notebook could not be written.
        self._gave_up: dict[int, int] = {}

    async def keep(self, seat: int, move: Move | None, characters_a_token: float = CHARACTERS_A_TOKEN) -> None:
        """Bring the memory of `seat` up to date before its next request, and before `move` takes turns away."""
        state = self._publisher.state
        agent, policy = state.agents[seat], self._setup(seat).memory
        if policy == "drop":
            return
        if move is not None:
            heard = _heard(state, agent, agent.first_entry, move.first_entry)
            await self._rewrite(seat, heard, _FALLING, characters_a_token)
        elif policy == "notebook" and self._notebook_due(agent):
            heard = _heard(state, agent, max(agent.remembered, agent.first_entry), len(state.entries))
            await self._rewrite(seat, heard, _SINCE, characters_a_token)

    def _notebook_due(self, agent: AgentState) -> bool:
        entries = self._publisher.state.entries
        since = sum(
            isinstance(entry, TurnEntry) and entry.agent == agent.seat and not entry.retracted
            for entry in entries[agent.remembered :]
        )
        waited = agent.turns - self._gave_up.get(agent.seat, -NOTEBOOK_EVERY)
        return since >= NOTEBOOK_EVERY and waited >= NOTEBOOK_EVERY

    async def _rewrite(self, seat: int, heard: Sequence[str], since: str, characters_a_token: float) -> None:
        setup, agent = self._setup(seat), self._publisher.state.agents[seat]
        if self._asking is None or not heard:
            return
        tokens = _LARGEST if agent.window is None else min(max(agent.window // _SHARE, _SMALLEST), _LARGEST)
        try:
            memory = agent.memory
            pieces = _pieces(heard, _room(agent, setup, tokens, characters_a_token))
            if len(pieces) > _MOST_PIECES:
                self._tell(seat, "too much falls out of its window at once: the oldest part of it is forgotten")
            for piece in pieces[-_MOST_PIECES:]:
                memory = await self._asked(self._asking, agent, setup, memory, piece, since, tokens)
        except (ProviderTrouble, OperatorError) as error:
            why = error.trouble.message if isinstance(error, ProviderTrouble) else error.what
            self._give_up(agent, since, why)
        except Exception as error:  # what goes wrong beside a turn never takes the application down
            self._give_up(agent, since, f"{type(error).__name__}: {error}"[:300])
        else:
            self._publisher.emit(Remembered, agent=seat, text=memory)

    async def _asked(
        self, asking: Asking, agent: AgentState, setup: AgentSetup, memory: str, heard: str, since: str, tokens: int
    ) -> str:
        notebook = setup.memory == "notebook"
        prompt = (_NOTEBOOK if notebook else _SUMMARY).format(
            name=agent.name,
            words=round(tokens * _WORDS_A_TOKEN),
            memory=memory or "(nothing yet)",
            since=since,
            heard=heard,
        )
        answer = await asking.ask(
            "notebook" if notebook else "summary",
            agent.seat,
            agent.model,
            setup.system if notebook else _KEEPER,
            prompt,
            max_tokens=tokens,
        )
        answer = scrubbed(answer).strip()
        if not answer:
            raise OperatorError("the model's answer was empty")
        return answer

    def _give_up(self, agent: AgentState, since: str, why: str) -> None:
        self._gave_up[agent.seat] = agent.turns
        what = "notebook" if self._setup(agent.seat).memory == "notebook" else "summary"
        lost = "what falls out of its window is forgotten" if since == _FALLING else "the old one stays"
        self._tell(agent.seat, f"its {what} could not be written, {lost} ({why})")

    def _tell(self, seat: int, text: str) -> None:
        name = self._publisher.state.agents[seat].name
        self._publisher.emit(Noticed, level="warning", text=scrubbed(f"{name}: {text}"), agent=seat)

    def _setup(self, seat: int) -> AgentSetup:
        setup = self._publisher.state.setup
        if setup is None:
            raise KeyError(seat)
        return setup.agent(seat)


def change_memory(publisher: Publisher, seat: int, text: str) -> None:
    """The operator rewrites what `seat` remembers; empty: nothing. It is sent from the next request on.

    Raises OperatorError for a seat that nobody has.
    """
    agents = publisher.state.agents
    if seat not in agents:
        raise OperatorError(f"there is no seat {seat}", f"seats go from 1 to {max(agents)}")
    text = scrubbed(text).strip()
    if text != agents[seat].memory:
        publisher.emit(Remembered, agent=seat, text=text, by_operator=True)


def _heard(state: SessionState, agent: AgentState, first: int, after: int) -> list[str]:
    """What `agent` heard and said in this stretch of the timeline, each with who said it."""
    words: list[str] = []
    for index in range(first, after):
        entry = state.entries[index]
        if not hears(agent, index, entry):
            continue
        if isinstance(entry, TurnEntry):
            words.append(f"You: {entry.text}" if entry.agent == agent.seat else f"{entry.name}: {entry.heard}")
        elif not isinstance(entry, WordEntry) or entry.source != "reminder":
            words.append(told(entry, agent.seat, named=True))
    return words


def _room(agent: AgentState, setup: AgentSetup, tokens: int, characters_a_token: float) -> int | None:
    """Characters of what falls out that one request can hold beside the rest; None: no limit is known."""
    if agent.window is None:
        return None
    # Nine tenths, since another text may need more tokens for its characters than what was measured.
    whole = (agent.window - tokens) * characters_a_token * 0.9
    beside = len(_SUMMARY) + len(setup.system) + max(len(agent.memory), round(tokens * characters_a_token))
    return max(round(whole) - beside, _SMALLEST_PIECE)


def _pieces(heard: Sequence[str], room: int | None) -> list[str]:
    """`heard` joined into texts of at most `room` characters; one that is longer by itself loses its end."""
    if room is None:
        return ["\n\n".join(heard)]
    pieces: list[str] = []
    for words in heard:
        words = words if len(words) <= room else f"{words[: room - 2]} …"
        if pieces and len(pieces[-1]) + 2 + len(words) <= room:
            pieces[-1] = f"{pieces[-1]}\n\n{words}"
        else:
            pieces.append(words)
    return pieces
