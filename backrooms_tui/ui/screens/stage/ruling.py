"""The rules, changed from the stage while the session runs."""

from dataclasses import replace
from typing import TYPE_CHECKING

from backrooms_tui.session.changing import NOTHING, rules_told
from backrooms_tui.session.events import AnyEvent, RulesChanged
from backrooms_tui.session.setup import Remedy, Rules
from backrooms_tui.ui.screens.rules.rules import RulesScreen

if TYPE_CHECKING:
    from backrooms_tui.ui.screens.stage.stage import StageScreen

_LIMITS = ("max_turns", "max_rounds", "max_tokens", "max_seconds", "budget")


class Ruling:
    """Opens the dialog of the rules on `stage`, and gives what comes of it to the conversation. It listens to the
    conversation: the dialog knows which turns are over, however long it stays open."""

    def __init__(self, stage: "StageScreen") -> None:
        self._stage = stage
        self._dialog: RulesScreen | None = None
        # What comes with the end of the turn that is being spoken, and what it takes the place of.
        self._waiting: tuple[Rules, Rules] | None = None
        self._ladder: tuple[Remedy, ...] = ()  # the one that was put off last
        stage.conversation.listen(self)

    def open(self) -> None:
        """Show the rules as they are, or as they will be once the turn that is being spoken is over."""
        setup = self._stage.state.setup
        if setup is None:
            return
        rules = setup.rules
        if self._waiting is not None and self._waiting[0] is rules and self._stage.conversation.speaking:
            rules = self._waiting[1]
        self._dialog = RulesScreen(
            rules,
            # Whether they are there now: a cue may bring who was away.
            [replace(agent, absent=self._stage.state.agents[agent.seat].absent) for agent in setup.agents],
            turn=self._turn,
            workspace=self._stage.backrooms.workspace,
            accept=self._change,
            ladder=self._ladder,
        )
        self._stage.app.push_screen(self._dialog, self._done)

    def hear(self, event: AnyEvent) -> None:
        """Something has happened."""
        if isinstance(event, RulesChanged):
            self._waiting = None
        if self._dialog is not None:
            self._dialog.turn_is(self._turn)

    async def settled(self) -> None:
        """Nothing is kept here."""

    @property
    def _turn(self) -> int:
        """The turns whose cues were said: the one that is being spoken is among them."""
        state = self._stage.state
        return state.turn + (state.in_flight is not None)

    def _change(self, rules: Rules) -> None:
        """Raises OperatorError for rules that cannot be."""
        stage, setup = self._stage, self._stage.state.setup
        if setup is None or stage.performance.left:
            return
        before = setup.rules
        stage.conversation.change_rules(rules)
        if before.ladder and not rules.ladder:
            self._ladder = before.ladder
        if stage.conversation.speaking:
            self._waiting = before, rules
            told = rules_told(before, rules)
            if told != NOTHING:
                stage.say(f"From the next turn on: {told}")
        if any(getattr(before, limit) != getattr(rules, limit) for limit in _LIMITS):
            stage.performance.keep_to_limits()

    def _done(self, _: Rules | None) -> None:
        self._dialog = None
