"""A parameter that a model turns out not to take is left out, remembered and said."""

from backrooms_tui.providers.base import Provider
from backrooms_tui.providers.servers.dialects import DIALECTS
from backrooms_tui.providers.servers.error_body import ErrorBody
from backrooms_tui.providers.servers.openai import OpenAIProvider
from backrooms_tui.providers.servers.refusals import refused_field
from tests.misbehaving import MisbehavingServer, Reply
from tests.providers.servers.talking import KEY, ask, names, trouble_with, turn_of

UNSUPPORTED = Reply.refusing(
    400, "Unsupported parameter: 'temperature' is not supported with this model.", param="temperature"
)


async def test_a_refused_parameter_is_left_out_and_the_turn_goes_on(
    provider: Provider, misbehaving: MisbehavingServer
) -> None:
    misbehaving.script(UNSUPPORTED, Reply("Without it, then."))
    turn = await turn_of(provider, ask(provider, temperature=0.4))
    assert turn.text == "Without it, then."
    assert names(turn.omitted) == ["temperature"]
    assert "not supported" in turn.omitted[0].why
    assert "temperature" in misbehaving.requests[0].json
    assert "temperature" not in misbehaving.requests[1].json


async def test_it_is_remembered_for_that_model_and_that_value(
    provider: Provider, misbehaving: MisbehavingServer
) -> None:
    misbehaving.script(UNSUPPORTED)
    await turn_of(provider, ask(provider, temperature=0.4))
    again = await turn_of(provider, ask(provider, temperature=0.4))
    assert names(again.omitted) == ["temperature"]
    assert len(misbehaving.requests) == 3
    other = "claude-haiku-4-5" if provider.name == "anthropic" else "gpt-4.1"
    await turn_of(provider, ask(provider, model=other, temperature=0.4))
    assert misbehaving.requests[-1].json["temperature"] == 0.4
    await turn_of(provider, ask(provider, temperature=1.0))
    assert misbehaving.requests[-1].json["temperature"] == 1.0


async def test_several_are_learned_one_after_the_other(misbehaving: MisbehavingServer) -> None:
    provider = OpenAIProvider("x", api_key=KEY, base_url=misbehaving.openai_url, dialect=DIALECTS["generic"])
    misbehaving.script(
        UNSUPPORTED,
        Reply.refusing(422, "[{'type': 'extra_forbidden', 'loc': ['body', 'seed'], 'msg': 'Extra inputs'}]"),
        Reply.refusing(400, "Unrecognized request argument supplied: stream_options"),
        Reply("At last."),
    )
    turn = await turn_of(provider, ask(provider, model="m", temperature=0.4, seed=7, top_p=0.5))
    assert turn.text == "At last."
    assert names(turn.omitted) == ["temperature", "seed"]
    last = misbehaving.requests[-1].json
    assert last["top_p"] == 0.5
    assert not {"temperature", "seed", "stream_options"} & set(last)
    await provider.aclose()


async def test_the_limit_of_a_reply_changes_its_name_instead_of_going(misbehaving: MisbehavingServer) -> None:
    provider = OpenAIProvider("x", api_key=KEY, base_url=misbehaving.openai_url, dialect=DIALECTS["generic"])
    message = "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead."
    misbehaving.script(Reply.refusing(400, message, param="max_tokens"))
    turn = await turn_of(provider, ask(provider, model="m", max_tokens=77))
    assert turn.omitted == []
    assert misbehaving.requests[1].json["max_completion_tokens"] == 77
    await provider.aclose()


async def test_a_server_that_keeps_refusing_is_given_up_on(provider: Provider, misbehaving: MisbehavingServer) -> None:
    refusal = Reply.refusing(400, "temperature and top_k and seed are not supported")
    misbehaving.script(*[refusal] * 20)
    trouble = await trouble_with(provider, ask(provider, temperature=0.4, top_k=3))
    assert trouble.kind == "bad_request"
    assert len(misbehaving.requests) <= 6


async def test_what_makes_the_request_is_never_left_out(provider: Provider, misbehaving: MisbehavingServer) -> None:
    misbehaving.script(Reply.refusing(400, "messages: text content blocks must be non-empty", param="messages"))
    trouble = await trouble_with(provider, ask(provider, temperature=0.4))
    assert trouble.kind == "bad_request"
    assert len(misbehaving.requests) == 1


def test_which_parameter_an_error_blames() -> None:
    sent = ["temperature", "top_p", "thinking", "max_tokens", "output_config", "seed", "cache_control"]

    def blamed(message: str, param: str = "") -> str | None:
        return refused_field(ErrorBody(message, param=param), sent)

    assert blamed("", "top_p") == "top_p"
    assert blamed("`temperature` is deprecated for this model.") == "temperature"
    assert blamed("`temperature` and `top_p` cannot both be specified for this model.") == "top_p"
    assert blamed("temperature: range: 0..1") == "temperature"
    assert blamed('"thinking.type.enabled" is not supported. Use "output_config.effort"') == "thinking"
    assert blamed("cache_control: Extra inputs are not permitted") == "cache_control"
    assert blamed('Unknown name "seed": Cannot find field.') == "seed"
    assert blamed("Your message mentions the temperature in Rome") is None
    assert blamed("messages.0: bad seed of discord", "messages") is None
    assert blamed("Internal confusion") is None
