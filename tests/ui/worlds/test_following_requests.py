"""A session that is watched as it grows: what an agent asked for long ago, and the operator takes back now, is struck
there."""

import asyncio

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.session.events import RequestMade, RequestUndone
from backrooms_tui.session.state import NoticeEntry
from backrooms_tui.store.recorder import Recorder
from tests.store.scripts import Script, kept
from tests.ui.bare import BareApp
from tests.ui.conditions import screen_text, until


def noted(script: Script, text: str) -> None:
    """The agent of the last turn leaves a note."""
    asked = f'!note "{text}"'
    script.add(RequestMade, turn=script.turn, agent=2 - script.turn % 2, number=1, name="note", text=asked, said=text)


async def test_what_was_asked_for_long_ago_and_is_undone_now_is_struck(workspace: Workspace) -> None:
    script = await asyncio.to_thread(kept, workspace.store, "words one")
    recorder = Recorder(workspace.store, script.session)
    before = len(script.events)
    noted(script, "well")
    for words in ("words two", "words three", "words four"):
        script.speak(words)
    for event in script.events[before:]:
        recorder.hear(event)
    await recorder.settled()
    app = BareApp(workspace, lambda app: app.show_replay(script.session, follow=True))
    async with app.run_test(size=(120, 50), notifications=True) as pilot:
        await until(pilot, lambda: "words four" in screen_text(app) and "notes: well" in screen_text(app))
        assert "✗" not in screen_text(app)
        recorder.hear(script.add(RequestUndone, turn=1, agent=1, request="1.1"))
        await until(pilot, lambda: "· undone, of" in screen_text(app) and "· ✗" in screen_text(app))
        before = len(script.events)
        script.speak("words five")
        for event in script.events[before:]:
            recorder.hear(event)
        await until(pilot, lambda: "words five" in screen_text(app))
        assert "· ✗" in screen_text(app)
        await recorder.aclose()


async def test_a_stretch_that_is_read_again_has_it_struck_and_nothing_more(workspace: Workspace) -> None:
    script = Script(workspace.store.new_id()).open()
    script.speak("words one")
    noted(script, "well")
    script.speak("words two")
    script.speak("words three")
    script.add(RequestUndone, turn=1, agent=1, request="1.1")
    script.speak("words four")
    recorder = Recorder(workspace.store)
    for event in script.events:
        recorder.hear(event)
    await recorder.aclose()
    notices = [one for one in workspace.store.entries(script.session, 1, 2) if isinstance(one, NoticeEntry)]
    assert [one.taken_back for one in notices] == [True]
    read = workspace.store.entries(script.session, 1, 2)
    assert read == workspace.store.entries(script.session, 1, 4)[: len(read)]
