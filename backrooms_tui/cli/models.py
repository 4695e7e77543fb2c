"""`backrooms models`: who can speak."""

from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

import click

from backrooms_tui.cli.completing import model_names
from backrooms_tui.cli.interrupting import run_interruptible
from backrooms_tui.cli.progress import ProgressLine
from backrooms_tui.cli.tables import print_json, print_table
from backrooms_tui.session.harmless import harmless, harmless_line
from backrooms_tui.session.trouble import OperatorError

if TYPE_CHECKING:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.providers.catalogue.listings import CatalogueEntry

T = TypeVar("T")
TINY = "Say hello in one short sentence."
TINY_REPLY = 64


@click.group()
def models() -> None:
    """List, test and pull models.

    \b
    local              the small model that comes with the program's `local` extra
    local/FILE.gguf    a GGUF file, by name or path
    PROVIDER/MODEL     anthropic, openai, ollama, or an endpoint such as openrouter
    opus, gpt, ...     an alias
    """


@models.command("list")
@click.argument("words", nargs=-1)
@click.option("--usable", is_flag=True, help="Only what can be used now.")
@click.option("--provider", metavar="NAME", help="Ask the provider NAME itself what it offers.")
@click.option("--json", "as_json", is_flag=True, help="Print an array.")
def list_(words: tuple[str, ...], usable: bool, provider: str | None, as_json: bool) -> None:
    """List models and aliases; WORDS keep those whose names have all of them."""
    if provider is not None:
        _list_offered(provider, " ".join(words), as_json)
        return
    from backrooms_tui.assembly.workspace import Workspace

    workspace = Workspace()
    found = [
        (entry, workspace.providers.usable(entry.means)) for entry in workspace.catalogue.listings(" ".join(words))
    ]
    found = [(entry, use) for entry, use in found if use.yes or not usable]
    if as_json:
        print_json([{**_as_json(entry), "usable": use.yes, "why": use.why} for entry, use in found])
    elif found:
        rows = [
            (entry.reference, _means(entry), _window(entry.window), _price(entry), "yes" if use.yes else use.why)
            for entry, use in found
        ]
        print_table(("model", "means", "window", "$ in / out per million", "usable now"), rows, stretch=1)
    else:
        click.echo("No model matches. A model that is not listed can be named as PROVIDER/MODEL.")


@models.command()
@click.argument("model", shell_complete=model_names)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def test(ctx: click.Context, model: str, as_json: bool) -> None:
    """Send MODEL one tiny request; say what came back and how fast."""
    ctx.exit(run_interruptible(_test(model, as_json)))


@models.command()
@click.argument("model")
@click.pass_context
def pull(ctx: click.Context, model: str) -> None:
    """Fetch a model to this machine.

    \b
    backrooms models pull local                     the starter model
    backrooms models pull OWNER/REPO/FILE.gguf      a GGUF file from the Hugging Face hub
    backrooms models pull ollama/NAME               a model of a running Ollama
    """
    ctx.exit(run_interruptible(_pull(model)))


async def _test(text: str, as_json: bool) -> int:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.providers.base import Finish, Request, TextChunk
    from backrooms_tui.session.setup import Message

    workspace, progress = Workspace(), ProgressLine()
    try:
        resolved = workspace.catalogue.resolve(text)
        workspace.providers.require([resolved.reference])
        provider, model = workspace.providers.for_reference(resolved.reference)
        await provider.ready(model, progress)
        progress.finish()
        request = Request(model, "", [Message("user", TINY)], {"max_tokens": TINY_REPLY})
        said, first, finish, began = "", None, None, monotonic()
        async for chunk in provider.stream(request):
            if first is None:
                first = monotonic() - began
            if isinstance(chunk, TextChunk):
                said += chunk.text
            elif isinstance(chunk, Finish):
                finish = chunk
        total = monotonic() - began
        usage = finish.usage if finish is not None else None
        cost = workspace.catalogue.cost(resolved.reference, usage) if usage is not None else None
        if as_json:
            answer = {"model": resolved.reference, "text": said, "first_chunk": first, "total": total, "cost": cost}
            print_json(answer)
            return 0
        for notice in resolved.notices:
            click.secho(f"· {harmless_line(notice)}", dim=True)
        click.echo(harmless(said.strip()))
        tokens = usage.output_tokens if usage is not None else 0
        speed = f" · {tokens / (total - (first or 0)):.0f} tokens a second" if tokens and total > (first or 0) else ""
        spent = "no known price" if cost is None else f"${cost:.6f}"
        click.secho(
            f"{resolved.reference} · first words after {first or 0:.2f} s{speed} · {tokens} tokens · {spent}", dim=True
        )
        return 0
    finally:
        progress.finish()
        await workspace.aclose()


