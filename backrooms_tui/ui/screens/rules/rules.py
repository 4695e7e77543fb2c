"""All the rules of a conversation: who speaks next, when it ends, what happens by itself."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Checkbox, Select, Static

from backrooms_tui.session.setup import AgentSetup, Cue, Remedy, Rules
from backrooms_tui.ui.ending_words import ending_words
from backrooms_tui.ui.screens.rules.cue import CueScreen
from backrooms_tui.ui.screens.rules.editing import EditingDialog, Looked, Typed
from backrooms_tui.ui.screens.rules.item_list import KEYS, ItemList
from backrooms_tui.ui.screens.rules.look_over import is_said, looked_over
from backrooms_tui.ui.screens.rules.reading import number_text
from backrooms_tui.ui.screens.rules.requests import request_rows
from backrooms_tui.ui.screens.rules.step import StepScreen
from backrooms_tui.ui.screens.rules.telling import cue_line, rounds_line, step_line
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.field_row import Row
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.lines_input import LinesInput
from backrooms_tui.ui.widgets.marks import mark
from backrooms_tui.ui.widgets.order_select import ABOUT_ORDER, order_select
from backrooms_tui.ui.widgets.tick_box import TickBox

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace

_LIMITS = (
    ("max_turns", "turns"),
    ("max_rounds", "rounds"),
    ("max_tokens", "tokens"),
    ("max_seconds", "seconds"),
    ("budget", "dollars"),
)
_NO_STEPS, _NO_CUES = "no steps: n adds one", "none: n adds one"


class RulesScreen(EditingDialog[Rules]):
    """Gives the changed `rules`, None where they stay as they are.

    `turn` is how many turns are over, which may be told later on, too: cues that come before that were said. `accept`
    is given the changed rules before the dialog goes; its OperatorError is shown, and the dialog stays. `ladder` is
    what the tick brings where the rules have no ladder: the standard one where it is empty.
    """

    models: ClassVar = {"manager": "Model that picks who speaks"}

    def __init__(
        self,
        rules: Rules,
        agents: Sequence[AgentSetup],
        *,
        turn: int = 0,
        workspace: "Workspace",
        accept: Callable[[Rules], object] | None = None,
        ladder: Sequence[Remedy] = (),
    ) -> None:
        super().__init__(workspace, "Rules")
        self.rules_before = rules
        self.agents = tuple(agents)
        self.turn = turn
        self._accept = accept
        self._ladder_offered = tuple(ladder)
        self.steps = rules.ladder
        self.cues = rules.cues
        self._taken: dict[str, tuple[int, Remedy | Cue]] = {}

    # The rows ---------------------------------------------------------------------------------------------------------

    def rows(self) -> Sequence[Widget]:
        """Who speaks, the limits, and what happens by itself."""
        rules = self.rules_before
        repeat = TickBox("the same agent may speak twice in a row", rules.repeat, id="repeat", compact=True)
        play = TickBox("agents may speak for others", rules.play, id="play", compact=True)
        ladder = TickBox("step in when the talk goes in circles", bool(rules.ladder), id="ladder", compact=True)
        manager = LineInput(rules.manager, placeholder=f"the model of {mark(1)}", id="manager")
        told = rounds_line(rules)
        rounds = [Row("rounds", [("rounds", Static(shown_line(told), id="rounds"))])] if told else []
        return (
            *rounds,
            Row("order", [("order", order_select(rules.order, id="order"))], about=ABOUT_ORDER),
            Row("manager", [("manager", manager)], about="who picks: type a model, or press enter to search"),
            Row("repeat", [("repeat", repeat)]),
            Row("ends after", self._limits(), about="whichever comes first; empty is no limit; tokens in and out"),
            Row(
                "stop texts",
                [("stop", LinesInput("\n".join(rules.stop), placeholder="none", id="stop"))],
                about="one on each line: it ends when an agent says it on a line of its own",
            ),
            Row(
                "said by",
                [("stop_votes", LineInput(str(rules.stop_votes), id="stop-votes"))],
                about="how many agents have to say a stop text; one that does before leaves",
            ),
            Row("play", [("play", play)], about="nothing is cut where one speaks as another"),
            Static("", classes="gap"),
            Row(
                "stalled from",
                [("stall_at", LineInput(number_text(rules.stall_at), id="stall-at"))],
                about="a turn counts as stalled from here on: above 0, up to 1",
            ),
            Row("ladder", [("ladder", ladder)], about="steps that are taken one after another while the talk stalls"),
            Row("", [("steps", ItemList(_NO_STEPS, id="steps"))], about=f"{KEYS} · shift+↑↓ moves it"),
            Static("", classes="gap"),
            Row("cues", [("cues", ItemList(_NO_CUES, id="cues"))], about=KEYS),
            Static("", classes="gap"),
            *request_rows(rules.requests),
        )

    def _limits(self) -> list[tuple[str, Widget]]:
        return [
            (key, LineInput(number_text(getattr(self.rules_before, key) or None), placeholder=what, id=key))
            for key, what in _LIMITS
        ]

    def on_mount(self) -> None:
        """Fill the lists."""
        self._show_steps()
        self._show_cues()
        super().on_mount()

    def lay_out(self) -> None:
        """What the order and the tick ask for."""
        order = self.query_one("#order", Select).value
        self.row_of("manager").display = order == "manager"
        self.row_of("repeat").display = order == "random"
        self.row_of("steps").display = self.query_one("#ladder", Checkbox).value

    @property
    def typed(self) -> Typed:
        """With the lists."""
        return {**super().typed, "steps": self.steps, "cues": self.cues}

    def look(self, typed: Typed) -> Looked[Rules]:
        """What the rules come to, and in words when it ends."""
        looked = looked_over(self.workspace, typed, self.rules_before, self.agents, self.turn)
        if looked.result is None:
            return looked
        return replace(looked, notes={**looked.notes, "max_turns": ending_words(looked.result)})

    def accept(self, result: Rules) -> None:
        """Whoever asked may refuse."""
        if self._accept is not None:
            self._accept(result)

    def turn_is(self, turn: int) -> None:
        """So many turns are over now."""
        if turn != self.turn:
            self.turn = turn
            if self.is_mounted:
                self.query_one("#cues", ItemList).redraw()

    # The ladder -------------------------------------------------------------------------------------------------------

    @on(Checkbox.Changed, "#ladder")
    def _ladder_put_on(self, event: Checkbox.Changed) -> None:
        """Where there are no steps, some are offered."""
        if event.value and not self.steps:
            from backrooms_tui.templates.standard_ladder import STANDARD_LADDER

            self.steps = self._ladder_offered or STANDARD_LADDER
            self._show_steps()

    def _show_steps(self, marked: int | None = None) -> None:
        self.query_one("#steps", ItemList).fill(
            len(self.steps),
            lambda index, width: shown_line(f"{index + 1} {step_line(self.steps[index])}").truncate(
                width, ellipsis=True
            ),
            marked=marked,
        )
        self.examine()

    @on(ItemList.Wanted, "#steps")
    def _steps_wanted(self, message: ItemList.Wanted) -> None:
        steps, at = list(self.steps), message.index
        match message.what:
            case "add":
                at = min(at + 1, len(steps))
                self._edit_step(at, Remedy("nudge"), new=True)
                return
            case "change":
                self._edit_step(at, steps[at])
                return
            case "remove":
                self._taken["steps"] = at, steps.pop(at)
            case "undo" if "steps" in self._taken:
                at, step = self._taken.pop("steps")
                at = min(at, len(steps))
                steps.insert(at, step)  # type: ignore[arg-type]
            case "up" if at > 0:
                steps[at - 1], steps[at] = steps[at], steps[at - 1]
                at -= 1
            case "down" if at + 1 < len(steps):
                steps[at + 1], steps[at] = steps[at], steps[at + 1]
                at += 1
        self.steps = tuple(steps)
        self._show_steps(at)

    def _edit_step(self, at: int, step: Remedy, *, new: bool = False) -> None:
        def edited(changed: Remedy | None) -> None:
            if changed is not None:
                self.steps = (*self.steps[:at], changed, *self.steps[at + (not new) :])
                self._show_steps(at)

        self.app.push_screen(StepScreen(self.workspace, f"Step {at + 1} of the ladder", step, new=new), edited)

    # The cues ---------------------------------------------------------------------------------------------------------

    def _said(self, cue: Cue) -> bool:
        return is_said(cue, self.rules_before, self.turn)

    def _show_cues(self, marked: int | None = None) -> None:
        self.query_one("#cues", ItemList).fill(len(self.cues), self._cue_drawn, marked=marked)
        self.examine()

    def _cue_drawn(self, index: int, width: int) -> Content:
        cue = self.cues[index]
        said = self._said(cue)
        drawn = shown_line(cue_line(cue, self.agents, said=said)).truncate(width, ellipsis=True)
        return drawn.stylize("$text-muted") if said else drawn

    @on(ItemList.Wanted, "#cues")
    def _cues_wanted(self, message: ItemList.Wanted) -> None:
        cues, at = list(self.cues), message.index
        if message.what in ("change", "remove") and self._said(cues[at]):
            self.say(f"turn {cues[at].turn} is over: what was said stays", wrong=True)
            return
        match message.what:
            case "add":
                self._edit_cue(None, Cue(self.turn + 1, ""))
            case "change":
                self._edit_cue(at, cues[at])
            case "remove":
                self._taken["cues"] = at, cues.pop(at)
                self.cues = tuple(cues)
                self._show_cues(at)
            case "undo" if "cues" in self._taken:
                at, cue = self._taken.pop("cues")
                cues.insert(min(at, len(cues)), cue)  # type: ignore[arg-type]
                self.cues = tuple(cues)
                self._show_cues(at)

    def _edit_cue(self, at: int | None, cue: Cue) -> None:
        def edited(changed: Cue | None) -> None:
            if changed is None:
                return
            cues = list(self.cues)
            if at is not None:
                del cues[at]
            if at is None or changed.turn != cue.turn:
                # Among those of other turns, where it belongs.
                place = next((index for index, one in enumerate(cues) if one.turn > changed.turn), len(cues))
            else:
                place = at
            cues.insert(place, changed)
            self.cues = tuple(cues)
            self._show_cues(place)

        title = "New cue" if at is None else f"Cue of turn {cue.turn}"
        dialog = CueScreen(self.workspace, title, cue, self.agents, lambda: self.turn, new=at is None)
        self.app.push_screen(dialog, edited)
