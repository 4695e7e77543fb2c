"""A changed configuration on its way into the running application."""

from typing import TYPE_CHECKING

from backrooms_tui.ui.actions import keymap_of
from backrooms_tui.ui.theming.installing import DEFAULT

if TYPE_CHECKING:
    from backrooms_tui.settings.configuration import Configuration
    from backrooms_tui.ui.app import BackroomsApp


def apply_configuration(app: "BackroomsApp", configuration: "Configuration") -> None:
    """Put `configuration` to use at once: theme, motion and keys, and the endpoints that the catalogue knows.

    Conversations that are open go on with what they began with.
    """
    from backrooms_tui.providers.endpoints import with_presets

    workspace = app.workspace
    workspace.configuration = configuration
    # The catalogue is one object for everybody who resolves names: it learns of new endpoints where it stands.
    endpoints = workspace.catalogue.endpoints
    endpoints.clear()
    endpoints.update(with_presets(configuration.endpoints))
    keymap, _ = keymap_of(configuration.keys)
    app.set_keymap(keymap)
    app.animation_level = "none" if configuration.ui.get("reduce_motion") is True else "full"
    theme = str(configuration.ui.get("theme", DEFAULT))
    if theme in app.available_themes:
        app.theme = theme
