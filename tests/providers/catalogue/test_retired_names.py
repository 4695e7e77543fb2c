"""Names of models that are gone, or will be."""

from datetime import date, timedelta

import pytest
from anthropic.resources.messages.messages import DEPRECATED_MODELS

from backrooms_tui.providers.catalogue.catalogue import Catalogue
from backrooms_tui.providers.catalogue.retirement import retirement
from backrooms_tui.session.usage import Usage

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "means", "day"),
    [
        ("opus3", "anthropic/claude-opus-5-5", "5 January 2026"),
        ("claude-3-opus-20240229", "anthropic/claude-opus-5-5", "5 January 2026"),
        ("claude-3-opus-latest", "anthropic/claude-opus-5-5", "5 January 2026"),
        ("anthropic/claude-3-opus-20240229", "anthropic/claude-opus-5-5", "5 January 2026"),
        ("sonnet35", "anthropic/claude-sonnet-5-5", "28 October 2025"),
        ("claude-3-5-sonnet-20240620", "anthropic/claude-sonnet-5-5", "28 October 2025"),
        ("claude-2.1", "anthropic/claude-opus-5-5", "21 July 2025"),
        ("claude-instant-1.2", "anthropic/claude-haiku-5-5", "6 November 2024"),
        ("o1-preview", "openai/gpt-6.1-sol", "28 July 2025"),
        ("o1-mini", "openai/gpt-6.1-terra", "27 October 2025"),
        ("gpt-4", "openai/gpt-6.1-sol", "23 October 2026"),
        ("GPT-4-Turbo", "openai/gpt-6.1-sol", "23 October 2026"),
        ("gpt-4o-2024-05-13", "openai/gpt-6.1-sol", "23 October 2026"),
        ("deepseek-chat", "deepseek/deepseek-flash", "24 July 2026"),
    ],
)
def test_a_model_that_is_gone_is_replaced_with_a_notice(catalogue: Catalogue, typed: str, means: str, day: str) -> None:
    model = catalogue.resolve(typed, today=TODAY)
    assert model.reference == means
    assert model.asked == typed
    (notice,) = model.notices
    assert f"was retired on {day}" in notice
    assert means.partition("/")[2] in notice


@pytest.mark.parametrize(
    ("typed", "today_is", "after", "last"),
    [
        ("gpt4o", "openai/gpt-4o", "openai/gpt-6.1-sol", date(2027, 1, 14)),
        ("gpt-4o-2024-11-20", "openai/gpt-4o-2024-11-20", "openai/gpt-6.1-sol", date(2027, 1, 14)),
        ("claude-sonnet-4-5", "anthropic/claude-sonnet-4-5", "anthropic/claude-sonnet-5-5", date(2026, 11, 30)),
        ("o3", "openai/o3", "openai/gpt-6.1-sol", date(2026, 12, 11)),
        ("gemini-2.5-pro", "google/gemini-2.5-pro", "google/gemini-3.8-flash", date(2026, 12, 1)),
    ],
)
def test_a_model_with_an_announced_end_is_sent_until_that_day(
    catalogue: Catalogue, typed: str, today_is: str, after: str, last: date
) -> None:
    before = catalogue.resolve(typed, today=last - timedelta(days=1))
    assert before.reference == today_is
    assert "shuts down on" in before.notices[0]
    assert catalogue.cost(before.reference, Usage(input_tokens=10)) is not None
    then = catalogue.resolve(typed, today=last)
    assert then.reference == after
    assert "was retired on" in then.notices[0]


def test_a_model_that_lasts_needs_no_notice(catalogue: Catalogue) -> None:
    for name in ("claude-opus-4-8", "gpt-5.5", "claude-haiku-4-5", "opus", "gpt"):
        assert catalogue.resolve(name, today=TODAY).notices == ()


def test_the_dates_agree_with_the_ones_that_the_anthropic_package_carries() -> None:
    months = "January February March April May June July August September October November December".split()  # noqa: SIM905
    for name, spoken in DEPRECATED_MODELS.items():
        month, day, year = spoken.replace(",", "").split()
        known = retirement(f"anthropic/{name}")
        assert known is not None, name
        assert known.last == date(int(year), months.index(month) + 1, int(day.rstrip("stndrh"))), name


def test_the_dates_agree_with_the_ones_that_the_openai_package_carries() -> None:
    import re
    from pathlib import Path

    import openai.types.shared.chat_model as chat_model

    text = Path(chat_model.__file__ or "").read_text("utf-8").partition("Deprecated values")[2]
    groups = re.findall(r"- ((?:\"[^\"]+\",?\s*)+):\s+Announced shutdown date:\s+(\d{4}-\d{2}-\d{2})", text)
    assert len(groups) > 10
    for quoted, day in groups:
        for name in re.findall(r'"([^"]+)"', quoted):
            if "audio" in name:
                continue  # does not chat in text
            known = retirement(f"openai/{name}")
            assert known is not None, name
            assert known.last == date.fromisoformat(day), name
