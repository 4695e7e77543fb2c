"""The language of a template's blanks: a small, safe part of Jinja.

A template may come from anybody, so filling it must end, soon, and reach nothing but the words it is given. Only what a
talk needs is allowed: blanks, choices, loops over agents, and a few filters. The sandbox measures the rest.
"""

import re
from collections.abc import Iterable, Mapping

from jinja2 import TemplateSyntaxError, UndefinedError, meta, nodes
from jinja2.exceptions import SecurityError

from backrooms_tui.templates.findings import did_you_mean
from backrooms_tui.templates.sandbox import (
    HOW,
    TEXT_LIMIT,
    AgentWords,
    BlankError,
    Guard,
    Sandbox,
    no_such_word,
    too_long,
)

_NODE_LIMIT = 20_000
_DEPTH_LIMIT = 40
# Jinja keeps `self` for its own blocks, which templates of talks do not have; the name is changed before compiling.
_SELF = "_self"

_STATEMENTS: tuple[type[nodes.Node], ...] = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign, nodes.Name, nodes.Const),
    *(nodes.Tuple, nodes.List, nodes.Dict, nodes.Pair, nodes.CondExpr, nodes.Filter, nodes.Test, nodes.Getitem),
    *(nodes.Getattr, nodes.Slice, nodes.Concat, nodes.Compare, nodes.Operand, nodes.Add, nodes.Sub, nodes.Mul),
    *(nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Not, nodes.And, nodes.Or, nodes.Neg, nodes.Pos),
)


def blanks_in(text: str) -> set[str]:
    """The names that the blanks of `text` use. Raises BlankError where `text` cannot be read."""
    return _undeclared(_parsed(text, Sandbox()))


def mistakes_in(text: str, known: Iterable[str]) -> list[BlankError]:
    """What is wrong with the blanks of `text`, given the names that are `known`; empty when all is well."""
    names = set(known)
    try:
        tree = _parsed(text, Sandbox())
        unknown = _undeclared(tree) - names
    except BlankError as error:
        return [error]
    mistakes: list[BlankError] = []
    for node in tree.find_all(nodes.Name):
        name = "self" if node.name == _SELF else node.name
        if node.ctx == "load" and name in unknown:
            cure = did_you_mean(
                name, names, f"add a table [variables.{name}], or use one of {', '.join(sorted(names))}"
            )
            mistakes.append(BlankError(f"nothing is called {name!r}", cure, node.lineno, name))
    for access in tree.find_all(nodes.Getattr):
        whose = access.node.node if isinstance(access.node, nodes.Getitem) else access.node
        if (
            isinstance(whose, nodes.Name)
            and whose.name in (_SELF, "other", "agents", "host")
            and access.attr not in AgentWords.WORDS
        ):
            mistakes.append(no_such_word(access.attr, access.lineno))
    return mistakes


def filled(text: str, values: Mapping[str, object]) -> str:
    """`text` with its blanks filled from `values`, without newlines at either end.

    A value is put in as it is: blanks within it are not filled. Raises BlankError, also for endless work or output.
    """
    sandbox = Sandbox()
    tree = _parsed(text, sandbox)
    pieces: list[str] = []
    length = 0
    try:
        template = sandbox.from_string(Guard(sandbox).visit(tree))
        for piece in template.generate({_SELF if name == "self" else name: value for name, value in values.items()}):
            length += len(piece)
            if length > TEXT_LIMIT:
                too_long()
            pieces.append(piece)
    except BlankError as error:
        error.line = error.line or _line_of(error)
        raise
    except SecurityError as error:
        raise BlankError("a blank reaches for something that templates cannot have", HOW, _line_of(error)) from None
    except UndefinedError as error:
        raise BlankError(f"a blank has nothing to show: {error.message}", HOW, _line_of(error)) from None
    except Exception as error:  # a template can make Python raise anything: 1 / 0, "a" + 1, a list as a key
        raise BlankError(f"a blank cannot be worked out: {error}", HOW, _line_of(error)) from None
    return "".join(pieces).strip("\n")


