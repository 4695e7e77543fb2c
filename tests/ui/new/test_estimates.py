"""What ten turns will cost, before anybody is asked."""

import pytest

from backrooms_tui.session.setup import AgentSetup, Rules, Setup
from backrooms_tui.session.usage import Usage
from backrooms_tui.ui.screens.new.estimate import Estimate, estimate, estimate_text


def setup(model: str, *, system: str = "", max_tokens: int = 0, max_turns: int = 0) -> Setup:
    params = {"max_tokens": max_tokens} if max_tokens else {}
    agents = tuple(AgentSetup(seat, f"A{seat}", model, system=system, params=params) for seat in (1, 2))
    return Setup("t", "t", agents, Rules(max_turns=max_turns))


def test_replies_are_as_long_as_they_may_be_and_prompts_grow() -> None:
    asked: list[Usage] = []

    def price(model: str, usage: Usage) -> float:
        asked.append(usage)
        return usage.output_tokens / 1000

    found = estimate(setup("x/y", system="word " * 80, max_tokens=500), price)
    assert (found.turns, found.cost) == (10, 5.0)
    assert [one.output_tokens for one in asked] == [500] * 10
    assert [one.input_tokens for one in asked] == [104 + 500 * turn for turn in range(10)]


def test_what_was_sent_before_counts_as_read_from_the_cache() -> None:
    asked: list[Usage] = []
    estimate(setup("anthropic/x", system="x" * 8000), lambda model, usage: asked.append(usage) or 0.0)
    assert [one.cache_read_tokens for one in asked[:4]] == [0, 0, asked[0].input_tokens, asked[1].input_tokens]
    assert all(one.cache_read_tokens + one.cache_write_tokens == one.input_tokens for one in asked)


def test_a_cache_makes_it_cheaper_with_real_prices() -> None:
    from backrooms_tui.providers.catalogue.prices import cost

    cast = setup("anthropic/claude-opus-5-5", system="x" * 40_000)
    cached = estimate(cast, cost).cost
    plain = estimate(cast, lambda model, usage: cost(model, Usage(usage.input_tokens, usage.output_tokens))).cost
    assert 0 < cached < plain / 2


def test_a_limit_of_turns_limits_the_estimate() -> None:
    found = estimate(setup("x/y", max_turns=4), lambda model, usage: 0.25)
    assert found == Estimate(4, 1.0)
    assert estimate_text(found) == "about $1.00 for 4 turns, an estimate"


def test_a_limit_of_rounds_counts_those_who_are_there() -> None:
    agents = tuple(AgentSetup(seat, f"A{seat}", "x/y", absent=seat == 3) for seat in (1, 2, 3))
    assert estimate(Setup("t", "t", agents, Rules(max_rounds=2)), lambda model, usage: 0.0).turns == 4
    assert estimate(Setup("t", "t", agents, Rules(max_rounds=2, max_turns=3)), lambda model, usage: 0.0).turns == 3


@pytest.mark.parametrize(("order", "calls"), [("random", 0), ("manager", 1), ("bidding", 2)])
def test_models_that_choose_who_speaks_are_paid_too(order: str, calls: int) -> None:
    agents = tuple(AgentSetup(seat, f"A{seat}", "local/x") for seat in (1, 2))
    asked: list[str] = []
    rules = Rules(max_turns=4, order=order, manager="x/manager" if order == "manager" else "")
    found = estimate(Setup("t", "t", agents, rules), lambda model, usage: asked.append(model) or 0.25)
    assert len(asked) == 4 * (1 + calls)
    assert found.cost == len(asked) * 0.25
    assert ("x/manager" in asked) is (order == "manager")


def test_it_says_free_and_unknown() -> None:
    assert estimate_text(estimate(setup("local/x"), lambda model, usage: 0.0)) == "free: these models cost nothing"
    unknown = estimate(setup("lab/x"), lambda model, usage: None)
    assert unknown.unpriced == ("lab/x",)
    assert "no price is known" in estimate_text(unknown)
