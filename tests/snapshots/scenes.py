"""The screens of the application, each in a state worth keeping an eye on.

A scene prepares the person's workspace, says what the application begins with, and what keys lead to the picture.
`Sees` waits until a text stands on the screen.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from backrooms_tui.assembly.opening import Opened
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.assembly.worlds.worlds import Worlds
from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.providers.base import Chunk, Finish, Listing, Provider, ReasoningChunk, Request, TextChunk
from backrooms_tui.session.state import SessionState, apply
from backrooms_tui.session.usage import Usage
from backrooms_tui.settings import folders
from backrooms_tui.store.recorder import Recorder
from backrooms_tui.ui.app import BackroomsApp
from tests.snapshots import tales
from tests.snapshots.stillness import StillClock
from tests.snapshots.telling import NOW, Tale

Begin = Callable[[BackroomsApp], None]
SIZES = ((80, 24), (120, 40), (200, 50))
SMALL = (60, 20)


@dataclass(frozen=True)
class Sees:
    """Wait for this text."""

    text: str


@dataclass(frozen=True)
class Scene:
    """`begin` makes the workspace ready and says what is shown first: None for home."""

    name: str
    begin: Callable[[Workspace], Awaitable[Begin | None]]
    steps: Sequence[str | Sees]
    sizes: Sequence[tuple[int, int]] = SIZES


class Held(Provider):
    """Says or thinks the given words, and then nothing until it is stopped."""

    name = "held"

    def __init__(self, *said: Chunk) -> None:
        self._said = said

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        for chunk in self._said:
            yield chunk
        await asyncio.Event().wait()
        yield Finish("end", Usage())

    async def models(self) -> list[Listing]:
        return []


async def keep(workspace: Workspace, *told: Tale) -> None:
    """Put the sessions into the person's store."""
    for tale in told:
        recorder = Recorder(workspace.store)
        for event in tale.events:
            recorder.hear(event)
        await recorder.aclose()


async def on_stage(workspace: Workspace, tale: Tale, *said: Chunk, run: bool = False) -> Begin:
    """The session on the stage; who speaks next says `said` and is held there."""
    await keep(workspace, tale)
    state = SessionState()
    for event in tale.events:
        apply(state, event)
    assert state.setup is not None
    held = Held(*said)
    recorder = Recorder(workspace.store, tale.id)
    conversation = Conversation(
        state.setup,
        session=tale.id,
        speaker_for=lambda reference: (held, reference),
        price=lambda _, __: 0.0042,
        listeners=[recorder],
        clock=StillClock(),
        state=state,
        world_for=Worlds(workspace, tale.id).of,
    )
    return lambda app: app.show_stage(Opened(conversation, recorder), run=run)


async def _home(workspace: Workspace) -> None:
    await keep(workspace, *tales.past())


async def _nothing(workspace: Workspace) -> None:
    return None


async def _new(workspace: Workspace) -> Begin:
    return lambda app: app.show_new("cli")


async def _paused(workspace: Workspace) -> Begin:
    return await on_stage(workspace, tales.command_line().pauses())


async def _speaking(workspace: Workspace) -> Begin:
    return await on_stage(workspace, tales.command_line(), TextChunk("The lamp is lit.\n\nIt shows"), run=True)


async def _thinking(workspace: Workspace) -> Begin:
    return await on_stage(workspace, tales.thinking(), ReasoningChunk("Blinks, then. Say three."), run=True)


async def _reasoning(workspace: Workspace) -> Begin:
    return await on_stage(workspace, tales.thinking())


async def _failed(workspace: Workspace) -> Begin:
    return await on_stage(workspace, tales.failed())


async def _eight(workspace: Workspace) -> Begin:
    return await on_stage(workspace, next(tale for tale in tales.past() if tale.id == "choir001"))


async def _replay(workspace: Workspace) -> Begin:
    await keep(workspace, tales.command_line().pauses())
    return lambda app: app.show_replay("cmdline1", 3)


async def _called(workspace: Workspace) -> Begin:
    return await on_stage(workspace, tales.called())


