"""The ladder for a talk that stalls and whose template has none: it fits any subject, and stops nobody."""

from backrooms_tui.session.setup import Remedy

_NUDGE = (
    "You are going in circles. Do not agree, do not thank, do not sum up. Say one thing that has not been said yet: "
    "a doubt, a number, a memory, a decision."
)
# Things rather than ideas: a small model follows them, and a large one finds its own way back.
_SUBJECTS = (
    "a bridge that nobody dares to cross",
    "the smell of rain on a dusty road",
    "a clock that runs backwards, and who repairs it",
    "a letter that arrived forty years late",
    "what bees know about architecture",
    "a word that has no translation",
    "the last tram of the night",
    "a map with a mistake that somebody made on purpose",
    "what is under the ice",
    "a cook who has lost the sense of taste",
    "the first minute after a power cut",
    "a tool that everybody uses wrongly",
    "a song that cannot be remembered in the morning",
    "why some doors have no handle on the outside",
    "a child's question that nobody could answer",
    "the weight of a shadow",
    "a library where every book is overdue",
    "how to apologize to a tree",
    "an island that is marked on only one chart",
    "the oldest coin in the drawer",
    "a game whose rules were lost",
    "what the night porter sees",
    "salt",
    "a staircase with one step too many",
    "the thing that was thrown away by mistake",
    "a bird that has learned the wrong song",
    "a photograph in which somebody is missing",
    "what it costs to be on time",
    "a machine that does nothing, well",
    "the border between two gardens",
)

STANDARD_LADDER: tuple[Remedy, ...] = (
    Remedy("nudge", text=_NUDGE),
    Remedy("topic", topics=tuple(f"Leave this subject. The new one: {subject}." for subject in _SUBJECTS), afresh=True),
)
