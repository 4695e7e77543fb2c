"""Branching with changes: from a turn of a session, in one branch or in several at once."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.worker import Worker

from backrooms_tui.assembly.branching.branching import EVERYBODY, Change, branch_title
from backrooms_tui.assembly.branching.moment import Moment, moment_of
from backrooms_tui.session.parameters import checked
from backrooms_tui.session.setup import Setup
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.amounts import whole_number
from backrooms_tui.ui.screens.branching.several_models import SeveralModelsScreen
from backrooms_tui.ui.screens.branching.telling import AS_IT_WAS, Wish, change_told, named
from backrooms_tui.ui.screens.branching.variant import VariantScreen
from backrooms_tui.ui.screens.new.estimate import TURNS, Estimate, estimate, estimate_text
from backrooms_tui.ui.screens.rules.editing import EditingDialog, Looked, Typed
from backrooms_tui.ui.screens.rules.item_list import ItemList
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.field_row import Row, sentence
from backrooms_tui.ui.widgets.line_input import LineInput

if TYPE_CHECKING:
    from backrooms_tui.assembly.opening import Opened
    from backrooms_tui.ui.app import BackroomsApp

MOST_BRANCHES = 32
MOST_TURNS = 1_000
_TURN = "the branches have all that was said up to the end of this turn"
_TITLE = "what the branches are called; what sets each apart is said behind it"
_TURNS = "how many turns each talks by itself; empty: the first one opens on the stage"
_LIST = "enter changes it · m several models · n adds one · d takes it out"
_NONE = "no branch: n adds one, m one for each of several models"


class BranchingScreen(EditingDialog[Wish]):
    """Asks what is to be different in branches from `moment`, makes them, and leads on: to the stage, or to where they
    talk by themselves. `begun` is called when they are there."""

    CSS_PATH = "../rules/editing.tcss"
    AUTO_FOCUS: ClassVar[str | None] = "#branches"
    applies: ClassVar[str] = "makes them · m several models"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("m", "several_models", "Several models", show=False)]

    def __init__(self, app: "BackroomsApp", moment: Moment, begun: Callable[[], object] = lambda: None) -> None:
        super().__init__(app.workspace, f"Branch with changes · {moment.title}", new=True)
        self.moment = moment
        self.changes: tuple[Change, ...] = (Change(),)
        self._begun = begun
        self._taken: tuple[int, Change] | None = None
        self._making: Worker[bool] | None = None

    def rows(self) -> Sequence[Widget]:
        """From where, what they are called, how far, and the branches."""
        moment = self.moment
        return (
            Row(
                "from turn",
                [("turn", LineInput(str(moment.turn), id="turn", placeholder=f"1 to {moment.turns:,}"))],
                about=_TURN,
            ),
            Row("branches", [("branches", ItemList(_NONE, id="branches"))], about=_LIST),
            Row(
                "turns each",
                [("turns", LineInput(id="turns", placeholder="none: the first opens on the stage"))],
                about=_TURNS,
            ),
            Row(
                "title",
                [("title", LineInput(id="title", placeholder=branch_title(moment.title, moment.turn)))],
                about=_TITLE,
            ),
        )

    def on_mount(self) -> None:
        """Fill the list."""
        self._show_branches()
        super().on_mount()

    @property
    def typed(self) -> Typed:
        """With the list."""
        return {**super().typed, "branches": self.changes}

    def look(self, typed: Typed) -> Looked[Wish]:
        """What they come to, what is wrong, and about what it costs."""
        wrong: dict[str, str] = {}
        moment = self.moment
        try:
            turn = whole_number(str(typed["turn"]), "a turn", f"from 1 to {moment.turns:,}") or 0
            if turn != moment.turn:
                moment = moment_of(self.workspace, moment.session, turn)
        except OperatorError as error:
            wrong["turn"] = sentence(error)
        turns: int | None = None
        try:
            turns = whole_number(str(typed["turns"]), "the number of turns") or None
            if turns is not None and turns > MOST_TURNS:
                wrong["turns"] = f"at most {MOST_TURNS:,} turns each"
        except OperatorError as error:
            wrong["turns"] = sentence(error)
        changes = cast("tuple[Change, ...]", typed["branches"])
        if not changes:
            wrong["branches"] = "add one with n, or one for each of several models with m"
        elif len(changes) > MOST_BRANCHES:
            wrong["branches"] = f"at most {MOST_BRANCHES} at once"
        if wrong:
            return Looked(wrong)
        setups = [_played(self.workspace.catalogue.resolve, moment.setup, change) for change in changes]
        if turns is not None and any(setup.rules.order == "manual" for setup in setups):
            cure = "leave it empty, or choose another order among its rules"
            return Looked({"turns": f"in the order 'manual' somebody picks who speaks — {cure}"})
        seats = {agent.seat for agent in moment.setup.agents}
        for place, change in enumerate(changes, 1):
            late = next((edited for edited in change.edits if edited > moment.turn), None)
            gone = {*change.models, *change.params, *change.manners, *(to for to, _ in change.whispers)} - seats
            if late is not None:
                wrong["branches"] = f"branch {place} edits turn {late}, which is not in it"
            elif gone - {EVERYBODY}:
                wrong["branches"] = f"branch {place} changes a seat that nobody had after turn {moment.turn}"
        if wrong:
            return Looked(wrong)
        self.moment = moment
        title = " ".join(str(typed["title"]).split()) or None
        notes = {"turn": _spoken(moment), "turns": self._cost(setups, moment, turns)}
        return Looked({}, {}, notes, Wish(moment.turn, named(changes, moment.setup), title, turns))

    def _cost(self, setups: Sequence[Setup], moment: Moment, turns: int | None) -> str:
        """About what it costs, as the form for a new conversation says it."""
        price, each = self.workspace.catalogue.cost, turns or TURNS
        found = [estimate(setup, price, each, said=moment.tokens) for setup in setups]
        unpriced = tuple(dict.fromkeys(model for one in found for model in one.unpriced))
        told = estimate_text(Estimate(each, sum(one.cost for one in found), unpriced))
        return f"{told} in each of {len(setups)} branches" if len(setups) > 1 and "about" in told else told

    # The list ---------------------------------------------------------------------------------------------------------

    def _show_branches(self, marked: int | None = None) -> None:
        rows = self.query_one("#branches", ItemList)
        rows.fill(len(self.changes), self._drawn, marked=marked)
        self.examine()

    def _drawn(self, index: int, width: int) -> Content:
        told = change_told(self.changes[index], self.moment.setup)
        hint = " · enter says what is different" if told == AS_IT_WAS else ""
        return shown_line(f"{index + 1} {told}{hint}").truncate(width, ellipsis=True)

    @on(ItemList.Wanted, "#branches")
    def _wanted(self, message: ItemList.Wanted) -> None:
        changes, at = list(self.changes), message.index
        match message.what:
            case "add":
                at = min(at + 1, len(changes))
                self._edit(at, Change(), new=True)
                return
            case "change":
                self._edit(at, changes[at])
                return
            case "remove":
                self._taken = at, changes.pop(at)
            case "undo" if self._taken is not None:
                at, change = self._taken
                self._taken = None
                changes.insert(min(at, len(changes)), change)
            case "up" if at > 0:
                changes[at - 1], changes[at] = changes[at], changes[at - 1]
                at -= 1
            case "down" if at + 1 < len(changes):
                changes[at + 1], changes[at] = changes[at], changes[at + 1]
                at += 1
        self.changes = tuple(changes)
        self._show_branches(at)

    def _edit(self, at: int, change: Change, *, new: bool = False) -> None:
        def edited(changed: Change | None) -> None:
            if changed is not None:
                self.changes = (*self.changes[:at], changed, *self.changes[at + (not new) :])
                self._show_branches(at)

        title = f"Branch {at + 1} from turn {self.moment.turn}"
        self.app.push_screen(VariantScreen(self.workspace, self.moment, change, title, new=new), edited)

    def action_several_models(self) -> None:
        """A branch for each of several models, in place of the marked one."""
        rows = self.query_one("#branches", ItemList)
        at = min(rows.marked, len(self.changes))
        change = self.changes[at] if at < len(self.changes) else Change()

        def named_(made: tuple[Change, ...] | None) -> None:
            if made:
                self.changes = (*self.changes[:at], *made, *self.changes[at + 1 :])
                self._show_branches(at)

        self.app.push_screen(SeveralModelsScreen(self.workspace, self.moment, change), named_)

    # Making them ------------------------------------------------------------------------------------------------------

    async def _apply(self) -> bool:
        self._tried = True
        looked = await self._looked_over()
        if looked.result is None:
            self._go_to_mistake(looked)
            return False
        if self._making is not None and not self._making.is_finished:
            return False  # asked twice at once
        # What a question in front of it is answered with ends this wait, and not the making.
        self._making = self.run_worker(self._make(looked.result), group="making", exit_on_error=False)
        return await asyncio.shield(self._making.wait())

    async def _make(self, wish: Wish) -> bool:
        from backrooms_tui.ui.screens.branching.making import MakingBranchesScreen

        opened = await self.app.push_screen_wait(MakingBranchesScreen(self.moment.session, wish))
        if not opened:
            return False
        self._at_first = self.typed
        self._begun()
        app = self.backrooms
        if self.is_active:
            self.dismiss(None)
        app.call_later(_lead_on, app, opened, wish)
        return True

    @property
    def backrooms(self) -> "BackroomsApp":
        """The application."""
        return cast("BackroomsApp", self.app)


def _lead_on(app: "BackroomsApp", opened: "Sequence[Opened]", wish: Wish) -> None:
    """To the stage, or to where they talk."""
    if wish.turns is None:
        app.show_stage(opened[0])
        if len(wish.changes) > 1:
            told = f"{len(wish.changes)} branches are made; this is the first, B shows all of them"
            app.notify(told, timeout=8)
    else:
        app.show_running(opened, wish.turns, past_limits=[not change.limits for change in wish.changes])


def _played(resolve: Callable[[str], "object"], setup: Setup, change: Change) -> Setup:
    """The setup that a branch with `change` goes on with, its limits apart where they are not what is different."""
    agents = []
    for agent in setup.agents:
        asked = change.models.get(agent.seat, change.models.get(EVERYBODY))
        model = str(getattr(resolve(asked), "reference", "")) if asked else agent.model
        wishes = {**change.params.get(EVERYBODY, {}), **change.params.get(agent.seat, {})}
        params = {**agent.params, **{name: checked(name, value) for name, value in wishes.items()}}
        agents.append(replace(agent, model=model, params=params, **change.manners.get(agent.seat, {})))
    rules = replace(setup.rules, **change.rules) if change.rules else replace(setup.rules, max_turns=0, max_rounds=0)
    return replace(setup, agents=tuple(agents), rules=rules)


def _spoken(moment: Moment) -> str:
    """The words that they go on from."""
    return f"{moment.said.name}: {' '.join(moment.said.text.split())}"[:200]


async def ask_to_branch(app: "BackroomsApp", session: str, turn: int | None, begun: Callable[[], object]) -> None:
    """Read the moment and show the form. Raises OperatorError for a turn that is not there."""
    here = app.screen
    moment = await asyncio.to_thread(moment_of, app.workspace, session, turn)
    if app.screen is here:  # nobody has gone elsewhere meanwhile
        app.push_screen(BranchingScreen(app, moment, begun))
