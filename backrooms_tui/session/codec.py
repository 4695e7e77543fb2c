"""Events, setups and judgements to JSON and back, for the store, for JSON Lines and for whoever reads them."""

from functools import cache
from typing import Annotated, Any, cast

from pydantic import Field, TypeAdapter

from backrooms_tui.session.events import AnyEvent
from backrooms_tui.session.judgement import Judgement
from backrooms_tui.session.setup import Setup


@cache
def _events() -> TypeAdapter[AnyEvent]:
    return TypeAdapter(Annotated[AnyEvent, Field(discriminator="kind")])


@cache
def _setups() -> TypeAdapter[Setup]:
    return TypeAdapter(Setup)


@cache
def _judgements() -> TypeAdapter[Judgement]:
    return TypeAdapter(Judgement)


def event_to_json(event: AnyEvent) -> str:
    """One line of JSON: `kind`, `seq`, `at` and the event's own fields. Characters outside ASCII stand as they are."""
    return _events().dump_json(event).decode()


def event_to_dict(event: AnyEvent) -> dict[str, Any]:
    """The event as plain JSON values."""
    return cast("dict[str, Any]", _events().dump_python(event, mode="json"))


def event_from_json(text: str | bytes) -> AnyEvent:
    """The event that `event_to_json` wrote. Raises ValueError (pydantic's) that says which field is wrong."""
    return _events().validate_json(text)


def event_from_dict(values: dict[str, Any]) -> AnyEvent:
    """The event that `event_to_dict` gave. Raises ValueError (pydantic's) that says which field is wrong."""
    return _events().validate_python(values)


def setup_to_json(setup: Setup) -> str:
    """A setup as one line of JSON."""
    return _setups().dump_json(setup).decode()


def setup_from_json(text: str | bytes) -> Setup:
    """The setup that `setup_to_json` wrote. Raises ValueError (pydantic's)."""
    return _setups().validate_json(text)


def judgement_to_json(judgement: Judgement) -> str:
    """A judgement as one line of JSON."""
    return _judgements().dump_json(judgement).decode()


def judgement_from_json(text: str | bytes) -> Judgement:
    """The judgement that `judgement_to_json` wrote. Raises ValueError (pydantic's)."""
    return _judgements().validate_json(text)


def judgement_to_dict(judgement: Judgement) -> dict[str, Any]:
    """The judgement as plain JSON values."""
    return cast("dict[str, Any]", _judgements().dump_python(judgement, mode="json"))


def judgement_from_dict(values: dict[str, Any]) -> Judgement:
    """The judgement that `judgement_to_dict` gave. Raises ValueError (pydantic's)."""
    return _judgements().validate_python(values)
