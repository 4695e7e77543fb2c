"""Sessions to be handed on, made of events by hand."""

from collections.abc import Iterator, Sequence
from io import StringIO

from backrooms_tui.formats.outgoing.record import Record
from backrooms_tui.session.events import (
    AnyEvent,
    Delta,
    Ended,
    Interjected,
    Noticed,
    TurnEdited,
    TurnRetracted,
    Whispered,
)
from tests.hostile import HOSTILE
from tests.store.scripts import Script

# As the store keeps it: lone surrogates cannot be written anywhere.
STORABLE = tuple(text.replace("\ud800", "\ufffd") for text in HOSTILE)


def record_of(events: Sequence[AnyEvent], title: str = "Command line", id: str = "abcdefgh") -> Record:
    """A session of these events."""

    def give(*, from_seq: int = 0, deltas: bool = True) -> Iterator[AnyEvent]:
        return (event for event in events if event.seq >= from_seq and (deltas or not isinstance(event, Delta)))

    return Record(id, title, give)


def saying(*texts: str, title: str = "Command line") -> Record:
    """A session in which these turns are spoken."""
    script = Script("abcdefgh").open(title)
    for text in texts:
        script.speak(text)
    return record_of(script.events, title)


def full_evening() -> Script:
    """Four turns that stand, one that was taken back, one that was edited, words, a notice, and one cut short."""
    script = Script("abcdefgh").open()
    script.speak("Hello, is anybody there?")
    script.add(Interjected, text="Look up.", after=1.0)
    script.add(Whispered, to=2, text="Say no.", after=0.5)
    script.speak("No.")
    script.add(TurnRetracted, turn=2, agent=2, after=1.0)
    script.turn -= 1
    script.speak("Yes, here below.")
    script.add(Noticed, level="warning", text="the price is not known")
    script.speak("A third thing.")
    script.add(TurnEdited, turn=3, text="A third thing, put differently.", after=3600.0)
    script.speak("And a fourth.", cost=None)
    script.start()
    script.say(["But the ", "fifth was never"])
    return script


def hostile_evening() -> Script:
    """All that is hostile, said, and given as names, titles and notices."""
    script = Script("abcdefgh").open(" ".join(STORABLE))
    for text in STORABLE:
        script.speak(text)
        script.add(Interjected, text=text)
        script.add(Noticed, level="info", text=text)
    script.add(Ended, reason="operator", detail=STORABLE[0])
    return script


def written(write: object, record: Record, **values: object) -> str:
    """What a format makes of it."""
    out = StringIO()
    write(record, out, **values)  # type: ignore[operator]
    return out.getvalue()