async def _pull(text: str) -> int:
    from backrooms_tui.assembly.workspace import Workspace
    from backrooms_tui.settings import folders

    workspace, progress = Workspace(), ProgressLine()
    try:
        folders.ensure_private(folders.models_dir())
        if text.lower().endswith(".gguf") and text.count("/") >= 2 and not text.lower().startswith("local/"):
            from backrooms_tui.providers.local.gguf import pull_gguf

            path = await pull_gguf(text, folders.models_dir(), progress)
            progress.finish()
            click.echo(f"{path}\nUse it as local/{path.relative_to(folders.models_dir()).as_posix()}")
            return 0
        resolved = workspace.catalogue.resolve(text)
        provider, model = workspace.providers.for_reference(resolved.reference)
        if resolved.provider not in ("local", "ollama"):
            raise OperatorError(
                f"{resolved.reference} answers over the network; there is nothing to pull",
                "pull `local`, OWNER/REPO/FILE.gguf, or ollama/NAME",
            )
        await provider.ready(model, progress)
        progress.finish()
        click.echo(f"{resolved.reference} is here")
        return 0
    finally:
        progress.finish()
        await workspace.aclose()


def _list_offered(provider: str, words: str, as_json: bool) -> None:
    from backrooms_tui.assembly.workspace import Workspace

    async def ask() -> int:
        workspace = Workspace()
        try:
            offered = await _offered(workspace, provider)
        finally:
            await workspace.aclose()
        found = [one for one in offered if all(word in one.model.casefold() for word in words.casefold().split())]
        if as_json:
            print_json([{"reference": f"{provider}/{one.model}", "window": one.window} for one in found])
        elif found:
            rows = [(f"{provider}/{one.model}", _window(one.window), one.detail) for one in found]
            print_table(("model", "window", "about"), rows, stretch=2)
        else:
            click.echo(f"{provider} offers nothing like that.")
        return 0

    run_interruptible(ask())


async def _offered(workspace: "Workspace", provider: str) -> "list[Any]":
    if provider not in workspace.catalogue.providers:
        known = ", ".join(workspace.catalogue.providers)
        raise OperatorError(f"there is no provider {provider!r}", f"known are {known}")
    workspace.providers.require([f"{provider}/any"])
    reached, _ = workspace.providers.for_reference(f"{provider}/any")
    return await reached.models()


def _as_json(entry: "CatalogueEntry") -> dict[str, object]:
    return {
        "reference": entry.reference,
        "means": entry.means,
        "name": entry.name,
        "window": entry.window,
        "input_price": entry.input_price,
        "output_price": entry.output_price,
        "cache_price": entry.cache_price,
        "note": entry.note,
    }


def _means(entry: "CatalogueEntry") -> str:
    what = entry.means if entry.means != entry.reference else entry.name
    return f"{what} ({entry.note})" if entry.note else what


def _window(window: int | None) -> str:
    if window is None:
        return "?"
    return f"{window / 1e6:g}M" if window >= 1_000_000 else f"{window / 1000:.0f}k"


def _price(entry: "CatalogueEntry") -> str:
    if entry.input_price is None or entry.output_price is None:
        return "?"
    if entry.input_price == entry.output_price == 0:
        return "free"
    return f"{entry.input_price:g} / {entry.output_price:g}"