def _parsed(text: str, sandbox: "Sandbox") -> nodes.Template:
    """The tree of `text`, known to hold nothing but what is allowed, with `self` under its other name."""
    if len(text) > TEXT_LIMIT:
        raise BlankError(f"is longer than {TEXT_LIMIT:,} characters", "make it shorter", 1)
    try:
        tree = sandbox.parse(text)
    except TemplateSyntaxError as error:
        raise _unreadable(error) from None
    except RecursionError:
        raise BlankError("is nested too deeply", "write it more simply") from None
    except Exception as error:  # Jinja lets some errors of Python through, for a number of 5,000 digits, say
        raise BlankError(f"cannot be read: {error}", HOW) from None
    count = 0
    waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if depth > _DEPTH_LIMIT or count > _NODE_LIMIT:
            raise BlankError("is too deeply nested or has too many blanks", "write it more simply", node.lineno)
        _check_allowed(node, sandbox)
        if isinstance(node, nodes.Name) and node.name == "self":
            node.name = _SELF
        waiting.extend((child, depth + 1) for child in node.iter_child_nodes())
    return tree


def _unreadable(error: TemplateSyntaxError) -> BlankError:
    message = error.message or "it is not complete"
    if message.startswith("Unexpected end of template"):
        return BlankError(
            "opens a {% … %} that is never closed", "close it with {% endif %} or {% endfor %}", error.lineno
        )
    if message.startswith("unexpected end of template"):
        return BlankError("opens a blank that is never closed", "close it with }}, or %} after {%", error.lineno)
    if match := re.match(r"Encountered unknown tag '(\w+)'", message):
        tag = match[1]
        cure = did_you_mean(tag, ("if", "elif", "else", "endif", "for", "endfor", "set", "raw", "endraw"))
        return BlankError(f"there is no {{% {tag} %}}, or not at this place", cure, error.lineno, tag)
    return BlankError(f"cannot be read: {message.rstrip('.')}", HOW, error.lineno)


def _check_allowed(node: nodes.Node, sandbox: "Sandbox") -> None:
    line = node.lineno
    if isinstance(node, nodes.Call):
        if not (isinstance(node.node, nodes.Name) and node.node.name == "range") or node.kwargs or node.dyn_args:
            raise BlankError("calls something, which blanks cannot", "use a filter: {{ place|upper }}", line)
    elif isinstance(node, nodes.Name):
        if node.name.startswith("_") or (node.ctx == "store" and node.name in ("self", "range")):
            raise BlankError(f"{node.name!r} cannot be used as a name", "choose another name", line, node.name)
    elif isinstance(node, nodes.Filter):
        if node.name not in sandbox.filters or node.dyn_args or node.dyn_kwargs:
            known = (name for name in sandbox.filters if not name.startswith("_"))
            raise BlankError(f"there is no filter {node.name!r}", did_you_mean(node.name, known), line, node.name)
    elif isinstance(node, nodes.Test):
        if node.name not in sandbox.tests:
            cure = did_you_mean(node.name, sandbox.tests, "compare with ==, or use `is defined`")
            raise BlankError(f"there is no test {node.name!r}", cure, line, node.name)
    elif isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        raise BlankError("a blank reaches for something that templates cannot have", HOW, line, node.attr)
    elif isinstance(node, nodes.For) and node.recursive:
        raise BlankError("a loop cannot be recursive", "write {% for agent in agents %}…{% endfor %}", line)
    elif not isinstance(node, _STATEMENTS):
        word = re.sub(r"(?<!^)(?=[A-Z])", " ", type(node).__name__).lower()
        raise BlankError(f"Jinja's {word!r} cannot be used in a template", HOW, line)


def _undeclared(tree: nodes.Template) -> set[str]:
    try:
        names = meta.find_undeclared_variables(tree)
    except TemplateSyntaxError as error:
        raise BlankError(f"cannot be read: {error.message}", HOW, error.lineno) from None
    # `range` is Jinja's own, but only as {{ range(3) }}: it says nothing by itself.
    return {"self" if name == _SELF else name for name in names} - {"range"}


def _line_of(error: BaseException) -> int | None:
    """The line of the text at which filling stopped: Jinja's traceback has it as a frame of its own."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
