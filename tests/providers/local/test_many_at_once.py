"""Several requests to one loaded model at the same time: each is answered from its own conversation, or given up."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from backrooms_tui.providers.base import Finish, Progress, Request, TextChunk
from backrooms_tui.providers.local.embedded import Embedded
from backrooms_tui.providers.local.local import LocalProvider
from backrooms_tui.providers.local.pace import Pace
from backrooms_tui.providers.local.starter import STARTER
from backrooms_tui.session.setup import Message
from backrooms_tui.session.trouble import ProviderTrouble, Trouble

pytest.importorskip("xllamacpp", reason="the embedded model needs the extra `local`")

# Longest first, so that what is kept of one agent is longer than what the next one says; all more than one batch.
LENGTHS = {1: 38, 3: 26, 5: 20, 2: 28, 4: 20}


class Hasty(Pace):
    """The pace of a model that loses no time."""

    seconds = 2.0

    @property
    def patience(self) -> float:
        return self.seconds


def asked(seat: int, *, model: str = STARTER.file, more: str = "", max_tokens: int = 4) -> Request:
    told = " ".join(f"agent {seat} saw stone number {number}" for number in range(LENGTHS[seat]))
    return Request(
        model,
        f"You are agent {seat}.",
        [Message("user", told + more)],
        {"max_tokens": max_tokens, "seed": 1, "temperature": 0.0},
        seat=seat,
    )


async def answered(provider: LocalProvider, request: Request) -> tuple[str, Finish]:
    text = ""
    async for chunk in provider.stream(request):
        if isinstance(chunk, TextChunk):
            text += chunk.text
        if isinstance(chunk, Finish):
            return text, chunk
    raise AssertionError("no end")


async def test_agents_that_are_asked_at_once_are_all_answered_each_in_its_own_conversation(
    models_dir: Path, loaded_starter: Embedded
) -> None:
    provider = LocalProvider(models_dir)
    for seat in LENGTHS:
        await answered(provider, asked(seat))
    async with asyncio.timeout(90):
        again = await asyncio.gather(*(answered(provider, asked(seat, more=" What now?")) for seat in LENGTHS))
    await provider.aclose()

    for (_, finish), length in zip(again, LENGTHS.values(), strict=True):
        # Nothing but its own prompt was counted, and most of it was known.
        assert finish.usage.input_tokens > 5 * length
        assert 0.8 < finish.usage.cached_share <= 1


async def test_replies_that_are_given_up_leave_the_model_to_the_others(
    models_dir: Path, loaded_starter: Embedded
) -> None:
    provider = LocalProvider(models_dir)
    for wait in (0.0, 0.01, 0.05, 0.2, 0.4):
        tasks = [asyncio.ensure_future(answered(provider, asked(seat, max_tokens=200))) for seat in LENGTHS]
        await asyncio.sleep(wait)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    async with asyncio.timeout(60):
        await asyncio.gather(*(answered(provider, asked(seat)) for seat in (1, 2, 3)))
    await provider.aclose()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="nothing here stops a process without ending it")
async def test_a_model_that_stands_still_is_ended_and_loaded_again_by_itself(
    models_dir: Path, starter_model: Path
) -> None:
    (models_dir / "own.gguf").write_bytes(starter_model.read_bytes())
    provider = LocalProvider(models_dir)
    await provider.ready("own.gguf")
    model = next(iter(provider._servers.values())).model
    model.pace = Hasty(size=0, batch=128, context=8192, slots=2)
    pid = model.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    troubles: list[Trouble] = []
    loadings: list[Progress] = []

    async def ask(seat: int) -> str:
        text = ""
        try:
            async for chunk in provider.stream(asked(seat, model="own.gguf")):
                text += chunk.text if isinstance(chunk, TextChunk) else ""
                if isinstance(chunk, Progress):
                    loadings.append(chunk)
        except ProviderTrouble as error:
            troubles.append(error.trouble)
        return text

    async with asyncio.timeout(60):
        answers = await asyncio.gather(ask(1), ask(2), ask(3))
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    await provider.aclose()

    # The two that it worked at are told so, the one that waited for its turn is answered by the new one.
    assert [(trouble.kind, trouble.may_pass) for trouble in troubles] == [("timeout", True)] * 2
    assert "own.gguf stood still for 2 seconds" in troubles[0].message
    assert loadings == [Progress("loading own.gguf")]
    assert len([answer for answer in answers if answer]) == 1


async def test_a_reply_that_nobody_reads_on_for_a_while_is_not_the_model_s_fault(
    models_dir: Path, loaded_starter: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = LocalProvider(models_dir)
    hasty = Hasty(size=0, batch=128, context=8192, slots=2)
    monkeypatch.setattr(loaded_starter, "pace", hasty)
    hasty.seconds = 60.0
    pieces, finish = 0, None
    async for chunk in provider.stream(asked(4, max_tokens=8)):
        pieces += isinstance(chunk, TextChunk)
        if pieces == 1 and hasty.seconds == 60.0:
            hasty.seconds = 0.1
            # The time itself is what is tried: long enough for many looks.
            await asyncio.sleep(1.5)
            hasty.seconds = 61.0
        finish = chunk
    await provider.aclose()

    assert isinstance(finish, Finish)
    assert loaded_starter.alive
