"""A long conversation with Claude pays for its input a fifth of the price at most."""

import json

import pytest

from tests.benchmarks.cache_cost import FIGURE, PromptCache, measure
from tests.misbehaving import Recorded


@pytest.mark.parametrize("minimum", [1024, 4096])
async def test_100_turns_cost_a_fifth_of_what_they_cost_uncached(minimum: int) -> None:
    bill = await measure(turns=100, minimum=minimum)
    assert bill.uncached > 1_000_000
    assert bill.ratio <= FIGURE


def test_the_bill_is_honest_about_what_does_not_match() -> None:
    def usage(*texts: str) -> tuple[int, ...]:
        messages = [{"role": "user", "content": text} for text in texts]
        body = {"model": "m", "messages": messages, "cache_control": {"type": "ephemeral"}}
        return cache.answer(Recorded("POST", "/v1/messages", {}, json.dumps(body).encode())).usage

    cache = PromptCache(minimum=100)
    long = "x" * 400
    assert usage("short") == (1, 250, 0, 0)
    assert usage(long) == (0, 250, 0, 100)
    assert usage(long, "more") == (0, 250, 100, 1)
    assert usage("y" + long, "more") == (0, 250, 0, 101)
    assert usage(long, *["z"] * 30) == (0, 250, 0, 100)
