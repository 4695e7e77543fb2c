"""A page as readable text: what it says from the top down, headings and lists marked, its links numbered."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from backrooms_tui.worlds.exos.web.addresses import linked
from backrooms_tui.worlds.exos.web.markup import Tag, pieces

# So many links of a page have a number, and are kept in the session.
MOST_LINKS = 200
# So many letters of a page are read: some more than what is kept of it, since what stands around it comes last.
MOST_TEXT = 300_000
_BLANK = re.compile(r"[^\S\xa0]+")
_EMPTY = re.compile(r"\n{3,}")
_BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "br", "center", "dd", "details", "dialog", "dir", "div",
        "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "hgroup", "hr", "legend", "li", "main", "menu", "nav", "ol", "optgroup", "option", "p", "pre", "search",
        "section", "select", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    )
)  # fmt: skip
_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
# Parts that stand around what a page is about.
_AROUND = frozenset({"nav", "aside", "footer"})
_ROOM = frozenset({"p", "table", "blockquote", "ul", "ol", "dl", "pre", "figure", "section", "article", *_HEADINGS})


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads to, in full, and the words that stand on it."""

    address: str
    words: str


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says. A link is `[3]` in the `text` where it is `links[2]`."""

    title: str
    text: str
    links: tuple[Link, ...] = ()


def read(markup: str, address: str, stopped: Callable[[], bool] = lambda: False, most: int = MOST_TEXT) -> Page:
    """The page at `address`, of which `markup` is the HTML. What stands around the page, such as its menus, comes last.
    Never raises; as soon as it is `stopped`, or there are `most` letters, what was read so far is all."""
    reader, size = _Reader(address), 0
    for number, piece in enumerate(pieces(markup)):
        if size > most or (number % 1000 == 0 and stopped()):
            break
        if isinstance(piece, str):
            size += len(piece)
            reader.text(piece)
        elif piece.end:
            reader.end(piece.name)
        else:
            reader.begin(piece)
    return reader.page()


@dataclass(slots=True)
class _Reader:
    """Writes a text as its pieces come."""

    base: str
    title: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    around: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    mark: str = ""
    links: dict[str, Link] = field(default_factory=dict)
    open_link: str = ""
    link_words: list[str] = field(default_factory=list)
    in_title: bool = False
    in_pre: bool = False
    in_around: int = 0
    lists: list[int] = field(default_factory=list)

    def text(self, text: str) -> None:
        """Words of the page."""
        if self.in_title:
            self.title.append(text)
            return
        if self.open_link:
            self.link_words.append(text)
        if not self.in_pre:
            self.line.append(text)
            return
        first, *more = text.split("\n")
        self.line.append(first)
        for line in more:
            self._break()
            self.line.append(line)

    def begin(self, tag: Tag) -> None:
        """An element begins."""
        name = tag.name
        if name in _BLOCKS:
            self._block(name)
        match name:
            case "title":
                self.in_title = not self.title
            case "base":
                self.base = linked(self.base, tag.attributes.get("href", "")) or self.base
            case "a":
                self._close_link()
                self.open_link = linked(self.base, tag.attributes.get("href", ""))
            case "img":
                words = " ".join(tag.attributes.get("alt", "").split())[:200]
                if words:
                    self.text(f" (image: {words}) ")
            case "ul" | "ol" | "menu":
                if len(self.lists) < 12:
                    self.lists.append(0 if name == "ol" else -1)
            case "li":
                self.mark = self._item()
            case "td" | "th":
                pass
            case "pre" | "textarea":
                self.in_pre = True
            case _ if name in _HEADINGS:
                self.mark = f"{_HEADINGS[name]} "
            case _ if name in _AROUND:
                self.in_around += 1

    def end(self, name: str) -> None:
        """An element is over."""
        match name:
            case "title":
                self.in_title = False
            case "a":
                self._close_link()
            case "ul" | "ol" | "menu":
                if self.lists:
                    self.lists.pop()
            case "pre" | "textarea":
                self._break()
                self.in_pre = False
        if name in _BLOCKS:
            self._block(name)
        if name in _AROUND and self.in_around:
            self.in_around -= 1

    def page(self) -> Page:
        """What it came to."""
        self._close_link()
        self._break()
        text = _tidy(self.lines)
        if around := _tidy(self.around):
            text = f"{text}\n\n— around the page —\n{around}" if text else around
        return Page(" ".join("".join(self.title).split())[:200], text, tuple(self.links.values()))

    def _block(self, name: str) -> None:
        if name in ("td", "th"):
            if any(one.strip() for one in self.line):
                self.line.append(" | ")
            return
        self._break()
        if name in _ROOM and not self.in_pre and not (self.lists and name in ("ul", "ol")):
            self._here.append("")
        if name == "hr":
            self._here.append("———")

    def _break(self) -> None:
        """The line is whole."""
        written = "".join(self.line)
        self.line.clear()
        if not self.in_pre:
            written = _BLANK.sub(" ", written).strip().removesuffix(" |").removesuffix("|").rstrip()
        if written.strip():
            self._here.append(f"{self.mark}{written.rstrip()}")
            self.mark = ""
        elif self.in_pre:
            self._here.append("")

    def _item(self) -> str:
        """The mark of the next thing in a list, as deep as it stands."""
        depth = "  " * max(0, len(self.lists) - 1)
        if not self.lists or self.lists[-1] < 0:
            return f"{depth}- "
        self.lists[-1] += 1
        return f"{depth}{self.lists[-1]}. "

    def _close_link(self) -> None:
        if self.open_link:
            self._number(self.open_link, " ".join("".join(self.link_words).split())[:120])
        self.open_link = ""
        self.link_words.clear()

    def _number(self, address: str, words: str) -> None:
        if not words:
            return
        if address not in self.links:
            if len(self.links) >= MOST_LINKS:
                return
            self.links[address] = Link(address, words)
        number = list(self.links).index(address) + 1
        while self.line and not self.line[-1].strip():
            self.line.pop()
        if self.line:
            self.line[-1] = self.line[-1].rstrip()
        self.line.append(f" [{number}]")

    @property
    def _here(self) -> list[str]:
        return self.around if self.in_around else self.lines


def _tidy(lines: list[str]) -> str:
    return _EMPTY.sub("\n\n", "\n".join(lines)).strip("\n")
