"""What happens by itself at a turn that the template names: said to all, or to one agent alone; somebody comes or goes
with it."""

from collections import Counter

from backrooms_tui.conversation.publishing import Publisher
from backrooms_tui.conversation.scrubbing import scrubbed
from backrooms_tui.session.events import AgentLeft, AgentReturned, Interjected, Whispered
from backrooms_tui.session.setup import Cue
from backrooms_tui.session.state import WordEntry


class Cues:
    """Says the cues of the rules, each once. Which were said is read from the timeline, so that a session that goes on
    elsewhere, a branch and a turn that is spoken again do not repeat any."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._said: Counter[tuple[str, int]] = Counter()
        self._looked_at = 0

    def say(self) -> None:
        """Say what is due before the next turn, the earliest first. A cue to a seat that nobody has yet waits."""
        state = self._publisher.state
        if state.setup is None or not state.setup.rules.cues:
            return
        self._look()
        passed: Counter[tuple[str, int]] = Counter()
        for cue in sorted(state.setup.rules.cues, key=lambda cue: cue.turn):
            if cue.turn > state.turn + 1:
                return
            text = scrubbed(cue.text)
            passed[text, cue.to] += 1
            # The same words may be due at several turns.
            if passed[text, cue.to] <= self._said[text, cue.to] or (cue.to and cue.to not in state.agents):
                continue
            self._comes(cue)
            if cue.to:
                self._publisher.emit(Whispered, to=cue.to, text=text, source="cue")
            else:
                self._publisher.emit(Interjected, text=text, source="cue")
            self._look()
            self._goes(cue)

    def _comes(self, cue: Cue) -> None:
        agent = self._publisher.state.agents.get(cue.brings)
        if agent is not None and agent.absent:
            self._publisher.emit(AgentReturned, agent=agent.seat)

    def _goes(self, cue: Cue) -> None:
        agent = self._publisher.state.agents.get(cue.sends_away)
        if agent is not None and not agent.absent:
            self._publisher.emit(AgentLeft, agent=agent.seat)

    def _look(self) -> None:
        entries = self._publisher.state.entries
        for entry in entries[self._looked_at :]:
            if isinstance(entry, WordEntry) and entry.source == "cue":
                self._said[entry.text, entry.to] += 1
        self._looked_at = len(entries)
