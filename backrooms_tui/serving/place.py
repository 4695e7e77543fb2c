"""Where the server listens, and what its address looks like."""

import errno
import ipaddress
import socket

from backrooms_tui.session.trouble import OperatorError

USUAL_PORT = 8765
_BACKLOG = 64


def listening(host: str, port: int | None) -> socket.socket:
    """A socket that listens at `host`. `port` 0 is a free one; None the usual one, or a free one where it is taken.

    Raises OperatorError for a host that is not this machine, and for a port that cannot be had.
    """
    if port is not None:
        return _listen(host, port)
    try:
        return _listen(host, USUAL_PORT)
    except OperatorError:
        return _listen(host, 0)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens there."""
    return host.lower() == "localhost" or _is(host, "is_loopback")


def is_everywhere(host: str) -> bool:
    """Whether it stands for all addresses of this machine, and is none by itself."""
    return _is(host, "is_unspecified")


def address(host: str, port: int, path: str = "/") -> str:
    """The address of a page at `host`."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{path}"


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except (socket.gaierror, UnicodeError):
        raise OperatorError(f"{host!r} is no address of this machine", "use 127.0.0.1, or an address it has") from None
    try:
        return socket.create_server((str(where[0]), port), family=family, backlog=_BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise OperatorError(f"port {port} is taken", "choose another with --port, or 0 for a free one") from None
        if error.errno == errno.EADDRNOTAVAIL:
            cure = "use 127.0.0.1, or an address it has"
            raise OperatorError(f"{host} is no address of this machine", cure) from None
        reason = error.strerror or str(error)
        raise OperatorError(
            f"cannot listen at {host} port {port}: {reason}", "choose another --port, above 1023"
        ) from None


def _is(host: str, what: str) -> bool:
    try:
        return bool(getattr(ipaddress.ip_address(host.strip("[]")), what))
    except ValueError:
        return False
