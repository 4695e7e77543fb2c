"""A conversation with a model that runs here: streamed, cached, stoppable, and the same again with the same seed."""

import asyncio
import json
import os
import subprocess
import sys
import textwrap
import urllib.request
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from backrooms_tui.providers.base import Finish, Omitted, Progress, Request, TextChunk
from backrooms_tui.providers.local.embedded import Embedded
from backrooms_tui.providers.local.local import LocalProvider
from backrooms_tui.providers.local.starter import STARTER
from backrooms_tui.session.setup import Message
from backrooms_tui.session.trouble import ProviderTrouble
from backrooms_tui.session.world_tool import Tool

pytest.importorskip("xllamacpp", reason="the embedded model needs the extra `local`")


def request(
    *texts: str, model: str = STARTER.file, seat: int = 1, system: str = "You are Ada.", **params: object
) -> Request:
    """A request whose messages are `texts`, the first one the user's."""
    messages = [Message("assistant" if index % 2 else "user", text) for index, text in enumerate(texts)]
    return Request(model, system, messages, {"max_tokens": 24, "seed": 1, **params}, seat=seat)  # type: ignore[arg-type]


async def reply(provider: LocalProvider, asked: Request) -> tuple[str, Finish]:
    text, finish = "", None
    async for chunk in provider.stream(asked):
        if isinstance(chunk, TextChunk):
            text += chunk.text
        if isinstance(chunk, Finish):
            finish = chunk
    assert finish is not None
    return text, finish


