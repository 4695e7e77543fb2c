"""Addresses of pages: what an agent types or a page links to, read strictly and in one spelling.

A host that is written in an odd way is refused rather than understood: what the operator is asked about must be what is
opened. The rules of hosts are those of the WHATWG's URL standard, where it knows several spellings of one address.
"""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from backrooms_tui.worlds.exos.environment import NotDone

# Ports at which web pages are commonly served; others are where everything else listens.
PORTS = frozenset({80, 443, 8080, 8443})
LONGEST = 2000
_USUAL = {"http": 80, "https": 443}
_ABOUT = "web open takes the address of a public page, such as https://example.org/page"
# Names that lead into a network of one's own, or nowhere (RFC 6761, 6762, 7686, 8375, 9476).
_PRIVATE = (
    "localhost", "localdomain", "local", "internal", "intranet", "private", "corp", "home", "lan", "home.arpa", "arpa",
    "test", "invalid", "onion", "alt",
)  # fmt: skip
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?!\d+(?:[/?#]|$))", re.ASCII)
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.ASCII)
_PATH = "/%:@!$&'()*+,;=~-._[]|^"


@dataclass(frozen=True, slots=True)
class Address:
    """One page: `scheme` http or https, `host` in ASCII and small letters (an IPv6 without brackets), `port`, and
    `target`, the path with the query, in ASCII."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """The host, with its port where that is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _USUAL[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


def address(text: str, ports: frozenset[int] = PORTS) -> Address:
    """Read `text`; without a scheme it is https. Raises NotDone for whatever is not the address of a public page, as
    far as that can be seen from the address."""
    written = text.strip().strip("<>\"'`")
    if not written:
        raise NotDone("No address was given.", _ABOUT)
    if len(written) > LONGEST:
        raise NotDone(f"The address is longer than {LONGEST:,} characters.", _ABOUT)
    if any(not letter.isprintable() or letter.isspace() for letter in written) or "\\" in written:
        raise NotDone("The address has spaces, backslashes or control characters in it.", _ABOUT)
    scheme = _SCHEME.match(written)
    if not scheme:
        written = f"https://{written.lstrip('/')}"
    elif scheme[1].lower() not in _USUAL:
        raise NotDone(f"Addresses of {scheme[1].lower()[:20]}: are not opened, only http and https.", _ABOUT)
    elif not written[scheme.end() :].startswith("//"):
        raise NotDone("An address has two strokes after http: or https:.", _ABOUT)
    try:
        parts = urlsplit(written)
        port = parts.port
    except ValueError:
        raise NotDone("That is not an address.", _ABOUT) from None
    if "@" in parts.netloc:
        raise NotDone("Addresses with a user's name or a password in them are not opened.", _ABOUT)
    host = _host(parts.netloc, parts.hostname or "")
    number = _USUAL[parts.scheme] if port is None else port
    if number not in ports:
        raise NotDone(f"Port {number} is not opened, only {', '.join(map(str, sorted(PORTS)))}.", _ABOUT)
    target = quote(parts.path or "/", safe=_PATH)
    if parts.query:
        target += f"?{quote(parts.query, safe=_PATH + '?')}"
    return Address(parts.scheme, host, number, target)


def linked(page: str, reference: str) -> str:
    """Where a link of the page at `page` leads to, in full, without its place on the page; "" where it leads nowhere
    that could be opened."""
    wanted = "".join(reference.split("\n")).strip().partition("#")[0]
    if not wanted or len(wanted) > LONGEST:
        return ""
    try:
        full = urljoin(page, wanted)
        scheme = urlsplit(full).scheme
    except ValueError:
        return ""
    if scheme not in _USUAL:
        return ""
    full = full.replace(" ", "%20")
    return full if len(full) <= LONGEST and full.isprintable() else ""


def same_site(one: str, other: str) -> bool:
    """Whether two hosts are one, a leading `www.` aside."""
    return one.removeprefix("www.") == other.removeprefix("www.")


def _host(netloc: str, host: str) -> str:
    """The host in one spelling. Raises NotDone where it is not a public name or number."""
    if netloc.startswith("["):
        return _number6(host)
    if "%" in host or not host:
        raise NotDone("That is not the name of a host.", _ABOUT)
    name = _ascii(host.removesuffix("."))
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _number4(name)
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise NotDone("That is not the name of a host.", _ABOUT)
    if len(labels) == 1 or any(name == private or name.endswith(f".{private}") for private in _PRIVATE):
        raise NotDone(f"{name[:80]} is a name of a private network, and is not opened.", "Only public pages are.")
    return name


def _ascii(host: str) -> str:
    """A name in other letters as it stands in the network (RFC 5891), where it does not look like another."""
    if host.isascii():
        return host.lower()
    import idna

    try:
        return idna.encode(host, uts46=True, transitional=False).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError, ValueError):
        raise NotDone("That is not the name of a host.", _ABOUT) from None


def _number4(text: str) -> str:
    try:
        return str(ipaddress.IPv4Address(text))
    except ValueError:
        raise NotDone("A host in numbers is only opened as four decimal numbers.", _ABOUT) from None


def _number6(text: str) -> str:
    try:
        found = ipaddress.IPv6Address(text)
    except ValueError:
        raise NotDone("That is not the number of a host.", _ABOUT) from None
    if found.scope_id is not None:
        raise NotDone("That is a number of a private network, and is not opened.", "Only public pages are.")
    return found.compressed
