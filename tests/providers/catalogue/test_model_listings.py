"""What `models list` has to choose from."""

from datetime import date
from pathlib import Path
from typing import get_args

from backrooms_tui.providers.catalogue.catalogue import Catalogue
from backrooms_tui.providers.servers.endpoints import PRESETS, Endpoint

TODAY = date(2026, 11, 21)


def test_every_listed_name_can_be_chosen(catalogue: Catalogue) -> None:
    entries = catalogue.listings(today=TODAY)
    assert len({entry.reference for entry in entries}) == len(entries)
    for entry in entries:
        assert catalogue.resolve(entry.reference, today=TODAY).reference == entry.means


def test_the_listed_claude_and_gpt_models_are_ones_that_the_sdks_know(catalogue: Catalogue) -> None:
    from anthropic.types.model import Model
    from openai.types.shared.chat_model import ChatModel

    claude = set(get_args(get_args(Model)[0]))
    gpt = set(get_args(ChatModel))
    entries = [entry for entry in catalogue.listings(today=TODAY) if entry.source == "catalogue"]
    ours = {entry.reference[10:] for entry in entries if entry.reference.startswith("anthropic/")}
    assert {"claude-opus-5-5", "claude-haiku-4-5"} <= ours
    assert ours <= claude
    theirs = {entry.reference[7:] for entry in entries if entry.reference.startswith("openai/")}
    assert {"gpt-6.1-sol", "gpt-5.5", "gpt-4o"} <= theirs
    assert theirs <= gpt


def test_what_does_not_chat_and_what_is_gone_is_not_listed(catalogue: Catalogue) -> None:
    references = {entry.reference for entry in catalogue.listings(today=TODAY)}
    for word in ("whisper", "embed", "-image", "realtime", "tts", "moderation", "transcribe", ":batch"):
        assert not [reference for reference in references if word in reference]
    assert not references & {"openai/gpt-4", "openai/gpt-4-turbo", "openai/o1", "anthropic/claude-opus-4-1", "opus3"}
    later = {entry.reference for entry in catalogue.listings(today=date(2027, 2, 1))}
    assert "openai/gpt-4o" not in later
    assert "gpt4o" not in later


def test_an_announced_end_is_noted(catalogue: Catalogue) -> None:
    (entry,) = [entry for entry in catalogue.listings(today=TODAY) if entry.reference == "openai/gpt-4o"]
    assert entry.note == "shuts down on 14 January 2027"


def test_a_filter_takes_words_in_any_order_from_names_companies_and_aliases(catalogue: Catalogue) -> None:
    found = {entry.reference for entry in catalogue.listings("opus Anthropic 5.5", today=TODAY)}
    assert {"opus", "claude", "anthropic/claude-opus-5-5"} <= found
    assert found == {entry.reference for entry in catalogue.listings("5.5 ANTHROPIC opus", today=TODAY)}
    assert all("opus" in reference or reference == "claude" for reference in found)
    assert catalogue.listings("no such model anywhere") == []


def test_prices_and_windows_are_those_of_the_catalogue(catalogue: Catalogue) -> None:
    (entry,) = [entry for entry in catalogue.listings("claude-opus-5-5") if entry.reference == "opus"]
    assert (entry.input_price, entry.output_price, entry.cache_price, entry.window) == (4.0, 20.0, 0.2, 1_000_000)
    assert entry.name == "Claude Opus 5.5"


def test_local_models_are_free_and_the_starter_is_there_before_it_was_fetched(
    catalogue: Catalogue, models_dir: Path
) -> None:
    (starter,) = [entry for entry in catalogue.listings() if entry.source == "local"]
    assert starter.reference == "local/SmolLM2-135M-Instruct.Q4_1.gguf"
    assert (starter.window, starter.input_price, starter.note) == (8192, 0.0, "fetched when first used")
    (models_dir / "OWNER").mkdir()
    (models_dir / "OWNER" / "Night-7B.gguf").write_bytes(b"no model")
    night = next(entry for entry in catalogue.listings("night") if entry.source == "local")
    assert night.reference == "local/OWNER/Night-7B.gguf"
    assert "cannot be used" in night.note
    assert catalogue.resolve(night.reference).display_name == "Night"


def test_a_local_model_is_listed_with_the_window_that_its_file_tells_of(
    catalogue: Catalogue, models_dir: Path, starter_model: Path
) -> None:
    (models_dir / "mine.gguf").symlink_to(starter_model)
    mine = next(entry for entry in catalogue.listings() if entry.reference == "local/mine.gguf")
    assert mine.window == 8192
    assert (mine.name, mine.note) == ("mine", "")


def test_models_of_a_configured_endpoint_and_own_aliases_are_listed(models_dir: Path) -> None:
    lab = Endpoint("lab", "http://127.0.0.1:9/v1", None, "vllm", ("Night-7B",))
    catalogue = Catalogue({"night": "lab/Night-7B", "broken": "nowhere/x"}, {**PRESETS, "lab": lab}, models_dir)
    entries = {entry.reference: entry for entry in catalogue.listings()}
    assert entries["lab/Night-7B"].input_price == 0.0
    assert entries["night"].means == "lab/Night-7B"
    assert "no provider" in entries["broken"].note


def test_every_service_has_models_to_list_with_their_prices(catalogue: Catalogue) -> None:
    entries = catalogue.listings()
    for provider in ("anthropic", "openai", "openrouter", "google", "deepseek", "xai", "mistral", "groq", "together"):
        own = [entry for entry in entries if entry.reference.startswith(f"{provider}/")]
        priced = [entry for entry in own if entry.input_price is not None and entry.output_price is not None]
        assert len(priced) > 0.7 * len(own) > 0
