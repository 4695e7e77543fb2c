"""The application: it holds the person's workspace, knows the way between screens, and keeps the keys in one place."""

import gc
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.events import AppBlur
from textual.screen import Screen

from backrooms_tui.session.harmless import harmless, harmless_line
from backrooms_tui.settings.served import is_served
from backrooms_tui.ui.actions import actions_of, bindings_of, keymap_of, spoken_keys
from backrooms_tui.ui.judgings import Judgings
from backrooms_tui.ui.type_ahead import OneKeyAtATime

if TYPE_CHECKING:
    from textual.dom import DOMNode
    from textual.notifications import SeverityLevel

    from backrooms_tui.assembly.opening import Opened
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.session.setup import Remedy
    from backrooms_tui.ui.actions import Action, Place
    from backrooms_tui.ui.palette import ActionCommands
    from backrooms_tui.ui.screens.xray.turns import Turns

Begin = Callable[["BackroomsApp"], None]


def _action_commands() -> "type[ActionCommands]":
    """Imported when the palette is first opened."""
    from backrooms_tui.ui.palette import ActionCommands

    return ActionCommands


class BackroomsApp(OneKeyAtATime[int]):
    """Shows the home screen, or what `begin` shows. `workspace` is closed when the application ends."""

    TITLE = "backrooms"
    CSS_PATH = "app.tcss"
    BINDINGS = bindings_of("everywhere")
    ENABLE_COMMAND_PALETTE = True
    COMMANDS = {_action_commands}  # noqa: RUF012
    # Side by side from here on: narrower, panes become tabs and the timeline folds.
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-narrow"), (100, "-normal"), (150, "-wide")]  # noqa: RUF012

    def __init__(self, workspace: "Workspace", begin: Begin | None = None) -> None:
        super().__init__()
        self.workspace = workspace
        self.session = ""  # the id of the one that was shown last
        self.judgings = Judgings()
        self._begin = begin

    def on_mount(self) -> None:
        """Take on the person's settings and go to the first screen."""
        from backrooms_tui.ui.theming.first_theme import nothing_chosen, put_on_default

        if self._begin is None and nothing_chosen():
            # What reads settings takes a tenth of a second; where there are none, the first frame does not wait for it.
            put_on_default(self)
            self.show_home()
            self.call_after_refresh(self._take_on_settings)
            return
        self._take_on_settings()
        self.show_home()
        if self._begin is not None:
            self._begin(self)

    def _take_on_settings(self) -> None:
        """The person's keys and theme, and what is wrong with them."""
        from backrooms_tui.ui.theming.installing import install_themes

        keymap, wrong = keymap_of(self.workspace.configuration.keys)
        self.set_keymap(keymap)
        self.warn([*wrong, *install_themes(self)])

    def on_app_blur(self, event: AppBlur) -> None:
        """A page in a browser says at its beginning that nobody looks at it, and that is not to stop anything."""
        if self.is_web:
            event.prevent_default()

    async def on_unmount(self) -> None:
        """However it ends: what judges have said by then is kept."""
        await self.judgings.stop_all()

    def update_styles(self, node: "DOMNode", animate: bool = True) -> None:
        """Textual styles a widget anew with each class that it is given. What is not in its place yet waits: there it
        is styled once, with all of them."""
        if node is self or node.parent is not None:
            super().update_styles(node, animate)

    def warn(self, wrong: Sequence[str], *, title: str = "") -> None:
        """Say in one place what is wrong with the person's files: the first, and how many more the settings list."""
        if wrong:
            more = f"\nand {len(wrong) - 1} more: the settings list them all" if len(wrong) > 1 else ""
            self.notify(f"{wrong[0]}{more}", title=title, severity="warning", markup=False)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: "SeverityLevel" = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Say something in a corner for a while. What servers and files say is made harmless here, whoever passes it
        on, and is not taken for markup unless that is asked for."""
        words, head = harmless(message), harmless_line(title)
        super().notify(words, title=head, severity=severity, timeout=timeout, markup=markup)

    # The way between screens. Each is imported when it is first shown, so that the first one is there at once. --------

    def show_home(self) -> None:
        """The person's sessions."""
        from backrooms_tui.ui.screens.home.home import HomeScreen

        self.push_screen(HomeScreen())

    def show_find(self, asked: str = "") -> None:
        """Finding in everything that was said, beginning with `asked`."""
        from backrooms_tui.ui.screens.find.find import FindScreen

        self.push_screen(FindScreen(asked))

    def show_moments(self) -> None:
        """All that has a star."""
        from backrooms_tui.ui.screens.moments.moments import MomentsScreen

        self.push_screen(MomentsScreen())

    def show_repeats(self) -> None:
        """Templates that were run many times."""
        from backrooms_tui.ui.screens.repeats.repeats import RepeatsScreen

        self.push_screen(RepeatsScreen())

    def show_new(self, template: str | None = None) -> None:
        """The form for a new conversation, with `template` (a name or a path) chosen."""
        from backrooms_tui.ui.screens.new.new import NewScreen

        self.push_screen(NewScreen(template))

    def show_stage(self, opened: "Opened", *, run: bool = False) -> None:
        """A live conversation; with `run` it begins at once."""
        from backrooms_tui.ui.screens.stage.stage import StageScreen

        _collect()
        self.session = opened.conversation.state.session
        self.push_screen(StageScreen(opened, run=run))
        if opened.recorder.unmarked:
            self.notify(opened.recorder.unmarked, severity="warning", timeout=15)
        if opened.warnings:
            lines = "\n".join(opened.warnings)
            self.notify(f"{lines}\nm gives a seat another model", severity="warning", timeout=15)

    def show_replay(self, session: str, turn: int | None = None, *, words: str = "", follow: bool = False) -> None:
        """A stored session (by id), at its beginning or at `turn`, with `words` looked for; one that is being recorded
        as it grows, with `follow` also where that begins only later."""
        from backrooms_tui.ui.screens.replay.replay import ReplayScreen

        _collect()
        self.session = session
        self.push_screen(ReplayScreen(session, turn, words=words, follow=follow))

    def show_both(
        self,
        session: str,
        turn: int,
        *,
        turns: int,
        ladder: "Sequence[Remedy] | None" = None,
        after: "Callable[[], Awaitable[None]] | None" = None,
    ) -> None:
        """A session (by id) going on from `turn` without the ladder and with it; see `BothScreen`."""
        from backrooms_tui.ui.screens.both.both import BothScreen

        _collect()
        self.push_screen(BothScreen(session, turn, turns=turns, ladder=ladder, after=after))

    def show_running(
        self, opened: "Sequence[Opened]", turns: int, *, past_limits: "bool | Sequence[bool]" = True
    ) -> None:
        """Branches (ready to run) that go on for `turns` turns each; see `RunningScreen`."""
        from backrooms_tui.ui.screens.branching.running import RunningScreen

        _collect()
        self.push_screen(RunningScreen(opened, turns, past_limits=past_limits))

    def show_branches(self, session: str) -> None:
        """The family of a session (by id) as a tree."""
        from backrooms_tui.ui.screens.branches.branches import BranchesScreen

        self.push_screen(BranchesScreen(session))

    def show_export(
        self, sessions: Sequence[str], title: str, *, settled: "Callable[[], Awaitable[None]] | None" = None
    ) -> None:
        """How to write `sessions` (ids) to files; see `ExportScreen`."""
        if is_served():  # no key leads here then; this door is closed all the same
            self.notify("Files of this machine stay out of reach in a browser.")
            return
        from backrooms_tui.ui.screens.exporting.exporting import ExportScreen

        self.push_screen(ExportScreen(sessions, title, settled=settled))

    def show_import(self) -> None:
        """Bringing in a file."""
        if is_served():  # no key leads here then; this door is closed all the same
            self.notify("Files of this machine stay out of reach in a browser.")
            return
        from backrooms_tui.ui.screens.importing.importing import ImportScreen

        self.push_screen(ImportScreen())

    def show_trash(
        self, back: Callable[[str], object] = lambda session: None, settled: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """What was deleted, as soon as that is `settled`. `back` is called with each session (its id) that is brought
        back."""
        from backrooms_tui.ui.screens.trash.trash import TrashScreen

        self.push_screen(TrashScreen(back, settled))

    def show_judging(self, session: str, settled: "Callable[[], Awaitable[None]] | None" = None) -> None:
        """What was judged of a session (by id), as soon as what was said in it is `settled`."""
        from backrooms_tui.ui.screens.judging.judging import JudgingScreen

        self.push_screen(JudgingScreen(session, settled=settled))

    def show_compare(self, first: str, second: str) -> None:
        """Two sessions (by id) of one family, from where they part."""
        from backrooms_tui.ui.screens.branches.compare import CompareScreen

        self.push_screen(CompareScreen(first, second))

    def show_xray(self, turns: "Turns", turn: int) -> None:
        """What was sent for `turn`, and what came back; one can go on from there to all others of `turns`."""
        from backrooms_tui.ui.screens.xray.xray import XRayScreen

        self.push_screen(XRayScreen(turns, turn))

    def show_models(self) -> None:
        """Providers, keys and models."""
        from backrooms_tui.ui.screens.models.models import ModelsScreen

        self.push_screen(ModelsScreen())

    def show_templates(self) -> None:
        """What can be played."""
        from backrooms_tui.ui.screens.templates.templates import TemplatesScreen

        self.push_screen(TemplatesScreen())

    def show_settings(self) -> None:
        """Theme, keys and defaults."""
        from backrooms_tui.ui.screens.settings.settings import SettingsScreen

        self.push_screen(SettingsScreen())

    # Actions ---------------------------------------------------------------------------------------------------------

    def action_help(self) -> None:
        """What every key does here."""
        from backrooms_tui.ui.screens.help.help import HelpScreen

        self.push_screen(HelpScreen(self.place))

    async def action_back(self) -> None:
        """Go back to where one was; home is where it ends. A screen with `leave_then` may do something first."""
        if len(self.screen_stack) <= 2:
            return
        leave_then = getattr(self.screen, "leave_then", None)
        if leave_then is None or not leave_then(lambda: self.call_later(self.action_back)):
            self.pop_screen()

    async def action_quit(self) -> None:
        """Leave, but not past something unsaved: a screen that has `leave_then` may ask first."""
        for screen in reversed(self.screen_stack):
            leave_then = getattr(screen, "leave_then", None)
            if leave_then is not None and leave_then(lambda: self.call_later(self.action_quit)):
                return
        self.exit()

    @property
    def place(self) -> "Place":
        """Which part of the action registry belongs to the screen that is shown (its PLACE)."""
        return getattr(self.screen, "PLACE", "everywhere")

    def keys_of(self, action: "Action") -> str:
        """The action's keys, as the person has set them."""
        return self._keymap.get(action.id, action.keys)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every action that applies here, for the command palette."""
        places: list[Place] = ["everywhere"]
        here: Place = getattr(screen, "PLACE", "everywhere")
        for place in dict.fromkeys([here, *places]):
            for action in actions_of(place):
                owner = self if place == "everywhere" else screen
                callback = getattr(owner, f"action_{action.name}", None)
                if callback is not None and action.name != "command_palette":
                    keys = spoken_keys(self.keys_of(action))
                    yield SystemCommand(action.title, f"{action.help} ({keys})", callback)


@cache
def _calm_collector() -> None:
    """Once, when all that a conversation needs is loaded: keep the garbage collector off what stays for good.

    A full collection walks every imported module, 100 ms of the event loop (measured), and with Python's thresholds
    widened a middle one still took 60 ms: the 95th percentile of a jump in a session of 100,000 turns. So the young
    are collected often and the old hardly ever; what is old and gone is collected when a conversation is opened.
    """
    gc.freeze()
    gc.set_threshold(5_000, 5, 1_000)


def _collect() -> None:
    """Between two conversations nobody notices."""
    gc.collect()
    _calm_collector()
