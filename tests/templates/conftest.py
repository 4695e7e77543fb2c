"""What the tests of templates share."""

import pytest

from backrooms_tui.templates.filling import SeatChoice

OPUS = SeatChoice("anthropic/claude-opus-5", "Anthropic", "Claude Opus 5")
GPT = SeatChoice("openai/gpt-6", "OpenAI", "GPT-6")


@pytest.fixture
def same_seats() -> list[SeatChoice]:
    """Two seats that hold the same model."""
    return [OPUS, OPUS]


@pytest.fixture
def different_seats() -> list[SeatChoice]:
    """Two seats that hold different models."""
    return [OPUS, GPT]
