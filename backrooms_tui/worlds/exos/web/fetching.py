"""Getting a page: over the checked number of a public host, within limits of time and size, and with nothing kept.

The host is resolved first, and the connection is made to the very number that was looked at, so that a name that
resolves to something else a moment later leads nowhere. Every redirection begins anew, with all checks. The person's
proxy is not used: a proxy resolves names by itself, and what it reaches cannot be checked.
"""

import asyncio
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from backrooms_tui.worlds.exos.environment import NotDone
from backrooms_tui.worlds.exos.web.addresses import PORTS, Address, address, linked, same_site
from backrooms_tui.worlds.exos.web.decoding import unpacking
from backrooms_tui.worlds.exos.web.publicness import IPAddress, is_public, numbers_of

if TYPE_CHECKING:
    import httpx2

REDIRECTIONS = 5
MOST_BYTES = 2_000_000
SECONDS = 15.0
AGENT = "backrooms-tui (a terminal program; a language model reads this page while a person watches)"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OTHER = "Try another address."


@cache
def certificates() -> ssl.SSLContext:
    """The certificates that this machine trusts."""
    import httpx2

    return httpx2.create_ssl_context(trust_env=False)


@dataclass(frozen=True, slots=True)
class Reaching:
    """What of the net is reached: at which `ports`, which numbers, how names become numbers, and whose `certificates`
    are believed; and how many `seconds` a page may take."""

    ports: frozenset[int] = PORTS
    public: Callable[[IPAddress], bool] = is_public
    numbers_of: Callable[[str, int], Awaitable[Sequence[IPAddress]]] = numbers_of
    certificates: Callable[[], ssl.SSLContext] = certificates
    seconds: float = SECONDS


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was got: the `address` where it was in the end, its `media` type (`text/html`), the `charset` that was told
    with it, and the bytes, unpacked, of which there are more where it is `cut`; `length` is what the server said."""

    address: Address
    media: str
    charset: str
    data: bytes
    cut: bool = False
    length: int | None = None


async def fetch(wanted: Address, reaching: Reaching, *, stay: bool) -> Fetched:
    """Get the page at `wanted`. With `stay`, a redirection to another site is not followed. Raises NotDone, with what
    went wrong and where."""
    at = wanted
    try:
        async with asyncio.timeout(reaching.seconds):
            for _ in range(REDIRECTIONS + 1):
                found = await _get(at, reaching)
                if isinstance(found, Fetched):
                    return found
                if stay and not same_site(found.host, wanted.host):
                    raise NotDone(
                        f"{wanted.authority} sends on to another site:\n{found}", "To go there, web open this address."
                    )
                at = found
    except TimeoutError:
        told = f"{wanted.authority} did not answer in full within {reaching.seconds:g} seconds."
        raise NotDone(told, _OTHER) from None
    raise NotDone(f"{wanted.authority} sends on more than {REDIRECTIONS} times.", _OTHER)


async def _get(at: Address, reaching: Reaching) -> Fetched | Address:
    """The page, or the address to which it sends on."""
    import httpx2

    numbers = await _numbers(at, reaching)
    headers = {
        "Host": at.authority,
        "User-Agent": AGENT,
        "Accept-Encoding": "gzip, deflate",
        "Accept": "text/*, */*;q=0.5",
    }
    context = await asyncio.to_thread(reaching.certificates)
    # A client for each request: no connection and no cookie goes on to the next.
    client = httpx2.AsyncClient(trust_env=False, follow_redirects=False, verify=context, timeout=reaching.seconds)
    try:
        async with client, _answered(client, at, numbers, headers) as response:
            if response.status_code in _REDIRECTS and (onward := response.headers.get("location")):
                return _onward(at, onward, reaching)
            if response.status_code >= 400:
                words = f"{response.status_code} {response.reason_phrase[:80]}".strip()
                raise NotDone(f"{at.authority} answered: {words}.", _OTHER)
            return await _body(at, response)
    except (httpx2.HTTPError, httpx2.InvalidURL, zlib.error, OSError, ssl.SSLError, ValueError) as error:
        raise NotDone(f"{at.authority} could not be read: {_why(error)}.", _OTHER) from None


@asynccontextmanager
async def _answered(
    client: "httpx2.AsyncClient", at: Address, numbers: Sequence[IPAddress], headers: Mapping[str, str]
) -> "AsyncIterator[httpx2.Response]":
    """What the host answers at the first of its `numbers` to which a connection comes about."""
    import httpx2

    for left, number in enumerate(numbers, 1 - len(numbers)):
        host = f"[{number}]" if number.version == 6 else str(number)
        request = client.build_request(
            "GET",
            f"{at.scheme}://{host}:{at.port}{at.target}",
            headers=headers,
            extensions={"sni_hostname": at.host},
        )
        try:
            response = await client.send(request, stream=True)
        except httpx2.ConnectError:
            if not left:
                raise
            continue
        try:
            yield response
        finally:
            await response.aclose()
        return


async def _numbers(at: Address, reaching: Reaching) -> Sequence[IPAddress]:
    """The numbers to connect to. All those of the name are looked at: one that is not public, and none is reached."""
    try:
        found = list(await reaching.numbers_of(at.host, at.port))
    except (OSError, UnicodeError, ValueError):
        found = []
    if not found:
        raise NotDone(f"There is no host {at.host}, or it cannot be found now.", _OTHER)
    if not all(reaching.public(number) for number in found):
        raise NotDone(f"{at.host} is not on the public internet, and is not opened.", "Only public pages are.")
    # Where only one kind of network is reachable from here, it is commonly the older one.
    return sorted(dict.fromkeys(found), key=lambda number: number.version)[:4]


def _onward(at: Address, location: str, reaching: Reaching) -> Address:
    full = linked(str(at), location)
    if not full:
        raise NotDone(f"{at.authority} sends on to what is not the address of a page.", _OTHER)
    try:
        return address(full, reaching.ports)
    except NotDone as refusal:
        raise NotDone(f"{at.authority} sends on. {refusal.why}", refusal.hint) from None


async def _body(at: Address, response: "httpx2.Response") -> Fetched:
    """The bytes, as many as are read; what is no text is not read at all."""
    media, _, rest = response.headers.get("content-type", "").partition(";")
    media = media.strip().lower()[:80]
    charset = rest.lower().partition("charset=")[2].partition(";")[0].strip()
    told = response.headers.get("content-length", "")
    length = int(told) if told.isascii() and told.isdigit() and len(told) < 16 else None
    if not readable(media):
        return Fetched(at, media, charset, b"", length=length)
    unpack = unpacking(response.headers.get("content-encoding", ""))
    if unpack is None:
        raise NotDone(f"{at.authority} answered in a packing that is not known here.", _OTHER)
    found, read = bytearray(), 0
    async for piece in response.aiter_raw():
        read += len(piece)
        found += unpack(piece, MOST_BYTES + 1 - len(found))
        if len(found) > MOST_BYTES or read > MOST_BYTES:
            return Fetched(at, media, charset, bytes(found[:MOST_BYTES]), cut=True, length=length)
    return Fetched(at, media, charset, bytes(found), length=length)


def readable(media: str) -> bool:
    """Whether a page of this media type is shown; one without any is looked at."""
    kind, _, name = media.partition("/")
    return (
        not media
        or kind == "text"
        or (kind == "application" and (name in _TEXTS or name.endswith(("+json", "+xml", "json"))))
    )


_TEXTS = frozenset({"xml", "xhtml+xml", "javascript", "x-javascript", "yaml", "x-yaml", "toml", "rtf", "x-sh", "sql"})


def _why(error: Exception) -> str:
    import httpx2

    match error:
        case httpx2.ConnectError() if "CERTIFICATE" in str(error).upper():
            return "its certificate does not hold"
        case httpx2.ConnectError() | httpx2.ConnectTimeout():
            return "no connection comes about"
        case httpx2.TimeoutException():
            return "it took too long"
        case zlib.error():
            return "what it sent cannot be unpacked"
    return "it did not keep to the protocol, or broke off"
