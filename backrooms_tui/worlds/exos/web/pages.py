"""The pages that an agent has opened, as they stand in the session: what `more`, `links`, `back` and a number need, so
that a branch goes on without the net."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate

from backrooms_tui.session.world import Change
from backrooms_tui.worlds.exos.web.reading import Link, Page

# What of a page is kept in the session: about fifteen screens.
MOST_TEXT = 60_000
MOST_PAGES = 20
SCREEN = 4000


@dataclass(frozen=True, slots=True)
class Opened:
    """A page as it was read."""

    address: str
    title: str
    text: str
    links: tuple[Link, ...] = ()
    note: str = ""

    @classmethod
    def of(cls, address: str, page: Page, *notes: str) -> "Opened":
        """What of `page` is kept; what is not is said with the `notes`."""
        lengths = accumulate(len(_kept(link)) for link in page.links)
        links = tuple(link for link, length in zip(page.links, lengths, strict=True) if length <= MOST_TEXT)
        cut = len(page.text) > MOST_TEXT or len(links) < len(page.links)
        told = (*notes, "The page is longer than what is kept of it." if cut else "")
        return cls(address, page.title, page.text[:MOST_TEXT], links, " ".join(filter(None, told)))

    @property
    def parts(self) -> tuple[str, ...]:
        """The text in screens, each ending with a line where one ends in time."""
        return tuple(_parts(self.text)) or ("",)

    def change(self) -> Change:
        """The same in plain values."""
        return {
            "do": "open",
            "address": self.address,
            "title": self.title,
            "text": self.text,
            "links": "\n".join(map(_kept, self.links)),
            "note": self.note,
        }


@dataclass(slots=True)
class Reading:
    """What one agent has before it: its pages, the last one last, and which screen of each it has seen."""

    pages: list[Opened] = field(default_factory=list)
    at: list[int] = field(default_factory=list)

    def apply(self, change: Change) -> None:
        """What was done. What is not known is left alone."""
        match change.get("do"):
            case "open":
                self.pages.append(opened(change))
                self.at.append(0)
                del self.pages[:-MOST_PAGES], self.at[:-MOST_PAGES]
            case "back" if len(self.pages) > 1:
                self.pages.pop()
                self.at.pop()
            case "part" if self.pages:
                number = change.get("part")
                self.at[-1] = int(number) if isinstance(number, int) and 0 <= number < 1000 else 0

    @property
    def page(self) -> Opened | None:
        """The page that is open; None before the first."""
        return self.pages[-1] if self.pages else None

    @property
    def part(self) -> int:
        """Which of its screens was seen last, from 0."""
        return self.at[-1] if self.at else 0


def opened(change: Change) -> Opened:
    """A page from plain values."""
    links = (line.partition("\t") for line in str(change.get("links", "")).split("\n") if line)
    return Opened(
        str(change.get("address", "")),
        str(change.get("title", "")),
        str(change.get("text", "")),
        tuple(Link(address, words) for address, _, words in links),
        str(change.get("note", "")),
    )


def links_before(done: Iterable[tuple[int, Change]], by: int) -> tuple[Link, ...]:
    """The links of the page that `by` has open, from what was done, the last first: only as far back as it takes."""
    closed = 0
    for who, change in done:
        if who != by:
            continue
        match change.get("do"):
            case "back":
                closed += 1
            case "open" if closed:
                closed -= 1
            case "open":
                return opened(change).links
    return ()


def _parts(text: str) -> Iterable[str]:
    at = 0
    while at < len(text):
        end = at + SCREEN
        if end < len(text):
            line = text.rfind("\n", at + SCREEN // 2, end)
            word = text.rfind(" ", at + SCREEN // 2, end)
            end = line if line > 0 else word if word > 0 else end
        yield text[at:end].strip("\n")
        at = end


def _kept(link: Link) -> str:
    return f"{link.address}\t{' '.join(link.words.split())}"
