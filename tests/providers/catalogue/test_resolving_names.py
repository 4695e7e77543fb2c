"""What a name that a person types comes to."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backrooms_tui.providers.catalogue.aliases import builtin_aliases
from backrooms_tui.providers.catalogue.catalogue import Catalogue, ResolvedModel
from backrooms_tui.providers.catalogue.references import ModelReference
from backrooms_tui.providers.servers.endpoints import PRESETS, Endpoint
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.usage import Usage

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize("alias", sorted(builtin_aliases()))
def test_every_alias_names_a_model_whose_price_is_known_or_which_is_free(catalogue: Catalogue, alias: str) -> None:
    model = catalogue.resolve(alias, today=TODAY)
    cost = catalogue.cost(model.reference, Usage(input_tokens=1_000_000, output_tokens=1_000))
    assert cost is not None
    assert cost > 0 or model.provider in ("local", "world")
    assert model.window is not None or model.provider == "world"
    assert model.company
    assert model.display_name


@pytest.mark.parametrize("alias", sorted(builtin_aliases()))
def test_every_alias_still_names_a_model_when_all_announced_ends_have_come(catalogue: Catalogue, alias: str) -> None:
    model = catalogue.resolve(alias, today=date(2030, 1, 1))
    assert catalogue.cost(model.reference, Usage(input_tokens=1_000)) is not None


@pytest.mark.parametrize(
    ("typed", "reference", "company", "name"),
    [
        ("opus", "anthropic/claude-opus-5-5", "Anthropic", "Opus"),
        ("SONNET", "anthropic/claude-sonnet-5-5", "Anthropic", "Sonnet"),
        ("gpt", "openai/gpt-6.1-sol", "OpenAI", "GPT"),
        ("gemini", "google/gemini-4-argon", "Google", "Gemini"),
        ("grok", "xai/grok-4.7", "xAI", "Grok"),
        ("local", "local/SmolLM2-135M-Instruct.Q4_1.gguf", "local", "SmolLM2"),
        ("claude-opus-5-5", "anthropic/claude-opus-5-5", "Anthropic", "Opus"),
        ("claude-opus-5.5", "anthropic/claude-opus-5-5", "Anthropic", "Opus"),
        ("Claude-Haiku-4-5-20251001", "anthropic/claude-haiku-4-5-20251001", "Anthropic", "Haiku"),
        ("gpt-6.1-sol", "openai/gpt-6.1-sol", "OpenAI", "GPT"),
        ("gpt-5-5", "openai/gpt-5.5", "OpenAI", "GPT"),
        ("deepseek-v4-pro", "deepseek/deepseek-v4-pro", "DeepSeek", "DeepSeek"),
        ("mistral-large-4", "mistral/mistral-large-4", "Mistral AI", "Mistral"),
        ("anthropic/opus", "anthropic/claude-opus-5-5", "Anthropic", "Opus"),
        ("OpenAI/GPT-5.5", "openai/gpt-5.5", "OpenAI", "GPT"),
        ("ollama/llama3.2:3b", "ollama/llama3.2:3b", "Meta", "Llama"),
        ("openrouter/qwen/qwen3.7-plus", "openrouter/qwen/qwen3.7-plus", "Alibaba", "Qwen"),
        ("vllm/Unheard-Of", "vllm/Unheard-Of", "vllm", "Unheard"),
        ("./models/Night.gguf", "local/./models/Night.gguf", "local", "Night"),
        ("/srv/Night.GGUF", "local//srv/Night.GGUF", "local", "Night"),
        ("scripted/plays/dream.txt", "scripted/plays/dream.txt", "scripted", "Dream"),
        ("  opus  ", "anthropic/claude-opus-5-5", "Anthropic", "Opus"),
    ],
)
def test_a_name_comes_to_its_model(catalogue: Catalogue, typed: str, reference: str, company: str, name: str) -> None:
    model = catalogue.resolve(typed, today=TODAY)
    assert (model.reference, model.company, model.display_name) == (reference, company, name)
    assert model.asked == typed.strip()
    assert f"{model.provider}/{model.model}" == reference
    assert model.notices == ()


def test_a_reference_resolves_to_itself(catalogue: Catalogue) -> None:
    for alias in builtin_aliases():
        model = catalogue.resolve(alias, today=TODAY)
        assert catalogue.resolve(model.reference, today=TODAY).reference == model.reference


def test_the_persons_aliases_come_first_and_may_point_to_one_another(models_dir: Path) -> None:
    own = {"muse": "Second", "second": "opus", "gpt": "ollama/llama3.2"}
    catalogue = Catalogue(own, PRESETS, models_dir)
    assert catalogue.resolve("Muse").reference == "anthropic/claude-opus-5-5"
    assert catalogue.resolve("gpt").reference == "ollama/llama3.2"


def test_an_alias_that_repeats_a_built_in_name_keeps_its_own_meaning(models_dir: Path) -> None:
    own = {"opus": "anthropic/claude-opus-4-8", "claude-opus-5-5": "anthropic/claude-opus-5"}
    catalogue = Catalogue(own, PRESETS, models_dir)
    assert catalogue.resolve("opus").reference == "anthropic/claude-opus-4-8"
    assert catalogue.resolve("claude-opus-5-5").reference == "anthropic/claude-opus-5"


@pytest.mark.parametrize("own", [{"a": "a"}, {"a": "b", "b": "a"}, {"a": "b", "b": "C", "c": "B"}])
def test_aliases_in_a_circle_are_named(models_dir: Path, own: dict[str, str]) -> None:
    with pytest.raises(OperatorError, match="circle") as caught:
        Catalogue(own, PRESETS, models_dir).resolve("a")
    assert "→" in caught.value.what
    assert "config.toml" in caught.value.cure


def test_an_alias_that_points_nowhere_says_so(models_dir: Path) -> None:
    with pytest.raises(OperatorError) as caught:
        Catalogue({"muse": "clade-opus-5-5"}, PRESETS, models_dir).resolve("muse")
    assert "'clade-opus-5-5', which the alias 'muse' points to" in caught.value.what
    assert "claude-opus-5-5" in caught.value.cure


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("opsu", "opus"),
        ("sonet", "sonnet"),
        ("claude-opsu-5-5", "claude-opus-5-5"),
        ("gpt6.1-sol", "gpt-6.1-sol"),
        ("lokal", "local"),
        ("antropic/claude-opus-5-5", "anthropic"),
        ("open-router/qwen/qwen3.7-plus", "openrouter"),
        ("meta/muse-spark-open", "openrouter/meta/muse-spark-open"),
        ("openai", "openai/MODEL"),
        ("vllm/", "vllm/MODEL"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(catalogue: Catalogue, typed: str, near: str) -> None:
    with pytest.raises(OperatorError) as caught:
        catalogue.resolve(typed, today=TODAY)
    assert near in caught.value.cure
    assert "backrooms models list" in caught.value.cure


def test_models_that_do_not_chat_are_not_found_by_their_bare_names(catalogue: Catalogue) -> None:
    for name in ("whisper-1", "text-embedding-3-small", "gpt-image-2", "gpt-realtime", "mistral-embed", "tts-1"):
        with pytest.raises(OperatorError):
            catalogue.resolve(name, today=TODAY)


def test_a_model_newer_than_the_catalogue_is_sent_with_a_notice(catalogue: Catalogue) -> None:
    model = catalogue.resolve("anthropic/claude-zephyr-9", today=TODAY)
    assert model.reference == "anthropic/claude-zephyr-9"
    assert model.window is None
    (notice,) = model.notices
    assert "not in the catalogue" in notice
    assert catalogue.cost(model.reference, Usage(input_tokens=1)) is None


def test_a_slip_in_a_whole_reference_is_pointed_out_but_sent(catalogue: Catalogue) -> None:
    model = catalogue.resolve("anthropic/claude-opsu-5-5", today=TODAY)
    assert "Did you mean claude-opus-5-5?" in model.notices[0]


def test_models_of_this_machine_need_no_notice(catalogue: Catalogue) -> None:
    for name in ("vllm/whatever", "lmstudio/whatever", "ollama/whatever", "local/whatever.gguf", "scripted/x.txt"):
        assert catalogue.resolve(name, today=TODAY).notices == ()


def test_a_model_that_an_endpoint_was_configured_with_is_found_by_its_bare_name(models_dir: Path) -> None:
    lab = Endpoint("lab", "http://127.0.0.1:9/v1", None, "vllm", ("Night-7B",))
    catalogue = Catalogue({}, {**PRESETS, "lab": lab}, models_dir)
    assert catalogue.resolve("Night-7B").reference == "lab/Night-7B"
    assert catalogue.resolve("lab").reference == "lab/Night-7B"


def test_a_reference_reads_back_as_it_was_written() -> None:
    assert ModelReference.parse(" OpenRouter / qwen/qwen3 ") == ModelReference("openrouter", "qwen/qwen3")
    assert str(ModelReference.parse("local//a b/c.gguf")) == "local//a b/c.gguf"
    for broken in ("", "opus", "/x", "x/", "x/ ", "a/b\x00c", "a/b\nc"):
        with pytest.raises(OperatorError):
            ModelReference.parse(broken)


_NAMES = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="abcdeghiklmnoprstuwx0123456789-._:/~@ ", max_size=40),
    st.sampled_from([*builtin_aliases(), "anthropic/", "/", "..", "local/", "ft:gpt-4o:me::X"]),
    st.builds("{}/{}".format, st.sampled_from([*PRESETS, "anthropic", "openai", "local"]), st.text(max_size=40)),
    st.builds(lambda word, times: word * times, st.text(min_size=1, max_size=3), st.integers(0, 3000)),
)


@settings(max_examples=300, deadline=None)
@given(text=_NAMES, target=_NAMES)
def test_whatever_is_typed_comes_to_a_model_or_to_one_line_of_explanation(text: str, target: str) -> None:
    catalogue = Catalogue({"mine": target, target: "opus"}, PRESETS, Path("models"))
    for typed in (text, "mine"):
        model, said = resolved_or_told(catalogue, typed)
        assert "\n" not in said
        assert "\x1b" not in said
        if model is None:
            assert said
        else:
            assert ModelReference.parse(model.reference) == ModelReference(model.provider, model.model)
            assert model.display_name
            assert model.company


def resolved_or_told(catalogue: Catalogue, typed: str) -> tuple[ResolvedModel | None, str]:
    try:
        return catalogue.resolve(typed, today=TODAY), ""
    except OperatorError as error:
        return None, error.what + error.cure
