"""Two agents with councils, one of whose members has a council of its own."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from backrooms_tui.ui.screens.replay.replay import ReplayScreen
from tests.ui.replay.conftest import OnReplay as OnReplay
from tests.ui.replay.conftest import Replay
from tests.ui.replay.conftest import on_replay as on_replay
from tests.ui.stage.conftest import OnStage as OnStage
from tests.ui.stage.conftest import Stage
from tests.ui.stage.conftest import on_stage as on_stage

ADA = ("Ada wants to wait a whole year.", "Ada wants to publish at once.", "Ada has decided.")
BO = ("Bo would rather sell it.", "Bo has second thoughts.")
_TEMPLATE = """
[template]
title = "Forecast"
[rules]
mode = "statements"
max_turns = 4
[rules.rounds]
name = "Year"
first = "2027"
last = "2028"
[[agents]]
name = "Halden"
[agents.council]
opening = "What should we say?"
[agents.council.rules]
max_turns = 2
[[agents.council.agents]]
name = "Mara"
[agents.council.agents.council]
opening = "Advise her."
[agents.council.agents.council.rules]
max_turns = 2
[[agents.council.agents.council.agents]]
name = "Kit"
[[agents.council.agents.council.agents]]
name = "Lou"
[[agents.council.agents]]
name = "Jonas"
[[agents]]
name = "Brightwater"
[agents.council]
opening = "What now?"
[agents.council.rules]
max_turns = 2
[[agents.council.agents]]
name = "Ines"
[[agents.council.agents]]
name = "Otto"
"""


@pytest.fixture
def forecast(tmp_path: Path) -> str:
    """The template."""
    path = tmp_path / "forecast.toml"
    path.write_text(_TEMPLATE, "utf-8")
    return str(path)


@pytest.fixture
async def kept(
    played: Callable[..., Awaitable[str]], script: Callable[..., str], forecast: str
) -> Callable[[], Awaitable[str]]:
    """Plays one round of it, and keeps it."""

    async def play() -> str:
        return await played(script("ada", *ADA), script("bo", *BO), template=forecast, turns=2)

    return play


def council_screen(app: Stage | Replay) -> ReplayScreen:
    """The replay that is on top."""
    screen = app.app.screen
    assert isinstance(screen, ReplayScreen)
    return screen
