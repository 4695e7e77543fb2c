"""A theme file: what may stand in it, and where it is wrong.

name = "lamplight"
about = "Warm light on dark wood"
dark = true
ansi = false                       # true: only the terminal's own sixteen colours

[colours]
primary = "#e0a458"                # needed; all others are worked out from it where they are left out
background = "#1c1714"

[variables]                        # single roles, by Textual's names
"footer-key-foreground" = "#e0a458"
"""

import re
import tomllib
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from textual.color import Color, ColorParseError
from textual.theme import BUILTIN_THEMES, Theme

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings.toml_lines import line_of, mistake_line

LARGEST = 100_000  # bytes
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_STYLES = ("none", "bold", "dim", "italic", "underline", "reverse", "strike", "not")
_COLOUR_CURE = 'write "#e0a458", a colour\'s name such as "tomato", or "ansi_blue" for one of the terminal\'s own'
_WANTED = {
    "string_type": "must be a text in quotes",
    "bool_type": "must be true or false",
    "missing": "is missing",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
}


def _wrong(what: str, cure: str) -> PydanticCustomError:
    return PydanticCustomError("worded", "{what}", {"what": what, "cure": cure})


def _colour(text: str) -> str:
    try:
        Color.parse(text)
    except ColorParseError:
        near = get_close_matches(text.strip().lower(), _colour_names(), n=1, cutoff=0.7)
        raise _wrong("is not a colour", f"did you mean {near[0]}?" if near else _COLOUR_CURE) from None
    return text.strip()


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise _wrong("is not a name for a theme", "use small letters, digits and hyphens, 40 at most")
    return text


Colour = Annotated[str, AfterValidator(_colour)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)


class Colours(_Table):
    """`[colours]`: the colours that all others are worked out from."""

    primary: Colour
    secondary: Colour | None = None
    accent: Colour | None = None
    success: Colour | None = None
    warning: Colour | None = None
    error: Colour | None = None
    foreground: Colour | None = None
    background: Colour | None = None
    surface: Colour | None = None
    panel: Colour | None = None
    boost: Colour | None = None


class ThemeFile(_Table):
    """The whole file."""

    name: Annotated[str, AfterValidator(_name)]
    about: str = ""
    dark: bool = True
    ansi: bool = False
    colours: Colours
    variables: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _roles(self) -> "ThemeFile":
        for name, value in self.variables.items():
            problem = _role_problem(name, value)
            if problem is not None:
                what, cure = problem
                raise PydanticCustomError("at", "{what}", {"what": what, "cure": cure, "path": ("variables", name)})
        return self

    def as_theme(self) -> Theme:
        """The theme as Textual takes it."""
        colours = self.colours.model_dump(exclude_none=True)
        # Style sheets need a few roles in an ANSI theme that Textual only gives to its own two.
        needed = BUILTIN_THEMES["ansi-dark" if self.dark else "ansi-light"].variables if self.ansi else {}
        return Theme(name=self.name, dark=self.dark, ansi=self.ansi, variables={**needed, **self.variables}, **colours)


def read_theme(path: Path) -> ThemeFile:
    """The theme in the file at `path`. Raises OperatorError: the file, the line, the key, what is wrong, the cure."""
    text = _text_of(path)
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what = harmless_line(str(error).partition(" (at ")[0])
        cure = "write TOML: name = value, texts in quotes, tables in [brackets]"
        raise OperatorError(f"{_shown(path)}, line {mistake_line(error, text)}: {what}", cure) from None
    except RecursionError:
        raise OperatorError(f"{_shown(path)}: nested too deeply", "write plain tables") from None
    try:
        return ThemeFile.model_validate(document)
    except ValidationError as error:
        # What is missing often stands there under a wrong name, which is the better thing to say.
        mistakes = sorted(error.errors(include_url=False), key=lambda one: one["type"] == "missing")
        raise _explained(path, text, mistakes[0]) from None


def _text_of(path: Path) -> str:
    cure = "make it a plain text file that you can read, or move it away"
    try:
        if not path.is_file():
            raise OperatorError(f"{_shown(path)} is not a file", cure)
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise OperatorError(f"cannot read {_shown(path)}: {error.strerror or error}", cure) from None
    if len(raw) > LARGEST:
        raise OperatorError(f"{_shown(path)} is too large for a theme", cure)
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise OperatorError(f"{_shown(path)}, line {line}: not UTF-8", "save the file as UTF-8") from None


def _explained(path: Path, text: str, error: ErrorDetails) -> OperatorError:
    context = error.get("ctx", {})
    key = tuple(context.get("path") or error["loc"])
    cure = str(context.get("cure", "change it, or leave it out"))
    what = _WANTED.get(error["type"]) or error["msg"]
    if error["type"] == "extra_forbidden":
        known = list((Colours if key[:1] == ("colours",) else ThemeFile).model_fields)
        near = get_close_matches(str(key[-1]), known, n=1)
        what, cure = "is not a part of a theme", f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
    elif error["type"] == "missing":
        cure = 'write name = "my-theme"' if key == ("name",) else 'write primary = "#e0a458" under [colours]'
    line = line_of(text, key)
    place = f"{_shown(path)}, line {line}" if line else _shown(path)
    return OperatorError(f"{place}: {harmless_line('.'.join(str(part) for part in key))[:80]} {what}", cure)


def _role_problem(name: str, value: str) -> tuple[str, str] | None:
    """What is wrong with the role `name` or its value, and the cure. A wrong one would break every style sheet."""
    if name not in role_names():
        near = get_close_matches(name, role_names(), n=1, cutoff=0.6)
        return (
            "is not a role of a theme",
            f"did you mean {near[0]}?" if near else "see Textual's list of theme variables",
        )
    if name.endswith("-style"):
        words = value.split()
        if not words or any(word not in _STYLES for word in words):
            return "is not a style of text", f"write one or more of {', '.join(_STYLES)}"
        return None
    colour, _, share = value.strip().partition(" ")
    if share and not re.fullmatch(r"\s*\d{1,3}(\.\d+)?%", share):
        return "is not a colour", f'{_COLOUR_CURE}; a share follows it: "#e0a458 60%"'
    if colour == "auto":
        return None
    try:
        Color.parse(colour)
    except ColorParseError:
        return "is not a colour", _COLOUR_CURE
    return None


@cache
def role_names() -> frozenset[str]:
    """The variables that a theme can set one by one: those that Textual works out, in either kind of theme."""
    plain = Theme("plain", primary="#336699").to_color_system().generate()
    ansi = Theme("ansi", primary="ansi_blue", ansi=True).to_color_system().generate()
    return frozenset(plain) | frozenset(ansi) | frozenset(BUILTIN_THEMES["ansi-dark"].variables)


@cache
def _colour_names() -> tuple[str, ...]:
    from textual._color_constants import COLOR_NAME_TO_RGB

    return tuple(COLOR_NAME_TO_RGB)


def _shown(path: Path) -> str:
    return harmless_line(str(path))
