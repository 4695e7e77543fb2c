"""Sessions that another program records: the list shows them as live, and how far they have got."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backrooms_tui.store.database import Store
    from backrooms_tui.store.summaries import SessionSummary

LOOK = 2.0  # seconds between two looks while the list is shown


def elsewhere(store: "Store") -> frozenset[str]:
    """The sessions that other programs record at this moment."""
    return frozenset(session for session, keeper in store.living().items() if not keeper.here)


def grown(
    store: "Store", shown: "list[SessionSummary]", known: frozenset[str]
) -> "tuple[frozenset[str], dict[str, SessionSummary]]":
    """What is live now, and those of `shown` that are live and have changed, as they are now. Reads nothing of the
    others. Where the database is busy or out of reach, everything is as it is `known`."""
    from backrooms_tui.session.trouble import OperatorError

    try:
        live = elsewhere(store)
        now = {one.id: (one, store.summary(one.id)) for one in shown if one.id in live}
    except OperatorError:
        return known, {}
    return live, {id: after for id, (before, after) in now.items() if after != before}
