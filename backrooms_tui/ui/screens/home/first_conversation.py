"""What stands in the list's place where there are no sessions yet: a first conversation, one key away."""

import asyncio
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Button, Static

if TYPE_CHECKING:
    from backrooms_tui.assembly.opening import Opened
    from backrooms_tui.ui.app import BackroomsApp

# What a first conversation is: it reads best on the little starter model.
_TEMPLATE = "duo"
_MODEL = "local"
# Short turns: the other one answers soon, and the little model stays with the matter.
_PARAMS = {"max_tokens": 160}
_EMPTY = """No sessions yet.

Two voices can talk here within a minute, on a small model
that runs inside this program: no key, no account.
"""
_FETCHED = "About 100 MB are fetched once."
_HERE = "It is on this machine already: nothing is fetched."
_HINT = "f or enter starts it · n sets up your own · m adds keys and models"


class FirstConversation(Vertical):
    """Says what a first conversation is and has the button that starts it; whoever shows it does so."""

    def compose(self) -> ComposeResult:
        """What it is, the button, and the keys."""
        yield Static(_EMPTY + " ", id="welcome")
        yield Button("Start a first conversation", id="first", variant="primary", compact=True)
        yield Static(_HINT, id="hint")

    async def say_what_is_fetched(self) -> None:
        """Find out whether the model is here, and say so."""
        here = await asyncio.to_thread(_starter_is_here)
        self.query_one("#welcome", Static).update(_EMPTY + (_HERE if here else _FETCHED))

    def welcome(self) -> None:
        """Let enter start it."""
        self.query_one("#first", Button).focus()


async def first_conversation(app: "BackroomsApp") -> "Opened | None":
    """Get one ready beside a dialog; None where the person would rather not. To be awaited in a worker."""
    from backrooms_tui.conversation.casting import Choices
    from backrooms_tui.ui.screens.new.getting_ready import GettingReadyScreen

    choices = Choices(models=(_MODEL,), params=_PARAMS, title="A first conversation")
    return await app.push_screen_wait(GettingReadyScreen(_TEMPLATE, choices))


def _starter_is_here() -> bool:
    """Whether the model of a first conversation need not be fetched."""
    from backrooms_tui.providers.local.starter import find_starter
    from backrooms_tui.settings.folders import models_dir

    return find_starter(models_dir()) is not None
