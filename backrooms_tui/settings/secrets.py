"""Telling a key from ordinary text, so that none is left lying in a file."""

import re

# How the keys of OpenAI, Anthropic, OpenRouter and DeepSeek (sk-), xAI, Groq, Google, Hugging Face and others begin.
_BEGINNINGS = re.compile(r"(sk-|sk_|xai-|gsk_|AIza|hf_|nvapi-|tgp_v1_|pplx-|fw_|csk-|r8_)[A-Za-z0-9_-]{8,}")
_RANDOM = re.compile(r"(?=.*[0-9])(?=.*[a-z])[A-Za-z0-9]{24,}")


def looks_like_a_key(text: str) -> bool:
    """Whether `text` begins as a provider's keys do, or is one long run of small letters and digits."""
    text = text.strip()
    return bool(_BEGINNINGS.match(text) or _RANDOM.fullmatch(text))


def begins_like_a_key(text: str) -> bool:
    """Whether `text` begins as a provider's keys do: the stricter test, for values that may be anything."""
    return bool(_BEGINNINGS.match(text.strip()))
