"""The messages of a page, taken out of its HTML as it comes in. Scripts and styles are not looked at."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Literal

from backrooms_tui.formats.incoming.saying import Remarks
from backrooms_tui.formats.incoming.source import TEXT_LIMIT, Source

Kind = Literal["user", "assistant", "agent-notification"]
_KINDS: tuple[Kind, ...] = ("user", "assistant", "agent-notification")
_PARTS = {"ai-name": "name", "model-name": "model", "timestamp": "time", "content": "text"}
_UNCLOSED = {"br", "img", "hr", "input", "meta", "link", "source", "wbr", "col", "area", "base", "embed", "track"}
_BLOCKS = {"p", "div", "pre", "li", "ul", "ol", "blockquote", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6"}
# Of these, the next one of its kind is the end of the last.
_CLOSE_EACH_OTHER = {"p", "li", "tr", "td", "th", "dt", "dd", "option"}
_SHOWN = {"img": "an image", "video": "a film", "audio": "a sound"}
# Characters of one tag, one comment: a picture may stand in a page as text.
_TAG_LIMIT = TEXT_LIMIT
_DEPTH_LIMIT = 200
_CURE = "the file is damaged, or was cut short: save the page again"


@dataclass(slots=True)
class Message:
    """One message: its kind, what its header says, its text, and the line where it begins."""

    kind: Kind
    line: int
    name: str = ""
    model: str = ""
    time: str = ""
    text: str = ""


@dataclass(slots=True)
class _Open:
    """A message that is being read: the tags that are open in it, and which of its parts they are."""

    message: Message
    tags: list[tuple[str, str]] = field(default_factory=list)
    parts: dict[str, list[str]] = field(default_factory=dict)
    length: int = 0

    @property
    def part(self) -> str:
        """The part that text belongs to now."""
        return next((part for _, part in reversed(self.tags) if part), "")


class Messages(HTMLParser):
    """Hears a page piece by piece and gives each message when it is whole."""

    def __init__(self, source: Source, unplaced: Remarks) -> None:
        super().__init__(convert_charrefs=True)
        self._source = source
        self._unplaced = unplaced
        self._open: _Open | None = None
        self._ready: list[Message] = []
        self._waiting: list[str] = []
        self._waiting_length = 0

    def heard(self, piece: str) -> Iterator[Message]:
        """The messages that are whole with this piece of the page."""
        self._waiting.append(piece)
        self._waiting_length += len(piece)
        # A tag that does not end is looked at again from its beginning each time: less and less often, therefore.
        if self._waiting_length < len(self.rawdata):
            return
        self._feed()
        yield from self._given()

    def finished(self) -> Iterator[Message]:
        """Those that the end of the page makes whole. Raises OperatorError where it ends within one."""
        self._feed()
        # Not `close`: it looks through a tag that never ends again from each of its characters.
        yield from self._given()
        if self._open is not None:
            raise self._source.wrong("the page ends within this message", _CURE, self._open.message.line)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A message begins, or a part of one."""
        if self._open is None:
            kind = _kind(attrs) if tag == "div" else None
            if kind is not None:
                self._open = _Open(Message(kind, self.getpos()[0]), [(tag, "")])
            return
        if tag in _SHOWN:
            self._unplaced.add(f"{_SHOWN[tag]} in a message", self.getpos()[0])
        if tag == "br":
            self._say("\n")
        if tag in _UNCLOSED:
            return
        if tag in _BLOCKS:
            self._new_line()
        if tag in _CLOSE_EACH_OTHER and self._open.tags[-1][0] == tag:
            self._open.tags.pop()
        if len(self._open.tags) >= _DEPTH_LIMIT:
            raise self._source.wrong("is nested too deeply", _CURE, self.getpos()[0])
        classes = _classes(attrs)
        part = next((_PARTS[name] for name in classes if name in _PARTS), "")
        self._open.tags.append((tag, part if not self._open.part else ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that closes itself opens nothing."""
        if tag == "br":
            self._say("\n")
        elif tag in _SHOWN and self._open is not None:
            self._unplaced.add(f"{_SHOWN[tag]} in a message", self.getpos()[0])

    def handle_endtag(self, tag: str) -> None:
        """A part is over, or the message. A tag that was never opened means nothing."""
        if self._open is None or tag in _UNCLOSED or all(tag != name for name, _ in self._open.tags):
            return
        if tag in _BLOCKS:
            self._new_line()
        while self._open.tags:
            name, _ = self._open.tags.pop()
            if name == tag:
                break
        if not self._open.tags:
            self._ready.append(_whole(self._open))
            self._open = None

    def handle_data(self, data: str) -> None:
        """Some text."""
        self._say(data)

    def _say(self, text: str) -> None:
        if self._open is None or not (part := self._open.part):
            return
        self._open.parts.setdefault(part, []).append(text)
        self._open.length += len(text)
        if self._open.length > TEXT_LIMIT:
            what = f"a message is longer than {TEXT_LIMIT:,} characters"
            raise self._source.wrong(what, "no model says that much at once", self._open.message.line)

    def _new_line(self) -> None:
        """A block stands on a line of its own."""
        if self._open is None or self._open.part != "text":
            return
        said = self._open.parts.get("text")
        if said and not said[-1].endswith("\n"):
            self._say("\n")

    def _feed(self) -> None:
        text = "".join(self._waiting)
        self._waiting, self._waiting_length = [], 0
        self.feed(text)
        if len(self.rawdata) > _TAG_LIMIT:
            raise self._source.wrong("holds a tag that does not end", _CURE, self.getpos()[0])

    def _given(self) -> Iterator[Message]:
        ready, self._ready = self._ready, []
        yield from ready


def _classes(attrs: list[tuple[str, str | None]]) -> list[str]:
    return next((value.split() for name, value in attrs if name == "class" and value), [])


def _kind(attrs: list[tuple[str, str | None]]) -> Kind | None:
    classes = _classes(attrs)
    return next((kind for kind in _KINDS if kind in classes), None) if "message" in classes else None


def _whole(open: _Open) -> Message:
    message = open.message
    said = {part: "".join(pieces) for part, pieces in open.parts.items()}
    message.name, message.model, message.time = said.get("name", ""), said.get("model", ""), said.get("time", "")
    message.text = said.get("text", "").replace("\r\n", "\n").strip("\n")
    return message
