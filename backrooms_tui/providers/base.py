"""What a provider is: the small contract between a conversation and whatever reaches a model."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from backrooms_tui.session.events import StopReason
from backrooms_tui.session.setup import Message, ParamValue
from backrooms_tui.session.usage import Usage
from backrooms_tui.session.world_tool import Tool


@dataclass(frozen=True, slots=True)
class Request:
    """What one turn asks of a model.

    `model` is the provider's own name for it (the reference without `provider/`). `messages` starts and ends with a
    user message and alternates. Request n+1 of one agent extends request n, and `cache_key` says which requests
    belong together (session and seat), for providers that route by it. `seat` counts from 1. `spoken` is how many
    turns the agent has had in this session. `schema` is a JSON schema that the reply must follow: by grammar or by the
    provider's own means where there are any; else it is only asked for by the words of the request. `tools` are what
    the model may call, from turn to turn in the same order; one that cannot call any is told of none (`Omitted`).
    """

    model: str
    system: str
    messages: Sequence[Message]
    params: Mapping[str, ParamValue] = field(default_factory=dict)
    cache_key: str = ""
    seat: int = 1
    spoken: int = 0
    schema: Mapping[str, object] | None = None
    tools: tuple[Tool, ...] = ()


@dataclass(frozen=True, slots=True)
class TextChunk:
    """A piece of the reply."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningChunk:
    """A piece of the model's reasoning, kept apart from the reply."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model calls a tool, with `arguments` as it wrote them: a JSON object, or what it took for one."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Omitted:
    """A parameter (by its name in `session.parameters`), or what else was to be sent (`tools`), was left out because
    the model does not take it."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Something has to happen before the model can speak: `text` says what; done of total bytes, 0 where unknown."""

    text: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Finish:
    """The last chunk of every stream that did not fail."""

    stop_reason: StopReason
    usage: Usage
    model: str = ""


Chunk = TextChunk | ReasoningChunk | ToolCall | Omitted | Progress | Finish


@dataclass(frozen=True, slots=True)
class Listing:
    """A model that a provider offers, by the provider's own name. `window` in tokens where the provider says."""

    model: str
    window: int | None = None
    detail: str = ""


class Provider(ABC):
    """Reaches one kind of model. One object serves all agents of a process that use it, in one event loop."""

    name: str

    @abstractmethod
    def stream(self, request: Request) -> AsyncIterator[Chunk]:
        """The reply to `request` as it comes, with one `Finish` at the end.

        An async generator: closing it, or cancelling the task that awaits it, closes the connection at once. It raises
        ProviderTrouble and nothing else, makes one attempt (the conversation retries), and never
        yields an empty chunk.
        """

    @abstractmethod
    async def models(self) -> list[Listing]:
        """The models that can be asked for now. Raises ProviderTrouble where the provider does not answer."""

    async def ready(self, model: str, progress: "Callable[[Progress], None] | None" = None) -> None:  # noqa: B027
        """Do before the first turn what would otherwise hold it up: fetch, pull or load `model`, telling `progress`.

        Cancelling it leaves nothing half done. Raises ProviderTrouble or OperatorError.
        """

    async def window(self, model: str) -> int | None:
        """Context window of `model` in tokens where this provider knows it better than the catalogue."""
        return None

    async def aclose(self) -> None:  # noqa: B027 - most providers hold nothing
        """Give back connections and memory."""
