"""What is known of a model, in few letters: its price and its window."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backrooms_tui.providers.listings import CatalogueEntry


def price_text(entry: "CatalogueEntry") -> str:
    """What a million tokens cost in USD, in and out; nothing where nobody knows."""
    if entry.input_price is None or entry.output_price is None:
        return ""
    if not entry.input_price and not entry.output_price:
        return "free"
    return f"${entry.input_price:g} / ${entry.output_price:g}"


def window_text(window: int | None) -> str:
    """A context window, in tokens; nothing where nobody knows."""
    if window is None:
        return ""
    if window >= 1_000_000:
        return f"{window / 1_000_000:.1f}".removesuffix(".0") + "M"
    return f"{window // 1000}k" if window >= 1000 else str(window)
