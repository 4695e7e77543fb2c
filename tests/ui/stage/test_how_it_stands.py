"""The line on top says how the conversation stands."""

from backrooms_tui.session.events import SessionOpened
from backrooms_tui.session.setup import AgentSetup, Rules, Setup
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.ui.screens.stage.standing import standing


def opened(order: str) -> SessionState:
    agents = (AgentSetup(1, "Ada", "local/x.gguf"), AgentSetup(2, "Ben", "local/x.gguf"))
    setup = Setup("t", "duo", agents, Rules(order=order))
    return apply(SessionState(), SessionOpened(seq=1, at=0.0, session="s", setup=setup))


def test_while_models_are_asked_who_speaks_it_says_so() -> None:
    for order in ("bidding", "manager"):
        assert standing(opened(order), running=True, pausing=False, picked=None, choosing=True).word == "… choosing"
    # An order that needs nobody's answer takes no time that a reader could see.
    assert standing(opened("round-robin"), running=True, pausing=False, picked=None, choosing=True).word == "▶ running"
    assert standing(opened("bidding"), running=True, pausing=False, picked=None).word == "▶ running"
    assert standing(opened("bidding"), running=True, pausing=True, picked=None, choosing=True).word == "◌ pausing"
