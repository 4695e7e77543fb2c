"""Whether a screen is there to be drawn on.

A timer, the end of a worker or a message of another screen may come while a screen stands on the stack and is not
composed yet, or while it, or the whole application, is on its way out. Its widgets are not to be found then.
"""

from textual.widget import Widget


def is_there(widget: Widget) -> bool:
    """Whether `widget` (a screen, too) is composed, and neither it nor the application is on its way out."""
    return widget.is_mounted and widget.is_attached and widget.app.is_running
