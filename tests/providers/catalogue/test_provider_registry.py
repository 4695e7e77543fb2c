"""Which provider reaches a model, and what is missing before it can."""

import asyncio
from pathlib import Path

import pytest

from backrooms_tui.providers.base import Provider
from backrooms_tui.providers.catalogue.catalogue import Catalogue
from backrooms_tui.providers.registry import Providers
from backrooms_tui.providers.servers.endpoints import PRESETS, Endpoint
from backrooms_tui.providers.servers.keys import Keys
from backrooms_tui.session.trouble import OperatorError

SECRET = "sk-test-do-not-show-0123456789"


def providers(models_dir: Path, *, endpoints: dict[str, Endpoint] | None = None, **environ: str) -> Providers:
    catalogue = Catalogue({}, {**PRESETS, **(endpoints or {})}, models_dir)
    return Providers(catalogue, Keys(environ, None, use_keyring=False), models_dir=models_dir)


def test_all_missing_keys_are_named_at_once_and_no_others(models_dir: Path) -> None:
    chosen = ["anthropic/claude-opus-5-5", "openai/gpt-5.5", "openai/gpt-4o", "xai/grok-4.7", "groq/x", "vllm/x"]
    with pytest.raises(OperatorError) as caught:
        providers(models_dir, GROQ_API_KEY=SECRET).require(chosen)
    said = caught.value.what + caught.value.cure
    assert "missing keys: ANTHROPIC_API_KEY for anthropic, OPENAI_API_KEY for openai and XAI_API_KEY for xai" in said
    for other in ("GROQ", "MISTRAL", "GEMINI", "vllm", SECRET):
        assert other not in said
    assert "\n" not in said


def test_one_missing_key_is_told_with_the_three_ways_to_give_it(models_dir: Path) -> None:
    with pytest.raises(OperatorError) as caught:
        providers(models_dir).require(["anthropic/claude-opus-5-5"])
    assert caught.value.what == "missing key: ANTHROPIC_API_KEY for anthropic"
    for way in ("export ANTHROPIC_API_KEY=", ".env", "keyring set backrooms ANTHROPIC_API_KEY"):
        assert way in caught.value.cure


def test_a_key_that_is_no_key_is_told_without_showing_it(models_dir: Path) -> None:
    with pytest.raises(OperatorError) as caught:
        providers(models_dir, OPENAI_API_KEY=f"{SECRET} oops").require(["openai/gpt-5.5"])
    assert "OPENAI_API_KEY" in caught.value.what
    assert SECRET not in caught.value.what + caught.value.cure + repr(caught.value)


