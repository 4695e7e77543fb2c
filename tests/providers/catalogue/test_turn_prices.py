"""What a turn costs."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backrooms_tui.providers.catalogue.prices import cost
from backrooms_tui.providers.servers.endpoints import PRESETS, Endpoint
from backrooms_tui.session.usage import Usage


def test_cache_reads_and_writes_have_their_own_prices() -> None:
    usage = Usage(input_tokens=1_000_000, output_tokens=100_000, cache_read_tokens=800_000, cache_write_tokens=100_000)
    # Claude Opus 5.5: 4 in, 20 out, 0.2 read, 5 written, for a million tokens.
    assert cost("anthropic/claude-opus-5-5", usage) == pytest.approx(0.1 * 4 + 2 + 0.8 * 0.2 + 0.1 * 5)


def test_reasoning_is_paid_once_as_output() -> None:
    plain = Usage(input_tokens=1000, output_tokens=500)
    assert cost("openai/gpt-6.1-sol", plain) == cost("openai/gpt-6.1-sol", replace(plain, reasoning_tokens=400))


def test_models_of_this_machine_cost_nothing() -> None:
    usage = Usage(input_tokens=10**9, output_tokens=10**9)
    for reference in ("local/x.gguf", "scripted/a/b.txt", "ollama/llama3.2", "vllm/x", "lmstudio/gpt-4o", "llamacpp/x"):
        assert cost(reference, usage) == 0.0


def test_what_nobody_knows_has_no_price() -> None:
    endpoints = {**PRESETS, "lab": Endpoint("lab", "https://models.example.org/v1", None, "generic")}
    for reference in ("anthropic/claude-zephyr-9", "lab/x", "nowhere/x", "openai/", "", "openrouter/a/b", "anthropic"):
        assert cost(reference, Usage(input_tokens=1000), endpoints=endpoints) is None


def test_a_free_model_of_a_paid_service_is_free() -> None:
    assert cost("openrouter/openai/gpt-oss-20b:free", Usage(input_tokens=1000)) == 0.0


def test_an_endpoint_of_ones_own_is_priced_by_its_address() -> None:
    endpoints = {"mine": Endpoint("mine", "https://openrouter.ai/api/v1", "K", "openrouter")}
    mine = cost("mine/qwen/qwen3.7-plus", Usage(input_tokens=1000), endpoints=endpoints)
    assert mine == cost("openrouter/qwen/qwen3.7-plus", Usage(input_tokens=1000))
    assert mine is not None


def test_prices_that_go_by_the_hour_go_by_the_hour_of_the_request() -> None:
    usage = Usage(input_tokens=1_000_000)
    night, peak = datetime(2026, 11, 20, 23, tzinfo=UTC), datetime(2026, 11, 20, 2, tzinfo=UTC)
    assert cost("deepseek/deepseek-v4-pro", usage, night) == pytest.approx(0.66)
    assert cost("deepseek/deepseek-v4-pro", usage, peak) == pytest.approx(1.32)


@given(st.builds(Usage, *[st.integers(-(10**6), 10**12)] * 5))
def test_counts_that_do_not_add_up_never_break_a_session(usage: Usage) -> None:
    for reference in ("anthropic/claude-opus-5-5", "openai/gpt-5.5", "google/gemini-4-argon"):
        price = cost(reference, usage)
        assert price is not None
        assert price >= 0


def test_a_price_is_found_quickly() -> None:
    usage = Usage(input_tokens=5000, output_tokens=400, cache_read_tokens=4000, cache_write_tokens=500)
    references = ("anthropic/claude-opus-5-5", "openai/gpt-6.1-sol", "openrouter/qwen/qwen3.7-plus", "openrouter/no/ne")
    for reference in references:
        cost(reference, usage)
    best = min(_seconds_a_call(references, usage) for _ in range(5))
    print(f"{best * 1000:.3f} ms a price")
    # Measured at about 0.1 ms; the bound is loose since a slow machine is no mistake.
    assert best < 0.003


def _seconds_a_call(references: tuple[str, ...], usage: Usage) -> float:
    begin = time.perf_counter()
    for _ in range(50):
        for reference in references:
            cost(reference, usage)
    return (time.perf_counter() - begin) / (50 * len(references))
