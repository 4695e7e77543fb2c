"""One branch: what is different in it from the moment that it begins with."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, cast

from rich.text import Text
from textual import work
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Select, Static

from backrooms_tui.assembly.branching.branching import EVERYBODY, Change
from backrooms_tui.assembly.branching.moment import Moment
from backrooms_tui.session.changing import agent_told, rules_told
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.setup import AgentSetup, Rules
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.amounts import whole_number
from backrooms_tui.ui.screens.new.draft import params_of, params_text
from backrooms_tui.ui.screens.rules.editing import EditingDialog, Looked, Typed
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.widgets.field_row import Row, sentence
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.lines_input import LinesInput
from backrooms_tui.ui.widgets.marks import mark
from backrooms_tui.ui.widgets.model_text import about_model

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.conversation.casting import Manners

_MANNERS = ("system", "description", "talkativeness", "reminder", "memory", "guard")
_SEAT = "its model and parameters; empty: as they are · enter searches · ctrl+g: its system text and manners"
_SAYS = "what the last turn says in this branch: all that follows goes by it"
_WORDS = "said to all before the first turn of the branch"
_WHISPER = "said to one agent alone before the first turn of the branch"
_SEED = "repeats what models on this machine say; another one makes them say something else"
_RULES = "ctrl+r changes the rules of this branch"


class VariantScreen(EditingDialog[Change]):
    """Gives what is different in a branch from `moment` in place of `change`, None where that stays as it is. A
    `new` one is given as it stands, too."""

    CSS_PATH = "../rules/editing.tcss"
    applies: ClassVar[str] = "keeps it · ctrl+g system text · ctrl+r rules"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+g", "manners", "Manners", priority=True, show=False),
        Binding("ctrl+r", "rules", "Rules", priority=True, show=False),
    ]

    def __init__(
        self, workspace: "Workspace", moment: Moment, change: Change, title: str, *, new: bool = False
    ) -> None:
        super().__init__(workspace, title, new=new)
        self._moment = moment
        self._change = change
        self.manners: dict[int, Manners] = {**change.manners}
        self.rules_changed: Mapping[str, Any] = change.rules

    @property
    def model_fields(self) -> Mapping[str, str]:
        """One a seat."""
        return {
            f"model-{agent.seat}": f"Model for {mark(agent.seat)} {harmless_line(agent.name)}"
            for agent in self._moment.setup.agents
        }

    def rows(self) -> Sequence[Widget]:
        """The seats, the turn, what is said after it, the seed, the rules."""
        setup, change = self._moment.setup, self._change
        to, whisper = change.whispers[0] if change.whispers else (self._moment.said.agent, "")
        options = [
            (Text(harmless_line(f"to {mark(agent.seat)} {agent.name}"), overflow="ellipsis", no_wrap=True), agent.seat)
            for agent in setup.agents
        ]
        chosen = to if to in {agent.seat for agent in setup.agents} else setup.agents[0].seat
        select: Select[int] = Select(options, allow_blank=False, value=chosen, id="to", compact=True)
        said = self._moment.said
        says = change.edits.get(said.turn, said.text)
        seed = "" if change.seed is None else str(change.seed)
        own_seed = "no seed" if setup.seed is None else f"as it is: {setup.seed}"
        return (
            *(self._seat(agent) for agent in setup.agents),
            Row(
                f"turn {said.turn} {mark(said.agent)}",
                [("says", LinesInput(says, id="says", placeholder="nothing"))],
                about=_SAYS,
            ),
            Row("say to all", [("words", LinesInput("\n".join(change.words), id="words"))], about=_WORDS),
            Row("whisper", [("whisper", LinesInput(whisper, id="whisper")), ("to", select)], about=_WHISPER),
            Row("seed", [("seed", LineInput(seed, id="seed", placeholder=own_seed))], about=_SEED),
            Row("rules", [("rules", Static("as they are", id="rules"))], about=_RULES),
        )

    def _seat(self, agent: AgentSetup) -> Row:
        models, params = self._change.models, self._change.params
        model = models.get(agent.seat, models.get(EVERYBODY, ""))
        own = {**params.get(EVERYBODY, {}), **params.get(agent.seat, {})}
        name = f"model-{agent.seat}"
        asked = params_text(agent.params) or "parameters"
        typed = params_text(cast("Any", own))
        return Row(
            f"{mark(agent.seat)} {agent.name}",
            [
                (name, LineInput(model, id=name, placeholder=agent.model)),
                (f"params-{agent.seat}", LineInput(typed, id=f"params-{agent.seat}", placeholder=asked)),
            ],
            about=_SEAT,
        )

    @property
    def typed(self) -> Typed:
        """With what the other dialogs gave."""
        return {**super().typed, "manners": dict(self.manners), "rules": dict(self.rules_changed)}

    def look(self, typed: Typed) -> Looked[Change]:
        """What is different then."""
        wrong: dict[str, str] = {}
        notes: dict[str, str] = {}
        warnings: dict[str, str] = {}
        models: dict[int, str] = {}
        params: dict[int, Mapping[str, object]] = {}
        setup = self._moment.setup
        for agent in setup.agents:
            key, model = f"model-{agent.seat}", str(typed[f"model-{agent.seat}"]).strip()
            told = [agent_told(agent, self._mannered(agent))] if self.manners.get(agent.seat) else []
            if model:
                models[agent.seat] = model
                try:
                    note, warning = about_model(self.workspace, model)
                    told.insert(0, note)
                    warnings |= {key: warning} if warning else {}
                except OperatorError as error:
                    wrong[key] = sentence(error)
            notes |= {key: " · ".join(told)} if told else {}
            try:
                wished = params_of(str(typed[f"params-{agent.seat}"]))
                params |= {agent.seat: wished} if wished else {}
            except OperatorError as error:
                wrong[f"params-{agent.seat}"] = sentence(error)
        seed: int | None = None
        try:
            seed = whole_number(str(typed["seed"]), "the seed", "leave it empty: as it is")
        except OperatorError as error:
            wrong["seed"] = sentence(error)
        if self.rules_changed:
            notes["rules"] = rules_told(setup.rules, self._rules)
        if wrong:
            return Looked(wrong, warnings, notes)
        away = {agent.seat for agent in setup.agents if agent.absent}
        if str(typed["whisper"]).strip() and int(str(typed["to"])) in away:
            warnings["whisper"] = f"{mark(int(str(typed['to'])))} is away and does not hear it"
        same = set(models.values()) if len(models) == len(setup.agents) > 1 else set()
        said, says = self._moment.said, str(typed["says"])
        words, whisper = str(typed["words"]).strip(), str(typed["whisper"]).strip()
        others = {turn: text for turn, text in self._change.edits.items() if turn != said.turn}
        change = replace(
            self._change,
            models={EVERYBODY: same.pop()} if len(same) == 1 else models,
            params=params,
            edits=others if says == said.text else {**others, said.turn: says},
            words=(words,) if words else (),
            whispers=((int(str(typed["to"])), whisper),) if whisper else (),
            manners={seat: manners for seat, manners in self.manners.items() if manners},
            rules=self.rules_changed,
            seed=seed,
        )
        return Looked({}, warnings, notes, change)

    # What has a dialog of its own -----------------------------------------------------------------------------------

    def _mannered(self, agent: AgentSetup) -> AgentSetup:
        return replace(agent, **self.manners.get(agent.seat, {}))

    @property
    def _rules(self) -> Rules:
        return replace(self._moment.setup.rules, **self.rules_changed)

    @work(group="manners", exclusive=True, exit_on_error=False)
    async def action_manners(self) -> None:
        """The system text and the manners of the seat that is being filled, of the first one otherwise."""
        from backrooms_tui.ui.screens.manners.manners import MannersScreen

        focused = (self.focused.id or "") if self.focused is not None else ""
        seats = {agent.seat: agent for agent in self._moment.setup.agents}
        asked = focused.rpartition("-")[2]
        agent = seats.get(int(asked) if asked.isdecimal() else 0, self._moment.setup.agents[0])
        chosen = await self.app.push_screen_wait(MannersScreen(self._mannered(agent), workspace=self.workspace))
        if chosen is not None:
            different = {
                name: getattr(chosen, name) for name in _MANNERS if getattr(chosen, name) != getattr(agent, name)
            }
            self.manners = {**self.manners, agent.seat: cast("Manners", different)}
            self.examine()

    @work(group="rules", exclusive=True, exit_on_error=False)
    async def action_rules(self) -> None:
        """The rules of this branch."""
        from backrooms_tui.ui.screens.rules.rules import RulesScreen

        setup, turn = self._moment.setup, self._moment.turn
        dialog = RulesScreen(self._rules, setup.agents, turn=turn, workspace=self.workspace)
        chosen = await self.app.push_screen_wait(dialog)
        if chosen is not None:
            own = setup.rules
            names = (one.name for one in fields(Rules))
            self.rules_changed = {
                name: getattr(chosen, name) for name in names if getattr(chosen, name) != getattr(own, name)
            }
            told = "as they are" if not self.rules_changed else rules_told(own, self._rules)
            self.query_one("#rules", Static).update(shown_line(told))
            self.examine()
