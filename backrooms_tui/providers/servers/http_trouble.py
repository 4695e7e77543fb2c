"""What an HTTP failure means: the one place where statuses, bodies and exceptions become a Trouble.

Knows both SDKs, httpx2 and the compatible servers by status, by the words in the body and by the names of the
exceptions' classes, so that none of them has to be imported.
"""

import re
from collections.abc import Mapping

from backrooms_tui.providers.servers.error_body import ErrorBody, one_line, read_error_body, retry_after
from backrooms_tui.session.trouble import ProviderTrouble, Trouble, TroubleKind

# How servers say that a prompt is too long. OpenAI: code context_length_exceeded, "maximum context length is";
# Anthropic: "prompt is too long: 210000 tokens > 200000 maximum", "input length and `max_tokens` exceed context
# limit"; llama.cpp: type exceed_context_size_error, "exceeds the available context size"; vLLM: "maximum context
# length", "longer than the maximum model length"; Ollama: "input length exceeds the context length", "input exceeds
# context length"; Google: "input token count (...) exceeds the maximum number of tokens"; Groq, xAI, Mistral likewise.
_TOO_LONG = re.compile(
    r"context_length_exceeded|exceed_context_size|model_context_window_exceeded|maximum context length"
    r"|(?:maximum|max) model len|prompt is too long|prompt too long|too many tokens in (?:the )?prompt"
    r"|exceeds? (?:the )?(?:available |model'?s? |maximum )*context|context (?:window|length|size) (?:exceeded|is full)"
    r"|maximum prompt length|input token count.{0,40}exceeds|input (?:is )?too long"
    r"|too large for model with \d+ maximum",
    re.IGNORECASE,
)
_SPENT = re.compile(
    r"insufficient_quota|insufficient[ _](?:credits?|balance|funds)|credit balance|billing|spend(?:ing)?[ _]limit"
    r"|exceeded your current quota|requires more credits|payment required|budget has been exceeded",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"content[ _]filter|content[ _]policy|content management policy|safety system|flagged (?:as|by|for)|moderation"
    r"|output blocked",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"model_not_found|model.{0,80}(?:does not exist|not found|not exist|is not a valid|not available)"
    r"|(?:unknown|invalid|no such) model|not a chat model|^\S* ?\S* ?model: ",
    re.IGNORECASE,
)
_BAD_KEY = re.compile(
    r"invalid_api_key|authentication_error|unauthenticated|(?:invalid|incorrect|missing).{0,20}api[ _-]?key"
    r"|api[ _-]?key.{0,20}(?:invalid|not valid|missing)",
    re.IGNORECASE,
)

# Kinds that may be gone when the same request is sent again.
_PASSING: frozenset[TroubleKind] = frozenset({"rate_limit", "overloaded", "connection", "timeout"})

# Words for the kind of error that a body carries. They decide where no status does: an error inside a stream comes
# with status 200. The statuses in words are Google's; a number is how OpenRouter names an upstream's status.
_BY_TYPE: dict[str, TroubleKind] = {
    "overloaded_error": "overloaded",
    "rate_limit_error": "rate_limit",
    "rate_limit_exceeded": "rate_limit",
    "resource_exhausted": "rate_limit",
    "too_many_requests": "rate_limit",
    "authentication_error": "authentication",
    "invalid_api_key": "authentication",
    "unauthenticated": "authentication",
    "permission_error": "permission",
    "permission_denied": "permission",
    "billing_error": "spending_limit",
    "insufficient_quota": "spending_limit",
    "timeout_error": "timeout",
    "deadline_exceeded": "timeout",
    "unavailable": "overloaded",
    "service_unavailable": "overloaded",
    "server_error": "overloaded",
    "api_error": "overloaded",
    "not_found_error": "bad_request",
    "invalid_request_error": "bad_request",
    "invalid_argument": "bad_request",
}


def trouble_of(error: BaseException, *, provider: str, key: str = "", key_env: str = "", url: str = "") -> Trouble:
    """What an exception of the anthropic or openai SDK, of httpx2 or of decoding a stream means for the person.

    `provider` is named in the words, `key` never is: it is cut out wherever a server echoes it.
    `key_env` is the environment variable that the key belongs in, `url` the server's base address.
    """
    if isinstance(error, ProviderTrouble):
        return error.trouble
    names = _class_names(error)
    status = getattr(error, "status_code", None)
    if isinstance(status, int) or ("APIError" in names and getattr(error, "body", None) is not None):
        response = getattr(error, "response", None)
        headers: Mapping[str, str] = getattr(response, "headers", None) or {}
        body = getattr(error, "body", None)
        if body is None:
            body = getattr(error, "message", "")
        return trouble_of_response(
            status if isinstance(status, int) else None,
            body,
            headers,
            provider=provider,
            key=key,
            key_env=key_env,
        )
    where = f"{provider} ({url})" if url else provider
    if _chain_names(error) & {"UnsupportedProtocol", "InvalidURL"}:
        return Trouble(
            "bad_request", one_line(f"the address of {where} is none", (key,)), "write base_url = http(s)://…"
        )
    if any("Timeout" in name for name in names) and "ConnectTimeout" not in _chain_names(error):
        return Trouble("timeout", f"{provider} fell silent", "it may be busy; try again, or another model", True)
    if _is_connection(names) or isinstance(error, OSError):
        return _connection(error, where, key)
    if isinstance(error, ValueError | AttributeError | TypeError | KeyError):
        return Trouble("connection", f"{provider} sent a garbled reply", "try again", True)
    message = one_line(f"{provider}: {error}" if str(error) else f"{provider}: {type(error).__name__}", (key,))
    return Trouble("unknown", message, "try again, or choose another model")


