"""What agents may ask for by themselves: a field for each request, off, asked for or allowed."""

from collections.abc import Mapping, Sequence

from rich.text import Text
from textual.widget import Widget
from textual.widgets import Select

from backrooms_tui.session.request_events import REQUESTS
from backrooms_tui.session.world import Permission, permitted
from backrooms_tui.ui.screens.rules.editing import Typed
from backrooms_tui.ui.widgets.field_row import Row

_SAID: Mapping[Permission, str] = {"deny": "off", "ask": "ask", "allow": "on"}
_ABOUT = "what agents may ask for by themselves; ask: you decide each time"
_IN_A_ROW = 3


def request_rows(requests: Mapping[str, Permission]) -> Sequence[Widget]:
    """All requests, as `requests` has them."""
    fields = [_field(name, permitted(requests, name, "deny")) for name in REQUESTS]
    return [
        Row("" if begin else "requests", fields[begin : begin + _IN_A_ROW], about=_ABOUT)
        for begin in range(0, len(fields), _IN_A_ROW)
    ]


def requests_of(typed: Typed, before: Mapping[str, Permission]) -> Mapping[str, Permission]:
    """What was chosen in place of `before`, which stays as it is where nothing is different."""
    chosen = {name: typed[_key(name)] for name in REQUESTS}
    if all(permitted(before, name, "deny") == said for name, said in chosen.items()):
        return before
    return {name: said for name, said in chosen.items() if said != "deny"}  # type: ignore[misc]


def _field(name: str, now: Permission) -> tuple[str, Widget]:
    options = [(Text(f"{name}: {said}"), permission) for permission, said in _SAID.items()]
    select: Select[Permission] = Select(options, allow_blank=False, value=now, id=f"request-{name}", compact=True)
    return _key(name), select


def _key(name: str) -> str:
    return f"request:{name}"
