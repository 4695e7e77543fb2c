"""What an agent was sent for a turn can be read, and what it should not have heard is not there."""

import pytest

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.events import (
    AgentLeft,
    AgentReturned,
    Interjected,
    ParameterOmitted,
    Remembered,
    Reminded,
    TurnFailed,
    TurnStarted,
    Whispered,
    WindowMoved,
)
from backrooms_tui.session.trouble import Trouble
from backrooms_tui.ui.screens.xray.page import Page
from backrooms_tui.ui.screens.xray.xray import XRayScreen
from tests.hostile import HOSTILE, control_bytes
from tests.ui.replay.conftest import Kept, OnReplay
from tests.ui.widgets.talk import Talk
from tests.ui.xray.seeing import kept_talk, rows_of, screen_of

NAMES = ("Ada", "Bo", "Cy")


def eventful() -> Talk:
    """Three agents, one of them away for a while, whispers, a cue, a reminder, a memory, a moved window."""
    talk = Talk(3, NAMES)
    talk.happens(Interjected, text="Begin, please.")
    talk.turn("Ada opens.", 1)
    talk.happens(AgentLeft, agent=2)
    talk.turn("Cy alone with Ada.", 3)
    talk.happens(AgentReturned, agent=2)
    talk.happens(Whispered, to=1, text="For Ada alone.")
    talk.happens(Whispered, to=2, text="The power fails.", source="cue")
    talk.turn("Bo is back.", 2)
    talk.turn("Ada again.", 1)
    talk.happens(WindowMoved, agent=2, first_entry=2, turns=1)
    talk.happens(Remembered, agent=2, text="Ada began.")
    talk.happens(Reminded, agent=2, text="Stay Bo.")
    talk.turn("Bo at the end.", 2)
    return talk


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_what_was_sent_can_be_read(workspace: Workspace, on_replay: OnReplay, size: tuple[int, int]) -> None:
    async with on_replay(await kept_talk(workspace, eventful()), 5, size=size) as replay:
        await replay.sees("turn 5 of 5")
        await replay.press("x")
        await replay.sees("X-ray", "turn 5 of 5", "② Bo", "━━ Sent ━", "no longer within the window", "turn 2: said")
        told = rows_of(replay.app)
        for piece in ("memory", "Ada began.", "cue", "[Only you notice: The power fails.]", "reminder, after turn 4"):
            assert piece in told
        assert "turn 3" in told
        assert "Bo is back." in told
        assert "1,000 tokens in, 900 of them from the cache" in told
        assert "cached up to about here (estimated by length)" in told
        # All of it comes into sight with the keys that scroll.
        await replay.press("end")
        await replay.sees("Bo at the end.")
        await replay.press("home")
        await replay.sees("━━ Sent ━")


async def test_what_others_were_told_and_what_was_missed_is_not_in_it(
    workspace: Workspace, on_replay: OnReplay
) -> None:
    async with on_replay(await kept_talk(workspace, eventful()), 5) as replay:
        await replay.sees("turn 5 of 5")
        await replay.press("x")
        for turn in (5, 3):
            await replay.sees(f"turn {turn} of 5")
            told = rows_of(replay.app)
            assert "For Ada alone." not in told
            assert "Cy alone with Ada." not in told
            await replay.press("b", "b")
        await replay.sees("turn 1 of 5")
        assert "Begin, please." in rows_of(replay.app)


async def test_keys_go_from_turn_to_turn_and_from_part_to_part(kept: Kept, on_replay: OnReplay) -> None:
    async with on_replay(await kept(4), 2, size=(80, 24)) as replay:
        await replay.sees("turn 2 of 4")
        await replay.press("x")
        await replay.sees("X-ray", "turn 2 of 4", "② Jonas")
        assert "Bo says one." in rows_of(replay.app)
        await replay.press("n")
        await replay.sees("turn 3 of 4", "① Mara")
        assert "Ada says two." in rows_of(replay.app)
        await replay.press("right", "right", "right")
        await replay.sees("turn 4 of 4")
        await replay.press("left", "left", "left", "left")
        await replay.sees("turn 1 of 4")
        assert "Bo says one." not in rows_of(replay.app)
        await replay.press("escape")
        await replay.until(lambda: replay.app.screen is replay.screen)
        assert replay.standing() == (2, False)


