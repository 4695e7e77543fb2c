"""Judgements that are being made: beside whatever screen is shown, one at a time for a session.

They belong to the application, so that one can go back to the talk meanwhile. Where it ends, they are stopped, and what
judges have said by then is kept.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from backrooms_tui.session.trouble import OperatorError, ProviderTrouble

if TYPE_CHECKING:
    from backrooms_tui.assembly.judging import Step
    from backrooms_tui.session.judgement import Judgement

# Makes the judgement and keeps it; tells how far it is.
Make = Callable[[Callable[["Step"], None]], Awaitable["Judgement"]]
# Called when one is over, however that came.
Over = Callable[["Judging"], object]


@dataclass(slots=True)
class Judging:
    """One that is being made, of `session` (an id) with `title`, by the rubric `by`. `problem` says why nothing, or not
    all, came of it; `judgement` is what came."""

    session: str
    title: str
    by: str
    done: int = 0
    total: int = 0
    text: str = ""
    stopped: bool = False
    problem: OperatorError | None = None
    judgement: "Judgement | None" = None
    task: "asyncio.Task[None] | None" = field(default=None, repr=False)

    @property
    def under_way(self) -> bool:
        """Whether it goes on."""
        return self.task is not None and not self.task.done()

    def hear(self, step: "Step") -> None:
        """How far it is."""
        self.done, self.total, self.text = step.done, step.total, step.text

    def stop(self) -> None:
        """Let go of it; verdicts that are there are kept."""
        self.stopped = True
        if self.task is not None:
            self.task.cancel()


class Judgings:
    """Those that go on, by session."""

    def __init__(self) -> None:
        self._under_way: dict[str, Judging] = {}

    def of(self, session: str) -> Judging | None:
        """The one of this session, None where none goes on."""
        return self._under_way.get(session)

    def begin(self, judging: Judging, make: Make, over: Over) -> None:
        """Let `judging` go on beside all else, in place of none: the caller has looked whether one does."""
        self._under_way[judging.session] = judging
        judging.task = asyncio.create_task(self._go_on(judging, make, over))

    async def _go_on(self, judging: Judging, make: Make, over: Over) -> None:
        try:
            judging.judgement = await make(judging.hear)
        except asyncio.CancelledError:
            judging.stopped = True
        except Exception as error:
            judging.problem = _in_words(error)
        finally:
            self._under_way.pop(judging.session, None)
        over(judging)

    async def stop_all(self) -> None:
        """Stop all of them, and wait until what was said is kept."""
        going = list(self._under_way.values())
        for judging in going:
            judging.stop()
        await asyncio.gather(*(judging.task for judging in going if judging.task is not None), return_exceptions=True)


def _in_words(error: Exception) -> OperatorError:
    """What the person is told of it. Several judges work at once, and what went wrong comes in a group."""
    if isinstance(error, ExceptionGroup):
        return _in_words(error.exceptions[0])
    if isinstance(error, ProviderTrouble):
        return OperatorError(error.trouble.message, error.trouble.cure)
    if isinstance(error, OperatorError):
        return error
    # A fault of ours must not leave it without an end.
    what = f"something unforeseen happened: {type(error).__name__}: {error}"[:300]
    return OperatorError(what, "what judges have said by then is kept")
