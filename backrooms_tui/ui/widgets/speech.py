"""The pieces of a turn that is being spoken, joined as they come."""

from backrooms_tui.session.state import TurnInFlight


class Speech:
    """The text and the reasoning of a turn in flight so far. Only new pieces are joined on."""

    def __init__(self) -> None:
        self.text = self.reasoning = ""
        self._flight: TurnInFlight | None = None
        self._pieces = self._thoughts = 0

    def take(self, flight: TurnInFlight | None) -> None:
        """What this turn has come to; None where nobody speaks."""
        if flight is not self._flight:
            self._flight = flight
            self.text = self.reasoning = ""
            self._pieces = self._thoughts = 0
        if flight is None:
            return
        if len(flight.text) > self._pieces:
            self.text += "".join(flight.text[self._pieces :])
            self._pieces = len(flight.text)
        if len(flight.reasoning) > self._thoughts:
            self.reasoning += "".join(flight.reasoning[self._thoughts :])
            self._thoughts = len(flight.reasoning)
