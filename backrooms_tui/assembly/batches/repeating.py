"""Many runs of one template: each a session of its own, several at the same time, judged, and resumed where it was.

What a batch came to stands in the store after every run, so that a program that ends, however it ends, loses nothing
but the turns that are being spoken; who goes on with it speaks those again, with the same seeds.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic, time

from backrooms_tui.assembly.batches.standing_still import raise_first
from backrooms_tui.assembly.claiming import batch_claimed
from backrooms_tui.assembly.continuing import resume
from backrooms_tui.assembly.opening import Opened, make_ready, open_conversation
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.assembly.worlds.deciding import Unattended
from backrooms_tui.conversation.casting import Cast, models_of
from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.experiments.figures import figures_of
from backrooms_tui.experiments.plan import seconds_left, seed_of, setup_of
from backrooms_tui.experiments.results import Results, results
from backrooms_tui.providers.base import Progress
from backrooms_tui.session.batch import Batch, Run
from backrooms_tui.session.events import AnyEvent, Delta
from backrooms_tui.session.judgement import Judgement
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble
from backrooms_tui.store.batches import Standing, to_judge
from backrooms_tui.store.failures import StoreError
from backrooms_tui.store.living import Claim, LiveError


@dataclass(frozen=True, slots=True)
class Going:
    """How far a batch is: runs that are `done`, `running` (of these, `judging`) and `failed`, of `total`; `unjudged`
    are done and were to be judged, but could not. `cost` is USD so far, without the turns of which nobody knows the
    price if `unpriced`. `left` is about how many seconds it still takes, None where nothing tells yet."""

    total: int
    done: int
    running: int
    judging: int
    failed: int
    unjudged: int
    cost: float
    unpriced: bool
    left: float | None


async def begin_batch(workspace: Workspace, batch: Batch) -> "RunningBatch":
    """Keep `batch` and get it ready to run. Raises StoreError."""
    store = await asyncio.to_thread(lambda: workspace.store)
    claim = await batch_claimed(store, batch.id)
    try:
        await asyncio.to_thread(store.batches.keep, batch)
        standing = await asyncio.to_thread(store.batches.standing, batch.id)
    except BaseException:
        claim.release()
        raise
    return RunningBatch(workspace, standing, claim)


async def resume_batch(
    workspace: Workspace, id: str, *, jobs: int | None = None, budget: float | None = None
) -> "RunningBatch":
    """Get a batch ready to go on, with other `jobs` or another `budget` where they are given.

    Raises OperatorError where it is not there, somebody else runs it, or one of its models cannot be asked.
    """
    store = await asyncio.to_thread(lambda: workspace.store)
    claim = await batch_claimed(store, id)
    try:
        standing = await asyncio.to_thread(store.batches.standing, id)
        batch = standing.batch
        judges = batch.judging.models if batch.judging is not None else ()
        workspace.providers.require((*models_of(batch.setup), *judges))
        if jobs is not None or budget is not None:
            changed = replace(batch, jobs=jobs or batch.jobs, budget=batch.budget if budget is None else budget)
            await asyncio.to_thread(store.batches.change, id, jobs=changed.jobs, budget=changed.budget)
            standing = replace(standing, batch=changed)
    except BaseException:
        claim.release()
        raise
    return RunningBatch(workspace, standing, claim)


async def results_of(workspace: Workspace, standing: Standing) -> Results:
    """What the batch came to so far."""
    judgements = await asyncio.to_thread(workspace.store.batches.judgements, standing.batch.id)
    return results(standing.batch, standing.runs, judgements)


class RunningBatch:
    """A batch that this program runs, and nobody else can meanwhile. `run` it once, and close it."""

    def __init__(self, workspace: Workspace, standing: Standing, claim: Claim) -> None:
        self.batch = standing.batch
        self.told: Callable[[], object] = lambda: None  # called when something has changed
        self._workspace = workspace
        self._kept = workspace.store.batches
        self._claim = claim
        self._runs: dict[int, Run] = {run.number: run for run in standing.runs}
        self._live: dict[int, Conversation] = {}
        self._judges: dict[int, asyncio.Task[object]] = {}
        self._unpriced: set[int] = set()
        # Where a permission is asked for nobody answers.
        self.alone = Unattended()
        self._stopped = self._spent = False
        self._began: float | None = None
        self._over_before = 0.0
        self._at_work: set[int] = set()
        self._took = {"talk": 0.0, "judges": 0.0}  # seconds of all runs here
        self._sorry: set[int] = set()  # runs that failed here, or could not be judged: not tried twice at one go

    @property
    def todo(self) -> list[int]:
        """The runs that are not over, or not judged, by number."""
        return [run.number for run in self._runs.values() if run.state != "done" or to_judge(self.batch, run)]

    @property
    def stopped(self) -> bool:
        """Whether the operator has stopped it."""
        return self._stopped

    @property
    def spent(self) -> bool:
        """Whether it stands still because the budget of all runs together is reached."""
        return self._spent

    @property
    def failed(self) -> list[Run]:
        """Runs that could not go on, or could not be judged, with why."""
        return [self._runs[number] for number in sorted(self._sorry)]

    @property
    def going(self) -> Going:
        """How far it is."""
        every = list(self._runs.values())
        at_work = self._at_work
        unjudged = sum(bool(run.unjudged) for run in every if run.number not in at_work)
        return Going(
            total=len(every),
            done=sum(run.state == "done" and run.number not in at_work for run in every),
            running=len(at_work),
            judging=len(self._judges),
            failed=sum(run.state == "failed" and run.number not in at_work for run in every),
            unjudged=unjudged,
            cost=self.cost,
            unpriced=bool(self._unpriced),
            left=self._left(),
        )

    @property
    def cost(self) -> float:
        """USD so far, of all runs and what judged them."""
        past = sum(run.judging_cost + (0.0 if run.number in self._live else run.cost) for run in self._runs.values())
        return past + sum(one.state.cost + one.spent_within().cost for one in self._live.values())

    async def make_ready(self, progress: Callable[[Progress], None]) -> None:
        """Fetch and load what its models need; see `assembly.opening.make_ready`."""
        setup = await make_ready(self._workspace, self.batch.setup, progress)
        self.batch = replace(self.batch, setup=setup)
        for reference in self.batch.judging.models if self.batch.judging is not None else ():
            provider, model = self._workspace.providers.for_reference(reference)
            await provider.ready(model, progress)

    async def run(self) -> None:
        """Go on until every run is over and judged, it is stopped, or the budget is reached.

        A run that meets trouble is kept as failed and the others go on. Raises OperatorError where what happened could
        not be kept; all stand still then.
        """
        waiting = deque(self.todo)
        self._began = monotonic()
        self._over_before = self._over()

        async def work() -> None:
            try:
                while waiting and not self._stands_still():
                    await self._one(waiting.popleft())
            except BaseException:
                self.stop()
                raise

        workers = [asyncio.ensure_future(work()) for _ in range(min(self.batch.jobs, len(waiting)))]
        try:
            raise_first(await asyncio.gather(*workers, return_exceptions=True))
        finally:
            self.told()

    def stop(self) -> None:
        """Stand still when the turns that are being spoken are over. What judges are about to say is not waited for."""
        self._stopped = True
        self._pause()
        for judging in self._judges.values():
            judging.cancel()

    async def aclose(self) -> None:
        """Let others run it."""
        await asyncio.to_thread(self._claim.release)

    # One run ----------------------------------------------------------------------------------------------------------

    async def _one(self, number: int) -> None:
        self._at_work.add(number)
        try:
            if self._runs[number].state != "done":
                began = monotonic()
                await self._play(number)
                self._took["talk"] += monotonic() - began
            if to_judge(self.batch, self._runs[number]) and not self._stands_still():
                began = monotonic()
                await self._judge(number)
                self._took["judges"] += monotonic() - began
        finally:
            self._at_work.discard(number)
            self.told()

    async def _play(self, number: int) -> None:
        try:
            opened = await self._opened(number)
        except OperatorError as error:
            if isinstance(error, StoreError) and not isinstance(error, LiveError):
                raise
            # A person may go on with its session elsewhere, or have deleted it this moment.
            await self._fail(number, error.what)
            return
        conversation = opened.conversation
        self._live[number] = conversation
        conversation.listen(_Watching(self, number))
        conversation.listen_within(lambda _state, event: None if isinstance(event, Delta) else self.look(number))
        self.told()
        try:
            if conversation.state.status != "ended" and not self._stands_still():
                await conversation.run()
                await self.alone.go_on(conversation, lambda: not self._stands_still())
        except asyncio.CancelledError:
            _take_back_what_was_cut(conversation)
            raise
        finally:
            try:
                await opened.aclose()
            finally:
                del self._live[number]
                state = conversation.state
                self._runs[number] = replace(self._runs[number], turns=state.turn, cost=state.cost)
        if state.status == "ended":
            await self._finish(number, state)
        elif state.trouble is not None:
            await self._fail(number, state.trouble.message)
        elif not self._stands_still():
            # Its rules let it stand still, and nobody is here who could go on.
            await self._finish(number, state)
        self.told()

    async def _opened(self, number: int) -> Opened:
        run = self._runs[number]
        if run.session and not run.gone:
            opened = await resume(self._workspace, run.session)
        else:
            setup = setup_of(self.batch.setup, self.batch.seed, number)
            opened = await open_conversation(self._workspace, Cast(setup, self.batch.notices))
        session = opened.conversation.state.session
        try:
            await asyncio.to_thread(self._kept.begin, self.batch.id, number, session)
        except BaseException:
            await opened.aclose()
            raise
        self._runs[number] = replace(run, state="begun", session=session, why="", gone=False)
        return opened

    async def _finish(self, number: int, state: SessionState) -> None:
        figures = figures_of(state)
        await asyncio.to_thread(self._kept.finish, self.batch.id, number, figures)
        self._runs[number] = replace(self._runs[number], state="done", figures=figures)

    async def _fail(self, number: int, why: str) -> None:
        await asyncio.to_thread(self._kept.fail, self.batch.id, number, why)
        self._runs[number] = replace(self._runs[number], state="failed", why=why)
        self._sorry.add(number)
        self.told()

    async def _judge(self, number: int) -> None:
        from backrooms_tui.assembly.judging import Wishes, judge_session

        judging, run = self.batch.judging, self._runs[number]
        assert judging is not None
        wishes = Wishes(
            models=judging.models,
            repeats=judging.repeats,
            hide_names=judging.hide_names,
            swap=judging.swap,
            by_round=judging.by_round,
            seed=seed_of(self.batch.seed, number),
        )
        asking = asyncio.ensure_future(judge_session(self._workspace, run.session, judging.rubric, wishes))
        self._judges[number] = asking
        self.told()
        began = time()
        id, cost, unjudged = "", 0.0, ""
        try:
            judgement = await asking
        except asyncio.CancelledError:
            if not (self._stopped and asking.cancelled()):
                raise
            # What was said so far has its price, although all of it is asked again.
            said = await asyncio.to_thread(self._workspace.store.judgements, run.session)
            cost = sum(_known(one) for one in said if one.at >= began)
        except (OperatorError, ProviderTrouble) as error:
            unjudged = error.what if isinstance(error, OperatorError) else error.trouble.message
        else:
            id, cost = judgement.id, _known(judgement)
            if judgement.cost is None:
                self._unpriced.add(number)
        finally:
            del self._judges[number]
        await asyncio.to_thread(self._kept.judged, self.batch.id, number, id, cost, unjudged)
        self._runs[number] = replace(
            self._runs[number], judgement=id, judging_cost=run.judging_cost + cost, unjudged=unjudged
        )
        if unjudged:
            self._sorry.add(number)
        self.told()

    # What all of them have in common ----------------------------------------------------------------------------------

    def look(self, number: int) -> None:
        """Something happened in a run: what all of them may spend is seen to."""
        agents = self._live[number].state.agents.values() if number in self._live else ()
        if any(agent.unpriced_turns for agent in agents):
            self._unpriced.add(number)
        if not self._spent and self.batch.budget is not None and self.cost >= self.batch.budget:
            self._spent = True
            self._pause()
        self.told()

    def _pause(self) -> None:
        for conversation in self._live.values():
            conversation.pause()

    def _stands_still(self) -> bool:
        if self.batch.budget is not None and self.cost >= self.batch.budget:
            self._spent = True
        return self._stopped or self._spent

    def _over(self) -> float:
        """How many runs are over; the parts of those that are not count where it is known how long each is."""
        rules = self.batch.setup.rules
        turns = rules.max_turns or len(self.batch.setup.agents) * rules.max_rounds
        talk, judges = self._took["talk"], self._took["judges"]
        # The talk's share in a run; halves as long as nobody has judged any.
        share = 1.0 if self.batch.judging is None else talk / (talk + judges) if judges else 0.5
        parts = 0.0
        for run in self._runs.values():
            live = self._live.get(run.number)
            if run.state == "done":
                parts += share if to_judge(self.batch, run) else 1.0
            elif turns:
                parts += share * min((live.state.turn if live is not None else run.turns) / turns, 1.0)
        return parts

    def _left(self) -> float | None:
        if self._began is None:
            return None
        over = self._over()
        return seconds_left(monotonic() - self._began, over - self._over_before, len(self._runs) - over)


def _known(judgement: Judgement) -> float:
    """USD of its verdicts whose price is known."""
    return sum(verdict.cost or 0.0 for verdict in judgement.verdicts)


class _Watching:
    """Hears what happens in one run, in the councils that are held in it, too."""

    def __init__(self, batch: RunningBatch, number: int) -> None:
        self._batch = batch
        self._number = number

    def hear(self, event: AnyEvent) -> None:
        """Look after everything but single words."""
        if not isinstance(event, Delta):
            self._batch.look(self._number)

    async def settled(self) -> None:
        """Called before each turn."""
        self._batch.look(self._number)


def _take_back_what_was_cut(conversation: Conversation) -> None:
    """Whoever goes on with the run has the turn spoken whole: half of one would be a result that no model gave."""
    state = conversation.state
    if state.turn in state.turns and state.turns[state.turn].stop_reason == "stopped":
        conversation.retry()
