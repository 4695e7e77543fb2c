"""Carrying out what agents ask for: between the turns, in the order in which it was asked, each once.

What was done is read from the session, so that one that goes on elsewhere, or was stopped in the middle, neither
forgets a request nor does it twice.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from backrooms_tui.conversation.orders.choice import Hold
from backrooms_tui.conversation.presence import Presence
from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.requests import voting
from backrooms_tui.conversation.requests.effects import record, speaks_again
from backrooms_tui.conversation.requests.telling import reach_of, with_manual
from backrooms_tui.conversation.requests.understanding import NotUnderstoodError, Wish, understood
from backrooms_tui.conversation.scrubbing import scrubbed
from backrooms_tui.session.events import (
    AgentMuted,
    Interjected,
    PermissionAsked,
    RequestMade,
    RequestUndone,
    VoteClosed,
)
from backrooms_tui.session.request_events import Request, request_id
from backrooms_tui.session.request_lines import MOST
from backrooms_tui.session.requests import names_on
from backrooms_tui.session.setup import AgentSetup
from backrooms_tui.session.state import SessionState, TurnEntry
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble
from backrooms_tui.session.world import permitted

# Agents that agents may bring in, in one session, and seats at the table then.
MOST_INVITED, MOST_SEATS = 3, 16
NOT_ALLOWED = "it is not allowed here"

# Somebody new: the model as an agent calls it, who it is to be, and its name, "" for the model's own. The seat that
# comes back has no number yet. Raises OperatorError or ProviderTrouble.
Invite = Callable[[str, str, str], Awaitable[AgentSetup]]


async def nobody_comes(model: str, persona: str, name: str) -> AgentSetup:
    """Where nobody can be invited."""
    raise OperatorError("nobody can be invited here", "go on with those who are there")


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request of the last turn, and what is known of it."""

    turn: TurnEntry
    number: int
    request: Request
    wish: Wish
    invited: AgentSetup | None = None