async def _ruled(workspace: Workspace) -> Begin:
    return await on_stage(workspace, tales.ruled())


async def _replay_of_circles(workspace: Workspace) -> Begin:
    await keep(workspace, tales.called())
    return lambda app: app.show_replay("called01", 5)


async def _both_ways(workspace: Workspace) -> Begin:
    """From the end of a talk in circles; what is said next stands in a file."""
    write(Path("loop.txt"), tales.GOODBYE)
    await keep(workspace, tales.goodbyes("scripted/loop.txt"))
    return lambda app: app.show_replay("goodbye1", 4)


async def _branches(workspace: Workspace) -> Begin:
    await keep(workspace, *tales.family())
    return lambda app: app.show_branches("keeper02")


async def _find(workspace: Workspace) -> Begin:
    await keep(workspace, *tales.family())
    return lambda app: app.show_find()


async def _marked(workspace: Workspace) -> None:
    await keep(workspace, *tales.past())
    store = workspace.store
    store.mark("gallery1", 1, lambda mark: replace(mark, starred=NOW - 60, tags=("door",), note="Where it all began."))
    store.mark("choir001", 0, lambda mark: replace(mark, starred=NOW - 30, tags=("song", "eight")))
    store.mark("cmdline1", 3, lambda mark: replace(mark, starred=NOW))


async def _trash(workspace: Workspace) -> Begin:
    await keep(workspace, *tales.past())
    for session in ("first001", "choir001", "gallery1"):
        workspace.store.put_away(session)
    return lambda app: app.show_trash()


async def _judged(workspace: Workspace) -> Begin:
    """Judged twice: by two models, and before that by one that was stopped."""
    await keep(workspace, *tales.family())
    for judgement in tales.judgements("keeper02"):
        workspace.store.keep_judgement(judgement)
    return lambda app: app.show_judging("keeper02")


async def _not_judged(workspace: Workspace) -> Begin:
    await keep(workspace, *tales.family())
    return lambda app: app.show_judging("keeper02")


async def _branching(workspace: Workspace) -> Begin:
    await keep(workspace, *tales.family())
    return lambda app: app.show_replay("keeper01", 3)


async def _compare(workspace: Workspace) -> Begin:
    await keep(workspace, *tales.family())
    return lambda app: app.show_compare("keeper01", "keeper02")


async def _reasoned(workspace: Workspace) -> Begin:
    await keep(workspace, tales.thinking())
    return lambda app: app.show_replay("think001", 2)


async def _editor(workspace: Workspace) -> Begin:
    from backrooms_tui.ui.screens.templates.editor import EditorScreen

    path = folders.templates_dir() / "lighthouse.toml"
    write(path, LIGHTHOUSE)
    return lambda app: app.push_screen(EditorScreen(path)) and None


async def _templates(workspace: Workspace) -> Begin:
    write(folders.templates_dir() / "lighthouse.toml", LIGHTHOUSE)
    return lambda app: app.show_templates()


async def _help(workspace: Workspace) -> Begin:
    return await _paused(workspace)


def write(path: Path, text: str) -> None:
    """A file of the person's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


LIGHTHOUSE = """[template]
title = "Lighthouse"
description = "Two keepers pass the night."

[variables.weather]
default = "fog"
help = "What it is like outside"

[[agents]]
name = "Ines"
sytem = "You are Ines, keeper of a lighthouse."

[[agents]]
name = "Teo"
system = "You speak with {{ othr.name }} in {{ weather }}."

