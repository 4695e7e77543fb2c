"""The screens that tell what a tool server offers: its tools, one tool, its resources and prompts."""

from collections.abc import Sequence
from difflib import get_close_matches
from inspect import cleandoc

from backrooms_tui.worlds.tools.offered import Named, Offer, Offered
from backrooms_tui.worlds.tools.schema import expected

# As many fit on a screen that one can still read.
_LISTED = 40
_INSTRUCTIONS = 1_500


def overview(name: str, offer: Offer, word: str = "") -> str:
    """All tools, or those with `word` in their names or texts."""
    tools = _with(offer.tools, word)
    if word and not tools:
        return f"There is no tool {word!r}.{nearest(word, offer)} Type help for all of them."
    count = f"{len(tools):,} tool{'' if len(tools) == 1 else 's'}"
    lines = [f"{offer.title or name}: {count}{f' with {word!r}' if word else ''}", ""]
    width = min(max((len(one.name) for one in tools[:_LISTED]), default=0), 32)
    lines += [f"  {one.name:<{width}}  {one.summary}".rstrip() for one in tools[:_LISTED]]
    if len(tools) > _LISTED:
        lines.append(f"  … and {len(tools) - _LISTED:,} more: help WORD lists those with a word")
    if not tools:
        lines.append("  none")
    lines += ["", "help TOOL tells its arguments. Run one with: TOOL name=value, or TOOL {JSON}"]
    if offer.resources:
        lines.append(f"resources lists {len(offer.resources):,} of them; read URI shows one")
    if offer.prompts:
        lines.append("prompts lists what it suggests to ask")
    if offer.instructions.strip() and not word:
        lines += ["", offer.instructions.strip()[:_INSTRUCTIONS]]
    return "\n".join(lines)


def about(tool: Offered) -> str:
    """One tool: what it is for, and its arguments."""
    lines = [tool.name, ""]
    if tool.description.strip():
        lines += [cleandoc(tool.description).strip(), ""]
    wanted = expected(tool.schema)
    if not wanted:
        lines.append("It takes no arguments.")
    for one in wanted:
        must = "" if one.required else ", may be left out"
        lines.append(f"  {one.name}: {one.kind}{must}{f' · {one.about}' if one.about else ''}")
    usage = " ".join((tool.name, *(one.example for one in wanted if one.required)))
    lines += ["", f"Usage: {usage}"]
    if tool.reads_only:
        lines.append("Its server says that it changes nothing.")
    return "\n".join(lines)


def listed(what: str, found: Sequence[Named], hint: str) -> str:
    """Resources or prompts."""
    if not found:
        return f"This server has no {what}."
    lines = [f"{one.name}{f'  {_line(one.about)}' if one.about else ''}" for one in found[:_LISTED]]
    more = [f"… and {len(found) - _LISTED:,} more"] if len(found) > _LISTED else []
    count = f"{len(found):,} {what if len(found) != 1 else what.removesuffix('s')}"
    return "\n".join((count, "", *(f"  {line}" for line in (*lines, *more)), *hint.splitlines()))


def nearest(word: str, offer: Offer) -> str:
    """ " Did you mean …?", where a tool has a name like `word`; else nothing."""
    plain = {one.name.lower(): one.name for one in offer.tools}
    near = get_close_matches(word.lower(), list(plain), n=3, cutoff=0.5)
    return f" Did you mean {' or '.join(plain[one] for one in near)}?" if near else ""


def _with(tools: Sequence[Offered], word: str) -> list[Offered]:
    lower = word.lower()
    return [one for one in tools if not word or lower in one.name.lower() or lower in one.description.lower()]


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 100 else f"{line[:99]}…"
