"""How fast a loaded model gets on, and how long it may stand still before it is taken for stuck.

llama.cpp works in steps: each reads at most one batch of prompt tokens, or makes one token for each speaker, and each
tells that it was done (`return_progress`). So it is one step that has to come in time, not a whole prompt: a prompt of
8,000 tokens on a slow machine takes minutes, and says so all the while.
"""

import time
from typing import Any

# Seconds that a step may always take: the starter needs about one for a batch; beside other work on all cores it was
# seen to be 60 times slower.
_LEAST = 60.0
# Seconds for each GB of the model's file until a batch has been timed. A byte of weights costs at most 4 operations a
# token, so a batch of 128 tokens 512 a byte: 51 s for each GB at 10 billion operations a second, which one core without
# vector units does. Reading the file from a slow disk for the first time takes less.
_BY_SIZE = 60.0
# From then on: how many times longer than the slowest batch yet. A batch at the end of a long context takes up to three
# times what it takes at the beginning; the rest is for other programs.
_TIMES = 10.0


class Pace:
    """What is known of the steps of one loaded model: `size` of its file in bytes, most tokens in a `batch`, tokens of
    `context` in each of its `slots`."""

    def __init__(self, *, size: int, batch: int, context: int, slots: int) -> None:
        self.steps = 0
        self._batch = batch
        self._batches = slots * max(1, context // batch)
        self._first = _LEAST + _BY_SIZE * size / 1e9
        self._slowest: float | None = None

    @property
    def patience(self) -> float:
        """Seconds within which the model has to get on with something while anything is asked of it."""
        if self._slowest is None:
            return self._first
        return max(_LEAST, _TIMES * self._slowest)

    @property
    def patience_of_one(self) -> float:
        """Seconds within which it has to get on with one request: the prompts of the others may be read before it, each
        as long as the context."""
        return self.patience + self._batches * (self._slowest or 0.0)

    def step(self, seconds: float, prompt_tokens: int) -> None:
        """Something was done for a request, `seconds` after the last time; so many tokens of its prompt were read."""
        self.steps += 1
        # A few tokens say little of what a batch takes. Longer than the patience was only a machine that slept.
        if prompt_tokens * 4 >= self._batch and seconds < self.patience:
            self._slowest = max(self._slowest or 0.0, seconds * self._batch / min(prompt_tokens, self._batch))


class Watch:
    """Over one request: notes its events, and adds up the time in which nothing is done.

    It is told of time in small pieces (`quiet`) and does not look at a clock for it, so that a program that was stopped
    for an hour, with all that the model said meanwhile still unread, does not take the model for stuck.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._last = time.monotonic()
        self._read: int | None = None
        self._seen = pace.steps
        self._quiet = self._alone = 0.0

    @property
    def interval(self) -> float:
        """Seconds after which to call `quiet` again."""
        return min(1.0, self._pace.patience / 4)

    def event(self, event: Any) -> None:
        """Notes an event of the stream: part of the prompt was read, or of the reply made."""
        now = time.monotonic()
        progress = getattr(event, "prompt_progress", None)
        processed = progress.get("processed") if isinstance(progress, dict) else None
        read = 0
        if isinstance(processed, int):
            # The first one says where it begins.
            read = processed - self._read if self._read is not None else 0
            self._read = processed
        self._pace.step(now - self._last, read)
        self._last = now
        self._alone = 0.0

    def quiet(self, seconds: float) -> float | None:
        """`seconds` have passed. For how many nothing has been done, where that is too long; else None."""
        if self._pace.steps != self._seen:
            self._seen = self._pace.steps
            self._quiet = 0.0
        self._quiet += seconds
        self._alone += seconds
        if self._quiet >= self._pace.patience:
            return self._quiet
        return self._alone if self._alone >= self._pace.patience_of_one else None
