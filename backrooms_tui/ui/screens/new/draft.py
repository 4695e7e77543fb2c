"""What stands in the form, as typed, and what it means."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from backrooms_tui.session.parameters import checked
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.amounts import dollars, limit, seconds, whole_number
from backrooms_tui.ui.screens.new.beside import Beside

if TYPE_CHECKING:
    from backrooms_tui.conversation.casting import Choices
    from backrooms_tui.session.setup import ParamValue


@dataclass(frozen=True, slots=True)
class Draft:
    """The form's fields as they were typed, and what its dialogs gave. `models` and `params` are by seat, from the
    first. `web` (a permission), `notebook` and `documents` (a folder) are for the built-in world, where it is at the
    table; they are empty where it is not."""

    variables: Mapping[str, str] = field(default_factory=dict)
    models: tuple[str, ...] = ()
    params: tuple[str, ...] = ()
    max_turns: str = ""
    max_rounds: str = ""
    max_tokens: str = ""
    max_seconds: str = ""
    budget: str = ""
    seed: str = ""
    title: str = ""
    order: str = ""
    manager: str = ""
    ladder: bool | None = None
    web: str = ""
    notebook: str = ""
    documents: str = ""
    beside: Beside = field(default_factory=Beside)

    def choices(self) -> "Choices":
        """What a conversation is cast with. Raises OperatorError for the first field that is wrong."""
        from backrooms_tui.conversation.casting import Choices

        return Choices(
            models=tuple(model.strip() for model in self.models),
            # Where there is one seat, its model is not meant for the members of its council.
            seats_only=True,
            variables=dict(self.variables),
            seat_params={seat: params_of(text) for seat, text in enumerate(self.params, 1) if text.strip()},
            max_turns=limit(self.max_turns, "the turn limit"),
            max_rounds=limit(self.max_rounds, "the round limit"),
            max_tokens=limit(self.max_tokens, "the token limit"),
            max_seconds=seconds(self.max_seconds),
            budget=dollars(self.budget),
            seed=whole_number(self.seed, "the seed"),
            title=" ".join(self.title.split()) or None,
            order=self.order or None,
            # A manager that is out of sight picks nobody.
            manager=(self.manager.strip() or None) if self.order == "manager" else None,
            ladder=self.ladder,
            permissions={"web": self.web} if self.web else {},  # type: ignore[dict-item]
            notebook=" ".join(self.notebook.split()) or None,
            documents=folder(self.documents) or None,
            own_rules=self.beside.rules,
            manners=self.beside.manners,
        )


def params_of(text: str) -> "dict[str, ParamValue]":
    """`temperature=0.7 max_tokens=300` as parameters by name. Raises OperatorError for the first that cannot be."""
    found: dict[str, ParamValue] = {}
    for word in text.replace(",", " ").split():
        name, equals, value = word.partition("=")
        if not name or not equals or not value:
            raise OperatorError(f"{word!r} is no parameter", "write name=value, such as temperature=0.7")
        found[name] = checked(name, value)
    return found


def folder(text: str) -> str:
    """The folder that a person means, whole; "" for none. Raises OperatorError where there is none of that name."""
    if not text.strip():
        return ""
    path = Path(text.strip()).expanduser().absolute()
    if not path.is_dir():
        raise OperatorError("no such folder", "give one whose documents may be searched, or leave it empty")
    return str(path)


def params_text(params: "Mapping[str, ParamValue]") -> str:
    """Parameters as they are typed."""
    return " ".join(f"{name}={str(value).lower()}" for name, value in params.items())