class Requests:
    """The requests of one conversation's agents. `invite` finds somebody new."""

    def __init__(self, publisher: Publisher, presence: Presence, invite: Invite) -> None:
        self._publisher = publisher
        self._presence = presence
        self._invite = invite
        # Who was found for a request that waits for the operator, by its id.
        self._found: dict[str, AgentSetup] = {}
        self._waits: _Asked | None = None

    async def carry_out(self) -> bool:
        """Do what was asked in the last turn and not done yet, as far as it needs no leave; then whatever is over is
        over. True where the operator is to be asked before it goes on: see `ask`."""
        self._waits = None
        while self._waits is None and (pending := self._pending()) is not None:
            await self._take(*pending)
        self._give_back_voices()
        vote = self._state.requests.vote
        if vote is not None and voting.over(vote, self._state):
            votes, silent = voting.result(vote)
            record(self._publisher, VoteClosed, vote=vote.id, question=vote.question, votes=votes, silent=silent)
        return self._waits is not None

    def ask(self) -> Hold:
        """Ask the operator for what waits."""
        waits, state = self._waits, self._state
        assert waits is not None
        seat = waits.turn.agent
        name, command = waits.request.name, waits.request.text
        if not state.asking.asks(seat, seat, name, command):
            reach = scrubbed(reach_of(name, waits.wish, waits.invited, state))
            self._publisher.emit(
                PermissionAsked, turn=state.turn + 1, agent=seat, by=seat, name=name, command=command, reach=reach
            )
        return Hold(f"{waits.turn.name} asks for {name}")

    def check(self, request: str | None) -> RequestMade:
        """The request with this id. Raises OperatorError where it cannot be undone."""
        made = self._state.requests.standing.get(request or "")
        if made is None:
            known = f"there is no request {request}" if request else "no agent has asked for anything"
            raise OperatorError(f"{known} that could be undone", "let them talk on")
        vote = self._state.requests.votes.get(made.vote)
        if made.vote and (vote is None or vote.closed is not None):
            raise OperatorError("that vote is over", "undo the request that called it")
        return made

    def undo(self, request: str | None) -> None:
        """Undo it, where that is still possible."""
        with suppress(OperatorError):
            made = self.check(request)
            record(self._publisher, RequestUndone, turn=made.turn, agent=made.agent, request=made.id)

    # One request ---------------------------------------------------------------------------------------------------

    def _pending(self) -> tuple[TurnEntry, int, Request] | None:
        state = self._state
        turn = state.turns.get(state.turn)
        if turn is None:
            return None
        for number, request in enumerate(turn.requests, 1):
            if request_id(turn.turn, number) not in state.requests.made:
                return turn, number, request
        return None

    async def _take(self, turn: TurnEntry, number: int, request: Request) -> None:
        """Do it, refuse it, or let it wait for the operator."""
        state = self._state
        if self._permission(turn.agent, request.name) == "deny":
            self._record(turn, number, request, outcome="denied", why=NOT_ALLOWED)
            return
        try:
            asked = await self._looked_at(turn, number, request)
        except NotUnderstoodError as why:
            if state.turns.get(turn.turn) is turn:
                self._record(turn, number, request, outcome="refused", why=str(why))
            return
        if state.turns.get(turn.turn) is not turn:
            return  # it was taken back meanwhile
        match self._permission(turn.agent, request.name):
            case "deny":
                self._record(turn, number, request, outcome="denied", why=NOT_ALLOWED)
            case "allow":
                self._do(asked)
            case _:
                self._decided(asked)

    def _decided(self, asked: _Asked) -> None:
        """What the operator says to it, where that is known."""
        turn, request = asked.turn, asked.request
        decision = self._state.asking.decision(turn.agent, turn.agent, request.name, request.text)
        if decision is None:
            self._waits = asked
        elif decision.decision == "deny":
            word = f": {decision.word}" if decision.word else ""
            why = f"the operator does not allow it{word}"
            self._record(turn, asked.number, request, outcome="denied", why=why)
        else:
            self._do(asked)

    async def _looked_at(self, turn: TurnEntry, number: int, request: Request) -> _Asked:
        """What it asks for. Raises NotUnderstoodError where that cannot be."""
        state, seat = self._state, turn.agent
        if number > MOST:
            raise NotUnderstoodError(f"only {MOST} requests are heard in a turn, and the rest of yours were not")
        if state.agents[seat].absent:
            raise NotUnderstoodError("you have left")
        wish = understood(request, state, seat)
        if request.name == "mute":
            wish = replace(wish, turns=wish.turns or max(1, len(self._voices()) - 1))
            self._may_mute(wish.to)
        elif request.name == "leave" and not [one for one in self._voices() if one != seat]:
            raise NotUnderstoodError("nobody else is there to speak")
        invited = await self._somebody(wish, request_id(turn.turn, number)) if request.name == "invite" else None
        return _Asked(turn, number, request, wish, invited)

    def _do(self, asked: _Asked) -> None:
        wish, invited = asked.wish, asked.invited
        if invited is not None:
            rules = self._state.setup.rules if self._state.setup is not None else None
            invited = self._presence.seated(invited if rules is None else with_manual(invited, rules))
        self._record(
            asked.turn,
            asked.number,
            asked.request,
            to=wish.to,
            said=scrubbed(wish.said),
            options=tuple(map(scrubbed, wish.options)),
            vote=wish.vote,
            turns=wish.turns,
            invited=invited,
        )

    def _record(self, turn: TurnEntry, number: int, request: Request, **fields: object) -> None:
        if isinstance(why := fields.get("why"), str):
            fields["why"] = scrubbed(" ".join(why.split()))
        self._found.pop(request_id(turn.turn, number), None)
        record(
            self._publisher,
            RequestMade,
            turn=turn.turn,
            agent=turn.agent,
            number=number,
            name=request.name,
            text=request.text,
            **fields,
        )

    # What is possible ----------------------------------------------------------------------------------------------

    def _permission(self, seat: int, name: str) -> str:
        setup = self._state.setup
        rules = permitted(setup.rules.requests, name, "deny") if setup is not None else "deny"
        if name not in names_on(self._state, seat):
            return "deny"
        return permitted(self._state.agents[seat].permissions, name, rules)

    def _may_mute(self, seat: int) -> None:
        agent = self._state.agents[seat]
        if agent.muted:
            raise NotUnderstoodError(f"{agent.name} only listens already")
        if self._voices() == [seat]:
            raise NotUnderstoodError("nobody else is there to speak")

    async def _somebody(self, wish: Wish, request: str) -> AgentSetup:
        """Who comes. Raises NotUnderstoodError."""
        came = [made for made in self._state.requests.made.values() if made.event.invited is not None]
        if len(came) >= MOST_INVITED:
            raise NotUnderstoodError(f"{MOST_INVITED} have been invited already, and that is all there may be")
        if len(self._state.agents) >= MOST_SEATS:
            raise NotUnderstoodError(f"all {MOST_SEATS} seats are taken")
        if request not in self._found:
            try:
                self._found[request] = await self._invite(wish.model, wish.persona, wish.called)
            except OperatorError as error:
                raise NotUnderstoodError(error.what) from error
            except ProviderTrouble as error:
                raise NotUnderstoodError(error.trouble.message) from error
            except Exception as error:  # what one agent wishes never ends the talk of all
                raise NotUnderstoodError(f"{type(error).__name__}: {error}"[:200]) from error
        return self._found[request]

    def _give_back_voices(self) -> None:
        """Who was muted by an agent may speak again when that is over, or where nobody else is left."""
        state = self._state
        for seat, until in sorted(state.requests.mutes.items()):
            if state.turn >= until or not self._voices():
                self._publisher.emit(AgentMuted, agent=seat, muted=False)
                if not state.agents[seat].absent:
                    self._publisher.emit(Interjected, text=speaks_again(state, seat), source="request")

    def _voices(self) -> list[int]:
        """The seats that may speak, worlds apart."""
        return [seat for seat, agent in self._state.agents.items() if agent.speaks and not agent.is_world]

    @property
    def _state(self) -> SessionState:
        return self._publisher.state
