"""Planning a batch: from a template's name and what the person wishes to what is run, before anything is."""

import time
from dataclasses import dataclass
from random import SystemRandom

from backrooms_tui.assembly.batches.standing_still import ON_THIS_MACHINE
from backrooms_tui.assembly.opening import choose_cast
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Choices, models_of
from backrooms_tui.experiments.plan import ends_by_itself
from backrooms_tui.session.batch import Batch, Judging
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings import folders

MOST = 10_000  # runs
_SEEDS = 10**6  # small ones: a person may want to type it again


@dataclass(frozen=True, slots=True)
class Wish:
    """How often a template is run, how many at the same time, for how many USD in all (None: no limit), and by which
    rubric (a name or a path) which models judge each run; see `session.batch.Judging` for the rest."""

    runs: int
    jobs: int = 1
    seed: int | None = None
    budget: float | None = None
    rubric: str = ""
    judges: tuple[str, ...] = ()
    repeats: int = 1
    hide_names: bool = False
    swap: bool = False
    by_round: bool = False


def planned(workspace: Workspace, template: str, choices: Choices, wish: Wish) -> Batch:
    """The batch that `wish` makes of the template named `template` (or at that path); it is not kept yet.

    Every mistake that can be found without asking a server is found here: raises OperatorError.
    """
    if not 1 <= wish.runs <= MOST:
        raise OperatorError(f"{wish.runs} runs are not possible", f"from 1 to {MOST:,} are")
    if wish.jobs < 1:
        raise OperatorError(f"{wish.jobs} runs at the same time are not possible", "1 is the least")
    chosen = choose_cast(workspace, template, choices)
    setup = chosen.setup
    if setup.rules.order == "manual":
        raise OperatorError(
            "in the order 'manual' somebody picks who speaks, and here is nobody who could",
            "choose another with --order",
        )
    if not ends_by_itself(setup) and wish.budget is None:
        raise OperatorError("nothing would ever end these runs", "say how long each is: --max-turns 20")
    seed = SystemRandom().randrange(_SEEDS) if wish.seed is None else wish.seed
    return Batch(
        id=workspace.store.batches.new_id(),
        title=setup.title,
        at=time.time(),
        template=setup.template,
        setup=setup,
        seed=seed,
        runs=wish.runs,
        jobs=wish.jobs,
        budget=wish.budget,
        judging=_judging(workspace, wish),
        notices=chosen.notices,
    )


def caution(batch: Batch) -> str:
    """What the person should know before `batch` runs; nothing where there is nothing. What runs on this machine
    reckons several requests together, and rounds otherwise then: seen with the embedded model, whose runs are the same
    again one after the other, and others two at a time."""
    here = any(model.startswith(ON_THIS_MACHINE) for model in models_of(batch.setup))
    if batch.jobs == 1 or not here:
        return ""
    return "Runs at the same time on a model of this machine are not the same again from the same seed; one by one are."


def _judging(workspace: Workspace, wish: Wish) -> Judging | None:
    if not wish.rubric:
        if wish.judges or wish.repeats != 1 or wish.hide_names or wish.swap or wish.by_round:
            raise OperatorError("a judge needs something to judge by", "name a rubric: --rubric debate")
        return None
    from backrooms_tui.judging.rubric_files import find_rubric

    rubric = find_rubric(wish.rubric, folders.rubrics_dir())
    asked = wish.judges or (workspace.configuration.defaults.model or "local",)
    models = tuple(dict.fromkeys(workspace.catalogue.resolve(model).reference for model in asked))
    workspace.providers.require(models)
    return Judging(rubric, models, wish.repeats, wish.hide_names, wish.swap, wish.by_round)
