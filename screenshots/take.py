"""Takes the pictures that the README shows, of real sessions on the embedded model: `python screenshots/take.py`.

The sessions go into folders that are thrown away; the model is fetched into the person's own models folder, once.
"""

import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from textual.pilot import Pilot

from backrooms_tui.assembly.opening import Opened, choose_cast, make_ready, open_conversation
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Cast, Choices
from backrooms_tui.session.setup import ParamValue
from backrooms_tui.settings import folders
from backrooms_tui.ui.app import BackroomsApp, Begin
from backrooms_tui.ui.screens.both.both import BothScreen
from backrooms_tui.ui.screens.replay.replay import ReplayScreen
from backrooms_tui.ui.screens.stage.stage import StageScreen

HERE = Path(__file__).parent
LARGE, SMALL = (120, 34), (80, 24)
SEED = 7
PARAMS: Mapping[str, ParamValue] = {"max_tokens": 110, "temperature": 0.7}
PATIENCE = 180.0  # seconds for anything to come about
FONTS = "Fira Code, ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace"
# What was played in the evenings before: template, title, turns, variables.
EVENINGS: tuple[tuple[str, str, int, dict[str, str]], ...] = (
    ("fugue", "Fugue on a slow clock", 3, {}),
    ("gallery", "The gallery at night", 4, {}),
    ("science", "What a candle knows", 2, {}),
    ("duo", "The sea at night", 6, {"topic": "the sea at night"}),
    ("cli", "An abandoned mainframe", 4, {}),
)


async def take_all() -> None:
    """All pictures, one after the other."""
    workspace = Workspace()
    try:
        sessions = [await evening(workspace, *one) for one in EVENINGS]
        await take("home", workspace, None, lambda app: "sessions" in words(app))
        await take("form", workspace, lambda app: app.show_new("gallery"), lambda app: "free" in words(app))
        await take("models", workspace, lambda app: app.show_models(), models_are_there)
        duo = sessions[3]
        await take("replay", workspace, lambda app: app.show_replay(duo, 4), replay_stands_at(4))
        await take_both(workspace)
        await take_councils(workspace)
        await take_world(workspace)
        for name, size in (("stage", LARGE), ("small", SMALL)):
            opened = await opening(workspace, "duo", "Two keepers of a lighthouse", 40, {"topic": "an old lighthouse"})
            await take(name, workspace, showing(opened), in_the_fourth_turn, size, then=stand_still)
    finally:
        await workspace.aclose()


async def take_both(workspace: Workspace) -> None:
    """A talk that goes in circles, going on without the ladder and with it."""
    short = {"max_tokens": 40}
    circles = await evening(workspace, "duo", "Two keepers and a lamp", 14, {}, seed=3, params=short)
    await take("both", workspace, lambda app: app.show_both(circles, 14, turns=24), both_are_done)


async def take_councils(workspace: Workspace) -> None:
    """What two voices said before she spoke, unfolded in a replay."""
    short = {"max_tokens": 32, "temperature": 0.5}
    bench = await evening(workspace, "conscience", "On a bench above the harbour", 4, {}, params=short)
    begin: Begin = lambda app: app.show_replay(bench, 3)  # noqa: E731
    await take("councils", workspace, begin, replay_stands_at(3), press=("D", voices_are_heard))


async def take_world(workspace: Workspace) -> None:
    """An explorer at a command line that answers; its next command waits for permission."""
    opened = await opening(workspace, "exos", "The first night at the command line", 40, {}, seed=1, params={})
    await opened.conversation.run(8)
    opened.conversation.change_permissions(2, {"*": "ask", "help": "allow"})
    begin: Begin = lambda app: app.show_stage(opened, run=True)  # noqa: E731
    await take("world", workspace, begin, a_command_waits, then=stand_still)


async def opening(
    workspace: Workspace,
    template: str,
    title: str,
    turns: int,
    variables: dict[str, str],
    *,
    seed: int = SEED,
    params: Mapping[str, ParamValue] = PARAMS,
) -> Opened:
    """A conversation of two short-spoken local models."""
    choices = Choices(
        models=("local",),
        variables=variables,
        max_turns=turns,
        title=title,
        seed=seed,
        params=params,
    )
    chosen = choose_cast(workspace, template, choices)
    setup = await make_ready(workspace, chosen.setup, lambda progress: None)
    return await open_conversation(workspace, Cast(setup, chosen.notices))


