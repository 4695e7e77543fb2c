"""A field for the order in which agents speak, each with what it does."""

from rich.text import Text
from textual.widgets import Select

# What a form says while the field has the focus.
ABOUT_ORDER = "who speaks next: type to search, enter opens"


def order_select(order: str, *, id: str) -> Select[str]:
    """All orders to choose from, with `order` chosen."""
    from backrooms_tui.templates.orders import ORDERS

    options = [(Text(f"{name} · {what}", overflow="ellipsis", no_wrap=True), name) for name, what in ORDERS.items()]
    return Select(options, allow_blank=False, value=order, id=id, compact=True)
