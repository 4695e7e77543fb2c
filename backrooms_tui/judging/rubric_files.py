"""Rubrics by name or by path: a person's own, the built-in ones, and any file."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from backrooms_tui.session.trouble import OperatorError

if TYPE_CHECKING:
    from backrooms_tui.session.judgement import Rubric

Origin = Literal["personal", "built-in", "file"]
BUILT_IN = Path(__file__).parent / "builtin"
_SUFFIX = ".toml"


@dataclass(frozen=True, slots=True)
class RubricSummary:
    """A rubric as a list shows it. `problem` says why a broken file cannot be used; `rubric` is None then."""

    name: str
    path: Path
    origin: Origin
    rubric: "Rubric | None" = None
    problem: str = ""


def find_rubric(name: str, folder: Path | None) -> "Rubric":
    """The rubric that `name` means: a path (with a / or \\, or ending in .toml), else a name, looked for in the
    person's `folder` first, then among the built-in ones.

    Raises OperatorError where there is none, with the nearest names, and for a file with mistakes: the first one, and
    how many more there are.
    """
    if "/" in name or "\\" in name or name.lower().endswith(_SUFFIX):
        path = _expanded(Path(name))
        return _load(path.stem or path.name, path, str(path))
    found = _all(folder)
    if name not in found:
        from backrooms_tui.templates.findings import did_you_mean

        raise OperatorError(f"there is no rubric {name!r}", did_you_mean(name, found))
    return _load(*_named(name, *found[name]))


def rubric_names(folder: Path | None) -> list[str]:
    """All names that `find_rubric` knows, the person's own first. Raises OperatorError where `folder` cannot be
    read."""
    found = _all(folder)
    return sorted(found, key=lambda name: (found[name][1] == "built-in", name))


def list_rubrics(folder: Path | None) -> list[RubricSummary]:
    """What `rubric_names` are; a file that is broken is listed as such."""
    found = _all(folder)
    return [_summary(name, *found[name]) for name in rubric_names(folder)]


def _summary(name: str, path: Path, origin: Origin) -> RubricSummary:
    try:
        return RubricSummary(name, path, origin, _load(*_named(name, path, origin)))
    except OperatorError as error:
        return RubricSummary(name, path, origin, problem=error.what)


def _load(name: str, path: Path, shown: str) -> "Rubric":
    from backrooms_tui.judging.rubric_checking import checked_rubric
    from backrooms_tui.templates.findings import sentence
    from backrooms_tui.templates.reading import read_text

    rubric, findings = checked_rubric(read_text(path, "rubric"), name, shown)
    if rubric is not None:
        return rubric
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    raise OperatorError(f"{sentence(findings[0])}{more}", findings[0].cure)


def _named(name: str, path: Path, origin: Origin) -> tuple[str, Path, str]:
    """What is loaded, from where, and how messages name the file."""
    return name, path, f"{name}{_SUFFIX} (built in)" if origin == "built-in" else str(path)


def _all(folder: Path | None) -> dict[str, tuple[Path, Origin]]:
    return {**_in_folder(BUILT_IN, "built-in"), **(_in_folder(folder, "personal") if folder is not None else {})}


def _in_folder(folder: Path, origin: Origin) -> dict[str, tuple[Path, Origin]]:
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == _SUFFIX and path.name[0] != ".")
    except FileNotFoundError:
        return {}
    except OSError as error:
        reason = error.strerror or str(error)
        raise OperatorError(f"the rubrics folder {folder} cannot be read: {reason}", "check the folder") from None
    return {path.stem: (path, origin) for path in paths}


def _expanded(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:  # a ~name that nobody has
        return path
