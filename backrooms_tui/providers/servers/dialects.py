"""What each OpenAI-compatible service takes and says: data, one entry a service.

Sources: the services' API references and, for OpenAI, the docstrings of its SDK (3.52), as of November 2026. What a
service does not document is left out of its table; what one model of a service refuses is learned (`refusals`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal

SystemRole = Literal["system", "developer", "user"]
SchemaField = Literal["response_format", "json_object", "json_schema"]
Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one service speaks chat completions.

    `fields` gives the JSON field for each of our parameters that the service takes (names of `session.parameters`).
    `thinking_on` and `thinking_off` are what `thinking = true` and `false` add to the body, None where there is no
    such switch. `system_role` "user" means that there is no such role: the system text opens the first user message.
    `reasoning_fields` are where a delta may carry reasoning. `stream_usage` asks for token counts at the end of the
    stream (some send them anyway and refuse to be asked). `cache_key` sends the request's cache key. `reasons` marks
    models that think unseen: they may be silent for long, and their limit of tokens includes their thoughts.
    `tells_windows` says that the list of models carries context windows, `tells_of_tools` that the server says whether
    the model's chat template has a place for tools. `schema` is how a reply is held to one: by
    `response_format`, which may know nothing but that it is to be JSON (`json_object`), or by llama.cpp's own field.
    """

    name: str
    fields: Fields
    thinking_on: Mapping[str, Any] | None = None
    thinking_off: Mapping[str, Any] | None = None
    system_role: SystemRole = "system"
    reasoning_fields: tuple[str, ...] = ("reasoning_content", "reasoning")
    think_tags: bool = True
    stream_usage: bool = True
    cache_key: bool = False
    reasons: bool = False
    tells_windows: bool = False
    tells_of_tools: bool = False
    schema: SchemaField = "response_format"
    fixed: Mapping[str, Any] = field(default_factory=dict)


def _fields(*same: str, **other: str) -> Fields:
    """Parameters that keep their name, and those that have another one."""
    return MappingProxyType({**{name: name for name in same}, **other})


_COMMON = ("max_tokens", "temperature", "top_p")
_PENALTIES = ("frequency_penalty", "presence_penalty")
_TEMPLATE_ON = {"chat_template_kwargs": {"enable_thinking": True}}
_TEMPLATE_OFF = {"chat_template_kwargs": {"enable_thinking": False}}

