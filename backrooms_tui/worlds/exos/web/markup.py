"""HTML as a flat row of tags and text, in one pass whose time grows with the length of the page and with nothing else.

Pages come from strangers. Each of the common parsers that were tried (selectolax, lxml, Beautiful Soup, markdownify,
and the standard library's) took minutes, or all of its stack, for some page of a megabyte: deeply nested, with a
hundred thousand attributes, or full of tags that never end; and most cannot be stopped. Here nothing is nested and
nothing is looked at twice: what does not end, ends the page, as the HTML standard has it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape

_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9:-]{0,40}")
_ATTRIBUTE = re.compile(r"[^\s=>\"'/<]{1,60}")
_SPACE = re.compile(r"[\s/]*")
_PLAIN = re.compile(r"[^\s>]*")
# Elements whose contents are no markup, and are no text of the page either.
_SKIPPED = frozenset(
    {"script", "style", "template", "svg", "math", "iframe", "object", "noembed", "noframes", "canvas"}
)
# The attributes that are kept.
_KEPT = frozenset({"href", "alt", "src", "hidden", "aria-hidden", "type", "value", "title", "role", "content", "name"})


@dataclass(frozen=True, slots=True)
class Tag:
    """The beginning of an element, or its end; the `name` is in small letters."""

    name: str
    end: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)


def pieces(page: str) -> Iterator[Tag | str]:
    """The tags and texts of `page` in their order, character references read. Scripts, styles and comments are left
    out. Never raises."""
    at, length = 0, len(page)
    while at < length:
        less = page.find("<", at)
        if less < 0:
            yield plain(page[at:])
            return
        if less > at:
            yield plain(page[at:less])
        following = page[less + 1 : less + 2]
        if following.isascii() and following.isalpha():
            tag, at = _tag(page, less + 1)
            if tag is None:
                return
            yield tag
            if tag.name in _SKIPPED and not page.startswith("/>", at - 2):
                at = _after(page, tag.name, at)
        elif following == "/":
            name = _NAME.match(page, less + 2)
            if name:
                yield Tag(name[0].lower(), end=True)
            at = _behind(page, ">", less + 2)
        elif page.startswith("!--", less + 1):
            at = _behind(page, "-->", less + 2)
        elif following in ("!", "?"):
            at = _behind(page, ">", less + 2)
        else:
            yield "<"
            at = less + 1


def plain(text: str) -> str:
    """Text with its character references read."""
    if "&" not in text:
        return text
    try:
        return unescape(text)
    except ValueError:
        # A reference with thousands of digits.
        return text


def _tag(page: str, at: int) -> tuple[Tag | None, int]:
    """The tag that begins at `at`, and where it is over; None where the page is over before."""
    name = _NAME.match(page, at)
    assert name is not None
    attributes: dict[str, str] = {}
    at = name.end()
    while True:
        at = _end(_SPACE, page, at)
        if at >= len(page):
            return None, at
        if page[at] == ">":
            return Tag(name[0].lower(), attributes=attributes), at + 1
        found = _ATTRIBUTE.match(page, at)
        if not found:
            at += 1
            continue
        at = _end(_SPACE, page, found.end()) if page[found.end() : found.end() + 1].isspace() else found.end()
        value = ""
        if page.startswith("=", at):
            value, at = _value(page, _end(_SPACE, page, at + 1) if page[at + 1 : at + 2].isspace() else at + 1)
            if at < 0:
                return None, len(page)
        key = found[0].lower()
        if key in _KEPT and key not in attributes:
            attributes[key] = plain(value[:4000])


def _value(page: str, at: int) -> tuple[str, int]:
    quotation = page[at : at + 1]
    if quotation in ("'", '"') and quotation:
        end = page.find(quotation, at + 1)
        return (page[at + 1 : end], end + 1) if end >= 0 else ("", -1)
    end = _end(_PLAIN, page, at)
    return page[at:end], end


def _after(page: str, name: str, at: int) -> int:
    """Behind the end of the element `name`; what is within it is left out."""
    end = re.compile(f"</{name}(?=[\\s/>])", re.IGNORECASE).search(page, at)
    return _behind(page, ">", end.end()) if end else len(page)


def _behind(page: str, sign: str, at: int) -> int:
    found = page.find(sign, at)
    return len(page) if found < 0 else found + len(sign)


def _end(pattern: re.Pattern[str], page: str, at: int) -> int:
    found = pattern.match(page, at)
    return found.end() if found else at
