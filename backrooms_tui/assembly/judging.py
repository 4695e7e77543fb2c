"""Judging a session: several models, several times, each by itself, and what they said kept with the session."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from random import Random
from typing import TYPE_CHECKING

from backrooms_tui.assembly.batches.standing_still import ON_THIS_MACHINE
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.clock import SystemClock
from backrooms_tui.conversation.retrying import Patience
from backrooms_tui.conversation.sending.window import CHARACTERS_A_TOKEN
from backrooms_tui.judging.asking import TRIES, Line, Manner, verdict
from backrooms_tui.judging.matter import Matter, kept, matter_of, members_of, round_of
from backrooms_tui.judging.questions import items_of, question
from backrooms_tui.judging.showing import Shown, show
from backrooms_tui.providers.base import Progress
from backrooms_tui.session.judgement import Judgement, Rubric, Verdict
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble, Trouble
from backrooms_tui.session.usage import Usage

if TYPE_CHECKING:
    from backrooms_tui.store.database import Store

# Turns that are read whole; of a longer session its beginning and its end are, and no rounds are known.
_READ_WHOLE = 3_000
_FROM_BEGINNING, _FROM_END = 600, 1_800
# Requests to one hosted model at once. What runs on this machine does one at a time.
_AT_ONCE = 4
# Tokens of a window that nobody knows.
_UNKNOWN_WINDOW = 32_000
# Besides transcript, questions and answers: what a judge is told of its task, and what chat templates add.
_AROUND = 500
# How often a transcript is halved that turns out to be too long.
_HALVINGS = 3
# Seconds between two times at which what is finished is kept.
_KEEP_EVERY = 5.0
# After this kind of trouble the same judge is not asked again.
_LASTING = ("authentication", "permission", "spending_limit")


@dataclass(frozen=True, slots=True)
class Wishes:
    """Who judges, and how. `repeats` is how often each model judges; with `swap` each time in both orders of the
    agents. `hide_names` calls them Agent A, B, ...; with `councils` a judge sees what these told an agent. `max_tokens`
    is the longest answer, None as long as it takes."""

    models: tuple[str, ...]
    repeats: int = 1
    hide_names: bool = False
    swap: bool = False
    by_round: bool = False
    seed: int | None = None
    max_tokens: int | None = None
    councils: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """How far judging has come: verdicts `done` of `total`, and what is going on."""

    done: int
    total: int
    text: str


@dataclass(frozen=True, slots=True)
class _Task:
    """One verdict that is wanted."""

    place: int
    judge: "_Judge"
    repeat: int
    order: tuple[int, ...]
    round: int | None


@dataclass(eq=False)
class _Judge:
    """One model that judges, as it is known. `lasting` is the trouble after which it is not asked any more; `room` is
    in characters."""

    line: Line
    window: int
    here: bool
    gate: asyncio.Semaphore
    room: int = 0
    lasting: Trouble | None = None
    manner: Manner = field(default_factory=Manner)


async def judge_session(
    workspace: Workspace,
    session: str,
    rubric: Rubric,
    wishes: Wishes,
    told: Callable[[Step], None] = lambda _: None,
) -> Judgement:
    """Have the models of `wishes` judge `session` (an id) by `rubric`, and keep what they say in the store.

    What is finished is kept also where this is cancelled or killed in the middle; a judgement says how many verdicts
    were wanted. Raises OperatorError for a session, model or key that is not there, before anybody is asked, and
    ProviderTrouble where no judge could say anything; then nothing is kept.
    """
    store = await asyncio.to_thread(lambda: workspace.store)
    references = _references(workspace, wishes)
    matter = await asyncio.to_thread(_read, store, session, wishes)
    rounds = sorted({matter.rounds[turn] for turn in matter.turns}) if wishes.by_round else [None]
    orders = [matter.seats, matter.seats[::-1]] if wishes.swap and len(matter.seats) > 1 else [matter.seats]
    total = len(references) * wishes.repeats * len(orders) * len(rounds)
    patience = Patience(retries=workspace.configuration.defaults.retries)
    judging = _Judging(store, matter, rubric, wishes, told, total, patience)
    judges = [await judging.ready(workspace, reference) for reference in references]
    wanted = product(judges, rounds, range(1, wishes.repeats + 1), orders)
    tasks = [_Task(place, judge, repeat, order, round) for place, (judge, round, repeat, order) in enumerate(wanted)]
    judgement = Judgement(
        await asyncio.to_thread(store.new_id), session, time.time(), rubric, matter.turns[-1], wanted=total
    )
    return await judging.run(judgement, tasks)


def _references(workspace: Workspace, wishes: Wishes) -> list[str]:
    if not wishes.models:
        raise OperatorError("nobody is asked to judge", "name a model with --lm")
    found = [workspace.catalogue.resolve(model).reference for model in wishes.models]
    references = list(dict.fromkeys(found))
    workspace.providers.require(references)
    return references


def _read(store: "Store", session: str, wishes: Wishes) -> Matter:
    turns = store.summary(session).turns
    if turns == 0:
        raise OperatorError(f"nothing has been said in session {session}", "let it talk first")
    if turns <= _READ_WHOLE:
        return matter_of(store.events(session, deltas=False), councils=wishes.councils)
    if wishes.by_round:
        raise OperatorError(
            f"session {session} has {turns:,} turns, too many to judge each round",
            "judge it as a whole, or judge a branch of it",
        )
    state = store.state_at(session, store.last_whole(session))
    first = kept(store.entries(session, 1, _FROM_BEGINNING), councils=wishes.councils)
    last = kept(store.entries(session, state.turn - _FROM_END + 1, state.turn), councils=wishes.councils)
    between = state.turn - _FROM_BEGINNING - _FROM_END
    entries = (*first, *last)
    return Matter(members_of(state, entries), entries, gap=len(first) - 1, between=between)


class _Judging:
    """One judgement in the making."""

    def __init__(
        self,
        store: "Store",
        matter: Matter,
        rubric: Rubric,
        wishes: Wishes,
        told: Callable[[Step], None],
        total: int,
        patience: Patience,
    ) -> None:
        self._store = store
        self._matter = matter
        self._rubric = rubric
        self._wishes = wishes
        self._told = told
        self._total = total
        self._done: dict[int, Verdict] = {}
        self._kept = time.monotonic()
        self._keeping = threading.Lock()
        self._clock = SystemClock()
        self._rng = Random()
        self._here = asyncio.Semaphore(1)
        self._patience = patience

    async def ready(self, workspace: Workspace, reference: str) -> _Judge:
        """Fetch and load what `reference` needs, and find out how much it can read."""
        provider, model = workspace.providers.for_reference(reference)

        def tell(progress: Progress) -> None:
            self._tell(progress.text)

        await provider.ready(model, tell)
        window = await provider.window(model) or workspace.catalogue.resolve(reference).window or _UNKNOWN_WINDOW
        here = reference.startswith(ON_THIS_MACHINE)

        def price(usage: Usage) -> float | None:
            return workspace.catalogue.cost(reference, usage)

        # A small model scores one thing at a time: held to a schema the starter's scores count either way, but asked
        # for all at once it gave 10 to everything in the rubric `debate`, three times of three. What it has read stays
        # in its cache; a hosted model would be paid for reading it again.
        manner = Manner(at_once=1 if here else 0, max_tokens=self._wishes.max_tokens)
        line = Line(provider, model, reference, price, _never)
        judge = _Judge(line, window, here, self._here if here else asyncio.Semaphore(_AT_ONCE), manner=manner)
        judge.room = self._room(judge)
        return judge

    async def run(self, judgement: Judgement, tasks: list[_Task]) -> Judgement:
        """All verdicts, in order."""
        self._tell("judging")
        try:
            await _all_of([self._judge(judgement, task) for task in tasks])
        except BaseException:
            if self._said_something():
                await asyncio.shield(asyncio.to_thread(self._keep, judgement))
            raise
        if not self._said_something():
            first = self._done[0]
            raise ProviderTrouble(
                next((task.judge.lasting for task in tasks if task.judge.lasting is not None), None)
                or Trouble("unknown", f"{first.judge}: {first.trouble}", "try again, or choose another judge")
            )
        await asyncio.to_thread(self._keep, judgement)
        return self._so_far(judgement)

    async def _judge(self, judgement: Judgement, task: _Task) -> None:
        judge = task.judge
        async with judge.gate:
            self._tell(f"{judge.line.reference} judges{self._of(task)}")
            said = await self._verdict(judgement, task)
        self._done[task.place] = said
        self._tell(f"{judge.line.reference} has judged{self._of(task)}")
        now = time.monotonic()
        if now - self._kept >= _KEEP_EVERY and self._said_something():
            self._kept = now
            await asyncio.to_thread(self._keep, judgement)

    def _keep(self, judgement: Judgement) -> None:
        """Keep what is finished. Of two threads that do so, the later one never keeps less."""
        with self._keeping:
            self._store.keep_judgement(self._so_far(judgement))

    async def _verdict(self, judgement: Judgement, task: _Task) -> Verdict:
        judge, hidden = task.judge, self._wishes.hide_names
        if judge.lasting is not None:
            trouble = judge.lasting.message
            return Verdict(
                judge.line.reference, task.repeat, task.order, hidden, "", (), 0, Usage(), 0.0, task.round, trouble
            )
        part, what = self._part(task.round)
        seed = self._wishes.seed
        manner = judge.manner
        if seed is not None:
            manner = replace(manner, params={"seed": seed + task.place})
        met: list[Trouble] = []

        async def again(trouble: Trouble, tries: int) -> bool:
            met.append(trouble)
            return await self._again(judge, trouble, tries)

        spent: list[Verdict] = []
        while True:
            met.clear()
            shown = await asyncio.to_thread(self._shown, task.order, judge.room, part, what)
            said = await verdict(
                replace(judge.line, again=again),
                self._rubric,
                shown,
                manner,
                repeat=task.repeat,
                hidden=hidden,
                round=task.round,
                what=what,
                key=f"{judgement.id}-{task.round or 0}-{task.order[0]}",
            )
            spent.append(said)
            if len(spent) > _HALVINGS or not any(one.kind == "context_too_long" for one in met):
                return _with_all(said, spent, judge.line.price)
            judge.room = min(judge.room, len(shown.text) // 2)

    def _shown(self, order: tuple[int, ...], room: int, part: tuple[int, int] | None, what: str) -> Shown:
        return show(self._matter, order, hidden=self._wishes.hide_names, room=room, part=part, what=what)

    def _part(self, round: int | None) -> tuple[tuple[int, int] | None, str]:
        """Where a round stands among the entries, and what it is called. Its label was written by others: it stands
        in the transcript alone."""
        if round is None:
            return None, "the conversation"
        return round_of(self._matter, round), f"round {round}"

    def _room(self, judge: _Judge) -> int:
        """Characters of transcript that fit into its window, beside what it is asked and what it answers."""
        everybody = {member.seat: member.names[0] for member in self._matter.members}
        some = Shown("", everybody, self._matter.turns[:1], frozenset(everybody), 0)
        items = items_of(self._rubric, some)
        items = items[: judge.manner.at_once or len(items)]
        asked = len(question(self._rubric, items, some, summary=True, what="the conversation")) / CHARACTERS_A_TOKEN
        answer = judge.manner.tokens(len(items), summary=True)
        tokens = judge.window - _AROUND - TRIES * (asked + answer)
        return int(max(tokens, judge.window / 3) * CHARACTERS_A_TOKEN)

    async def _again(self, judge: _Judge, trouble: Trouble, tries: int) -> bool:
        if trouble.kind in _LASTING:
            judge.lasting = trouble
        wait = self._patience.wait(trouble, tries, self._rng)
        if wait is None:
            return False
        self._tell(f"{judge.line.reference}: {trouble.message}; again in {wait:.0f} s")
        await self._clock.sleep(wait)
        return True

    def _of(self, task: _Task) -> str:
        parts = [f"round {task.round}"] if task.round is not None else []
        if self._wishes.repeats > 1:
            parts.append(f"{task.repeat} of {self._wishes.repeats}")
        return f" ({', '.join(parts)})" if parts else ""

    def _said_something(self) -> bool:
        return any(not said.trouble for said in self._done.values())

    def _so_far(self, judgement: Judgement) -> Judgement:
        done = self._done.copy()
        return replace(judgement, verdicts=tuple(done[place] for place in sorted(done)))

    def _tell(self, text: str) -> None:
        self._told(Step(len(self._done), self._total, text))


async def _never(_: Trouble, __: int) -> bool:
    return False


async def _all_of(wanted: Sequence[Coroutine[None, None, None]]) -> None:
    """Runs them side by side; where one fails or this is cancelled, the others end before it is raised."""
    running = [asyncio.ensure_future(one) for one in wanted]
    try:
        await asyncio.gather(*running)
    finally:
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _with_all(said: Verdict, spent: list[Verdict], price: Callable[[Usage], float | None]) -> Verdict:
    """What was spent on requests that were too long counts, too."""
    usage = sum((one.usage for one in spent), Usage())
    return replace(said, usage=usage, asked=sum(one.asked for one in spent), cost=price(usage) if said.asked else 0.0)
