"""How long Textual's pilot waits for a screen to come to rest after a key.

It waits until the process has worked less than a twentieth of a stretch of time, which is 20 ms, and twice for each
key: half the time of a test in which much is typed. A shorter stretch tells nearly the same; what comes later is waited
for (`conditions.until`).
"""

import pytest
import textual._wait

STRETCH = 0.004


def wait_no_longer_than_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the stretch shorter for one test."""
    monkeypatch.setattr(textual._wait, "SLEEP_GRANULARITY", STRETCH)
    monkeypatch.setattr(textual._wait, "SLEEP_IDLE", STRETCH / 10)