async def test_tab_goes_through_the_messages(workspace: Workspace, on_replay: OnReplay) -> None:
    talk = Talk(2)
    for turn in range(6):
        talk.turn("\n".join(f"line {line} of {turn + 1}" for line in range(40)), turn % 2 + 1)
    async with on_replay(await kept_talk(workspace, talk), 6, size=(80, 24)) as replay:
        await replay.sees("turn 6 of 6")
        await replay.press("x")
        await replay.sees("━━ Sent")
        await replay.press("tab", "tab", "tab")
        await replay.sees("── 2 · assistant · turn 2, Simulator ─")
        await replay.press("tab")
        await replay.sees("── 3 · user · turn 3, Explorer ─")
        await replay.press("shift+tab")
        await replay.sees("── 2 · assistant")
        await replay.press(*["tab"] * 9)
        await replay.sees("── reply", "line 0 of 6")


async def test_attempts_parameters_and_troubles_are_told(workspace: Workspace, on_replay: OnReplay) -> None:
    talk = Talk(2)
    busy = Trouble("overloaded", "it is overloaded", "wait a moment", status=529)
    named = {"turn": 1, "agent": 1, "name": "Explorer"}
    params = {"temperature": 0.7, "top_k": 4, "stop": ("a", "b")}
    talk.happens(TurnStarted, **named, attempt=1, model="x/one", params=params)
    talk.happens(TurnFailed, **named, attempt=1, text="Half a", reasoning="thought", trouble=busy, retry_in=0.1)
    talk.happens(TurnStarted, **named, attempt=2, model="x/one", params=params)
    talk.happens(ParameterOmitted, agent=1, name="top_k", why="the model does not take it")
    talk.ends(
        text="Mine.", raw="Mine.\nBo: Yours.", cut="it spoke as Bo", marks=("refusal",), reasoning="I think.", cost=None
    )
    async with on_replay(await kept_talk(workspace, talk), 1) as replay:
        await replay.sees("turn 1 of 1")
        await replay.press("x")
        await replay.sees("X-ray", "Came back")
        told = rows_of(replay.app)
        for line in (
            "temperature 0.7 · stop 'a', 'b'",
            "top_k, the model does not take it",
            "attempt 2",
            "cut         it spoke as Bo",
            "noticed     refusal",
            "no price is known",
            "── raw, all that was said ─",
            "  Bo: Yours.",
            "  I think.",
            "── earlier attempt 1, failed: it is overloaded (529) – wait a moment",
            "  Half a",
            "  thought",
        ):
            assert line in told


async def test_copying_gives_all_of_it_as_plain_text(workspace: Workspace, on_replay: OnReplay) -> None:
    talk = Talk(2)
    long = "\n".join(f"word {number} " * 30 for number in range(200)) + "x" * 9_000 + " end"
    talk.turn(long, 1)
    talk.turn("Short.", 2)
    async with on_replay(await kept_talk(workspace, talk), 2) as replay:
        await replay.sees("turn 2 of 2")
        await replay.press("x")
        await replay.sees("X-ray", "turn 2 of 2", "━━ Sent")
        assert "Short." not in replay.text
        await replay.press("c")
        await replay.until(lambda: "Short." in replay.app.clipboard)
        assert "model: scripted/1" in replay.app.clipboard
        # Whole, but for the one line that tells where the cache ended.
        without = "\n".join(line for line in replay.app.clipboard.splitlines() if not line.startswith(".. cached"))
        assert long.replace("\n", "").replace(" ", "") in without.replace("\n", "").replace(" ", "")
        await replay.sees("is copied")


async def test_a_text_of_any_length_is_there_at_once(workspace: Workspace, on_replay: OnReplay) -> None:
    talk = Talk(2)
    talk.turn("letters without a break " * 40_000, 1)
    talk.turn("Short.", 2)
    async with on_replay(await kept_talk(workspace, talk), 2, size=(80, 24)) as replay:
        await replay.sees("turn 2 of 2")
        await replay.press("x")
        await replay.sees("━━ Sent")
        page = replay.app.screen.query_one(Page)
        assert len(page._laid) < 30  # a few screenfuls of a million letters
        await replay.press("end")
        await replay.sees("Short.")
        await replay.press("pageup", "pageup")
        await replay.sees("letters without a break")
        assert len(page._laid) < 60


