"""A changed configuration on its way into the running application."""

from typing import TYPE_CHECKING

from backrooms_tui.ui.actions import keymap_of
from backrooms_tui.ui.theming.installing import DEFAULT

if TYPE_CHECKING:
    from backrooms_tui.settings.configuration import Configuration
    from backrooms_tui.ui.app import BackroomsApp


def apply_configuration(app: "BackroomsApp", configuration: "Configuration") -> None:
    """Put `configuration` to use at once: theme, motion and keys, and the models that its names reach."""
    app.workspace.reconfigure(configuration)
    keymap, _ = keymap_of(configuration.keys)
    app.set_keymap(keymap)
    app.animation_level = "none" if configuration.ui.get("reduce_motion") is True else "full"
    theme = str(configuration.ui.get("theme", DEFAULT))
    if theme in app.available_themes:
        app.theme = theme
