"""Who is let in: a secret in the address, the name that was asked for, and the page that a request comes from.

A web page of anybody can make a browser send requests to this machine. So the name that the browser asked for must be
one of ours (or a foreign page could reach us under a name of its own that leads here, which is called DNS rebinding),
and a connection that carries keys must come from a page of ours (a browser tells in `Origin`, and no page can change
what it tells).
"""

import ipaddress
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from backrooms_tui.session.trouble import OperatorError

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
_LONGEST = 300  # characters of a name with its port; DNS has 253 for a name
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.(?!-)[a-z0-9_-]{1,63})*")


def new_secret() -> str:
    """256 bits that nobody can guess, for an address."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class Admission:
    """What a request must bring. `names` are the hosts under which the server may be asked for, without ports.

    `token` stands in the address; `cookie` is what the first page gives the browser for everything after it, so that
    the address is needed once only. `proxied` are those of the names behind which a proxy with TLS may stand.
    """

    names: frozenset[str]
    proxied: frozenset[str] = frozenset()
    token: str = field(default_factory=new_secret, repr=False)
    cookie: str = field(default_factory=new_secret, repr=False)

    def knows_host(self, host: str | None) -> bool:
        """Whether the `Host` of a request, with or without a port, is a name of ours."""
        return _name_of(host) in self.names

    def knows_token(self, token: str | None) -> bool:
        """Whether it is the one of the address. Takes as long for a near one as for a far one."""
        return token is not None and secrets.compare_digest(token.encode("utf-8", "replace"), self.token.encode())

    def knows_cookie(self, cookie: str | None) -> bool:
        """Whether the first page has given it. Takes as long for a near one as for a far one."""
        return cookie is not None and secrets.compare_digest(cookie.encode("utf-8", "replace"), self.cookie.encode())

    def knows_origin(self, origin: str | None, host: str | None) -> bool:
        """Whether `origin` is the page that `host` shows: the same scheme, name and port. None is no page at all."""
        if origin is None or not self.knows_host(host):
            return False
        schemes = ("http", "https") if _name_of(host) in self.proxied else ("http",)
        return origin.lower() in {f"{scheme}://{(host or '').lower()}" for scheme in schemes}


def admission(host: str, allowed: Iterable[str] = ()) -> Admission:
    """What to ask of requests where the server listens at `host` and may be called by the `allowed` names as well."""
    also = frozenset(allowed_name(name) for name in allowed)
    return Admission(frozenset((*LOOPBACK_NAMES, _bare(host), *also)), also)


def allowed_name(text: str) -> str:
    """The name or address that a person wrote, as browsers send it. Raises OperatorError for what is none by itself:
    such a one would never be asked for, and nobody would be let in."""
    name = _bare(text)
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        name = name if name.isascii() else name.encode("idna").decode()
    except UnicodeError:
        name = ""
    if len(name) > 253 or not _NAME.fullmatch(name):
        cure = "give the name alone, such as talks.example, without http:// and without a port"
        raise OperatorError(f"{text[:80]!r} is not the name of a machine", cure)
    return name


def _bare(name: str) -> str:
    return name.strip().lower().removeprefix("[").removesuffix("]")


def _name_of(host: str | None) -> str | None:
    """The name in a `Host` header, small letters, no port and no brackets. None for what is none."""
    if not host or len(host) > _LONGEST or any(letter in host for letter in "/@?#\\ "):
        return None
    try:
        parts = urlsplit(f"//{host}")
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        return None
    return parts.hostname
