"""Every way in which a hosted model fails to answer comes out as the trouble that it is, in both SDKs."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from backrooms_tui.providers.base import Provider
from backrooms_tui.session.trouble import Trouble
from tests.misbehaving import MisbehavingServer, Reply, closed_port
from tests.providers.servers.talking import MODELS, ask, make_provider, trouble_with, turn_of


def calm(trouble: Trouble) -> None:
    """Fit to be shown: short single lines that say what to do."""
    assert 0 < len(trouble.message) <= 260
    assert "\n" not in trouble.message
    assert trouble.cure
    assert "\n" not in trouble.cure


async def test_a_whole_reply_says_text_usage_and_model(provider: Provider, misbehaving: MisbehavingServer) -> None:
    misbehaving.script(Reply("Good evening to you."))
    turn = await turn_of(provider, ask(provider))
    assert turn.text == "Good evening to you."
    assert turn.finish is not None
    assert turn.finish.stop_reason == "end"
    assert turn.finish.usage.input_tokens == 10
    assert turn.finish.usage.output_tokens == 5
    assert turn.finish.model == MODELS[provider.name]
    assert turn.chunks[-1] is turn.finish


async def test_reasoning_is_kept_apart(provider: Provider, misbehaving: MisbehavingServer) -> None:
    misbehaving.script(Reply("Yes.", reasoning="Let me think about it."))
    turn = await turn_of(provider, ask(provider))
    assert (turn.reasoning, turn.text) == ("Let me think about it.", "Yes.")


async def test_a_reply_at_its_limit_says_so(provider: Provider, misbehaving: MisbehavingServer) -> None:
    misbehaving.script(Reply("Once upon a", stop="max_tokens"))
    turn = await turn_of(provider, ask(provider))
    assert turn.finish is not None
    assert turn.finish.stop_reason == "max_tokens"


async def test_a_rate_limit_with_retry_after_passes_and_says_when(
    provider: Provider, misbehaving: MisbehavingServer
) -> None:
    misbehaving.script(Reply.refusing(429, "slow down", {"retry-after": "7"}, type="rate_limit_error"))
    trouble = await trouble_with(provider)
    assert (trouble.kind, trouble.may_pass, trouble.retry_after, trouble.status) == ("rate_limit", True, 7.0, 429)
    calm(trouble)


async def test_a_rate_limit_without_retry_after_passes_too(provider: Provider, misbehaving: MisbehavingServer) -> None:
    misbehaving.script(Reply.refusing(429, "slow down"))
    trouble = await trouble_with(provider)
    assert (trouble.kind, trouble.may_pass, trouble.retry_after) == ("rate_limit", True, None)


async def test_retry_after_may_be_milliseconds_or_a_date(provider: Provider, misbehaving: MisbehavingServer) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    misbehaving.script(
        Reply.refusing(429, "slow down", {"retry-after-ms": "1500"}),
        Reply.refusing(429, "slow down", {"retry-after": later}),
        Reply.refusing(429, "slow down", {"retry-after": "soon"}),
    )
    assert (await trouble_with(provider)).retry_after == 1.5
    waits = (await trouble_with(provider)).retry_after
    assert waits is not None
    assert 80 < waits <= 90
    assert (await trouble_with(provider)).retry_after is None


@pytest.mark.parametrize("status", [500, 502, 503, 504, 529])
async def test_a_server_in_trouble_may_recover(provider: Provider, misbehaving: MisbehavingServer, status: int) -> None:
    misbehaving.script(Reply.refusing(status, "something is wrong", type="api_error"))
    trouble = await trouble_with(provider)
    assert trouble.kind in ("overloaded", "unknown")
    assert trouble.kind == "overloaded" or status == 500
    assert trouble.may_pass
    calm(trouble)


async def test_the_sdk_does_not_retry_behind_the_back_of_the_conversation(
    provider: Provider, misbehaving: MisbehavingServer
) -> None:
    misbehaving.script(Reply.refusing(529, "overloaded", type="overloaded_error"))
    await trouble_with(provider)
    assert len(misbehaving.requests) == 1


@pytest.mark.parametrize("kind", ["anthropic", "openai"])
async def test_nobody_answers(kind: str, misbehaving: MisbehavingServer) -> None:
    provider = make_provider(kind, misbehaving)
    provider._base_url = f"http://127.0.0.1:{closed_port()}"  # type: ignore[attr-defined]
    trouble = await trouble_with(provider)
    assert (trouble.kind, trouble.may_pass) == ("connection", True)
    assert "nothing answers at" in trouble.message
    calm(trouble)
    await provider.aclose()


async def test_an_address_without_http_is_the_operators_to_mend(misbehaving: MisbehavingServer) -> None:
    provider = make_provider("openai", misbehaving)
    provider._base_url = "localhost:8000/v1"  # type: ignore[attr-defined]
    trouble = await trouble_with(provider)
    assert (trouble.kind, trouble.may_pass) == ("bad_request", False)
    assert "http" in trouble.cure
    await provider.aclose()


@pytest.mark.parametrize("ending", ["reset", "truncated"])
async def test_a_stream_that_breaks_keeps_its_words_and_may_pass(
    provider: Provider, misbehaving: MisbehavingServer, ending: str
) -> None:
    misbehaving.script(Reply("Half of a", pace=0.01, ending=ending))  # type: ignore[arg-type]
    turn = await turn_of(provider, ask(provider))
    assert turn.text == "Half of a"
    assert turn.finish is None
    assert turn.trouble is not None
    assert (turn.trouble.kind, turn.trouble.may_pass) == ("connection", True)
    calm(turn.trouble)


@pytest.mark.parametrize("kind", ["anthropic", "openai"])
async def test_a_stream_that_stalls_times_out(kind: str, misbehaving: MisbehavingServer) -> None:
    provider = make_provider(kind, misbehaving, stall_timeout=0.3)
    misbehaving.script(Reply("And then", ending="stall"))
    turn = await turn_of(provider, ask(provider))
    assert turn.text == "And then"
    assert turn.trouble is not None
    assert (turn.trouble.kind, turn.trouble.may_pass) == ("timeout", True)
    assert misbehaving.wait_left()
    await provider.aclose()


@pytest.mark.parametrize("kind", ["anthropic", "openai"])
async def test_a_slow_trickle_is_not_a_stall(kind: str, misbehaving: MisbehavingServer) -> None:
    provider = make_provider(kind, misbehaving, stall_timeout=0.5)
    text = "one two three four five six seven eight"
    misbehaving.script(Reply(text, pace=0.1))
    turn = await turn_of(provider, ask(provider))
    assert turn.text == text
    assert turn.finish is not None
    await provider.aclose()


@pytest.mark.parametrize(
    "line",
    [
        'event: content_block_delta\ndata: {"type": "content_block_delta", "delta"',
        "event: content_block_delta\ndata: \ud83d not json".encode("utf-8", "replace").decode(),
    ],
)
async def test_malformed_events_may_pass(provider: Provider, misbehaving: MisbehavingServer, line: str) -> None:
    misbehaving.script(Reply("Well,", raw=(line,)))
    turn = await turn_of(provider, ask(provider))
    assert turn.text == "Well,"
    assert turn.trouble is not None
    assert (turn.trouble.kind, turn.trouble.may_pass) == ("connection", True)
    calm(turn.trouble)


@pytest.mark.parametrize("line", ["event: x\ndata: 42", "event: x\ndata: []", 'event: x\ndata: {"choices": "none"}'])
async def test_json_of_another_shape_never_is_a_traceback(
    provider: Provider, misbehaving: MisbehavingServer, line: str
) -> None:
    misbehaving.script(Reply("Well,", raw=(line,)))
    turn = await turn_of(provider, ask(provider))
    assert turn.finish is not None or (turn.trouble is not None and turn.trouble.kind == "connection")


async def test_an_empty_reply_is_trouble_that_may_pass(provider: Provider, misbehaving: MisbehavingServer) -> None:
    misbehaving.script(Reply(""))
    trouble = await trouble_with(provider)
    assert (trouble.kind, trouble.may_pass) == ("unknown", True)
    assert trouble.message == "the model returned an empty reply"


async def test_a_reply_of_reasoning_alone_is_trouble(provider: Provider, misbehaving: MisbehavingServer) -> None:
    misbehaving.script(Reply("", reasoning="Hm.", stop="max_tokens"))
    trouble = await trouble_with(provider)
    assert (trouble.kind, trouble.may_pass) == ("bad_request", False)
    assert "max_tokens" in trouble.message


async def test_a_refusal_without_words_is_refused(provider: Provider, misbehaving: MisbehavingServer) -> None:
    misbehaving.script(Reply("", stop="refusal"))
    trouble = await trouble_with(provider)
    assert (trouble.kind, trouble.may_pass) == ("refused", False)
    calm(trouble)


async def test_a_refusal_in_words_is_a_turn_that_says_so(provider: Provider, misbehaving: MisbehavingServer) -> None:
    misbehaving.script(Reply("I would rather not.", stop="refusal"))
    turn = await turn_of(provider, ask(provider))
    assert turn.text == "I would rather not."
    assert turn.finish is not None
    assert turn.finish.stop_reason == "refusal"


async def test_a_wrong_key_names_where_it_belongs_and_never_the_key(
    provider: Provider, misbehaving: MisbehavingServer, key: str
) -> None:
    misbehaving.script(
        Reply.refusing(401, f"Incorrect API key provided: {key}. See Bearer {key}", code="invalid_api_key")
    )
    trouble = await trouble_with(provider)
    assert (trouble.kind, trouble.may_pass, trouble.status) == ("authentication", False, 401)
    assert key not in repr(trouble)
    assert f"{provider.name.upper()}_API_KEY" in trouble.cure
    calm(trouble)


@pytest.mark.parametrize("kind", ["anthropic", "openai"])
async def test_a_key_that_cannot_be_sent_is_a_wrong_key(kind: str, misbehaving: MisbehavingServer) -> None:
    provider = make_provider(kind, misbehaving)
    provider._key = "sk–pasted\nwith a dash"  # type: ignore[attr-defined]
    trouble = await trouble_with(provider)
    assert trouble.kind == "authentication"
    assert "pasted" not in repr(trouble)
    assert not misbehaving.requests


CONTEXT_ERRORS = {
    "openai": (
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
        "invalid_request_error",
        "context_length_exceeded",
    ),
    "anthropic": ("prompt is too long: 210000 tokens > 200000 maximum", "invalid_request_error", None),
    "anthropic, with the reply": (
        "input length and `max_tokens` exceed context limit: 178959 + 64000 > 200000, decrease input length or"
        " `max_tokens` and try again",
        "invalid_request_error",
        None,
    ),
    "llama.cpp": (
        "request (9031 tokens) exceeds the available context size (4096 tokens), try increasing it",
        "exceed_context_size_error",
        None,
    ),
    "vllm": (
        "This model's maximum context length is 16384 tokens. However, you requested 122946 tokens (112946 in the"
        " messages, 10000 in the completion). Please reduce the length of the messages or completion.",
        "BadRequestError",
        None,
    ),
    "vllm, newer": (
        "The decoder prompt (length 9000) is longer than the maximum model length of 8192.",
        "BadRequestError",
        None,
    ),
    "ollama": ("the input length exceeds the context length", "", None),
    "google": ("The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).", "", None),
    "openrouter": (
        "This endpoint's maximum context length is 32768 tokens. However, you requested about 40000 tokens",
        "",
        None,
    ),
}


@pytest.mark.parametrize("service", CONTEXT_ERRORS)
async def test_a_prompt_that_is_too_long_is_told_from_other_bad_requests(
    provider: Provider, misbehaving: MisbehavingServer, service: str
) -> None:
    message, kind, code = CONTEXT_ERRORS[service]
    misbehaving.script(Reply.refusing(400, message, type=kind, code=code))
    trouble = await trouble_with(provider, ask(provider, max_tokens=64000))
    assert (trouble.kind, trouble.may_pass) == ("context_too_long", False)
    assert len(misbehaving.requests) == 1
    calm(trouble)


@pytest.mark.parametrize(
    ("status", "message", "code", "kind"),
    [
        (402, "Payment required", None, "spending_limit"),
        (429, "You exceeded your current quota, please check your plan", "insufficient_quota", "spending_limit"),
        (400, "Your credit balance is too low to access the Anthropic API.", None, "spending_limit"),
        (403, "You may not use this model", None, "permission"),
        (400, "API key not valid. Please pass a valid API key.", None, "authentication"),
        (400, "The response was filtered by our content management policy", "content_filter", "refused"),
        (408, "request timeout", None, "timeout"),
    ],
)
async def test_other_refusals_by_their_kind(
    provider: Provider, misbehaving: MisbehavingServer, status: int, message: str, code: str | None, kind: str
) -> None:
    misbehaving.script(Reply.refusing(status, message, code=code, type="error"))
    trouble = await trouble_with(provider)
    assert trouble.kind == kind
    calm(trouble)


async def test_an_unknown_model_points_to_the_list(provider: Provider, misbehaving: MisbehavingServer) -> None:
    misbehaving.script(Reply.refusing(404, "The model `gtp-9` does not exist", type="not_found_error"))
    trouble = await trouble_with(provider)
    assert (trouble.kind, trouble.may_pass) == ("bad_request", False)
    assert "backrooms models list" in trouble.cure


async def test_an_error_page_of_a_proxy_is_one_line(provider: Provider, misbehaving: MisbehavingServer) -> None:
    page = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n" + "<p>sorry</p>\n" * 500 + "</html>"
    misbehaving.script(Reply(status=502, body=page, type="text/html"))
    trouble = await trouble_with(provider)
    assert (trouble.kind, trouble.may_pass) == ("overloaded", True)
    assert "502 Bad Gateway" in trouble.message
    assert "<" not in trouble.message
    calm(trouble)


async def test_a_web_page_where_a_model_should_be_is_not_retried(
    provider: Provider, misbehaving: MisbehavingServer
) -> None:
    misbehaving.script(Reply(body="<html><title>Welcome</title></html>", type="text/html"))
    trouble = await trouble_with(provider)
    assert (trouble.kind, trouble.may_pass) == ("bad_request", False)
    assert "base_url" in trouble.cure


async def test_an_error_inside_the_stream(provider: Provider, misbehaving: MisbehavingServer) -> None:
    error = {
        "type": "error",
        "error": {"type": "overloaded_error", "message": "Overloaded", "code": "overloaded_error"},
    }
    misbehaving.script(Reply("As I was", raw=(f"event: error\ndata: {json.dumps(error)}",)))
    turn = await turn_of(provider, ask(provider))
    assert turn.text == "As I was"
    assert turn.trouble is not None
    assert (turn.trouble.kind, turn.trouble.may_pass, turn.trouble.status) == ("overloaded", True, None)
    assert "Overloaded" in turn.trouble.message


async def test_a_relayed_status_inside_the_stream(misbehaving: MisbehavingServer) -> None:
    provider = make_provider("openai", misbehaving)
    misbehaving.script(Reply("As", raw=('data: {"error": {"code": 429, "message": "upstream is busy"}}',)))
    trouble = await trouble_with(provider)
    assert (trouble.kind, trouble.may_pass) == ("rate_limit", True)
    await provider.aclose()


async def test_the_provider_goes_on_after_trouble(provider: Provider, misbehaving: MisbehavingServer) -> None:
    misbehaving.script(Reply.refusing(500, "oops"), Reply("Half", ending="reset"), Reply("Back again."))
    await turn_of(provider, ask(provider))
    await turn_of(provider, ask(provider))
    assert (await turn_of(provider, ask(provider))).text == "Back again."
