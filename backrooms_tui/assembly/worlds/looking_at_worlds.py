"""Whether the worlds of the person's configuration can be had, without starting or commanding any."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from shutil import which
from urllib.parse import urlsplit

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.settings.configuration import WorldSettings

# Seconds that a server has to take a connection.
PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A world, whether it is there, and what there is to say of it in a line."""

    name: str
    there: bool
    says: str


async def looked_at(workspace: Workspace) -> list[LookedAt]:
    """The worlds of the configuration that are not built in."""
    settings: Mapping[str, WorldSettings] = {
        name: one for name, one in workspace.configuration.worlds.items() if one.kind != "built-in"
    }
    found = await asyncio.gather(*(_look(one, workspace) for one in settings.values()))
    return [LookedAt(name, there, says) for name, (there, says) in zip(settings, found, strict=True)]


async def _look(settings: WorldSettings, workspace: Workspace) -> tuple[bool, str]:
    kind = "tool server" if settings.kind == "mcp" else "world-interface server"
    if settings.kind == "mcp" and find_spec("mcp") is None:
        return False, "a tool server needs: pip install 'backrooms-tui[worlds]'"
    if settings.url is None:
        program = settings.command[0]
        if which(program) is None:
            return False, f"{kind}: there is no program {program}"
        missing = [name for name in settings.pass_env if workspace.keys.find(name) is None]
        unset = f"; not set: {', '.join(missing)}" if missing else ""
        return not missing, f"{kind}: {' '.join(settings.command)}{unset}"
    answers = await _takes_connections(settings.url)
    unset = ""
    if settings.key_env and workspace.keys.find(settings.key_env) is None:
        unset = f"; {settings.key_env} is not set"
    says = f"{kind}: {settings.url} {'answers' if answers else 'does not answer'}{unset}"
    return answers and not unset, says


async def _takes_connections(url: str) -> bool:
    parts = urlsplit(url)
    try:
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(
                parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
            )
            writer.close()
            await writer.wait_closed()
    except (OSError, TimeoutError, ValueError):
        return False
    return True
