"""The application with an empty page in place of home, for tests of one screen at a time."""

from pathlib import Path

from textual.screen import Screen

import backrooms_tui.ui.app
from backrooms_tui.ui.app import BackroomsApp


class BareApp(BackroomsApp):
    """Begins with nothing on the screen, so that what a test opens is all there is."""

    CSS_PATH = Path(backrooms_tui.ui.app.__file__).with_name("app.tcss")

    def show_home(self) -> None:
        """An empty page."""
        self.push_screen(Screen())
