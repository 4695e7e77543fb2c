"""`web`: pages of the public internet as readable text, whose links are followed by number."""

import asyncio
import ipaddress
import threading
from collections.abc import Mapping
from itertools import accumulate, islice
from types import MappingProxyType
from typing import ClassVar

from backrooms_tui.session.world import Change, Permission, permitted
from backrooms_tui.worlds.exos.environment import (
    Call,
    Command,
    Environment,
    NotDone,
    Parameter,
    Result,
    Wish,
    changes_before,
)
from backrooms_tui.worlds.exos.web.addresses import Address, address
from backrooms_tui.worlds.exos.web.decoding import decoded
from backrooms_tui.worlds.exos.web.fetching import Fetched, Reaching, fetch, readable
from backrooms_tui.worlds.exos.web.pages import SCREEN, Opened, Reading, links_before
from backrooms_tui.worlds.exos.web.publicness import IPAddress
from backrooms_tui.worlds.exos.web.reading import Page, read

_MARKUP = frozenset({"text/html", "application/xhtml+xml"})
_FOUND = 12
_NO_PAGE = NotDone("No page is open.", "web open ADDRESS opens one.")


class Web(Environment):
    """`web open`, `web more`, `web links`, `web back`, `web find`. What is `reaching` is handed in for tests alone: no
    setting widens it."""

    name = "web"
    about = "open public pages as readable text and follow their links"
    also = ("browser", "internet", "www")
    otherwise: ClassVar[Permission] = "deny"
    absent: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"search": "There is no search engine here. web open ADDRESS opens a page, web find WORDS looks within it."}
    )

    def __init__(self, reaching: Reaching | None = None) -> None:
        self._reaching = reaching or Reaching()
        self._reading: dict[int, Reading] = {}

    @property
    def commands(self) -> tuple[Command, ...]:
        """See `Environment.commands`."""
        return (
            Command(
                "open",
                "a page, by its address or by the number of a link on the page that is open",
                self._open,
                (Parameter("target", "an address, or a link's number", also=("address", "url", "link", "number")),),
                more="Only http and https pages of public hosts are opened. Their text is what strangers wrote.",
                also=("visit", "browse", "go", "goto", "get", "fetch", "read", "follow"),
                reach=self._would_reach,
                examples=("web open https://example.org/", "web open 3"),
            ),
            Command(
                "more",
                "the next part of the page that is open",
                self._more,
                (Parameter("part", "which part, if not the next", type="integer", required=False, also=("page",)),),
                also=("next", "continue", "page"),
            ),
            Command(
                "links",
                "the links of the page that is open, with where they lead",
                self._links,
                (Parameter("first", "from which number on", type="integer", required=False, also=("from",)),),
                also=("urls", "list"),
            ),
            Command(
                "find",
                "where words stand within the page that is open",
                self._find,
                (Parameter("words", "what to look for", rest=True, also=("query", "text")),),
                also=("grep", "query"),
            ),
            Command("back", "the page that was open before", self._back, also=("previous",)),
        )

    def reach(self) -> str:
        """See `Environment.reach`."""
        return "opens public pages on the internet, at addresses that agents choose; private networks are never reached"

    def clear(self) -> None:
        """See `Environment.clear`."""
        self._reading.clear()

    def apply(self, by: int, change: Change) -> None:
        """See `Environment.apply`."""
        self._of(by).apply(change)

    async def _open(self, call: Call) -> Result:
        wanted = self._wanted(call)
        fetched = await fetch(wanted, self._reaching, stay=not self._free(call))
        page = await _page(wanted, fetched)
        return _shown(page, 0, (page.change(),))

    async def _more(self, call: Call) -> Result:
        reading, page = self._open_page(call)
        part = call.number("part") - 1 if "part" in call.arguments else reading.part + 1
        if not 0 <= part < len(page.parts):
            raise NotDone(
                f"The page has {_count(len(page.parts), 'part')}; part {reading.part + 1} was shown last.",
                "web links lists its links, web find WORDS looks within it.",
            )
        return _shown(page, part, ({"do": "part", "part": part},))

    async def _links(self, call: Call) -> Result:
        page = self._open_page(call)[1]
        first = max(1, call.number("first", 1))
        told = [f"[{number}] {link.words}\n    {link.address}" for number, link in enumerate(page.links, 1)][
            first - 1 :
        ]
        if not told:
            what = f"There is no link {first}" if page.links else "The page has no links"
            raise NotDone(f"{what}: {_brief(page)}.")
        lengths = accumulate(map(len, told))
        lines = [
            told[0],
            *(line for line, length in zip(told[1:], islice(lengths, 1, None), strict=True) if length < SCREEN),
        ]
        following = first + len(lines)
        hint = "web open NUMBER follows a link."
        if following <= len(page.links):
            hint = f"web links {following} shows the others. {hint}"
        return Result(f"Links of {_brief(page)}", "\n".join(lines), hint)

    async def _find(self, call: Call) -> Result:
        page = self._open_page(call)[1]
        words = [word.casefold() for word in call.text("words").split()][:20]
        lines = [(part, line) for part, text in enumerate(page.parts, 1) for line in text.split("\n") if line.strip()]
        folded = [(part, line, line.casefold()) for part, line in lines]
        found = [(part, line) for part, line, low in folded if all(word in low for word in words)]
        if not words or not found:
            raise NotDone(f"These words do not stand together in a line of {_brief(page)}.", "Try fewer words.")
        told = [f"part {part}: {_around(line, words)}" for part, line in found[:_FOUND]]
        if len(found) > _FOUND:
            told.append(f"… and in {_count(len(found) - _FOUND, 'more line')}")
        return Result(f"Found in {_brief(page)}", "\n".join(told), "web more PART shows a part.")

    async def _back(self, call: Call) -> Result:
        reading, _ = self._open_page(call)
        if len(reading.pages) < 2:
            raise NotDone("No page was open before this one.", "web open ADDRESS opens one.")
        return _shown(reading.pages[-2], reading.at[-2], ({"do": "back"},))

    def _wanted(self, call: Call) -> Address:
        """The address that is to be opened: of a link, where a number was given."""
        target = call.text("target").strip()
        number = _number(target)
        if number is None:
            return address(target, self._reaching.ports)
        page = self._open_page(call)[1]
        if not 1 <= number <= len(page.links):
            raise NotDone(
                f"There is no link {number} on the page that is open, which has {_count(len(page.links), 'link')}.",
                "web links lists them.",
            )
        found = page.links[number - 1].address
        if call.by and not self._free(call):
            # The operator was told where the number led before the turn; other commands of the turn may have moved it.
            view = call.view
            before = links_before(changes_before(view.state, view.seat, self.name), call.by)
            if len(before) < number or before[number - 1].address != found:
                raise NotDone(
                    "Another page was opened in between, and the number leads elsewhere now.", "Give the command again."
                )
        return address(found, self._reaching.ports)

    def _would_reach(self, wish: Wish) -> str:
        """What the operator is asked about."""
        target = str(wish.arguments.get("target", "")).strip()
        number = _number(target)
        if number is not None:
            links = links_before(changes_before(wish.state, wish.seat, self.name), wish.by)
            if not 1 <= number <= len(links):
                return f"opens nothing: there is no link {number} on a page that is open"
            target = links[number - 1].address
        try:
            wanted = address(target, self._reaching.ports)
        except NotDone as refusal:
            return f"opens nothing: {refusal.why}"
        if (host := _host_number(wanted.host)) is not None and not self._reaching.public(host):
            return f"opens nothing: {wanted.host} is not on the public internet"
        return f"opens {wanted.host}: {wanted}"

    def _free(self, call: Call) -> bool:
        """Whether it may go wherever it is sent on to: what was allowed for this command alone stays where it was."""
        agent = call.view.state.agents.get(call.view.seat)
        permissions = agent.permissions if agent else {}
        return not call.by or permitted(permissions, f"{self.name}.open", self.otherwise) == "allow"

    def _open_page(self, call: Call) -> tuple[Reading, Opened]:
        reading = self._of(call.by)
        if reading.page is None:
            raise NotDone(_NO_PAGE.why, _NO_PAGE.hint)
        return reading, reading.page

    def _of(self, by: int) -> Reading:
        return self._reading.setdefault(by, Reading())