def slots_in_use(model: Embedded) -> int:
    wanted = urllib.request.Request(f"{model.url}/slots", headers={"Authorization": f"Bearer {model.key}"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(wanted, timeout=30) as response:
        return sum(slot["is_processing"] for slot in json.load(response))


async def until_free(model: Embedded) -> None:
    """Waits for all slots, looking seldom: llama.cpp notices that a listener has left only after a second in which
    nobody else was answered, so that watching it closely would keep it at work."""
    async with asyncio.timeout(20):
        while True:
            await asyncio.sleep(2.5)
            if not slots_in_use(model):
                return


async def test_a_reply_is_streamed_in_pieces_and_ends_with_what_it_used(
    models_dir: Path, loaded_starter: Embedded
) -> None:
    provider = LocalProvider(models_dir)
    chunks = [chunk async for chunk in provider.stream(request("Tell me a story."))]
    await provider.aclose()

    assert chunks[0] == Progress(f"loading {STARTER.file}")
    assert len([chunk for chunk in chunks if isinstance(chunk, TextChunk)]) > 5
    finish = chunks[-1]
    assert isinstance(finish, Finish)
    assert finish.stop_reason == "max_tokens"
    assert finish.model == STARTER.file
    assert finish.usage.output_tokens == 24
    assert finish.usage.input_tokens > 10


async def test_each_agent_s_next_request_finds_its_prompt_in_the_cache(
    models_dir: Path, loaded_starter: Embedded
) -> None:
    provider = LocalProvider(models_dir)
    said: dict[int, list[str]] = {seat: [f"Hello, seat {seat}. " + "Think of the sea. " * 20] for seat in (1, 2, 3)}
    shares = []
    for _ in range(2):
        for seat, texts in said.items():
            text, finish = await reply(provider, request(*texts, seat=seat))
            said[seat] += [text, "Go on."]
            shares.append(finish.usage.cached_share)
    await provider.aclose()

    assert all(share > 0.7 for share in shares[3:])


async def test_agents_whose_instructions_begin_alike_do_not_wipe_out_each_other_s_cache(
    models_dir: Path, loaded_starter: Embedded
) -> None:
    provider = LocalProvider(models_dir)
    alike = "All of you travel on one night train. " * 25
    said = {seat: [" ".join(f"seat {seat} saw lamp {lamp}" for lamp in range(18))] for seat in (1, 2)}
    shares = []
    for _ in range(2):
        for seat, texts in said.items():
            text, finish = await reply(
                provider, request(*texts, seat=seat, system=f"{alike} You are {seat}.", max_tokens=4)
            )
            said[seat] += [text, "Go on."]
            shares.append(finish.usage.cached_share)
    await provider.aclose()

    assert all(share > 0.9 for share in shares[2:])


async def test_closing_a_reply_in_the_middle_frees_its_slot(models_dir: Path, loaded_starter: Embedded) -> None:
    provider = LocalProvider(models_dir)
    async with aclosing(provider.stream(request("Count to a million.", max_tokens=3000))) as chunks:  # type: ignore[type-var]
        async for chunk in chunks:
            if isinstance(chunk, TextChunk):
                break
        assert slots_in_use(loaded_starter) == 1
    await until_free(loaded_starter)
    await provider.aclose()


async def test_cancelling_the_task_that_listens_frees_the_slot_also_while_the_prompt_is_read(
    models_dir: Path, loaded_starter: Embedded
) -> None:
    provider = LocalProvider(models_dir)
    await provider.ready(STARTER.file)
    long = " ".join(f"river stone number {number}" for number in range(900))
    listening = asyncio.ensure_future(reply(provider, request(long)))
    async with asyncio.timeout(30):
        while not slots_in_use(loaded_starter):
            await asyncio.sleep(0.05)
    listening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await listening
    await until_free(loaded_starter)
    await provider.aclose()


async def test_a_model_whose_process_died_is_loaded_again_for_the_next_attempt(
    models_dir: Path, starter_model: Path
) -> None:
    provider = LocalProvider(models_dir)
    path = models_dir / "own.gguf"
    path.write_bytes(starter_model.read_bytes())
    asked = request("Hello.", model="own.gguf", max_tokens=500)

    async def killed_while_speaking() -> None:
        async for chunk in provider.stream(asked):
            if isinstance(chunk, TextChunk):
                pid = provider._servers[path.resolve()].model.pid
                assert pid is not None
                os.kill(pid, 9)

    with pytest.raises(ProviderTrouble) as caught:
        await killed_while_speaking()
    assert caught.value.trouble.kind == "connection"
    assert caught.value.trouble.may_pass

    text, _ = await reply(provider, request("Hello.", model="own.gguf"))
    assert text
    await provider.aclose()


async def test_what_the_model_does_not_take_is_left_out_and_said(models_dir: Path, loaded_starter: Embedded) -> None:
    provider = LocalProvider(models_dir)
    asked = request("Hello.", effort="low", verbosity="low", context=100_000, top_k=20, dry_multiplier=0.5, min_p=0.1)
    omitted = [chunk async for chunk in provider.stream(asked) if isinstance(chunk, Omitted)]
    await provider.aclose()

    assert {one.name for one in omitted} == {"effort", "verbosity", "context"}
    assert "8,192" in next(one.why for one in omitted if one.name == "context")


async def test_a_model_whose_template_has_no_place_for_tools_is_given_none(
    models_dir: Path, loaded_starter: Embedded
) -> None:
    provider = LocalProvider(models_dir)
    asked = replace(request("Hello."), tools=(Tool("notes_list", "List the notes.", {"type": "object"}),))
    chunks = [chunk async for chunk in provider.stream(asked)]
    await provider.aclose()

    assert [one.name for one in chunks if isinstance(one, Omitted)] == ["tools"]
    assert any(isinstance(one, TextChunk) for one in chunks)


async def test_its_window_is_what_each_agent_can_use(
    models_dir: Path, loaded_starter: Embedded, tmp_path: Path
) -> None:
    assert await LocalProvider(models_dir).window(STARTER.file) == 8192
    assert await LocalProvider(models_dir, context=1024).window(STARTER.file) == 1024
    assert await LocalProvider(tmp_path / "nothing here").window(STARTER.file) == 8192
    assert await LocalProvider(models_dir).window("no-such-model.gguf") is None


async def test_a_prompt_longer_than_the_window_is_trouble_of_that_kind(
    models_dir: Path, loaded_starter: Embedded
) -> None:
    provider = LocalProvider(models_dir)
    with pytest.raises(ProviderTrouble) as caught:
        await reply(provider, request("word " * 9000))
    await provider.aclose()

    assert caught.value.trouble.kind == "context_too_long"


async def test_a_missing_file_is_answered_with_the_nearest_name(models_dir: Path) -> None:
    provider = LocalProvider(models_dir)
    with pytest.raises(ProviderTrouble) as caught:
        await reply(provider, request("Hello.", model="SmolLM2-135M-Instruct.Q4_0.gguf"))

    assert caught.value.trouble.kind == "bad_request"
    assert STARTER.file in caught.value.trouble.cure


async def test_the_starter_is_listed_also_before_it_is_there(models_dir: Path, tmp_path: Path) -> None:
    (models_dir / "broken.gguf").write_text("<html>")
    listed = {listing.model: listing for listing in await LocalProvider(models_dir).models()}
    empty = await LocalProvider(tmp_path / "empty").models()

    assert set(listed) == {STARTER.file, "broken.gguf"}
    assert "not usable" in listed["broken.gguf"].detail
    assert [listing.model for listing in empty] == [STARTER.file]
    assert "fetched when first used" in empty[0].detail


async def test_a_template_without_a_system_role_hears_the_system_text_as_the_first_words(
    models_dir: Path, starter_model: Path
) -> None:
    content = starter_model.read_bytes()
    start = content.index(b"{% for message in messages %}{% if loop.first")
    end = content.index(b"{% endif %}", content.index(b"add_generation_prompt", start)) + len(b"{% endif %}")
    strict = (
        b"{% for m in messages %}{% if m.role=='system' and 'Grace' in m.content %}"
        b"{{ raise_exception('System role not supported') }}{% endif %}"
        b"{{ '<|im_start|>'+m.role+'\n'+m.content+'<|im_end|>\n' }}"
        b"{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
    )
    assert len(strict) <= end - start
    path = models_dir / "strict.gguf"
    path.write_bytes(content[:start] + strict.ljust(end - start) + content[end:])
    provider = LocalProvider(models_dir)

    text, finish = await reply(provider, request("Hello.", model="strict.gguf", system="You are Grace."))
    await provider.aclose()

    assert text
    assert finish.usage.input_tokens > 5


async def test_a_proxy_of_the_environment_is_not_asked(
    models_dir: Path, loaded_starter: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    provider = LocalProvider(models_dir)
    text, _ = await reply(provider, request("Hello."))
    await provider.aclose()

    assert text


def spoken_in_a_fresh_process(models_dir: Path) -> list[str]:
    """Six turns between two agents, in a process of their own."""
    script = f"""
        import asyncio, json
        from pathlib import Path
        from backrooms_tui.providers.base import Request, TextChunk
        from backrooms_tui.providers.local.local import LocalProvider
        from backrooms_tui.session.setup import Message

        async def main():
            provider = LocalProvider(Path({str(models_dir)!r}))
            said = []
            for turn in range(6):
                seat = turn % 2 + 1
                words = ["Let us begin."] * (1 if seat == 1 else 0) + said
                roles = ["user", "assistant"]
                messages = [Message(roles[index % 2], text) for index, text in enumerate(words)]
                params = {{"seed": 7, "max_tokens": 24}}
                asked = Request({STARTER.file!r}, f"You are agent {{seat}}.", messages, params, seat=seat)
                said.append("".join([c.text async for c in provider.stream(asked) if isinstance(c, TextChunk)]))
            await provider.aclose()
            print(json.dumps(said))

        asyncio.run(main())
    """
    end = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, timeout=150)
    assert end.stderr == ""
    spoken: list[str] = json.loads(end.stdout)
    return spoken


async def test_the_same_seed_says_the_same_again_in_another_process(models_dir: Path) -> None:
    first = await asyncio.to_thread(spoken_in_a_fresh_process, models_dir)
    second = await asyncio.to_thread(spoken_in_a_fresh_process, models_dir)

    assert all(first)
    assert len(set(first)) == 6
    assert first == second