def test_a_missing_script_or_model_file_is_told_before_the_first_turn(models_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(OperatorError):
        providers(models_dir).require([f"scripted/{tmp_path}/none.txt"])
    with pytest.raises(OperatorError):
        providers(models_dir).require(["local/none.gguf"])
    script = tmp_path / "play.txt"
    script.write_text("Hello.\n---\nGood night.\n", encoding="utf-8")
    providers(models_dir).require([f"scripted/{script}"])


async def test_a_provider_is_made_once_and_reaches_what_was_asked(models_dir: Path) -> None:
    registry = providers(models_dir, ANTHROPIC_API_KEY=SECRET, GROQ_API_KEY=SECRET)
    first, model = registry.for_reference("anthropic/claude-opus-5-5")
    second, other = registry.for_reference("anthropic/claude-haiku-5-5")
    assert isinstance(first, Provider)
    assert first is second
    assert (model, other) == ("claude-opus-5-5", "claude-haiku-5-5")
    for reference, name, model in [
        ("groq/openai/gpt-oss-20b", "groq", "openai/gpt-oss-20b"),
        ("vllm/any", "vllm", "any"),
        ("scripted//tmp/a.txt", "scripted", "/tmp/a.txt"),
        ("ollama/llama3.2:3b", "ollama", "llama3.2:3b"),
        ("local/night.gguf", "local", "night.gguf"),
    ]:
        provider, found = registry.for_reference(reference)
        assert (provider.name, found) == (name, model)
        assert registry.for_reference(reference)[0] is provider
    await registry.aclose()
    assert SECRET not in repr(vars(registry))


def test_a_missing_key_is_told_again_when_a_seat_changes_its_model(models_dir: Path) -> None:
    with pytest.raises(OperatorError, match="MISTRAL_API_KEY"):
        providers(models_dir).for_reference("mistral/mistral-large-4")
    with pytest.raises(OperatorError) as caught:
        providers(models_dir).for_reference("antropic/claude-opus-5-5")
    assert "anthropic" in caught.value.cure


def test_what_can_be_used_now(models_dir: Path, tmp_path: Path) -> None:
    script = tmp_path / "play.txt"
    script.write_text("Hello.\n", encoding="utf-8")
    registry = providers(models_dir, OPENAI_API_KEY=SECRET)
    assert registry.usable("openai/gpt-5.5").yes
    for reference, why in [("anthropic/claude-opus-5-5", "ANTHROPIC_API_KEY is not set"), ("nowhere/x", "no provider")]:
        usable = registry.usable(reference)
        assert not usable.yes
        assert why in usable.why
    assert registry.usable(f"scripted/{script}").yes
    assert not registry.usable(f"scripted/{tmp_path}/none.txt").yes
    assert not registry.usable("local/none.gguf").yes
    assert registry.usable("local/SmolLM2-135M-Instruct.Q4_1.gguf").yes
    assert registry.usable("ollama/llama3.2").yes
    for broken in ("", "opus", "a/b\nc"):
        assert not registry.usable(broken).yes


async def test_a_server_that_answers_is_listening_whatever_it_says(models_dir: Path) -> None:
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).splitlines()[0])
        writer.write(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    endpoint = Endpoint("lab", f"http://127.0.0.1:{port}/v1", None, "vllm")
    registry = providers(models_dir)
    async with server:
        assert await registry.listening(endpoint)
    assert asked == [b"GET /v1/models HTTP/1.1"]
    await server.wait_closed()
    assert not await registry.listening(endpoint)
    assert not await registry.listening(Endpoint("odd", "http://127.0.0.1:0/v1", None, "vllm"))


async def test_one_provider_that_cannot_be_closed_does_not_keep_the_others_open(models_dir: Path) -> None:
    registry = providers(models_dir, GROQ_API_KEY=SECRET)
    closed: list[str] = []

    async def breaks() -> None:
        raise RuntimeError("stuck")

    async def closes() -> None:
        closed.append("vllm")

    registry.for_reference("groq/x")[0].aclose = breaks  # type: ignore[method-assign]
    registry.for_reference("vllm/x")[0].aclose = closes  # type: ignore[method-assign]
    with pytest.raises(ExceptionGroup):
        await registry.aclose()
    assert closed == ["vllm"]
    await registry.aclose()


async def test_a_provider_whose_settings_changed_is_made_anew(models_dir: Path) -> None:
    before = Endpoint("lab", "http://127.0.0.1:1/v1", None, "generic")
    catalogue = Catalogue({"muse": "lab/old"}, {**PRESETS, "lab": before}, models_dir)
    registry = Providers(catalogue, Keys({}, None, use_keyring=False), models_dir=models_dir)
    old, other = registry.for_reference("lab/x")[0], registry.for_reference("vllm/x")[0]
    closed: list[str] = []

    async def closes() -> None:
        closed.append("lab")

    old.aclose = closes  # type: ignore[method-assign]
    after = Endpoint("lab", "http://127.0.0.1:2/v1", None, "generic")
    changed = catalogue.reload({"muse": "lab/new"}, {**PRESETS, "lab": after, "den": before})
    assert changed == {"lab", "den"}
    registry.forget(*changed)
    assert catalogue.resolve("muse").reference == "lab/new"
    assert registry.for_reference("lab/x")[0] is not old
    assert registry.for_reference("vllm/x")[0] is other
    assert registry.for_reference("den/x")[0].name == "den"
    assert not closed  # somebody may be in the middle of a word
    await registry.aclose()
    assert closed == ["lab"]


async def test_another_patience_holds_for_all_that_wait(models_dir: Path) -> None:
    registry = providers(models_dir)
    waiting, here = registry.for_reference("vllm/x")[0], registry.for_reference("ollama/x")[0]
    registry.forget(stall_timeout=120.0)
    assert registry.for_reference("vllm/x")[0] is waiting
    registry.forget(stall_timeout=5.0)
    assert registry.for_reference("vllm/x")[0] is not waiting
    assert registry.for_reference("ollama/x")[0] is here
    await registry.aclose()
