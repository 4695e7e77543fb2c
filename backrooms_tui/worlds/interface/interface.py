"""A world-interface server as a world: each command is sent to it, and what it shows is the answer.

Nothing that a server does ends a session: statuses, broken answers and silence are screens that say what happened.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from backrooms_tui.session.state import SessionState
from backrooms_tui.session.trouble import ProviderTrouble, Trouble
from backrooms_tui.session.world import Permission, WorldSetup, permitted
from backrooms_tui.worlds.base import Answer, Heard, Taken, View, World
from backrooms_tui.worlds.interface.address import KEY, asked_at
from backrooms_tui.worlds.interface.commands import ENVIRONMENTS, name_of, taken_from
from backrooms_tui.worlds.interface.reply import Reply, reply_of
from backrooms_tui.worlds.longest import cut, size_of

if TYPE_CHECKING:
    from httpx2 import AsyncClient

# An answer beyond this many bytes is not read to its end.
LARGEST = 16_000_000
# Seconds before what may pass is tried a second time.
PAUSE = 0.3
# Seconds that a server has for its first sign.
MEETING = 5.0
_SAID = {"allow": "allowed", "ask": "asked for each time", "deny": "denied"}


class WorldInterface(World):
    """The server at `url` (with or without /v1). `key` is what it may want, and `key_env` where that came from."""

    def __init__(self, setup: WorldSetup, url: str, key: str = "", key_env: str = KEY) -> None:
        self._setup = setup
        self._url = asked_at(url)
        self._where = url.rstrip("/")
        self._key = key
        self._key_env = key_env
        self._client: AsyncClient | None = None
        # Whether anything has answered in this session.
        self._met = False

    async def open(self) -> None:
        """See `World.open`: where nothing has ever answered, nobody should go on asking. Later that is an answer."""
        if self._met:
            return
        import httpx2

        try:
            async with asyncio.timeout(MEETING), self._opened.stream("GET", self._where):
                pass
        except (httpx2.ConnectError, httpx2.ConnectTimeout):
            raise ProviderTrouble(
                Trouble(
                    "connection",
                    f"nothing answers at {self._where}",
                    "start the server, then run on; its address stands in config.toml",
                )
            ) from None
        except (TimeoutError, httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError):
            pass  # somebody may be there; what is wrong the first command tells
        self._met = True

    def reach(self, permissions: Mapping[str, Permission]) -> tuple[str, ...]:
        """See `World.reach`."""
        rest = permitted(permissions, "other", "allow")
        lines = [f"commands go to the world-interface server at {self._where}: {_SAID[rest]}"]
        lines += [
            f"{name}: {_SAID[said]}" for name, said in sorted(permissions.items()) if name != "*" and said != rest
        ]
        return tuple(lines)

    def subjects(self) -> Mapping[str, Permission]:
        """See `World.subjects`."""
        return {**{name: "allow" for name in ENVIRONMENTS if name != "help"}, "*": "allow"}

    def take(self, heard: Heard, state: SessionState) -> Sequence[Taken]:
        """See `World.take`."""
        found = taken_from(heard.text)
        if not found:
            return [Taken(heard.by, heard.turn, "", "")]
        reach = f"is sent to {self._where}"
        named = [(command, name_of(command)) for command in found]
        return [
            Taken(heard.by, heard.turn, command, name, "allow", reach, telling=name.rpartition(".")[2] == "help")
            for command, name in named
        ]

    async def answer(self, taken: Taken, view: View) -> Answer:
        """See `World.answer`."""
        if not taken.command:
            return Answer(self.refused(taken, "Nothing was said that could be a command. Try: help"), "unknown")
        reply = await self._asked(taken.command)
        if reply.may_pass:
            await asyncio.sleep(PAUSE)
            reply = await self._asked(taken.command)
        if reply.wrong:
            return Answer(self.refused(taken, self._without_key(reply.wrong)), "failed")
        return Answer(cut(self._without_key(reply.screen)))

    def greeting(self, view: View) -> Answer:
        """See `World.greeting`."""
        return Answer(f"World interface at {self._where}\n\nType: <environment> <command> [parameters], or help.")

    async def aclose(self) -> None:
        """See `World.aclose`."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _asked(self, command: str) -> Reply:
        """What the server answers to `command`. Never raises for what a server or a network does."""
        import httpx2

        if self._key and not (self._key.isascii() and self._key.isprintable() and " " not in self._key):
            return Reply(wrong=f"The key in {self._key_env} cannot be sent: it holds spaces or odd characters.")
        try:
            async with self._opened.stream("POST", self._url, **self._request(command)) as response:
                body = bytearray()
                async for piece in response.aiter_bytes():
                    body += piece
                    if len(body) > LARGEST:
                        return Reply(wrong=f"The server's answer is too large: more than {size_of(LARGEST)}.")
                text = self._without_key(_decoded(bytes(body), response.charset_encoding or "utf-8"))
                kind = response.headers.get("content-type", "")
                return reply_of(response.status_code, kind, text, self._key_env, bool(self._key))
        except httpx2.ConnectError:
            return Reply(wrong=f"Nothing answers at {self._where}. Is the server running?", may_pass=True)
        except httpx2.TimeoutException:
            return Reply(wrong=f"The server at {self._where} did not answer in time.")
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError) as error:
            return Reply(wrong=f"The connection to {self._where} failed: {_words(error)}.")

    def _request(self, command: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        safe = command.encode("utf-8", "replace").decode("utf-8")
        return {"json": {"messages": [{"role": "user", "content": safe}], "stream": False}, "headers": headers}

    @property
    def _opened(self) -> "AsyncClient":
        if self._client is None:
            import httpx2

            # The time for all of it is the conversation's to keep; these only end what nobody waits for any more.
            seconds = self._setup.timeout
            here = (urlsplit(self._url).hostname or "") in ("localhost", "127.0.0.1", "::1")
            timeout = httpx2.Timeout(seconds + 1, connect=min(seconds, 10.0))
            self._client = httpx2.AsyncClient(timeout=timeout, trust_env=not here)
        return self._client

    def _without_key(self, text: str) -> str:
        """`text` with the key cut out, where a server repeats it."""
        return text.replace(self._key, "…") if self._key else text


def _decoded(body: bytes, encoding: str) -> str:
    """The text of a body. Servers name encodings that Python does not know, or that are none of text."""
    try:
        return body.decode(encoding, errors="replace")
    except LookupError:
        return body.decode("utf-8", errors="replace")


def _words(error: Exception) -> str:
    said = " ".join(str(error).split())[:200].rstrip(".")
    return said or type(error).__name__
