"""A program of its own that plays a session with councils, and is killed in the middle of one.

python -m tests.assembly.councils_process TEMPLATE
"""

import asyncio
import sys

from backrooms_tui.assembly.opening import choose_cast, open_conversation
from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.conversation.casting import Choices
from backrooms_tui.session.events import AnyEvent, TurnEnded
from backrooms_tui.session.state import SessionState


async def play(template: str) -> None:
    """Tell each turn as it ends; whoever reads decides when it is enough."""
    workspace = Workspace()
    opened = await open_conversation(workspace, choose_cast(workspace, template, Choices(seed=1)))

    def hear(state: SessionState, event: AnyEvent) -> None:
        if isinstance(event, TurnEnded):
            print(state.session, event.turn, event.name, flush=True)

    opened.conversation.listen_within(hear)
    print("session", opened.conversation.state.session, flush=True)
    await opened.conversation.run()


if __name__ == "__main__":
    asyncio.run(play(sys.argv[1]))
