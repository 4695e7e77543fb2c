"""Ollama: a reply as it comes, a missing model pulled, and every way to fail said in one line with its cure."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

import pytest

from backrooms_tui.providers.base import Chunk, Finish, Omitted, Progress, ReasoningChunk, Request, TextChunk
from backrooms_tui.providers.servers.ollama import OllamaProvider, address_from_environment
from backrooms_tui.session.setup import Message, ParamValue
from backrooms_tui.session.trouble import ProviderTrouble, Trouble
from backrooms_tui.session.usage import Usage
from tests.providers.servers.ollama.ollama_server import OllamaServer


def request(model: str = "small", system: str = "Be kind.", **params: ParamValue) -> Request:
    return Request(
        model, system, [Message("user", "Hi."), Message("assistant", "Hello."), Message("user", "So?")], params
    )


async def chunks(provider: OllamaProvider, asked: Request) -> list[Chunk]:
    return [chunk async for chunk in provider.stream(asked)]


async def trouble(provider: OllamaProvider, asked: Request) -> Trouble:
    with pytest.raises(ProviderTrouble) as caught:
        await chunks(provider, asked)
    return caught.value.trouble


async def test_a_reply_comes_in_pieces_and_ends_with_what_it_used(
    server: OllamaServer, provider: OllamaProvider
) -> None:
    assert await chunks(provider, request()) == [
        TextChunk("Hello"),
        TextChunk(" there."),
        Finish("end", Usage(input_tokens=26, output_tokens=5), "small"),
    ]
    (body,) = server.bodies("/api/chat")
    assert body["messages"] == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hi."},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "So?"},
    ]
    assert body["stream"] is True


async def test_parameters_go_by_ollama_s_names_and_what_it_does_not_take_is_said(
    server: OllamaServer, provider: OllamaProvider
) -> None:
    asked = request(
        max_tokens=9, temperature=0.5, top_k=3, repeat_penalty=1.2, seed=4, context=2048, dry_multiplier=1.0
    )
    said = await chunks(provider, asked)

    (body,) = server.bodies("/api/chat")
    assert body["options"] == {
        "num_predict": 9,
        "temperature": 0.5,
        "top_k": 3,
        "repeat_penalty": 1.2,
        "seed": 4,
        "num_ctx": 2048,
    }
    assert [chunk.name for chunk in said if isinstance(chunk, Omitted)] == ["dry_multiplier"]


@pytest.mark.parametrize(("model", "window"), [("small", 4096), ("large", 8192), ("silent", 8192)])
async def test_the_window_is_always_asked_for_and_overflow_is_an_error_not_a_silent_cut(
    server: OllamaServer, provider: OllamaProvider, model: str, window: int
) -> None:
    await chunks(provider, request(model))

    (body,) = server.bodies("/api/chat")
    assert body["options"]["num_ctx"] == window
    assert body["truncate"] is False
    assert await provider.window(model) == (None if model == "silent" else window)


async def test_reasoning_is_kept_apart(server: OllamaServer, provider: OllamaProvider) -> None:
    server.chat = [
        {"message": {"content": "", "thinking": "Hm, "}},
        {"message": {"content": "", "thinking": "well."}},
        {"message": {"content": "Yes."}},
        server.done(),
    ]
    said = await chunks(provider, request(thinking=True))

    assert said[:-1] == [ReasoningChunk("Hm, "), ReasoningChunk("well."), TextChunk("Yes.")]
    assert server.bodies("/api/chat")[0]["think"] is True


async def test_reasoning_that_an_older_server_leaves_in_the_text_is_kept_apart_too(
    server: OllamaServer, provider: OllamaProvider
) -> None:
    server.chat = [{"message": {"content": "<thi"}}, {"message": {"content": "nk>Hm.</think>Yes."}}, server.done()]

    assert (await chunks(provider, request()))[:-1] == [ReasoningChunk("Hm."), TextChunk("Yes.")]


@pytest.mark.parametrize(
    ("params", "think"),
    [
        ({"thinking": False}, False),
        ({"effort": "high"}, "high"),
        ({"effort": "max", "thinking": True}, "high"),
        ({"thinking": True, "effort": "none"}, False),
        ({"effort": "low", "thinking": False}, False),
    ],
)
async def test_how_much_to_think(
    server: OllamaServer, provider: OllamaProvider, params: dict[str, ParamValue], think: object
) -> None:
    await chunks(provider, request(**params))

    assert server.bodies("/api/chat")[0]["think"] == think


async def test_a_model_that_cannot_think_is_asked_again_without_and_remembered(
    server: OllamaServer, provider: OllamaProvider
) -> None:
    server.cannot_think.add("small")
    first = await chunks(provider, request(thinking=True))
    second = await chunks(provider, request(thinking=True))

    assert [type(chunk) for chunk in first] == [Omitted, TextChunk, TextChunk, Finish]
    assert first[0] == second[0] == Omitted("thinking", '"small" does not support thinking')
    assert ["think" in body for body in server.bodies("/api/chat")] == [True, False, False]


async def test_a_reply_is_held_to_a_schema(server: OllamaServer, provider: OllamaProvider) -> None:
    schema = {"type": "object", "properties": {"score": {"type": "integer", "enum": [1, 2]}}, "required": ["score"]}
    await chunks(provider, replace(request(), schema=schema))
    await chunks(provider, request())
    first, second = server.bodies("/api/chat")
    assert first["format"] == schema
    assert "format" not in second


@pytest.mark.parametrize("words", ["invalid format: expected json", "failed to parse grammar"])
async def test_a_server_that_takes_no_schema_is_asked_again_without_and_remembered(
    server: OllamaServer, provider: OllamaProvider, words: str
) -> None:
    server.takes_no_schema = words
    for _ in range(2):
        said = await chunks(provider, replace(request(), schema={"type": "object"}))
        assert [type(chunk) for chunk in said] == [TextChunk, TextChunk, Finish]
    assert ["format" in body for body in server.bodies("/api/chat")] == [True, False, False]


async def test_a_reply_that_ran_into_its_limit_says_so(server: OllamaServer, provider: OllamaProvider) -> None:
    server.chat = [{"message": {"content": "and so"}}, server.done(done_reason="length")]
    finish = (await chunks(provider, request()))[-1]

    assert isinstance(finish, Finish)
    assert finish.stop_reason == "max_tokens"


async def test_counts_may_be_missing(server: OllamaServer, provider: OllamaProvider) -> None:
    server.chat = [{"message": {"content": "Hi."}}, {"model": "small", "done": True}]

    assert (await chunks(provider, request()))[-1] == Finish("end", Usage(), "small")


async def test_line_separators_in_the_text_do_not_cut_it(server: OllamaServer, provider: OllamaProvider) -> None:
    server.chat = [{"message": {"content": "a\u2028b\x85c\u2029d"}}, server.done()]

    assert (await chunks(provider, request()))[0] == TextChunk("a\u2028b\x85c\u2029d")


async def test_lines_cut_anywhere_are_put_together(server: OllamaServer, provider: OllamaProvider) -> None:
    server.chat = ['{"message": {"con', 'tent": "whole"}}\n{"message": {"content": "!"}}\n{"done"', ": true}"]

    assert (await chunks(provider, request()))[:2] == [TextChunk("whole"), TextChunk("!")]


async def test_a_model_that_is_not_there_can_be_pulled(server: OllamaServer, provider: OllamaProvider) -> None:
    found = await trouble(provider, request("absent"))

    assert found.kind == "bad_request"
    assert found.cure == "backrooms models pull ollama/absent"
    assert "absent" in found.message


@pytest.mark.parametrize("ending", ["whole", "reset"])
async def test_a_reply_that_breaks_off_keeps_what_came_and_may_be_tried_again(
    server: OllamaServer, provider: OllamaProvider, ending: str
) -> None:
    server.chat = [{"message": {"content": "Hel"}}]
    server.ending = ending  # type: ignore[assignment]
    came: list[Chunk] = []

    async def listen() -> None:
        async for chunk in provider.stream(request()):
            came.append(chunk)  # noqa: PERF401 - what came before the trouble is the point

    with pytest.raises(ProviderTrouble) as caught:
        await listen()

    assert came in ([TextChunk("Hel")], [])
    assert caught.value.trouble.kind == "connection"
    assert caught.value.trouble.may_pass


async def test_an_error_in_the_middle_of_the_stream(server: OllamaServer, provider: OllamaProvider) -> None:
    server.chat = [{"message": {"content": "Hel"}}, {"error": "llama runner process has terminated"}]
    found = await trouble(provider, request())

    assert "runner process has terminated" in found.message
    assert "\n" not in found.message


@pytest.mark.parametrize("line", ["not json\n", "[1]\n", '{"message": \n'])
async def test_garbled_lines(server: OllamaServer, provider: OllamaProvider, line: str) -> None:
    server.chat = [{"message": {"content": "Hel"}}, line]
    found = await trouble(provider, request())

    assert found.kind == "connection"
    assert "garbled" in found.message


async def test_an_empty_reply_is_trouble(server: OllamaServer, provider: OllamaProvider) -> None:
    server.chat = [server.done()]

    assert "empty" in (await trouble(provider, request())).message


async def test_a_server_that_falls_silent(server: OllamaServer) -> None:
    server.chat = [{"message": {"content": "Hel"}}]
    server.ending = "hold"
    impatient = OllamaProvider(server.url, stall_timeout=0.2)
    found = await trouble(impatient, request())
    await impatient.aclose()

    assert found.kind == "timeout"
    assert found.may_pass


async def test_a_prompt_that_does_not_fit(server: OllamaServer, provider: OllamaProvider) -> None:
    server.status = (400, "input length exceeds the context length")

    assert (await trouble(provider, request(context=512))).kind == "context_too_long"


async def test_a_server_that_does_not_run(server: OllamaServer) -> None:
    absent = OllamaProvider("http://127.0.0.1:9")
    found = await trouble(absent, request())
    with pytest.raises(ProviderTrouble):
        await absent.models()

    assert found.kind == "connection"
    assert found.may_pass
    assert found.cure == "start Ollama (ollama serve)"
    assert await absent.window("small") is None
    await absent.aclose()


async def test_closing_a_reply_closes_its_connection(server: OllamaServer, provider: OllamaProvider) -> None:
    server.chat = [{"message": {"content": "Hel"}}]
    server.ending = "hold"
    async with aclosing(provider.stream(request())) as stream:  # type: ignore[type-var]
        async for _ in stream:
            break

    assert await asyncio.to_thread(server.left.wait, 10)


async def test_its_models_are_listed(provider: OllamaProvider) -> None:
    listed = await provider.models()

    assert [listing.model for listing in listed] == ["large", "silent", "small"]
    assert listed[0].detail == "3.2B, Q4_K_M, 2.0 GB"


PULLING = [
    {"status": "pulling manifest"},
    {"status": "pulling aaa", "digest": "sha256:aaa", "total": 100},
    {"status": "pulling aaa", "digest": "sha256:aaa", "total": 100, "completed": 60},
    {"status": "pulling bbb", "digest": "sha256:bbb", "total": 10, "completed": 10},
    {"status": "pulling aaa", "digest": "sha256:aaa", "total": 100, "completed": 100},
    {"status": "verifying sha256 digest"},
]


async def test_a_missing_model_is_pulled_with_progress_before_the_first_turn(
    server: OllamaServer, provider: OllamaProvider
) -> None:
    server.pull = [*PULLING, {"status": "success"}]
    told: list[Progress] = []
    await provider.ready("absent", told.append)

    assert [(one.done, one.total) for one in told] == [(0, 0), (0, 100), (60, 100), (70, 110), (110, 110), (110, 110)]
    assert told[-1].text == "absent: verifying sha256 digest"
    assert (await chunks(provider, request("absent")))[0] == TextChunk("Hello")


async def test_a_model_that_is_there_is_not_pulled(server: OllamaServer, provider: OllamaProvider) -> None:
    await provider.ready("small")

    assert server.bodies("/api/pull") == []


async def test_a_pull_that_fails_says_why(server: OllamaServer, provider: OllamaProvider) -> None:
    server.pull = [{"status": "pulling manifest"}, {"error": "pull model manifest: file does not exist"}]
    with pytest.raises(ProviderTrouble, match="file does not exist"):
        await provider.ready("absent")


async def test_a_pull_that_breaks_off_may_be_tried_again(server: OllamaServer, provider: OllamaProvider) -> None:
    server.pull = PULLING
    with pytest.raises(ProviderTrouble) as caught:
        await provider.pull("absent")

    assert caught.value.trouble.kind == "connection"
    assert caught.value.trouble.may_pass


async def test_cancelling_a_pull_closes_its_connection(server: OllamaServer, provider: OllamaProvider) -> None:
    server.pull = PULLING
    server.ending = "hold"
    pulling = asyncio.ensure_future(provider.pull("absent"))
    assert await asyncio.to_thread(server.spoken.wait, 10)
    pulling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pulling

    assert await asyncio.to_thread(server.left.wait, 10)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080"),
        (":5000", "http://127.0.0.1:5000"),
        ("box", "http://box:11434"),
        ("box:99", "http://box:99"),
        ("box:many", "http://box:11434"),
        ("http://box", "http://box:80"),
        ("https://box", "https://box:443"),
        ("https://box:1234/ollama/", "https://box:1234/ollama"),
        ("[::1]", "http://[::1]:11434"),
        ("[::]:77", "http://[::1]:77"),
        (' "box:99" ', "http://box:99"),
    ],
)
def test_ollama_host_is_read_as_ollama_reads_it(monkeypatch: pytest.MonkeyPatch, host: str, address: str) -> None:
    monkeypatch.setenv("OLLAMA_HOST", host)

    assert address_from_environment(host) == address
    assert OllamaProvider().base_url == address


async def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(
    server: OllamaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    direct = OllamaProvider(server.url + "/v1/")
    assert (await chunks(direct, request()))[0] == TextChunk("Hello")
    await direct.aclose()
