"""A short talk to judge, and a judge that answers as a test says and remembers what it was asked."""

from collections.abc import AsyncIterator, Callable, Sequence

from backrooms_tui.judging.asking import Line
from backrooms_tui.judging.matter import Matter, Member
from backrooms_tui.providers.base import Chunk, Finish, Listing, Provider, Request, TextChunk
from backrooms_tui.session.entries import Entry, TurnEntry
from backrooms_tui.session.judgement import Measure, Rubric
from backrooms_tui.session.trouble import ProviderTrouble, Trouble
from backrooms_tui.session.usage import Timings, Usage

QUALITY = Measure("quality", "How good it is.", 1, 10, "poor", "fine")
WARMTH = Measure("warmth", "How kind the agent is.", 0, 1, "cold", "warm", of="agent", whole=False)
RUBRIC = Rubric("own", "Manners", (QUALITY, WARMTH), "How they treat one another.")
ADA = Member(1, ("Ada",), "a sailor", "the sea is best", "You are Ada, who argues with Brook.")
BROOK = Member(2, ("Brook",))
USED = Usage(100, 10)

Reply = str | Trouble


def turn(number: int, text: str, seat: int | None = None, name: str | None = None, **values: object) -> TurnEntry:
    """One turn; the two agents take turns where nothing else is said."""
    agent = seat or 2 - number % 2
    own = name or {1: "Ada", 2: "Brook"}.get(agent, f"N{agent}")
    return TurnEntry(number, agent, own, text, "", "end", Usage(), 0.0, Timings(), "m", 0.0, **values)  # type: ignore[arg-type]


def matter(*entries: Entry | str, members: Sequence[Member] = (ADA, BROOK), **values: object) -> Matter:
    """A session with these entries; texts are turns."""
    made = [turn(place, one) if isinstance(one, str) else one for place, one in enumerate(entries, 1)]
    return Matter(tuple(members), tuple(made), **values)  # type: ignore[arg-type]


class Judge(Provider):
    """Answers in order with `replies`, the last one again and again; a function makes one of the request."""

    name = "judge"

    def __init__(self, *replies: Reply | Callable[[Request], str]) -> None:
        self.replies = list(replies)
        self.requests: list[Request] = []

    async def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """The next reply."""
        self.requests.append(request)
        reply = self.replies[min(len(self.requests), len(self.replies)) - 1]
        if isinstance(reply, Trouble):
            raise ProviderTrouble(reply)
        yield TextChunk(reply(request) if callable(reply) else reply)
        yield Finish("end", USED)

    async def models(self) -> list[Listing]:
        return []

    def line(self, price: float | None = 0.5) -> Line:
        """The way to it. Trouble that may pass is tried again twice, at once."""

        async def again(trouble: Trouble, tries: int) -> bool:
            return trouble.may_pass and tries <= 2

        return Line(self, "m", "some/m", lambda _: price, again)

    def words(self) -> list[str]:
        """All that it was sent, a text a request."""
        return [f"{one.system}\n" + "\n".join(message.text for message in one.messages) for one in self.requests]
