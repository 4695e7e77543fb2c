"""A site on loopback under public names, and a sitting before the web that reaches it."""

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from backrooms_tui.worlds.exos.web.fetching import Reaching
from backrooms_tui.worlds.exos.web.publicness import IPAddress, is_public
from backrooms_tui.worlds.exos.web.web import Web
from tests.worlds.exos.sitting import Sitting
from tests.worlds.exos.web.site import Site

# The site is at the first; nobody is at the other.
HOME = (ipaddress.IPv4Address("127.0.0.1"), ipaddress.IPv4Address("127.0.0.9"))
# Names that lead to the site; and those that lead where nothing may be reached.
NAMES: dict[str, Sequence[str]] = {
    "one.example.org": ["127.0.0.1"],
    "www.one.example.org": ["127.0.0.1"],
    "two.example.org": ["127.0.0.1"],
    "several.example.org": ["127.0.0.9", "127.0.0.1"],
    "inside.example.org": ["10.0.0.7"],
    "mixed.example.org": ["127.0.0.1", "192.168.0.1"],
    "mapped.example.org": ["::ffff:127.0.0.1"],
    "cloud.example.org": ["169.254.169.254"],
}


@dataclass
class Net:
    """The site, and what names lead to."""

    site: Site
    asked: list[str]
    seconds: float = 10.0

    @property
    def one(self) -> str:
        """The address of the site under its first name."""
        return f"http://one.example.org:{self.site.port}"

    @property
    def two(self) -> str:
        """The same under another name."""
        return f"http://two.example.org:{self.site.port}"

    @property
    def web(self) -> Web:
        """The environment that reaches it."""
        ports = frozenset({self.site.port, 80, 443})
        return Web(Reaching(ports, lambda one: one in HOME or is_public(one), self._numbers, seconds=self.seconds))

    async def _numbers(self, host: str, port: int) -> list[IPAddress]:
        self.asked.append(host)
        if host not in NAMES:
            raise OSError("no such host")
        return [ipaddress.ip_address(number) for number in NAMES[host]]


@pytest.fixture(scope="module")
def running_site() -> Iterator[Site]:
    with Site() as site:
        yield site


@pytest.fixture
def net(running_site: Site) -> Net:
    running_site.pages.clear()
    running_site.heads.clear()
    return Net(running_site, [])


@pytest.fixture
def sitting(net: Net) -> Sitting:
    return Sitting([net.web], {"web": "allow"})
