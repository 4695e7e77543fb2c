"""How long Textual's pilot waits for a screen to come to rest after a key.

It waits until the process has worked less than a twentieth of a stretch of time, which is 20 ms, and twice for each
key: most of the time of a test in which much is typed. A shorter stretch tells the same. Tests that depend on what
comes later wait for it (`tests.ui.conditions.until`).
"""

import pytest
import textual._wait

STRETCH = 0.004


@pytest.fixture(autouse=True, scope="session")
def _pilot_waits_no_longer_than_it_must() -> None:
    textual._wait.SLEEP_GRANULARITY = STRETCH
    textual._wait.SLEEP_IDLE = STRETCH / 10
