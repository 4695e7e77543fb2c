"""From a wish to branches: they are made, and got ready where they are to talk by themselves."""

from typing import TYPE_CHECKING

from backrooms_tui.ui.screens.branching.telling import Wish
from backrooms_tui.ui.screens.new.getting_ready import PreparingScreen

if TYPE_CHECKING:
    from backrooms_tui.assembly.opening import Opened


class MakingBranchesScreen(PreparingScreen["list[Opened]"]):
    """Makes the branches of `session` that `wish` asks for, all or none. Its result is open: close each of them.

    Those that talk by themselves are all there, ready to run; otherwise the first alone is open.
    """

    CSS_PATH = "../new/getting_ready.tcss"

    def __init__(self, session: str, wish: Wish) -> None:
        super().__init__()
        self._session = session
        self._wish = wish

    async def prepared(self) -> "list[Opened]":
        """The branches."""
        from backrooms_tui.assembly.branching.branching import get_ready, open_branches, take_back

        wish = self._wish
        opened = await open_branches(self.workspace, self._session, wish.turn, wish.changes, title=wish.title)
        try:
            if wish.turns is not None:
                await get_ready(self.workspace, opened, self.tell)
                return opened
            for one in opened[1:]:
                await one.aclose()
            return opened[:1]
        except BaseException:
            await take_back(self.workspace, opened)
            raise
