"""Keys: where they are looked for, and a key that does not give itself away.

They come from the environment, then from `.env` in the current folder, then from the system's keyring where the
`keyring` package is installed. None is ever written, exported into the environment, or shown.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from backrooms_tui.providers.servers.endpoints import Endpoint

Where = Literal["environment", ".env", "keyring"]
KEYRING_SERVICE = "backrooms"
_VARIABLES = {"anthropic": "ANTHROPIC_API_KEY", "openai": "OPENAI_API_KEY"}


def variable_for(provider: str, endpoints: Mapping[str, Endpoint]) -> str | None:
    """The variable that holds the key of `provider`, None where it asks for none."""
    endpoint = endpoints.get(provider)
    return endpoint.api_key_env if endpoint is not None else _VARIABLES.get(provider)


class Key:
    """A key, by the name of its variable and where it was found. Only `reveal` gives the value itself."""

    __slots__ = ("_value", "variable", "where")

    def __init__(self, variable: str, value: str, where: Where) -> None:
        self.variable = variable
        self.where: Where = where
        self._value = value

    def reveal(self) -> str:
        """The key itself, for the provider and nobody else."""
        return self._value

    @property
    def well_formed(self) -> bool:
        """Whether the key can be sent at all: a stray space or line break makes a client refuse it, key and all."""
        return self._value.isascii() and self._value.isprintable() and " " not in self._value

    def __repr__(self) -> str:
        return f"<{self.variable} from {self.where}>"

    __str__ = __repr__

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a key is not written anywhere")


class Keys:
    """Looks keys up by their variables' names. Each place is read once, and only when the ones before had nothing."""

    def __init__(
        self,
        environ: Mapping[str, str] | None = None,
        dotenv_path: Path | None = Path(".env"),
        use_keyring: bool = True,
    ) -> None:
        """`environ` None is the process's own; `dotenv_path` None is no file."""
        self._environ = os.environ if environ is None else environ
        self._dotenv_path = dotenv_path
        self._dotenv: Mapping[str, str] | None = None
        self._keyring_answers = use_keyring
        self._from_keyring: dict[str, str] = {}

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment that is looked into first."""
        return self._environ

    def find(self, variable: str) -> Key | None:
        """The key called `variable`, None where no place has it. An empty one counts as missing."""
        if value := self._environ.get(variable, "").strip():
            return Key(variable, value, "environment")
        if value := self._in_dotenv().get(variable, "").strip():
            return Key(variable, value, ".env")
        if value := self._in_keyring(variable).strip():
            return Key(variable, value, "keyring")
        return None

    def _in_dotenv(self) -> Mapping[str, str]:
        if self._dotenv is None:
            self._dotenv = _read_dotenv(self._dotenv_path)
        return self._dotenv

    def _in_keyring(self, variable: str) -> str:
        if not self._keyring_answers or variable in self._from_keyring:
            return self._from_keyring.get(variable, "")
        try:
            import keyring

            value = keyring.get_password(KEYRING_SERVICE, variable) or ""
        except Exception:
            # Not installed, locked, without a desktop session: backends raise whatever they like. It has no keys then.
            self._keyring_answers = False
            return ""
        self._from_keyring[variable] = value
        return value


def _read_dotenv(path: Path | None) -> Mapping[str, str]:
    """The names and values in a .env file; what cannot be read counts as not there."""
    if path is None:
        return {}
    try:
        if not path.is_file() or path.stat().st_size > 1_000_000:
            return {}
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
    except (OSError, ValueError):
        return {}
    import logging
    from io import StringIO

    from dotenv import dotenv_values

    # It warns of lines that it cannot read, on standard error, where a full-screen program has its screen.
    logging.getLogger("dotenv.main").setLevel(logging.ERROR)
    return {name: value for name, value in dotenv_values(stream=StringIO(text)).items() if value}
