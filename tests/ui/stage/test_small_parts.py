"""Parts of the stage that can be seen without a stage."""

import pytest
from textual.app import App, ComposeResult

from backrooms_tui.session.events import Paused, Resumed
from backrooms_tui.session.harmless import harmless
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.screens.stage.change_seat import read_params, written_params
from backrooms_tui.ui.screens.stage.code_blocks import code_blocks
from backrooms_tui.ui.screens.stage.elapsed import Elapsed, spoken_time
from backrooms_tui.ui.screens.stage.header import Heading, StageHeader
from backrooms_tui.ui.screens.stage.tab_strip import Tab, TabStrip
from tests.hostile import HOSTILE
from tests.ui.conditions import screen_text, until


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("no code", []),
        ("```py\na = 1\n```", ["a = 1"]),
        ("~~~\na\n~~~\n\n```\nb\n\nc\n```", ["a", "b\n\nc"]),
        ("```\nnever closed", ["never closed"]),
        ("````\n```\ninner\n```\n````", ["```\ninner\n```"]),
        ("```\n```", []),
        ("an `inline` bit", []),
    ],
)
def test_code_blocks_are_what_stands_between_fences(text: str, found: list[str]) -> None:
    assert code_blocks(text) == found


def test_times_are_read_at_a_glance() -> None:
    spoken = [spoken_time(seconds) for seconds in (-1, 0, 151.9, 3600, 90_061)]
    assert spoken == ["00:00", "00:00", "02:31", "1:00:00", "1 d 01:01:01"]


def test_only_running_time_counts() -> None:
    elapsed = Elapsed(SessionState())
    elapsed.hear(Resumed(seq=1, at=100.0))
    assert elapsed.seconds(104.0) == 4.0
    elapsed.hear(Paused(seq=2, at=105.0, reason=""))
    assert elapsed.seconds(1000.0) == 5.0
    elapsed.hear(Resumed(seq=3, at=1000.0))
    assert elapsed.seconds(1001.0) == 6.0


def test_parameters_are_written_as_they_are_read() -> None:
    params = {"temperature": 0.7, "max_tokens": 200, "thinking": True, "effort": "low"}
    assert read_params(written_params(params)) == params
    assert read_params("temperature=0.7, max_tokens=200") == {"temperature": 0.7, "max_tokens": 200}
    for wrong in ("temperature", "temperature=", "temperature=9", "nonsense=1", "'"):
        with pytest.raises(OperatorError):
            read_params(wrong)


class Top(App[None]):
    """A header and a tab strip, nothing else."""

    def compose(self) -> ComposeResult:
        yield StageHeader()
        yield TabStrip()


async def test_what_matters_most_is_the_last_to_go() -> None:
    heading = Heading("A very long title of a session", "Ada ↔ Bo", "▶ running", ("turn 14", "$0.42", "02:31"))
    for width, texts in {
        120: ["backrooms", "A very long title of a session · Ada ↔ Bo", "▶ running"],
        60: ["A very long", "▶ running", "turn 14", "$0.42", "02:31"],
        40: ["▶ running", "turn 14", "$0.42", "02:31"],
    }.items():
        app = Top()
        async with app.run_test(size=(width, 10)) as pilot:
            app.query_one(StageHeader).show(heading)
            await until(pilot, lambda texts=texts, app=app: all(text in screen_text(app) for text in texts))


async def test_a_long_reason_is_told_to_its_end() -> None:
    app = Top()
    why = "Ada: the key was refused – put a valid key into ANTHROPIC_API_KEY · space tries again, m changes the seat"
    async with app.run_test(size=(60, 10)) as pilot:
        app.query_one(StageHeader).show(Heading("T", "Ada", "! paused", (), why, True))
        await until(pilot, lambda: "changes the seat" in screen_text(app))


async def test_hostile_names_and_titles_are_harmless_on_top() -> None:
    app = Top()
    async with app.run_test(size=(150, 10)) as pilot:
        for text in HOSTILE:
            app.query_one(StageHeader).show(Heading(text, text, "▶ running", (), f"1{text}"))
            app.query_one(TabStrip).show([Tab(1, text, "speaking"), Tab(2, text, "failed")], 1)
            await until(pilot, lambda: "[①" in screen_text(app))
            assert harmless(screen_text(app)) == screen_text(app)
