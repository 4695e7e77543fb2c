"""Whatever agents ask for, a request begins with the one before it and the reply to that."""

import random

import pytest

from tests.conversation.requests.asking import ALL, Table

LINES = (
    '!whisper Bo "psst {n}"',
    '!whisper Ada "over\nlines {n}"',
    '!vote "Go {n}?" "yes" "no"',
    "!vote yes",
    "!vote nothing",
    '!invite played/new "a sailor {n}" Dee',
    '!invite nobody "x"',
    "!leave",
    "!mute Cy",
    "!mute Bo 2",
    '!note "n {n}"',
    "Plain words {n}.",
    "More words {n}.",
    "```\n!leave\n```",
)


def script(seed: int) -> list[str]:
    drawn = random.Random(seed)
    return ["\n".join(drawn.choices(LINES, k=drawn.randint(1, 4))).format(n=n) for n in range(40)]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("mode", ["turns", "statements"])
async def test_a_request_extends_the_last_one(seed: int, mode: str) -> None:
    asked = {name: ("ask" if name == "invite" and seed % 3 == 0 else "allow") for name in ALL}
    table = Table(*script(seed), requests=asked, mode=mode)  # type: ignore[arg-type]
    for _ in range(40):
        await table.conversation.run(1)
        if table.conversation.asked is not None:
            table.conversation.decide("once" if seed % 2 else "deny", "no")
    assert table.state.turn > 20
    by_seat: dict[int, list[tuple[str, str]]] = {}
    for request in table.provider.requests:
        now = [(message.role, message.text) for message in request.messages]
        before = by_seat.get(request.seat, [])
        # The last message of the user may have been told more; all before it stays as it was.
        assert now[: len(before)] == before
        by_seat[request.seat] = now
        assert [role for role, _ in now] == ["user", "assistant"] * (len(now) // 2) + ["user"]
    heard = [message for request in table.provider.requests for message in request.messages if message.role == "user"]
    assert not any(line.startswith("!") and line != "!leave" for one in heard for line in one.text.split("\n"))
