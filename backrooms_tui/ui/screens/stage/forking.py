"""Going on elsewhere from a turn of a live conversation: on a stage of its own, or both ways. What runs here pauses."""

from backrooms_tui.assembly.continuing import branch
from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.screens.stage.performance import Performance
from backrooms_tui.ui.screens.stage.speaking_up import councils_held
from backrooms_tui.ui.screens.stage.watching import WatchingScreen

_GROUP = "branching"


class ForkingScreen(WatchingScreen):
    """A screen with a live conversation, and the actions that leave it for another that has the same past."""

    conversation: Conversation
    performance: Performance

    @property
    def watched(self) -> str:
        """The conversation's session."""
        return self.conversation.state.session

    async def recorded(self) -> None:
        """The turn that was spoken last may still be on its way to the store, in councils, too."""
        await self.conversation.settled()
        for council in list(councils_held(self.conversation)):
            await council.conversation.settled()

    def action_fork(self) -> None:
        """Open a live branch from the chosen turn, or the last whole one. Whoever speaks here finishes its turn."""
        from backrooms_tui.ui.screens.both.asking import turn_chosen

        turn = turn_chosen(self, self.conversation.state)
        if turn is None or any(worker.group == _GROUP and worker.is_running for worker in self.workers):
            return
        speaking = self.performance.running
        self.performance.pause()
        self.run_worker(self._branch(turn, speaking), group=_GROUP, exit_on_error=False)

    async def action_vary(self) -> None:
        """Ask what is to be different in branches from the chosen turn, or the last whole one. Whoever speaks here
        pauses when they begin."""
        from backrooms_tui.ui.screens.both.asking import turn_chosen
        from backrooms_tui.ui.screens.branching.branching import ask_to_branch

        turn = turn_chosen(self, self.conversation.state)
        if turn is None:
            return
        try:
            await self.conversation.settled()
            await ask_to_branch(self.backrooms, self.conversation.state.session, turn, self.performance.pause)
        except OperatorError as error:
            self.say(f"{error.what}; {error.cure}", wrong=True)

    async def _branch(self, turn: int, speaking: bool) -> None:
        try:
            await self.conversation.settled()
            opened = await branch(self.backrooms.workspace, self.conversation.state.session, turn)
            if self.performance.left or not self.is_current:
                await opened.aclose()
                return
        except OperatorError as error:
            self.say(f"{error.what}; {error.cure}", wrong=True)
            return
        self.backrooms.show_stage(opened)
        where = "the session it comes from pauses after its turn" if speaking else "esc goes back to the session"
        self.say(f"A branch from turn {turn}; {where}")

    async def action_branches(self) -> None:
        """The family of this session as a tree. Whoever speaks here goes on."""
        try:
            await self.conversation.settled()
        except OperatorError as error:
            self.say(f"{error.what}; {error.cure}", wrong=True)
        else:
            self.backrooms.show_branches(self.conversation.state.session)

    def action_export(self) -> None:
        """Write this session to a file, up to its last whole turn. Whoever speaks here goes on."""
        state = self.conversation.state
        title = state.setup.title if state.setup is not None else ""
        self.backrooms.show_export([state.session], title, settled=self.conversation.settled)

    def action_judge(self) -> None:
        """What was judged of this session; it can be judged as far as it has come. Whoever speaks here goes on."""
        self.backrooms.show_judging(self.conversation.state.session, self.conversation.settled)

    def action_both(self) -> None:
        """Ask how far, and show both ways from the chosen turn, or the last whole one: without the ladder, and with it.
        They begin when nobody speaks here."""
        from backrooms_tui.ui.screens.both.asking import ask_both_ways

        async def stood_still() -> None:
            await self.performance.stood_still()
            await self.conversation.settled()

        ask_both_ways(self, self.conversation.state, self.performance.pause, stood_still)