[rules]
max_turns = "many"
"""

# The manners of the second seat, at its guard.
_MANNERS = (
    *(Sees("Simulator"), "tab", "tab", "tab", "tab", "tab", "tab", "ctrl+g"),
    *(Sees("every · depth"), "tab", "tab", "tab"),
)

# Where the scrollbar stands is an estimate until everything was in sight once.
_READ = ("home", *["pagedown"] * 6, "end")
# Open, and all is known that is said below its fields.
_RULES = (Sees("ctrl+s applies"), Sees("ANTHROPIC_API_KEY is not set"))
# From the stop texts back over the fields of requests to the cues.
_TO_CUES = ("shift+tab",) * 7
_BOTH = (Sees("turn 4 of 4"), "v", Sees("how many turns"), "3", "enter", Sees("done"), *_READ, "tab", *_READ)
_BRANCHING = (
    *(Sees("turn 3 of 5"), "F", Sees("ctrl+s makes them"), "enter", Sees("say to all")),
    *("tab", "tab", "tab", *"temperature=0.2", Sees("temperature=0.2"), "ctrl+s"),
)

SCENES = (
    Scene("home", _home, (Sees("6 sessions"), Sees("An abandoned"))),
    Scene("home-find", _home, (Sees("6 sessions"), "slash", *"gallery", Sees("2 sessions"))),
    Scene("home-deleted", _home, (Sees("6 sessions"), "down", "d", Sees("brings it back"))),
    Scene("home-empty", _nothing, (Sees("Start a first conversation"),)),
    Scene("new", _new, (Sees("Simulator"), Sees("free"))),
    Scene("new-mistake", _new, (Sees("Simulator"), "tab", "tab", "tab", "tab", *"x", Sees("put right"))),
    Scene("model-picker", _new, (Sees("Simulator"), "tab", "tab", "ctrl+l", Sees("anthropic/claude-haik"))),
    Scene("new-manners", _new, (*_MANNERS, "space", "ctrl+s", Sees("used · guard"))),
    Scene("manners", _new, _MANNERS, (SMALL, *SIZES)),
    Scene("preview", _new, (Sees("Simulator"), Sees("free"), "ctrl+o", Sees("What each agent"))),
    Scene("stage-paused", _paused, (Sees("paused"), Sees("cd /dreams")), (SMALL, *SIZES)),
    Scene("stage-speaking", _speaking, (Sees("It shows"), Sees("speaking")), (SMALL, *SIZES)),
    Scene("stage-queued", _speaking, (Sees("It shows"), "i", *"Who is it", "enter", Sees("queued")), (SMALL, *SIZES)),
    Scene("stage-thinking", _thinking, (Sees("thinking"),), SIZES),
    Scene("stage-reasoning", _reasoning, (Sees("Count its"), "t", Sees("plain question")), SIZES),
    Scene("stage-failed", _failed, (Sees("refused"),), (SMALL, *SIZES)),
    Scene("stage-eight", _eight, (Sees("Voice"),), SIZES),
    Scene("stage-layout-2", _paused, (Sees("paused"), "l"), SIZES),
    Scene("stage-layout-3", _paused, (Sees("paused"), "l", "l"), SIZES),
    Scene("stage-layout-4", _paused, (Sees("paused"), "l", "l", "l"), SIZES),
    Scene("stage-zoom", _paused, (Sees("paused"), "z"), SIZES),
    Scene("stage-whisper", _paused, (Sees("paused"), "w", Sees("Whisper to")), SIZES),
    Scene("stage-seat", _paused, (Sees("paused"), "m", Sees("which seat"), "enter"), SIZES),
    Scene("stage-edit", _paused, (Sees("paused"), "e"), SIZES),
    Scene("stage-circles", _called, (Sees("calls you"),), (SMALL, *SIZES)),
    Scene("stage-agents", _called, (Sees("calls you"), "a", Sees("speaks next")), (SMALL, *SIZES)),
    Scene("stage-manners", _called, (Sees("calls you"), "a", Sees("speaks next"), "g", Sees("every · depth")), SIZES),
    Scene("stage-add-agent", _called, (Sees("calls you"), "a", Sees("speaks next"), "n", Sees("joins")), (SMALL,)),
    Scene("rules", _ruled, (Sees("paused"), "u", Sees("ctrl+s applies")), (SMALL, *SIZES)),
    Scene("rules-cues", _ruled, (Sees("paused"), "u", *_RULES, *_TO_CUES, "down")),
    Scene("rules-cue", _ruled, (Sees("paused"), "u", *_RULES, *_TO_CUES, "n", Sees("New cue"))),
    Scene(
        "rules-step",
        _ruled,
        (Sees("paused"), "u", *_RULES, *_TO_CUES, "shift+tab", "down", "enter", Sees("begin afresh")),
    ),
    Scene("rules-mistake", _ruled, (Sees("paused"), "u", *_RULES, "tab", "tab", *"x", Sees("limit is"))),
    Scene("replay-circles", _replay_of_circles, (Sees("turn 5 of 5"),)),
    Scene("replay", _replay, (Sees("turn 3 of 5"),), (SMALL, *SIZES)),
    Scene("both-asking", _both_ways, (Sees("turn 4 of 4"), "v", Sees("how many turns"))),
    Scene("both", _both_ways, (*_BOTH, "tab"), (SMALL, *SIZES)),
    Scene("both-other", _both_ways, _BOTH, (SMALL, SIZES[0])),
    Scene("find", _find, (Sees("agent:Mara"), *"three -second", Sees("places in")), (SMALL, *SIZES)),
    Scene("find-mistake", _find, (Sees("agent:Mara"), *"agnet:mara", Sees("at character 1:")), (SMALL, *SIZES[:1])),
    Scene("branches", _branches, (Sees("4 sessions"), Sees("33%"), "c", Sees("another one")), (SMALL, *SIZES)),
    Scene("moments", _marked, (Sees("6 sessions"), "M", Sees("Best moments"), Sees("cat README")), (SMALL, *SIZES)),
    Scene("home-marked", _marked, (Sees("6 sessions"), Sees("★")), (SMALL, *SIZES)),
    Scene("mark", _marked, (Sees("6 sessions"), Sees("★"), "down", "K", Sees("ctrl+s")), (SMALL, *SIZES)),
    Scene("judging", _judged, (Sees("judged 2 times"), Sees("7.5"), "enter", "down"), (SMALL, *SIZES)),
    Scene("judging-empty", _not_judged, (Sees("Nobody has judged"),), ((80, 24),)),
    Scene("judging-form", _judged, (Sees("7.5"), "n", Sees("own voice"), Sees("2 calls"), "tab")),
    Scene("judging-report", _judged, (Sees("7.5"), "x", Sees("eport.md")), ((80, 24),)),
    Scene("trash", _trash, (Sees("3 sessions"), Sees("合唱")), (SMALL, *SIZES)),
    Scene("branching", _branching, (*_BRANCHING, Sees("② temperature=0.2")), (SMALL, *SIZES)),
    Scene("compare", _compare, (Sees("3 turns in common"), Sees("5 ①")), (SMALL, *SIZES)),
    Scene("xray", _paused, (Sees("paused"), "x", Sees("Sent"))),
    Scene("xray-speaking", _speaking, (Sees("It shows"), "x", Sees("speaking"), "end", Sees("not yet"))),
    Scene("xray-replay", _reasoned, (Sees("turn 2 of 3"), "x", Sees("Sent"), "end", Sees("Two lights"))),
    Scene("models", lambda _: _shows("show_models"), (Sees("haiku"), Sees("silent"))),
    Scene("models-endpoint", lambda _: _shows("show_models"), (Sees("haiku"), Sees("silent"), "e", Sees("Address"))),
    Scene("templates", _templates, (Sees("lighthouse"), Sees("built in"))),
    Scene("template-editor", _editor, (Sees("sytem"), Sees("line "))),
    Scene("settings", lambda _: _shows("show_settings"), (Sees("lamplight"),)),
    Scene("settings-keys", lambda _: _shows("show_settings"), (Sees("lamplight"), "f2", Sees("First talk"))),
    Scene("settings-defaults", lambda _: _shows("show_settings"), (Sees("lamplight"), "f2", "f2")),
    Scene("help", _help, (Sees("paused"), "question_mark", Sees("Interject"))),
    Scene("commands", _paused, (Sees("paused"), "ctrl+p", Sees("Search for commands"))),
)


async def _shows(how: str) -> Begin:
    return lambda app: getattr(app, how)()