async def evening(
    workspace: Workspace,
    template: str,
    title: str,
    turns: int,
    variables: dict[str, str],
    *,
    seed: int = SEED,
    params: Mapping[str, ParamValue] = PARAMS,
) -> str:
    """A whole session, kept; its id."""
    opened = await opening(workspace, template, title, turns, variables, seed=seed, params=params)
    try:
        await opened.conversation.run()
    finally:
        await opened.aclose()
    return opened.conversation.state.session


def showing(opened: Opened) -> Begin:
    """The stage, running, with a first word of the operator's."""
    opened.conversation.interject("It is the first night of winter. Be brief, both of you.")
    return lambda app: app.show_stage(opened, run=True)


async def take(
    name: str,
    workspace: Workspace,
    begin: Begin | None,
    ready: Callable[[BackroomsApp], bool],
    size: tuple[int, int] = LARGE,
    then: Callable[[Pilot[int]], object] | None = None,
    press: tuple[str, Callable[[BackroomsApp], bool]] | None = None,
) -> None:
    """One picture, taken as soon as the application is `ready`; `press` is a key, and what is waited for after it."""
    app = BackroomsApp(workspace, begin)
    async with app.run_test(size=size) as pilot:
        await wait(name, pilot, app, ready)
        if press is not None:
            await pilot.press(press[0])
            await wait(name, pilot, app, press[1])
        picture = by_itself(app.export_screenshot())
        (HERE / f"{name}.svg").write_text(picture, encoding="utf-8", newline="\n")
        sys.stdout.write(f"{name}.svg, {len(picture) // 1024} KB\n")
        if then is not None:
            then(pilot)


async def wait(name: str, pilot: Pilot[int], app: BackroomsApp, ready: Callable[[BackroomsApp], bool]) -> None:
    """Until the application is `ready`."""
    end = time.monotonic() + PATIENCE
    while not ready(app):
        if time.monotonic() > end:
            raise TimeoutError(f"{name}: this is all that came:\n{words(app)}")
        await pilot.pause(0.02)
    await pilot.pause()


def words(app: BackroomsApp) -> str:
    """The characters of the screen."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def models_are_there(app: BackroomsApp) -> bool:
    """Once every server of this machine has answered, or has not."""
    text = words(app)
    return "listed" in text and text.count("silent") + text.count("answers") >= 4


def replay_stands_at(turn: int) -> Callable[[BackroomsApp], bool]:
    """At the turn that was asked for."""
    return lambda app: isinstance(app.screen, ReplayScreen) and f"turn {turn} of" in words(app)


def voices_are_heard(app: BackroomsApp) -> bool:
    """Once what was said in the council stands there."""
    return "Honesty" in words(app) and "Fear" in words(app)


def both_are_done(app: BackroomsApp) -> bool:
    """Once it is said what came of either way."""
    return isinstance(app.screen, BothScreen) and "without: " in words(app)


def a_command_waits(app: BackroomsApp) -> bool:
    """Once it is put to the operator."""
    if not isinstance(app.screen, StageScreen):
        return False
    return app.screen.state.asking.asked is not None and "allow once" in words(app)


def in_the_fourth_turn(app: BackroomsApp) -> bool:
    """In the middle of a sentence of the fourth turn."""
    if not isinstance(app.screen, StageScreen):
        return False
    flight = app.screen.state.in_flight
    return flight is not None and flight.turn == 4 and len("".join(flight.text)) > 90 and "tok/s" in words(app)


def stand_still(pilot: Pilot[int]) -> None:
    """Nobody needs to hear the end of it."""
    if isinstance(pilot.app.screen, StageScreen):
        pilot.app.screen.conversation.stop_speaking()


def by_itself(svg: str) -> str:
    """The picture without the fonts that it would fetch over the network."""
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: Fira Code, monospace", f"font-family: {FONTS}", svg)
    svg = re.sub(r"\n\s*\n+", "\n", svg)
    if "url(http" in svg or "@import" in svg:
        raise ValueError("the picture would fetch something")
    return svg


@contextmanager
def somebody_else_s_evening() -> Iterator[None]:
    """Folders of their own, no keys, and the models of this machine."""
    models = folders.models_dir()
    models.mkdir(parents=True, exist_ok=True)
    for name in list(os.environ):
        if name.endswith("_API_KEY"):
            del os.environ[name]
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        data.mkdir()
        (data / "models").symlink_to(models, target_is_directory=True)
        os.environ["BACKROOMS_DATA_DIR"] = str(data)
        os.environ["BACKROOMS_CONFIG_DIR"] = str(Path(folder, "config"))
        os.chdir(folder)
        yield
        os.chdir(HERE)


if __name__ == "__main__":
    with somebody_else_s_evening():
        asyncio.run(take_all())
