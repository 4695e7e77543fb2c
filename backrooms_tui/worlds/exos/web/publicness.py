"""Which numbers of the internet are public: those of the person's own machine and networks are never reached.

From the registries of special-purpose addresses (RFC 6890 and IANA's tables), and more narrowly: of IPv6 only what is
handed out for global use (2000::/3), and nothing that carries an IPv4 number within.
"""

import ipaddress
from collections.abc import Sequence

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# Beyond what Python's own tables call not global: multicast and reserved ranges, relays of 6to4, protocol assignments,
# and the numbers under which clouds answer a machine about itself that lie among public ones.
_NEVER4 = [
    ipaddress.IPv4Network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
    )
]  # fmt: skip
_GLOBAL6 = ipaddress.IPv6Network("2000::/3")
# Teredo and other protocols, documentation, 6to4.
_NEVER6 = [
    ipaddress.IPv6Network(one) for one in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
]


def is_public(number: IPAddress) -> bool:
    """Whether `number` is one of the public internet."""
    if isinstance(number, ipaddress.IPv4Address):
        return number.is_global and not any(number in network for network in _NEVER4)
    return number in _GLOBAL6 and number.is_global and not any(number in network for network in _NEVER6)


async def numbers_of(host: str, port: int) -> Sequence[IPAddress]:
    """The numbers of `host`, as this machine resolves it. Raises OSError where it has none."""
    import asyncio
    import socket

    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ipaddress.ip_address(str(address[0]).partition("%")[0]) for *_, address in found]
