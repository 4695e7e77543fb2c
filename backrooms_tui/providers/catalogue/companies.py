"""Whose model it is, and a short name to call it by, read from the model's name."""

import re
from functools import lru_cache

from backrooms_tui.session.world import BUILT_IN, WORLD

# How each provider's own models are called after their company.
_OF_PROVIDER = {
    "anthropic": "Anthropic",
    "openai": "OpenAI",
    "google": "Google",
    "xai": "xAI",
    "deepseek": "DeepSeek",
    "mistral": "Mistral AI",
    "local": "local",
    "scripted": "scripted",
    # What UniversalBackrooms calls the one behind a command line.
    WORLD: "CLI",
}
# The first word of a name that fits: the company, and the model's name as it is written. Order matters.
_FAMILIES = (
    ("smollm2", "Hugging Face", "SmolLM2"),
    ("smollm", "Hugging Face", "SmolLM"),
    ("claude", "Anthropic", "Claude"),
    ("chatgpt", "OpenAI", "ChatGPT"),
    ("gpt", "OpenAI", "GPT"),
    ("gemini", "Google", "Gemini"),
    ("gemma", "Google", "Gemma"),
    ("grok", "xAI", "Grok"),
    ("deepseek", "DeepSeek", "DeepSeek"),
    ("ministral", "Mistral AI", "Ministral"),
    ("magistral", "Mistral AI", "Magistral"),
    ("codestral", "Mistral AI", "Codestral"),
    ("devstral", "Mistral AI", "Devstral"),
    ("mistral", "Mistral AI", "Mistral"),
    ("mixtral", "Mistral AI", "Mixtral"),
    ("hermes", "Nous Research", "Hermes"),
    ("llama", "Meta", "Llama"),
    ("muse", "Meta", "Muse"),
    ("qwen", "Alibaba", "Qwen"),
    ("qwq", "Alibaba", "QwQ"),
    ("kimi", "Moonshot AI", "Kimi"),
    ("glm", "Z.ai", "GLM"),
    ("phi", "Microsoft", "Phi"),
    ("command", "Cohere", "Command"),
    ("minimax", "MiniMax", "MiniMax"),
    ("nemotron", "NVIDIA", "Nemotron"),
    ("olmo", "Ai2", "OLMo"),
    ("granite", "IBM", "Granite"),
)
_CLAUDES = ("opus", "sonnet", "haiku", "fable", "mythos", "instant")
_REASONERS = re.compile(r"o\d+")


@lru_cache(maxsize=4096)
def company(provider: str, model: str) -> str:
    """Who made the model, as a person would say it: "Anthropic". "local" for the embedded model, the provider's name
    where nobody can tell."""
    if provider in _OF_PROVIDER:
        return _OF_PROVIDER[provider]
    words = _words(model)
    if words and _REASONERS.fullmatch(words[0]):
        return "OpenAI"
    return next((maker for stem, maker, _ in _FAMILIES if _begins(words, stem)), provider)


def display_name(provider: str, model: str) -> str:
    """What to call an agent that speaks with this model: "Opus", "GPT", "Gemini", "SmolLM2"; never empty."""
    if provider == WORLD:
        return "CLI" if model == BUILT_IN else model
    words = _words(model)
    for claude in _CLAUDES:
        if claude in words and "claude" in words:
            return claude.capitalize()
    if words and _REASONERS.fullmatch(words[0]):
        return words[0]
    for stem, _, name in _FAMILIES:
        if _begins(words, stem):
            return name
    first = next(iter(re.split(r"[-_:.@\s]+", _file_name(model).strip("-_:.@ "))), "")
    return (first.capitalize() if first.islower() else first) or provider.capitalize()


def _file_name(model: str) -> str:
    name = re.split(r"[/\\]", model.rstrip("/\\"))[-1]
    return re.sub(r"\.(gguf|txt)$", "", name, flags=re.IGNORECASE)


def _words(model: str) -> list[str]:
    return [word for word in re.split(r"[-_:.@\s~]+", _file_name(model).lower()) if word]


def _begins(words: list[str], stem: str) -> bool:
    return any(word.startswith(stem) for word in words)
