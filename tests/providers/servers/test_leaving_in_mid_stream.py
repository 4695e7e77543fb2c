"""Whoever leaves a stream, by closing it or by cancellation, leaves no connection behind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, cast

import pytest

from backrooms_tui.providers.base import Chunk, Provider, TextChunk
from tests.misbehaving import MisbehavingServer, Reply
from tests.providers.servers.talking import ask, turn_of


def pool_of(provider: Provider) -> list[Any]:
    """The connections that the SDK's HTTP client holds."""
    client: Any = provider
    return list(client._client._client._transport._pool.connections)


def generator(stream: AsyncIterator[Chunk]) -> Any:
    return cast("Any", stream)


async def test_closing_the_generator_closes_the_connection(provider: Provider, misbehaving: MisbehavingServer) -> None:
    misbehaving.script(Reply("One two three", ending="stall"))
    async with aclosing(generator(provider.stream(ask(provider)))) as stream:
        async for chunk in stream:
            if isinstance(chunk, TextChunk):
                break
    assert pool_of(provider) == []
    assert await asyncio.to_thread(misbehaving.wait_left)


async def test_cancelling_while_words_come_closes_the_connection(
    provider: Provider, misbehaving: MisbehavingServer
) -> None:
    misbehaving.script(Reply("One two three", ending="stall"))
    heard = asyncio.Event()

    async def listen() -> None:
        async for chunk in provider.stream(ask(provider)):
            if isinstance(chunk, TextChunk) and "three" in chunk.text:
                heard.set()

    task = asyncio.create_task(listen())
    await heard.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert pool_of(provider) == []
    assert await asyncio.to_thread(misbehaving.wait_left)


async def test_cancelling_before_the_first_word_closes_the_connection(
    provider: Provider, misbehaving: MisbehavingServer
) -> None:
    misbehaving.script(Reply("", ending="stall"))
    task = asyncio.create_task(turn_of(provider, ask(provider)))
    while not (misbehaving.requests and misbehaving.requests[0].spoken.is_set()):
        await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert pool_of(provider) == []
    assert await asyncio.to_thread(misbehaving.wait_left)


async def test_many_abandoned_streams_leave_nothing(provider: Provider, misbehaving: MisbehavingServer) -> None:
    misbehaving.script(*[Reply("One two three", ending="stall")] * 10)
    for _ in range(10):
        async with aclosing(generator(provider.stream(ask(provider)))) as stream:
            async for chunk in stream:
                if isinstance(chunk, TextChunk):
                    break
    assert pool_of(provider) == []
    for index in range(10):
        assert await asyncio.to_thread(misbehaving.wait_left, index)
    assert (await turn_of(provider, ask(provider))).text


async def test_trouble_in_mid_stream_leaves_no_connection(provider: Provider, misbehaving: MisbehavingServer) -> None:
    misbehaving.script(Reply("One", raw=("event: x\ndata: {",), ending="stall"))
    assert (await turn_of(provider, ask(provider))).trouble is not None
    assert pool_of(provider) == []
    assert await asyncio.to_thread(misbehaving.wait_left)


async def test_a_closed_provider_can_be_used_again(provider: Provider, misbehaving: MisbehavingServer) -> None:
    assert (await turn_of(provider, ask(provider))).text
    await provider.aclose()
    await provider.aclose()
    assert (await turn_of(provider, ask(provider))).text
