"""What the operator changes of the rules and of an agent's manners while the session runs."""

from collections.abc import Callable, Collection
from dataclasses import replace

from backrooms_tui.conversation.orders import ORDERS
from backrooms_tui.conversation.presence import agent_at
from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.requests.telling import manual
from backrooms_tui.conversation.scrubbing import scrubbed
from backrooms_tui.session.events import AgentChanged, RulesChanged, Whispered
from backrooms_tui.session.request_events import RequestName
from backrooms_tui.session.requests import allowed
from backrooms_tui.session.setup import AgentSetup, Cue, Reminder, Rules
from backrooms_tui.session.trouble import OperatorError


class Ruling:
    """Changes rules and manners. `between_turns` does something at once, or, while somebody speaks, when that turn is
    over."""

    def __init__(self, publisher: Publisher, between_turns: Callable[[Callable[[], None]], None]) -> None:
        self._publisher = publisher
        self._between_turns = between_turns

    def change_rules(self, rules: Rules) -> None:
        """Go on by `rules`. Raises OperatorError for rules that cannot be."""
        check_order(rules)
        rules = replace(rules, cues=tuple(replace(cue, text=scrubbed(cue.text)) for cue in rules.cues))
        self._check_cues(rules.cues)

        def change() -> None:
            setup = self._publisher.state.setup
            if setup is not None and setup.rules != rules:
                self._publisher.emit(RulesChanged, rules=rules)
                self._tell_of_requests(set(allowed(rules)) - set(allowed(setup.rules)))

        self._between_turns(change)

    def _tell_of_requests(self, new: Collection[RequestName]) -> None:
        """Agents were told at their beginning what they may ask for; of what is new they hear now."""
        state = self._publisher.state
        for seat, agent in state.agents.items():
            if new and agent.speaks and not agent.is_world:
                self._publisher.emit(Whispered, to=seat, text=manual(new), source="request")

    def change_agent(self, manners: AgentSetup) -> None:
        """Give the agent on the seat of `manners` its description, talkativeness, reminder, memory, guard and system
        text.

        Raises OperatorError for a seat that nobody has.
        """
        agent_at(self._publisher.state, manners.seat)
        reminder = manners.reminder
        kept = Reminder(scrubbed(reminder.text), max(1, reminder.every), max(0, reminder.depth)) if reminder else None

        new: dict[str, object] = {
            "description": scrubbed(" ".join(manners.description.split())),
            "talkativeness": min(1.0, max(0.0, manners.talkativeness)),
            "reminder": kept if kept is not None and kept.text.strip() else None,
            "memory": manners.memory,
            "guard": manners.guard,
        }
        system = scrubbed(manners.system)

        def change() -> None:
            setup = self._publisher.state.setup
            if setup is None:
                return
            old = setup.agent(manners.seat)
            another = system if system != old.system else None
            if another is not None or any(getattr(old, name) != new[name] for name in new):
                self._publisher.emit(AgentChanged, agent=manners.seat, **new, system=another)

        self._between_turns(change)

    def _check_cues(self, cues: tuple[Cue, ...]) -> None:
        """A cue that is new and whose turn is over would be said at once."""
        state = self._publisher.state
        known = state.setup.rules.cues if state.setup is not None else ()
        for cue in cues:
            if cue in known:
                continue
            if cue.turn <= state.turn:
                raise OperatorError(f"turn {cue.turn} is over", f"a new cue can come from turn {state.turn + 1} on")
            for seat in (cue.to, cue.brings, cue.sends_away):
                if seat:
                    agent_at(state, seat)


def check_order(rules: Rules) -> None:
    """Raises OperatorError for an order that does not exist."""
    if rules.order not in ORDERS:
        raise OperatorError(f"unknown order {rules.order!r}", f"known are {', '.join(sorted(ORDERS))}")
