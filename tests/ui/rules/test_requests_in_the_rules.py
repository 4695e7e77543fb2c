"""What agents may ask for by themselves is seen and set among the rules."""

import pytest

from backrooms_tui.session.request_events import REQUESTS
from backrooms_tui.session.setup import Rules
from tests.ui.rules.conftest import Opens


async def test_each_request_is_off_asked_for_or_on(opens: Opens) -> None:
    async with opens(Rules(requests={"vote": "allow", "invite": "ask"}), size=(80, 24)) as dialog:
        await dialog.sees("whisper: off", "vote: on", "invite: ask", "leave: off", "mute: off", "note: off")
        await dialog.put(**{"request:vote": "deny", "request:mute": "ask"})
        changed = await dialog.applied()
        assert changed is not None
        assert dict(changed.requests) == {"invite": "ask", "mute": "ask"}


@pytest.mark.parametrize("requests", [{}, {"*": "ask"}, {"vote": "deny"}, {"invite": "allow", "note": "allow"}])
async def test_requests_that_nobody_touched_stay_as_they_are(opens: Opens, requests: dict[str, str]) -> None:
    async with opens(Rules(requests=requests)) as dialog:  # type: ignore[arg-type]
        await dialog.put(play=True)
        changed = await dialog.applied()
        assert changed is not None
        assert changed == Rules(requests=requests, play=True)  # type: ignore[arg-type]


async def test_a_person_may_let_agents_invite_others(opens: Opens) -> None:
    async with opens(Rules()) as dialog:
        await dialog.put(**{f"request:{name}": "allow" for name in REQUESTS})
        changed = await dialog.applied()
        assert changed is not None
        assert dict(changed.requests) == dict.fromkeys(REQUESTS, "allow")


async def test_a_world_picks_nobody(opens: Opens) -> None:
    async with opens(Rules()) as dialog:
        await dialog.put(order="manager", manager="cli")
        await dialog.sees("exos is a world, not a model")
        await dialog.press("ctrl+s")
        await dialog.sees("exos is a world, not a model")
        assert not dialog.given
