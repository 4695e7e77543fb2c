"""What is known of a model, in few letters: its price, its window, and whether it can be asked."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.providers.catalogue.listings import CatalogueEntry


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


def about_model(workspace: "Workspace", text: str) -> tuple[str, str]:
    """What is known of the model that `text` means, and what keeps it from being used now ("" for nothing)."""
    resolved = workspace.catalogue.resolve(text)
    found = workspace.catalogue.listings(resolved.reference)
    entry = next((one for one in found if one.means == resolved.reference), None)
    window = resolved.window or (entry.window if entry is not None else None)
    price = price_text(entry) if entry is not None else "free" if _is_free(workspace, resolved.reference) else ""
    price = f"{price} a million" if "/" in price else price
    size = f"{window_text(window)} tokens" if window else ""
    parts = [resolved.display_name, price, size, *resolved.notices]
    use = workspace.providers.usable(resolved.reference)
    if use.yes:
        parts.append(use.why)
    return " · ".join(part for part in parts if part), "" if use.yes else use.why


def _is_free(workspace: "Workspace", reference: str) -> bool:
    from backrooms_tui.session.usage import Usage

    return workspace.catalogue.cost(reference, Usage(1000, 1000)) == 0
