"""HTTP to a server on this machine: no proxy, and a new connection for each request."""

from typing import TYPE_CHECKING

from backrooms_tui.providers.servers.endpoints import is_loopback

if TYPE_CHECKING:
    import httpx2


def nearby_client(base_url: str | None) -> "httpx2.AsyncClient | None":
    """A client for a server on this machine, None where `base_url` leads elsewhere and the SDK's own will do.

    A proxy of the environment could not reach the server (the anthropic SDK's own client asks it all the same).
    Connections are not kept: llama.cpp's server was seen to drop one just as the next request came ("Server
    disconnected without sending a response"), and a new one takes well under a millisecond.
    """
    if base_url is None or not is_loopback(base_url):
        return None
    import httpx2

    limits = httpx2.Limits(max_connections=1000, max_keepalive_connections=0)
    return httpx2.AsyncClient(trust_env=False, follow_redirects=True, limits=limits)
