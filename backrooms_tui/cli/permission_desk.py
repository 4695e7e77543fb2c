"""A permission that a world asks for, put to the person at the terminal."""

import asyncio
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from threading import Thread

import click

from backrooms_tui.assembly.worlds.deciding import NOBODY, Unattended, asked_in, how_to_allow
from backrooms_tui.cli.leaving import complain
from backrooms_tui.conversation.conversation import Conversation
from backrooms_tui.session.events import PermissionAsked
from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.world import Decision

_QUESTION = "[a]llow once, allow for this [s]ession, or [d]eny, with a word to the agent: "
_AGAIN = "Type a, s or d."
_ANSWERS: dict[str, Decision] = {
    **dict.fromkeys(("a", "allow", "once", "y", "yes"), "once"),
    **dict.fromkeys(("s", "session", "always"), "session"),
    **dict.fromkeys(("d", "deny", "n", "no"), "deny"),
}
_LONGEST_LINE = 4096  # bytes; no more comes at once from a terminal


class PermissionDesk:
    """Answers what is asked for: by asking the person where there is a terminal (`attended`), else by denying it, which
    is said once for each name."""

    def __init__(self, *, attended: bool) -> None:
        self._attended = attended
        self._alone = Unattended()
        self._answer: asyncio.Future[str] | None = None

    async def run(self, conversation: Conversation) -> None:
        """Let `conversation` run, and answer what it asks for, until it stands still for another reason."""
        await conversation.run()
        while conversation.state.status == "paused":
            asking = asked_in(conversation)
            if asking is None:
                return
            await self._decide(asking, conversation)
            if conversation.state.status == "paused":
                await conversation.go_on()

    def leave(self) -> None:
        """Whoever was asked does not answer any more. Safe at any moment, in the event loop."""
        if self._answer is not None and not self._answer.done():
            self._answer.cancel()

    async def _decide(self, asking: Conversation, conversation: Conversation) -> None:
        asked = asking.asked
        assert asked is not None
        if self._attended:
            try:
                found = await self._put(asked, asking.state.agents[asked.by].name if asked.by else "Operator")
            except asyncio.CancelledError:
                if conversation.state.status == "ended":
                    return  # the person has ended it in place of an answer
                raise
            if found is not None:
                asking.decide(*found)
                return
            self._attended = False  # nothing more can be read
        denied = self._alone.deny(asking)
        if denied is not None:
            _denied(denied)

    async def _put(self, asked: PermissionAsked, name: str) -> tuple[Decision, str] | None:
        """The person's answer, None where none can come any more."""
        _forget_what_was_typed()
        _say(f"\n▸ {harmless_line(name)} asks for {harmless_line(asked.name)}", bold=True)
        _say(f"  {harmless_line(asked.command)}")
        if asked.reach:
            _say(f"  {harmless_line(asked.reach)}")
        while True:
            click.echo(_QUESTION, err=True, nl=False)
            line = await self._line()
            if line is None:
                click.echo(err=True)
                return None
            word, _, rest = line.strip().partition(" ")
            decision = _ANSWERS.get(word.strip("[]:,.").casefold())
            if decision is not None:
                return decision, rest.strip() if decision == "deny" else ""
            _say(_AGAIN)

    async def _line(self) -> str | None:
        """The next line that the person types; None at the end of all of them."""
        loop = asyncio.get_running_loop()
        answer = self._answer = loop.create_future()

        def put(line: str) -> None:
            if not answer.done():
                answer.set_result(line)

        def read() -> None:
            try:
                # Not through sys.stdin: who leaves meanwhile would have to wait for its lock.
                typed = os.read(sys.stdin.fileno(), _LONGEST_LINE).decode("utf-8", "replace")
            except (OSError, ValueError):
                typed = ""
            with suppress(RuntimeError):  # the loop is gone
                loop.call_soon_threadsafe(put, typed)

        # A daemon, as a read cannot be called off.
        Thread(target=read, name="permission", daemon=True).start()
        try:
            return await answer or None
        finally:
            self._answer = None


def tell_denied(alone: Iterable[Unattended]) -> None:
    """Say what was denied because nobody was there, once for each name."""
    for asked in {asked.name: asked for one in alone for asked in one.denied}.values():
        _denied(asked)


def _denied(asked: PermissionAsked) -> None:
    name = harmless_line(asked.name)
    complain(f"{name} was denied: {NOBODY}.", f"Allow it from the start with {harmless_line(how_to_allow(asked))}")


def attended(shape: str) -> bool:
    """Whether a person is there who can be asked: text goes to a terminal, and comes from one."""
    return shape == "text" and sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def _forget_what_was_typed() -> None:
    """What was typed before the question is no answer to it."""
    with suppress(ImportError, OSError, ValueError):
        import termios

        termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)


def _say(text: str, *, bold: bool = False) -> None:
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    click.secho(text, err=True, bold=bold or None, color=False if plain else None)
