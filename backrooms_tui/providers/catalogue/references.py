"""Model references: which provider, and which model of it."""

from dataclasses import dataclass

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import WORLD

# Providers that reach their models in a way of their own; every other one is an endpoint that speaks OpenAI's. Worlds
# are no models: their references only say which world sits there.
OWN_WAY = ("anthropic", "openai", "ollama", "local", "scripted", WORLD)
# Longer than any path that a system takes.
LONGEST = 4096


@dataclass(frozen=True, slots=True)
class ModelReference:
    """`provider/model`. `model` is the provider's own name for it and may hold slashes: a path, or `vendor/name`."""

    provider: str
    model: str

    def __str__(self) -> str:
        return f"{self.provider}/{self.model}"

    @classmethod
    def parse(cls, text: str) -> "ModelReference":
        """The reference that `text` spells out. Raises OperatorError where a half is missing."""
        check_name(text)
        provider, slash, model = text.strip().partition("/")
        if not slash or not provider.strip() or not model.strip():
            raise OperatorError(f"{quoted(text)} is not a model reference", "write provider/model")
        return cls(provider.strip().lower(), model.strip())


def check_name(text: str) -> None:
    """Raises OperatorError for a model name that is empty, endless, or holds a character that no name holds."""
    if not text.strip():
        raise OperatorError("no model was named", "name one, such as local; see `backrooms models list`")
    if len(text) > LONGEST:
        raise OperatorError(f"a model name of {len(text):,} characters cannot be meant", "see `backrooms models list`")
    if any(ord(letter) < 0x20 or letter == "\x7f" for letter in text.strip()):
        raise OperatorError(f"the model name {quoted(text)} holds a control character", "type the name again")


def quoted(text: str) -> str:
    """`text` as a message may carry it: in quotes, on one line, at most 80 characters long."""
    return repr(text if len(text) <= 80 else text[:79] + "…")