OPENAI = Dialect(
    "openai",
    _fields(*_COMMON, *_PENALTIES, "seed"),
    think_tags=False,
    cache_key=True,
)
OPENROUTER = Dialect(
    "openrouter",
    _fields(
        *_COMMON,
        *_PENALTIES,
        "seed",
        "top_k",
        "min_p",
        "verbosity",
        repeat_penalty="repetition_penalty",
        effort="reasoning.effort",
    ),
    thinking_on={"reasoning": {"enabled": True}},
    thinking_off={"reasoning": {"enabled": False}},
    reasoning_fields=("reasoning", "reasoning_content"),
    tells_windows=True,
)
# Google's endpoint has no documented seed, penalties or top_k, and answers an unknown name with a 400.
GOOGLE = Dialect("google", _fields(*_COMMON, effort="reasoning_effort"), think_tags=False)
DEEPSEEK = Dialect(
    "deepseek",
    _fields(*_COMMON, *_PENALTIES, effort="reasoning_effort"),
    thinking_on={"thinking": {"type": "enabled"}},
    thinking_off={"thinking": {"type": "disabled"}},
    schema="json_object",
)
XAI = Dialect("xai", _fields(*_COMMON, *_PENALTIES, "seed", effort="reasoning_effort"))
# Mistral sends usage unasked and refuses fields that it does not know.
MISTRAL = Dialect(
    "mistral",
    _fields(*_COMMON, *_PENALTIES, seed="random_seed", effort="reasoning_effort"),
    stream_usage=False,
    tells_windows=True,
)
GROQ = Dialect(
    "groq",
    _fields("temperature", "top_p", "seed", max_tokens="max_completion_tokens", effort="reasoning_effort"),
    thinking_on={"reasoning_format": "parsed"},
    thinking_off={"reasoning_format": "hidden"},
    reasoning_fields=("reasoning", "reasoning_content"),
    tells_windows=True,
)
TOGETHER = Dialect(
    "together",
    _fields(
        *_COMMON,
        *_PENALTIES,
        "seed",
        "top_k",
        "min_p",
        repeat_penalty="repetition_penalty",
        effort="reasoning_effort",
    ),
    thinking_on={"reasoning": {"enabled": True}},
    thinking_off={"reasoning": {"enabled": False}},
    reasoning_fields=("reasoning", "reasoning_content"),
    tells_windows=True,
)
VLLM = Dialect(
    "vllm",
    _fields(
        *_COMMON,
        *_PENALTIES,
        "seed",
        "top_k",
        "min_p",
        repeat_penalty="repetition_penalty",
        effort="reasoning_effort",
    ),
    thinking_on=_TEMPLATE_ON,
    thinking_off=_TEMPLATE_OFF,
    tells_windows=True,
)
LMSTUDIO = Dialect("lmstudio", _fields(*_COMMON, *_PENALTIES, "seed", "top_k", "min_p", "repeat_penalty"))
LLAMACPP = Dialect(
    "llamacpp",
    _fields(*_COMMON, *_PENALTIES, "seed", "top_k", "min_p", "repeat_penalty", "dry_multiplier"),
    thinking_on=_TEMPLATE_ON,
    thinking_off=_TEMPLATE_OFF,
    tells_windows=True,
    tells_of_tools=True,
    schema="json_schema",
)
GENERIC = Dialect(
    "generic",
    _fields(*_COMMON, *_PENALTIES, "seed", effort="reasoning_effort"),
    tells_windows=True,
)

DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {
        dialect.name: dialect
        for dialect in (
            OPENAI,
            OPENROUTER,
            GOOGLE,
            DEEPSEEK,
            XAI,
            MISTRAL,
            GROQ,
            TOGETHER,
            VLLM,
            LMSTUDIO,
            LLAMACPP,
            GENERIC,
        )
    }
)

# OpenAI's reasoning models: the o series, and gpt-5 and later but for their chat variants.
_O_SERIES = re.compile(r"o\d+(?:-|$)|codex-mini")
_GPT = re.compile(r"gpt-(\d+)")


def for_model(dialect: Dialect, model: str) -> Dialect:
    """`dialect` as one model of the service speaks it. Only OpenAI's own models and OpenRouter's Claude differ by name.

    OpenAI's reasoning models take `max_completion_tokens` and no sampling parameters, and hear the system text as
    `developer`; o1-mini and o1-preview have neither that role nor an effort. Claude through OpenRouter caches its
    prompt only where asked to.
    """
    if dialect.name == "openrouter" and model.startswith("anthropic/"):
        return replace(dialect, fixed={"cache_control": {"type": "ephemeral"}})
    if dialect.name != "openai":
        return dialect
    base = model.split(":")[1] if model.startswith("ft:") else model
    generation = _GPT.match(base)
    newer = generation is not None and int(generation[1]) >= 5
    if _O_SERIES.match(base):
        first = base.startswith(("o1-mini", "o1-preview"))
        fields = _fields(max_tokens="max_completion_tokens") if first else _reasoning_fields()
        return replace(dialect, fields=fields, system_role="user" if first else "developer", reasons=True)
    if newer and "-chat" not in base:
        fields = {**_reasoning_fields(), "verbosity": "verbosity"}
        return replace(dialect, fields=fields, system_role="developer", reasons=True)
    if newer:
        return replace(dialect, fields={**dialect.fields, "max_tokens": "max_completion_tokens"})
    return dialect


def _reasoning_fields() -> Fields:
    return _fields("seed", max_tokens="max_completion_tokens", effort="reasoning_effort")
