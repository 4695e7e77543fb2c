"""What a tool server offers, in plain values: the rest of the room needs none of the SDK."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

# Variables whose names say that they hold something secret; what is shorter than this may be any word.
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASS|PWD|CREDENTIAL|AUTH|PRIVATE", re.IGNORECASE)
_SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Program:
    """A server that is started here: its command, never through a shell, and the environment variables it is given
    beside those that every program needs. The values are secrets."""

    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def where(self) -> str:
        """The command, as one reads it."""
        return " ".join(self.command)

    def masked(self, text: str) -> str:
        """`text` without what is secret of the environment."""
        return _without((value for name, value in self.environment.items() if _SECRET.search(name)), text)


@dataclass(frozen=True, slots=True)
class Address:
    """A server that is reached over HTTP, with the key that it wants, "" for none."""

    url: str
    key: str = field(default="", repr=False)

    @property
    def where(self) -> str:
        """The address."""
        return self.url

    def masked(self, text: str) -> str:
        """`text` without the key."""
        return _without((self.key,), text)


Source = Program | Address


def _without(secrets: Iterable[str], text: str) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "…") if len(secret) >= _SHORTEST else text
    return text


@dataclass(frozen=True, slots=True)
class Offered:
    """One tool, as the server tells of it. `reads_only` is what the server says, and nothing to rely on."""

    name: str
    description: str
    schema: Mapping[str, object]
    reads_only: bool = False

    @property
    def summary(self) -> str:
        """The first line of what it is for."""
        line = next((line.strip() for line in self.description.splitlines() if line.strip()), "")
        return line if len(line) <= 100 else f"{line[:99]}…"


@dataclass(frozen=True, slots=True)
class Named:
    """A resource, by its URI, or a prompt, by its name; and what the server says of it."""

    name: str
    about: str


@dataclass(frozen=True, slots=True)
class Offer:
    """All that a server offers. `instructions` are its own words on how to use it."""

    title: str = ""
    instructions: str = ""
    tools: tuple[Offered, ...] = ()
    resources: tuple[Named, ...] = ()
    prompts: tuple[Named, ...] = ()
