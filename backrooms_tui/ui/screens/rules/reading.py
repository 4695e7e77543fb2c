"""What is typed into the fields of a rule, in the values that it stands for."""

from collections.abc import Iterable, Mapping
from textwrap import dedent
from typing import TYPE_CHECKING

from backrooms_tui.session.harmless import harmless
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.widgets.field_row import sentence
from backrooms_tui.ui.widgets.model_text import about_model

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.templates.shape import Mistake

_MORE = "  "  # what begins the further lines of one entry


def number_text(value: float | None) -> str:
    """A number as it is typed; nothing for none."""
    return "" if value is None else repr(value).removesuffix(".0")


def whole(text: str) -> int | str:
    """The whole number that `text` is; the text itself, for the checker to refuse, where it is none."""
    try:
        return int(text)
    except ValueError:
        return text.strip()


def fraction(text: str) -> float | str:
    """The number that `text` is; the text itself, for the checker to refuse, where it is none."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return text.strip()


def lines_of(text: str) -> tuple[str, ...]:
    """The lines that say something, each once."""
    return tuple(dict.fromkeys(line.strip() for line in text.split("\n") if line.strip()))


def topics_text(topics: Iterable[str]) -> str:
    """Several texts as they are typed: each begins a line of its own, and goes on in lines that are moved in."""
    return "\n".join(harmless(one).replace("\n", f"\n{_MORE}") for one in topics)


def topics_of(text: str) -> tuple[str, ...]:
    """The texts that were typed, each once."""
    found: list[str] = []
    for line in dedent(text).split("\n"):
        if line.startswith(_MORE) and found:
            found[-1] += f"\n{line.removeprefix(_MORE)}"
        elif line.strip():
            found.append(line.strip())
    return tuple(dict.fromkeys(one.strip() for one in found))


def model_of(workspace: "Workspace", key: str, text: str, before: str, wrong: dict[str, str]) -> str:
    """The full reference of the model that is typed for `key`; what was there `before` stays, whatever it is."""
    if text.strip() in ("", before):
        return text.strip()
    from backrooms_tui.conversation.casting import that_can_be_asked

    try:
        return that_can_be_asked(workspace.catalogue.resolve(text)).reference
    except OperatorError as error:
        wrong[key] = sentence(error)
        return text.strip()


def tell_of_model(
    workspace: "Workspace", key: str, model: str, notes: dict[str, str], warnings: dict[str, str]
) -> None:
    """What is known of `model`, and what would keep it from being used now."""
    try:
        notes[key], warning = about_model(workspace, model)
    except OperatorError as error:
        warning = error.what
    if warning:
        warnings[key] = warning


def key_of(mistake: "Mistake") -> str:
    """The field that it is at."""
    return next((part for part in reversed(mistake.path) if isinstance(part, str)), "")


def complaint(mistake: "Mistake", cures: Mapping[str, str]) -> str:
    """A mistake at its field. Where its cure is to write something into a file, `cures` has another one, by key."""
    in_file = not mistake.cure or " = " in mistake.cure
    cure = cures.get(key_of(mistake), "") if in_file else mistake.cure
    return f"{mistake.what} — {cure}" if cure else mistake.what
