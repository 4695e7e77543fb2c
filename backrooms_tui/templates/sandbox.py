"""The guarded ground on which blanks are filled: what they can say, and how much work they may take.

Jinja's own sandbox guards attributes; it does not stop `{{ "a" * 10 ** 10 }}`, a filter that pads to a billion
characters, or loops within loops. Here every step that can grow a text is measured, and loops draw on one budget.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn, cast

from jinja2 import StrictUndefined, nodes
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment
from jinja2.visitor import NodeTransformer

from backrooms_tui.templates.findings import did_you_mean

TEXT_LIMIT = 400_000  # characters of one filled text: about 100,000 tokens
_BUDGET = 2_000_000  # characters touched, and ten for each node of a loop's body each time round
_RANGE_LIMIT = 1_000
HOW = "a blank is {{ name }}, a choice {% if same_model %}…{% else %}…{% endif %}"


class BlankError(Exception):
    """A text whose blanks cannot be filled. `line` counts from 1 within the text, None where it is not known.

    `word` is the word at fault, where it is one that stands in the text.
    """

    def __init__(self, what: str, cure: str = HOW, line: int | None = None, word: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.cure = cure
        self.line = line
        self.word = word


class AgentWords:
    """What a blank can say about an agent: `{{ self.name }}`, `{{ agents[1].company }}`. None is not known yet."""

    WORDS = ("name", "seat", "model", "company")

    def __init__(self, seat: int, model: str, company: str, name: str | None = None) -> None:
        self.seat = seat
        self.model = model
        self.company = company
        self.name = name


class Guard(NodeTransformer):
    """Puts a measuring step wherever a text or a loop can grow."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox

    def visit_For(self, node: nodes.For) -> nodes.Node:
        cost = 10 * sum(1 for _ in node.find_all(nodes.Node))
        self.generic_visit(node)
        node.iter = self._filter("_counted", cast("nodes.Expr", node.iter), nodes.Const(cost, lineno=node.lineno))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        return self._filter("_together", nodes.List(node.nodes, lineno=node.lineno, environment=self._sandbox))

    def visit_CondExpr(self, node: nodes.CondExpr) -> nodes.Node:
        self.generic_visit(node)
        if node.expr2 is None:  # {{ "so" if same_model }} says nothing otherwise
            node.expr2 = nodes.Const("", lineno=node.lineno, environment=self._sandbox)
        return node

    def _filter(self, name: str, value: nodes.Expr, *arguments: nodes.Expr) -> nodes.Filter:
        made = nodes.Filter(value, name, list(arguments), [], None, None, lineno=value.lineno)
        made.set_environment(self._sandbox)
        return made


class Sandbox(SandboxedEnvironment):
    """Jinja with what a template of a talk may use, and a budget for one text."""

    intercepted_binops = frozenset({"+", "*", "%"})

    def __init__(self) -> None:
        super().__init__(
            undefined=StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            optimized=False,
            finalize=_shown,
            cache_size=0,
        )
        self._left = _BUDGET
        self.globals = {"range": self._range}
        plain = {"upper": str.upper, "lower": str.lower, "capitalize": str.capitalize, "title": str.title}
        self.filters = {name: self._on_text(change) for name, change in plain.items()}
        self.filters |= {
            "trim": self._on_text(str.strip),
            "default": self.filters_default,
            "join": self._join,
            "length": self._length,
            "first": lambda value: next(iter(value)),
            "last": lambda value: value[-1],
            "_counted": self._counted,
            "_together": self._join,
        }

    def spend(self, effort: int) -> None:
        """Take from the budget; BlankError when it is used up."""
        self._left -= effort
        if self._left < 0:
            raise BlankError("takes too much work to fill", "use fewer and shorter loops")

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Sums and products of numbers, and sums of texts."""
        numbers = all(isinstance(value, int | float) and abs(value) < 1e15 for value in (left, right))
        texts = operator == "+" and isinstance(left, str) and isinstance(right, str)
        if not numbers and not texts:
            raise BlankError(f"{operator!r} is only for numbers", "put texts together with ~: {{ place ~ mood }}")
        if texts:
            return self._join([left, right])
        return super().call_binop(context, operator, left, right)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """As in Jinja's sandbox, with words of our own about agents."""
        if isinstance(obj, AgentWords):
            if attribute not in AgentWords.WORDS:
                raise no_such_word(attribute)
            if attribute == "name" and obj.name is None:
                raise BlankError("an agent's name is not known while names are filled", "use self.model or a variable")
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """As in Jinja's sandbox, with words of our own about seats."""
        agents = isinstance(obj, tuple) and bool(obj) and isinstance(obj[0], AgentWords)
        if agents and isinstance(argument, int) and not -len(obj) <= argument < len(obj):
            raise BlankError(f"there is no agents[{argument}]", f"they run from agents[0] to agents[{len(obj) - 1}]")
        if isinstance(obj, AgentWords):
            return self.getattr(obj, str(argument))
        return super().getitem(obj, argument)

    @staticmethod
    def filters_default(value: Any, otherwise: Any = "") -> Any:
        """`{{ loop.previtem|default("nobody") }}`."""
        return otherwise if isinstance(value, StrictUndefined) else value

    def _on_text(self, change: Callable[[str], str]) -> Callable[[Any], str]:
        def changed(value: Any) -> str:
            text = _said(value)
            self.spend(len(text))
            return change(text)

        return changed

    def _join(self, values: Iterable[Any], between: str = "") -> str:
        pieces: list[str] = []
        length = 0
        for value in values:
            pieces.append(_said(value))
            length += len(pieces[-1]) + len(between)
            self.spend(len(pieces[-1]) + len(between) + 1)
            if length > TEXT_LIMIT:
                too_long()
        return between.join(pieces)

    @staticmethod
    def _length(value: Any) -> int:
        return len(value)

    def _range(self, *bounds: int) -> range:
        numbers = range(*bounds)
        if len(numbers) > _RANGE_LIMIT:
            raise BlankError("counts too far", f"a range has at most {_RANGE_LIMIT:,} numbers")
        self.spend(len(numbers))
        return numbers

    def _counted(self, values: Iterable[Any], cost: int) -> Iterator[Any]:
        for value in values:
            self.spend(cost)
            yield value


def _said(value: Any) -> str:
    """A value as it stands in a text; BlankError for what is not a text or a number."""
    if isinstance(value, StrictUndefined):
        return str(value)  # raises, and says which name it was
    if isinstance(value, AgentWords):
        raise BlankError("is an agent, not a text", "write which of its words you mean: self.name, other.company")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise BlankError("has something to show that is not a text", HOW)
    return str(value)


# Jinja asks for a callable; every value that a blank shows passes through it.
_shown = cast("Callable[..., Any]", _said)


def no_such_word(word: str, line: int | None = None) -> BlankError:
    """The error for a word that agents do not have, `{{ self.nmae }}`."""
    known = ", ".join(AgentWords.WORDS)
    return BlankError(f"an agent has no {word!r}", did_you_mean(word, AgentWords.WORDS, f"it has {known}"), line, word)


def too_long() -> NoReturn:
    """Raise the BlankError for a text that grows past the limit."""
    raise BlankError(f"becomes longer than {TEXT_LIMIT:,} characters", "make it shorter")