def trouble_of_response(
    status: int | None,
    body: object,
    headers: Mapping[str, str],
    *,
    provider: str,
    key: str = "",
    key_env: str = "",
) -> Trouble:
    """What a response that carries an error means. `status` is None or 200 for an error that came inside a stream."""
    said = read_error_body(body)
    if status is not None and status < 400:
        status = None
    if status is None and said.code.isdigit() and 400 <= int(said.code) <= 599:
        status = int(said.code)
    kind = _kind(status, said)
    may_pass = kind in _PASSING or (kind == "unknown" and (status is None or status >= 500))
    words = one_line(said.message, (key,)) or (f"status {status}" if status else "an error without words")
    return Trouble(
        kind,
        f"{provider}: {words}",
        _cure(kind, status, said, provider, key_env),
        may_pass,
        retry_after(headers) if may_pass else None,
        status,
    )


def key_trouble(key: str, *, provider: str, key_env: str = "") -> Trouble | None:
    """What is wrong with a key that no request can carry (a pasted line break, a typographic dash), else None."""
    if key.isascii() and key.isprintable() and " " not in key:
        return None
    message = f"the key for {provider} has characters in it that no key has"
    return Trouble("authentication", message, _cure("authentication", None, ErrorBody(), provider, key_env))


def is_too_long(said: ErrorBody) -> bool:
    """Whether an error says that the prompt does not fit the model's context window."""
    return _TOO_LONG.search(f"{said.type} {said.code} {said.message}") is not None


def _kind(status: int | None, said: ErrorBody) -> TroubleKind:
    words = f"{said.type} {said.code} {said.message}"
    if is_too_long(said) or (status == 413 and "token" in words):
        return "context_too_long"
    if status == 401:
        return "authentication"
    if status == 402 or (status in (None, 400, 403, 429) and _SPENT.search(words)):
        return "spending_limit"
    if status in (None, 400, 403, 422) and _REFUSED.search(words):
        return "refused"
    if status in (400, 403) and _BAD_KEY.search(words):
        return "authentication"
    by_status: dict[int, TroubleKind] = {
        403: "permission",
        408: "timeout",
        425: "overloaded",
        429: "rate_limit",
        498: "overloaded",
        500: "overloaded" if "overload" in words.lower() else "unknown",
        502: "overloaded",
        503: "overloaded",
        504: "overloaded",
        529: "overloaded",
    }
    if status in by_status:
        return by_status[status]
    by_type = _BY_TYPE.get(said.type.lower()) or _BY_TYPE.get(said.code.lower())
    if status is None:
        return by_type or ("overloaded" if "overload" in words.lower() else "unknown")
    return "unknown" if status >= 500 else "bad_request"


def _cure(kind: TroubleKind, status: int | None, said: ErrorBody, provider: str, key_env: str) -> str:
    if kind == "authentication":
        where = f"in {key_env}, in .env or in the keyring" if key_env else f"of {provider} in the environment"
        return f"check the key {where}"
    if kind == "bad_request":
        words = f"{said.type} {said.code} {said.message}"
        if _NO_MODEL.search(words):
            return "see `backrooms models list` for names that work"
        if status == 404:
            return "check the model in `backrooms models list`, and base_url where you set one"
        return "change the parameter or the model, then go on"
    cures: dict[TroubleKind, str] = {
        "permission": "this key may not use that model: choose another model, or another key",
        "rate_limit": "wait a little, or slow the conversation down",
        "overloaded": "wait a little, or choose another model",
        "timeout": "try again, or choose another model",
        "context_too_long": "choose a model with a larger window, or start a branch from a later turn",
        "refused": "change the last words and retry, or choose another model",
        "spending_limit": f"add credit to the account at {provider}, or choose another model",
    }
    return cures.get(kind, "try again, or choose another model")


def _connection(error: BaseException, where: str, key: str) -> Trouble:
    reason = _deepest_reason(error)
    known = {
        "refused": f"nothing answers at {where}",
        "Name or service": f"the address of {where} is not known",
        "nodename nor servname": f"the address of {where} is not known",
        "getaddrinfo": f"the address of {where} is not known",
        "CERTIFICATE": f"the certificate of {where} is not trusted",
        "All connection attempts failed": f"nothing answers at {where}",
    }
    for sign, words in known.items():
        if sign in reason:
            return Trouble("connection", one_line(words, (key,)), "check that it runs, and the network", True)
    return Trouble("connection", one_line(f"the connection to {where} broke", (key,)), "try again", True)


def _deepest_reason(error: BaseException) -> str:
    """The words of the exception at the bottom of the chain: the SDKs only say "Connection error."."""
    words = str(error)
    seen: BaseException | None = error
    while seen is not None:
        words = f"{words} {seen}"
        seen = seen.__cause__ or seen.__context__
    return words


def _class_names(error: BaseException) -> frozenset[str]:
    return frozenset(cls.__name__ for cls in type(error).__mro__)


def _chain_names(error: BaseException) -> frozenset[str]:
    names: frozenset[str] = frozenset()
    seen: BaseException | None = error
    while seen is not None:
        names |= _class_names(seen)
        seen = seen.__cause__ or seen.__context__
    return names


def _is_connection(names: frozenset[str]) -> bool:
    return bool(
        names & {"APIConnectionError", "TransportError", "NetworkError", "RemoteProtocolError", "StreamError"}
        or any(name.endswith("ConnectError") for name in names)
    )
