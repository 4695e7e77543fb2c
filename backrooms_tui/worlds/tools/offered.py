"""What a tool server offers, in plain values: the rest of the room needs none of the SDK."""

from collections.abc import Mapping
from dataclasses import dataclass, field


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


@dataclass(frozen=True, slots=True)
class Address:
    """A server that is reached over HTTP, with the key that it wants, "" for none."""

    url: str
    key: str = field(default="", repr=False)

    @property
    def where(self) -> str:
        """The address."""
        return self.url


Source = Program | Address


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
