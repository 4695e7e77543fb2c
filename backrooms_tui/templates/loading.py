"""Templates by name or by path: a person's own, the built-in ones, and any file."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.findings import did_you_mean
from backrooms_tui.templates.reading import read_text

if TYPE_CHECKING:
    from backrooms_tui.templates.document import Template

Origin = Literal["personal", "built-in", "file"]
BUILT_IN = Path(__file__).parent / "builtin"
_SUFFIX = ".toml"


@dataclass(frozen=True, slots=True)
class TemplateSource:
    """A template that was found: what it is called, where its file is, and whose it is."""

    name: str
    path: Path
    origin: Origin

    @property
    def shown(self) -> str:
        """The file as messages name it."""
        return f"{self.name}{_SUFFIX} (built in)" if self.origin == "built-in" else str(self.path)


@dataclass(frozen=True, slots=True)
class TemplateSummary:
    """A template as a list shows it. `problem` says why a broken file cannot be used, "" where it can.

    `hidden` is true for a built-in one whose name a person's own template has taken.
    """

    source: TemplateSource
    title: str = ""
    description: str = ""
    seats: int = 0
    problem: str = ""
    hidden: bool = False


def find_template(name: str, folder: Path | None) -> TemplateSource:
    """The template that `name` means: a path (with a / or \\, or ending in .toml), else a name.

    A name is looked for in the person's `folder` first, then among the built-in ones. Raises OperatorError, with the
    nearest names, where there is none.
    """
    if "/" in name or "\\" in name or name.lower().endswith(_SUFFIX):
        return _by_path(name, folder)
    found = {**_in_folder(BUILT_IN, "built-in"), **_in_folder(folder, "personal")}
    if name in found:
        return found[name]
    raise OperatorError(f"there is no template {name!r}", did_you_mean(name, found))


def load_template(source: TemplateSource) -> "Template":
    """The template at `source`, checked whole. Raises OperatorError: the first mistake, and how many more there are."""
    from backrooms_tui.templates.checking import checked_template, sentence

    template, findings = checked_template(read_text(source.path), source.shown)
    if template is not None:
        return template
    first, *others = [finding for finding in findings if finding.severity == "error"]
    more = f" (and {len(others)} more)" if others else ""
    raise OperatorError(f"{sentence(first)}{more}", first.cure)


def list_templates(folder: Path | None) -> list[TemplateSummary]:
    """The person's templates and the built-in ones, each group by name. A file that is broken is listed as such.

    Raises OperatorError only where `folder` itself cannot be read.
    """
    own = _in_folder(folder, "personal")
    built_in = _in_folder(BUILT_IN, "built-in")
    return [
        *(_summary(source) for source in own.values()),
        *(replace(_built_in_summary(source), hidden=source.name in own) for source in built_in.values()),
    ]


@cache
def _built_in_summary(source: TemplateSource) -> TemplateSummary:
    """They stay as they are while the program runs."""
    return _summary(source)


def _summary(source: TemplateSource) -> TemplateSummary:
    try:
        template = load_template(source)
    except OperatorError as error:
        return TemplateSummary(source, problem=error.what)
    return TemplateSummary(source, template.title, template.description, template.seats)


def _by_path(name: str, folder: Path | None) -> TemplateSource:
    path = Path(name)
    try:
        path = path.expanduser()
        exists = path.exists()
    except (OSError, RuntimeError, ValueError):  # a ~name that nobody has, a path too long, a NUL
        exists = False
    if not exists:
        bare = name[: -len(_SUFFIX)] if name.lower().endswith(_SUFFIX) else name
        known = {**_in_folder(BUILT_IN, "built-in"), **_in_folder(folder, "personal")}
        if bare in known:
            raise OperatorError(f"there is no file {name}", f"the template of that name is called {bare}")
        near = did_you_mean(path.name, _file_names(path.parent), "check the path")
        raise OperatorError(f"there is no file {name}", near)
    return TemplateSource(path.stem or path.name, path, "file")


def _file_names(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir() if path.suffix.lower() == _SUFFIX]
    except (OSError, ValueError):
        return []


def _in_folder(folder: Path | None, origin: Origin) -> dict[str, TemplateSource]:
    if folder is None:
        return {}
    try:
        found = (path for path in folder.iterdir() if path.suffix.lower() == _SUFFIX and path.name[0] != ".")
        paths = sorted(found, key=lambda path: (path.stem, path.name))
    except FileNotFoundError:
        return {}
    except OSError as error:
        reason = error.strerror or str(error)
        raise OperatorError(f"the templates folder {folder} cannot be read: {reason}", "check the folder") from None
    return {path.stem: TemplateSource(path.stem, path, origin) for path in paths}
