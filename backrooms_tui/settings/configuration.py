"""The person's `config.toml`: what may stand in it. Every key may be left out.

database = "postgresql://..."      # or a path; sessions.db in the data folder otherwise

[aliases]
muse = "anthropic/claude-opus-5-5"

[endpoints.lab]
base_url = "http://10.0.0.5:8000/v1"
api_key_env = "LAB_API_KEY"        # the name of an environment variable, never the key

[worlds.clock]                     # a tool server, named as world/clock
kind = "mcp"
command = ["uvx", "mcp-server-time"]
allow = ["get_current_time"]       # what it may do without asking; also ask = [...] and deny = [...]

[defaults]
model = "local"
max_turns = 40
budget = 2.0                       # USD
params = { temperature = 0.9 }

[keys]                             # the keymap: action = key
[ui]
theme = "lamplight"
"""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, NoReturn
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from backrooms_tui.session.parameters import checked
from backrooms_tui.session.setup import ParamValue
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import BUILT_IN, Permission
from backrooms_tui.settings.secrets import looks_like_a_key

# How the compatible servers differ; the providers have a preset of each name.
DialectName = Literal[
    "openai",
    "openrouter",
    "google",
    "deepseek",
    "xai",
    "mistral",
    "groq",
    "together",
    "vllm",
    "lmstudio",
    "llamacpp",
    "generic",
]
# Providers that are no endpoints: a table of that name would be ignored, so it is refused.
RESERVED = ("anthropic", "openai", "ollama", "local", "scripted", "world")
Setting = str | int | float | bool


def _refuse(path: tuple[str, ...], what: str, cure: str) -> NoReturn:
    raise PydanticCustomError("at", "{what}", {"what": what, "cure": cure, "path": path})


def _variable(name: str) -> str:
    if looks_like_a_key(name):
        raise PydanticCustomError(
            "key_in_file",
            "holds a key instead of the name of an environment variable",
            {"cure": "put the key into an environment variable, write that variable's name here, and replace the key"},
        )
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise PydanticCustomError(
            "variable_name",
            "is not the name of an environment variable",
            {"cure": 'write a name of letters, digits and underscores, such as "LAB_API_KEY"'},
        )
    return name


def _web_address(url: str) -> str:
    cure = {"cure": 'write the address of the server\'s API, such as "http://127.0.0.1:8000/v1"'}
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        raise PydanticCustomError("web_address", "is not a web address", cure) from None
    if not whole or not url.isprintable() or " " in url:
        raise PydanticCustomError("web_address", "is not an http or https address", cure)
    if parts.username is not None or parts.query:
        hidden = {"cure": "leave it out and name the key's environment variable in api_key_env"}
        raise PydanticCustomError("web_address", "carries a user name, a password or a query", hidden)
    return url


def _words(value: object) -> object:
    if isinstance(value, str):
        cure = {"cure": 'write the program and what it is given as a list, such as ["uvx", "mcp-server-time"]'}
        raise PydanticCustomError("command", "must be a list: nothing runs in a shell", cure)
    return value


def _parameters(value: object) -> object:
    if not isinstance(value, dict):
        return value
    found = {}
    for name, entry in value.items():
        try:
            found[name] = checked(name, entry)
        except OperatorError as error:
            _refuse(("defaults", "params", name), f"cannot be: {error.what}", error.cure)
    return found


