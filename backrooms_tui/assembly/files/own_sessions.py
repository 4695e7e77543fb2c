"""Sessions from a file of our own: one, and after it the councils that were held for it, which come along with it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from backrooms_tui.session.events import AnyEvent, CouncilEnded, CouncilOpened, Serves, SessionOpened
from backrooms_tui.store.storable import scrubbed


def with_councils(
    opened: SessionOpened, events: Iterator[AnyEvent], was: str, id_for: Callable[[str], str]
) -> Iterator[AnyEvent]:
    """The events that follow `opened`, with councils as what they are here. In the file the session was called `was`;
    `id_for` says what a council is called here, and is asked once for each.

    A council serves the session of the file that opened it, whatever else it says.
    """
    ids = {was: opened.session}
    served: dict[str, Serves] = {}
    session = opened.session
    for event in events:
        if isinstance(event, SessionOpened):
            event = scrubbed(event)
            session = ids[event.session]
            yield replace(event, session=session, serves=served.get(session))
        elif isinstance(event, CouncilOpened | CouncilEnded):
            council = ids.setdefault(event.council, "") or id_for(event.council)
            ids[event.council] = council
            if isinstance(event, CouncilOpened):
                served[council] = Serves(session, event.turn, event.agent)
            yield replace(event, council=council)
        else:
            yield event


def as_called_here(event: AnyEvent, ours: AnyEvent | None, called: dict[str, str]) -> AnyEvent:
    """An event of the file with councils as what they are here, if the session of the file is the one here and `ours`
    the same event there. `called` says what each council of the file is called here, and learns it."""
    if isinstance(event, CouncilOpened) and isinstance(ours, CouncilOpened):
        called.setdefault(event.council, ours.council)
    if isinstance(event, CouncilOpened | CouncilEnded):
        return replace(event, council=called.get(event.council, event.council))
    if isinstance(event, SessionOpened) and isinstance(ours, SessionOpened):
        # Whom it serves follows from who opened it, whatever the file says.
        return replace(event, session=called.get(event.session, event.session), serves=ours.serves)
    return event
