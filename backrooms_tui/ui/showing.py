"""Text from outside on its way to the screen: harmless, and never parsed as markup."""

from textual.content import Content

from backrooms_tui.session.harmless import harmless, harmless_line


def shown(text: str) -> Content:
    """Several lines of outside text as Textual may draw them."""
    return Content(harmless(text).expandtabs(4))


def shown_line(text: str) -> Content:
    """A name or a title: one line."""
    return Content(harmless_line(text))