async def _page(wanted: Address, fetched: Fetched) -> Opened:
    """What was got, as a page; reading it is left as soon as nobody waits for it any more."""
    at = str(fetched.address)
    note = "" if fetched.address == wanted else f"{wanted.authority} sent on to it."
    if not readable(fetched.media) or (not fetched.media and b"\0" in fetched.data[:1000]):
        size = "of unknown size" if fetched.length is None else _size(fetched.length)
        what = fetched.media or "no known kind"
        raise NotDone(f"{at} is of the kind {what}, {size}, and is not shown.", "Only text is shown.")
    left = threading.Event()

    def as_text() -> Opened:
        markup = fetched.media in _MARKUP or (not fetched.media and fetched.data.lstrip()[:1] == b"<")
        text = decoded(fetched.data, fetched.charset, markup=markup)
        page = read(text, at, left.is_set) if markup else Page("", text)
        return Opened.of(at, page, note, "It is longer than what was read of it." if fetched.cut else "")

    try:
        return await asyncio.to_thread(as_text)
    finally:
        left.set()


def _shown(page: Opened, part: int, changes: tuple[Change, ...]) -> Result:
    parts = page.parts
    facts = [page.address, f"part {part + 1} of {len(parts)}", _count(len(page.links), "link")]
    head = " · ".join(facts) + (f"\n{page.note}" if page.note else "")
    hints = ["web more shows the next part."] if part + 1 < len(parts) else []
    hints += ["web open NUMBER follows a link, web links lists them."] if page.links else []
    text = parts[part] or "The page says nothing that can be shown as text."
    return Result(page.title or page.address, f"{head}\n\n{text}", " ".join(hints), changes=changes)


def _host_number(host: str) -> IPAddress | None:
    """The number that `host` is; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _number(target: str) -> int | None:
    digits = target.removeprefix("[").removesuffix("]").removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else None


def _around(line: str, words: list[str]) -> str:
    """The stretch of a line in which the first of the words stands."""
    line = line.strip()
    at = max(0, line.casefold().find(words[0]) - 80)
    piece = line[at : at + 240]
    return f"{'…' if at else ''}{piece}{'…' if at + 240 < len(line) else ''}"


def _brief(page: Opened) -> str:
    return page.title or page.address


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _size(length: int) -> str:
    return f"{length / 1_000_000:.1f} MB" if length >= 1_000_000 else f"{length:,} bytes"
