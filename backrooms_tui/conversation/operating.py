"""What the operator may do in a conversation beside letting it run. Safe at any moment."""

from collections.abc import Mapping

from backrooms_tui.conversation.choosing import Choosing
from backrooms_tui.conversation.council.holding import Councils, HearWithin
from backrooms_tui.conversation.presence import Presence, agent_at
from backrooms_tui.conversation.publishing import Listener, Publisher
from backrooms_tui.conversation.requests.carrying_out import Requests
from backrooms_tui.conversation.ruling import Ruling
from backrooms_tui.conversation.scrubbing import scrubbed
from backrooms_tui.conversation.sending.memory import change_memory
from backrooms_tui.conversation.sending.perspective import Perspective
from backrooms_tui.conversation.stepping_in import SteppingIn
from backrooms_tui.conversation.stopping import Beside
from backrooms_tui.conversation.turns.turns import Turns
from backrooms_tui.session.events import PermissionAsked, PermissionDecided, PermissionsChanged, SeatChanged, TurnEdited
from backrooms_tui.session.setup import AgentSetup, ParamValue, Rules
from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.session.world import Decision, Permission
from backrooms_tui.worlds.base import World


class Operating:
    """Words, edits, other models and rules, who takes part. While somebody speaks, most of it comes with the end of
    that turn."""

    _publisher: Publisher
    _between: SteppingIn
    _presence: Presence
    _ruling: Ruling
    _councils: Councils
    _turns: Turns

    _choosing: Choosing
    _requests: Requests
    # What was wanted last of each seat's permissions.
    _permitting: dict[int, Mapping[str, Permission]]

    @property
    def state(self) -> SessionState:
        """The session as it stands. Read it; only events change it."""
        return self._publisher.state

    @property
    def picked(self) -> int | None:
        """The seat that the operator has picked to speak next."""
        return self._choosing.picked

    def perspective(self, seat: int) -> Perspective:
        """What `seat` would be sent if it spoke now."""
        return self._turns.perspective(seat)

    async def aclose(self) -> None:
        """Write what is left of the councils that are not over, and close the worlds. Raises OperatorError where it
        could not be kept."""
        try:
            await self._councils.aclose()
        finally:
            await self._turns.worlds.aclose()

    def listen(self, listener: Listener) -> None:
        """Let `listener` hear everything from now on; what was before is in the state."""
        self._publisher.listen(listener)

    async def settled(self) -> None:
        """Wait until everything that happened is kept."""
        await self._publisher.settled()

    def listen_within(self, hear: HearWithin) -> None:
        """Let `hear` know of everything in councils from now on, at any depth: the council's state, and the event that
        changed it."""
        self._councils.listen(hear)

    def spent_within(self) -> Beside:
        """What councils that are not over have taken so far; it is not in the state yet."""
        return self._councils.spent()

    async def pick_up_councils(self) -> None:
        """Those that were open when the session was left are in `councils` again. Raises OperatorError."""
        await self._councils.pick_up()

    def interject(self, text: str) -> None:
        """Speak to all. Heard at once, or when the turn that is being spoken is over."""
        self._between.say(text, 0)

    def whisper(self, seat: int, text: str) -> None:
        """Speak to one agent only. Raises OperatorError for a seat that nobody has."""
        agent_at(self.state, seat)
        self._between.say(text, seat)

    def edit(self, turn: int, text: str) -> None:
        """Change what a finished turn says, from the next request on. Raises OperatorError for an unknown turn."""
        if turn not in self.state.turns:
            raise OperatorError(f"there is no turn {turn}", f"turns go from 1 to {self.state.turn}")
        self._publisher.emit(TurnEdited, turn=turn, text=scrubbed(text))

    def change_seat(
        self,
        seat: int,
        *,
        model: str | None = None,
        asked: str = "",
        window: int | None = None,
        params: Mapping[str, ParamValue] | None = None,
    ) -> None:
        """Go on with another model (a full reference, with its context window in tokens) or other parameters.

        While the seat speaks, the change comes with its next turn. Raises OperatorError for an unknown seat.
        """
        agent = agent_at(self.state, seat)
        if agent.is_world and model is not None:
            raise OperatorError(
                f"{agent.name} is a world, and no model can sit there", "let it leave, and add an agent"
            )

        def change() -> None:
            self._publisher.emit(
                SeatChanged,
                agent=seat,
                model=model or agent.model,
                asked=asked,
                params=agent.params if params is None else params,
                window=window if model is not None else agent.window,
            )

        self._between.do(change)

    def change_rules(self, rules: Rules) -> None:
        """Go on by `rules` once the turn that is being spoken is over. Raises OperatorError where they cannot be."""
        self._ruling.change_rules(rules)

    def change_agent(self, manners: AgentSetup) -> None:
        """Give the seat of `manners` its description, talkativeness, reminder, memory and guard, when the turn that is
        being spoken is over. Raises OperatorError for an unknown seat."""
        self._ruling.change_agent(manners)

    def mute(self, seat: int, on: bool = True) -> None:
        """Let `seat` hear everything and not speak, or speak again. Raises OperatorError for an unknown seat."""
        self._presence.mute(seat, on)

    def send_away(self, seat: int, reason: str = "") -> None:
        """Let `seat` leave: it neither speaks nor hears. Raises OperatorError for an unknown seat."""
        self._presence.send_away(seat, reason)

    def bring_back(self, seat: int) -> None:
        """Let `seat` take part again. Raises OperatorError for an unknown seat."""
        self._presence.bring_back(seat)

    def add_agent(self, setup: AgentSetup) -> AgentSetup:
        """Let somebody new take part, on the next free seat; what comes back says which, and under which name."""
        return self._presence.add(setup)

    def change_memory(self, seat: int, text: str) -> None:
        """Rewrite what `seat` remembers, from the next request on. Raises OperatorError for an unknown seat."""
        change_memory(self._publisher, seat, text)

    def undo_request(self, request: str | None = None) -> None:
        """Undo what an agent asked for, by its id in `state.requests`, or the last that was done, when the turn that is
        being spoken is over. Raises OperatorError where there is nothing to undo."""
        requests = self.state.requests
        request = next(reversed(requests.standing), None) if request is None else request
        self._requests.check(request)
        self._between.do(lambda: self._requests.undo(request))

    # Permissions ---------------------------------------------------------------------------------------------------

    def world(self, seat: int) -> World:
        """The world on `seat`, to be asked what it may do; started only when it answers. Raises OperatorError where it
        cannot be."""
        return self._turns.worlds.world(seat)

    @property
    def asked(self) -> PermissionAsked | None:
        """What waits for the operator's permission here; a council has its own. Decide, and let it go on."""
        return self.state.asking.asked

    def decide(self, decision: Decision, word: str = "") -> None:
        """Answer what was asked: allow it once, for this session, or deny it, with a `word` to who gave the command.

        Nothing runs before the conversation goes on. Raises OperatorError where nothing was asked.
        """
        asked = self.asked
        if asked is None:
            raise OperatorError("nothing waits for a permission", "let the conversation go on")
        self._publisher.emit(
            PermissionDecided,
            agent=asked.agent,
            by=asked.by,
            name=asked.name,
            command=asked.command,
            decision=decision,
            word=scrubbed(" ".join(word.split())),
        )

    def change_permissions(self, seat: int, permissions: Mapping[str, Permission]) -> None:
        """What `seat` may do from now on, whole; by the names that `session.world.WorldSetup` knows. Of several changes
        while somebody speaks the last one comes. Raises OperatorError for an unknown seat."""
        agent_at(self.state, seat)
        wanted = self._permitting[seat] = dict(permissions)

        def change() -> None:
            if self._permitting.get(seat) is wanted:
                self._publisher.emit(PermissionsChanged, agent=seat, permissions=wanted)

        self._between.do(change)