def _alias(value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise PydanticCustomError(
            "alias", "names no model", {"cure": 'write a model, such as "anthropic/claude-opus-5-5", or another alias'}
        )
    return value.strip()


class _Table(BaseModel):
    """A table of the file: nothing unknown in it, and nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class EndpointSettings(_Table):
    """`[endpoints.NAME]`: an OpenAI-compatible server, or changes to a preset of that name."""

    base_url: Annotated[str, AfterValidator(_web_address)] | None = None
    api_key_env: Annotated[str, AfterValidator(_variable)] | None = None
    dialect: DialectName | None = None
    models: list[str] | None = None


class Defaults(_Table):
    """`[defaults]`: what a conversation starts with where nothing else was said.

    `max_turns` 0 is no limit, `budget` is in USD, `stall_timeout` is how many seconds a stream may be silent, and
    `retries` is how often a turn is tried again after trouble that may pass.
    """

    model: Annotated[str, AfterValidator(_alias)] = "local"
    max_turns: int = Field(default=0, ge=0)
    budget: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    params: Annotated[Mapping[str, ParamValue], BeforeValidator(_parameters)] = Field(default_factory=dict)
    stall_timeout: float = Field(default=120.0, gt=0, allow_inf_nan=False)
    retries: int = Field(default=4, ge=0, le=100)


class WorldSettings(_Table):
    """`[worlds.NAME]`: a world of the person's own, or, under its own name, what holds for the built-in one.

    A "world-interface" server has a `url`; a tool server ("mcp") has a `url`, or a `command` that starts it, with the
    environment variables that `pass_env` names beside those that every program needs. `key_env` names the variable that
    holds its key. `timeout` is in seconds. `allow`, `ask` and `deny` name environments, tools and commands. `notebook`
    and the folder `documents` are the built-in one's.
    """

    kind: Literal["built-in", "world-interface", "mcp"] = "built-in"
    url: Annotated[str, AfterValidator(_web_address)] | None = None
    command: Annotated[list[str], BeforeValidator(_words)] = []
    pass_env: list[Annotated[str, AfterValidator(_variable)]] = []
    key_env: Annotated[str, AfterValidator(_variable)] | None = None
    timeout: float = Field(default=30.0, gt=0, le=3600, allow_inf_nan=False)
    allow: list[str] = []
    ask: list[str] = []
    deny: list[str] = []
    notebook: str = ""
    documents: str = ""

    def mistake(self, name: str) -> tuple[str, str, str] | None:
        """What does not fit together in the table [worlds.`name`]: the key, what is wrong and the cure; else None."""
        given = [key for key in ("url", "command", "pass_env", "key_env") if getattr(self, key)]
        if self.kind == "built-in" and given:
            if name == BUILT_IN:
                return given[0], "is nothing for the built-in world", "leave it out, or give your world another name"
            kind = "mcp" if self.command else "world-interface"
            return given[0], "is nothing for a built-in world", f'write kind = "{kind}" with it'
        if self.kind != "built-in":
            if name == BUILT_IN:
                return "kind", "cannot change: this is the name of the built-in world", "give your world another name"
            for key in ("notebook", "documents"):
                if getattr(self, key):
                    return key, "is for the built-in world only", f"leave it out, or write it into [worlds.{BUILT_IN}]"
        if self.kind == "world-interface":
            for key in ("command", "pass_env"):
                if getattr(self, key):
                    return key, "is for tool servers only", 'leave it out, or write kind = "mcp"'
            if self.url is None:
                return "kind", "needs a url", 'write url = "http://localhost:3000"'
        if self.kind == "mcp":
            if self.url is None and not (self.command and self.command[0].strip()):
                cure = 'write command = ["uvx", "mcp-server-time"], or url = "http://127.0.0.1:8000/mcp"'
                return "kind", "needs a command or a url", cure
            if self.url is not None and (self.command or self.pass_env):
                key = "command" if self.command else "pass_env"
                return key, "cannot stand beside a url", "leave one of them out"
            if self.command and self.key_env:
                return "key_env", "is for a server with a url", "name the variable in pass_env"
        return None

    @property
    def permissions(self) -> Mapping[str, Permission]:
        """What is allowed, asked for and denied, by name; what is denied counts where a name stands twice."""
        said: tuple[tuple[list[str], Permission], ...] = (
            (self.allow, "allow"),
            (self.ask, "ask"),
            (self.deny, "deny"),
        )
        return {name.strip(): what for names, what in said for name in names if name.strip()}


class Configuration(_Table):
    """The whole file. `database` is a path or a URL, and is kept from being shown since it may hold a password."""

    database: SecretStr | None = None
    aliases: dict[str, Annotated[str, AfterValidator(_alias)]] = {}
    endpoints: dict[str, EndpointSettings] = {}
    defaults: Defaults = Defaults()
    worlds: dict[str, WorldSettings] = {}
    keys: dict[str, str] = {}
    ui: dict[str, Setting] = {}

    @model_validator(mode="after")
    def _names(self) -> "Configuration":
        for name in self.aliases:
            if not name.strip() or "/" in name or not name.isprintable():
                _refuse(("aliases", name), "is not a name for an alias", "leave out slashes and control characters")
        for name in self.endpoints:
            if name in RESERVED:
                variable = {"anthropic": "ANTHROPIC_BASE_URL", "openai": "OPENAI_BASE_URL", "ollama": "OLLAMA_HOST"}
                instead = f", or set {variable[name]} to reach {name} elsewhere" if name in variable else ""
                _refuse(("endpoints", name), "has the name of a provider", f"choose another name{instead}")
            if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", name):
                _refuse(
                    ("endpoints", name),
                    "is not a name for an endpoint",
                    "use small letters, digits, dots, underscores and hyphens, 64 at most",
                )
        for name, world in self.worlds.items():
            if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", name):
                cure = "use small letters, digits, dots, underscores and hyphens, 64 at most"
                _refuse(("worlds", name), "is not a name for a world", cure)
            if (wrong := world.mistake(name)) is not None:
                key, what, cure = wrong
                _refuse(("worlds", name, key), what, cure)
        return self
