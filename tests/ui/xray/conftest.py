"""The x-ray screen, opened from a stage or a replay."""

from tests.ui.replay.conftest import kept as kept
from tests.ui.replay.conftest import on_replay as on_replay
from tests.ui.stage.conftest import on_stage as on_stage
