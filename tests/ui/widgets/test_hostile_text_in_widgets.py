"""Whatever models, files and servers write, no control character of theirs comes to the screen."""

from itertools import product

import pytest
from textual.widget import Widget

from backrooms_tui.session.events import Interjected, Noticed, SeatChanged, TurnEdited, TurnFailed, Whispered
from backrooms_tui.session.trouble import Trouble
from backrooms_tui.ui.widgets.entries import LiveEntries
from backrooms_tui.ui.widgets.pane import Pane
from backrooms_tui.ui.widgets.timeline import Timeline
from backrooms_tui.ui.widgets.transcript import Transcript
from tests.hostile import HOSTILE, control_bytes
from tests.ui.conditions import until
from tests.ui.widgets.talk import Showing, Talk


def hostile_talk(text: str) -> Talk:
    talk = Talk(names=(text, text, text))
    talk.starts()
    talk.says(text, "reasoning")
    talk.happens(
        TurnFailed,
        turn=1,
        agent=1,
        name=text,
        attempt=1,
        text=text,
        reasoning=text,
        trouble=Trouble("unknown", text, text),
    )
    talk.starts(attempt=2)
    talk.says(text, "reasoning")
    talk.says(text)
    talk.ends()
    for kind in ("`{}`", "**{}**", "```{}\n{}\n```", "# {}", "- {}", "> {}"):
        talk.turn(kind.format(text, text))
    talk.happens(TurnEdited, turn=2, text=text)
    talk.happens(Interjected, text=text)
    talk.happens(Whispered, to=1, text=text)
    talk.happens(Noticed, level="warning", text=text, agent=1)
    talk.happens(SeatChanged, agent=1, model=text)
    talk.starts(1)
    talk.says(text, "reasoning")
    talk.says(text)
    return talk


def on_the_screen(app: Showing) -> str:
    """Everything that is drawn, escape sequences of our own not being part of it."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


@pytest.mark.parametrize("kind", ["pane", "timeline", "transcript"])
async def test_no_control_character_is_drawn(kind: str) -> None:
    async with (app := Showing(Widget())).run_test(size=(60, 120)) as pilot:
        for text, reasoning in product(HOSTILE, (False, True)):
            talk = hostile_talk(text)
            widget = shown(kind, talk)
            await app.widget.remove()
            app.widget = widget
            await app.screen.mount(widget)
            inner = widget if isinstance(widget, Transcript) else widget.transcript
            inner.show_reasoning = reasoning
            inner.highlight = text
            inner.toggle_original(2)
            if isinstance(widget, Pane | Timeline):
                widget.update(talk.state)
            else:
                widget.stream(text, text, text, text, turn=9)
            await until(pilot, lambda inner=inner: len(inner.in_sight) > 5)
            inner.select(0)
            await pilot.pause()
            drawn = on_the_screen(app)
            assert not control_bytes(drawn.encode("utf-8")), (text, reasoning)
            assert not {"\r", "\t"} & set(drawn), (text, reasoning)
            strips = app.screen._compositor.render_strips()
            assert all(strip.cell_length == 60 for strip in strips), (text, reasoning)


def shown(kind: str, talk: Talk) -> Pane | Timeline | Transcript:
    match kind:
        case "pane":
            return Pane(1, LiveEntries(talk.state, 1))
        case "timeline":
            return Timeline(LiveEntries(talk.state))
    return Transcript(LiveEntries(talk.state))