@pytest.mark.parametrize("text", [" ".join(HOSTILE[begin::3]) for begin in range(3)], ids=range(3))
async def test_hostile_words_are_harmless(workspace: Workspace, on_replay: OnReplay, text: str) -> None:
    talk = Talk(2, (text, text, text))
    talk.happens(Interjected, text=text)
    talk.happens(Whispered, to=2, text=text, source="cue")
    talk.turn(text, 1)
    named = {"turn": 2, "agent": 2, "name": text}
    talk.happens(TurnStarted, **named, attempt=1, model=text, params={text: text})
    talk.happens(TurnFailed, **named, attempt=1, text=text, reasoning=text, trouble=Trouble("unknown", text, text))
    talk.happens(TurnStarted, **named, attempt=2, model=text, params={text: text, "top_k": 1})
    talk.happens(ParameterOmitted, agent=2, name="top_k", why=text)
    talk.ends(text=text, raw=text, cut=text, marks=(text,), reasoning=text, model=text)
    async with on_replay(await kept_talk(workspace, talk), 2, size=(80, 120)) as replay:
        await replay.sees("turn 2 of 2")
        await replay.press("x")
        await replay.sees("X-ray", "━━ Came back")
        strips = replay.app.screen._compositor.render_strips()
        drawn = "\n".join(strip.text for strip in strips)
        assert not control_bytes(drawn.encode("utf-8"))
        assert not {"\r", "\t"} & set(drawn)
        assert all(strip.cell_length == 80 for strip in strips)
        await replay.press("c")
        await replay.until(lambda: "Came back" in replay.app.clipboard)
        assert not control_bytes(replay.app.clipboard.encode("utf-8"))


async def test_esc_ends_a_reading_that_takes_long(
    workspace: Workspace, on_replay: OnReplay, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = Talk(2)
    for turn in range(4):
        talk.turn(f"This is {turn + 1}.", turn % 2 + 1)
    async with on_replay(await kept_talk(workspace, talk), 2) as replay:
        await replay.sees("turn 2 of 4")
        store, begun, ended = workspace.store, [], []
        real = store.events

        def endless(session: str, *, from_seq: int = 0, deltas: bool = True):
            yield from real(session, deltas=deltas)

            begun.append(True)
            try:
                while True:  # as if there were far more of it
                    yield talk.events[1]
            finally:
                ended.append(True)

        await replay.press("x")
        await replay.sees("X-ray", "This is 2.")
        monkeypatch.setattr(store, "events", endless)
        monkeypatch.setattr(store, "place_of_turn", lambda *_: 10**9)
        await replay.press("n")
        await replay.sees("reading turn 3")
        await replay.until(lambda: begun)
        await replay.press("escape")
        await replay.until(lambda: "reading" not in replay.text)
        await replay.sees("turn 2 of", "This is 2.")
        await replay.until(lambda: ended)
        # Once more, with another screen in the way before anything was shown.
        await replay.press("escape")
        await replay.until(lambda: replay.app.screen is replay.screen)
        await replay.press("x")
        await replay.sees("reading turn 2")
        await replay.until(lambda: len(begun) == 2)
        await replay.press("escape")
        await replay.until(lambda: replay.app.screen is replay.screen and len(ended) == 2)


async def test_a_turn_that_was_cut_off_by_a_crash_keeps_its_words(workspace: Workspace, on_replay: OnReplay) -> None:
    talk = Talk(2)
    talk.turn("Whole.", 1)
    talk.starts(2)
    talk.says("Cut off in the")
    async with on_replay(await kept_talk(workspace, talk), 1) as replay:
        await replay.sees("Whole.")
        await replay.press("x")
        await replay.sees("turn 2 of 2", "Cut off in the", "it never did")
        await replay.press("b")
        await replay.sees("turn 1 of 2", "the model had finished")
        assert isinstance(screen_of(replay.app), XRayScreen)
