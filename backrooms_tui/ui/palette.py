"""What the command palette finds: every action that applies where the person is, in the registry's order."""

from textual.command import DiscoveryHit, Hit, Hits, Provider


class ActionCommands(Provider):
    """The application's `get_system_commands`, those of the screen first; Textual's own provider sorts by letter."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for title, help_text, callback, shown in self.app.get_system_commands(self.screen):
            if shown:
                yield DiscoveryHit(title, callback, help=help_text)

    async def search(self, query: str) -> Hits:
        """Those whose title or help has the letters of `query`; a match in the title counts for more."""
        matcher = self.matcher(query)
        for title, help_text, callback, _ in self.app.get_system_commands(self.screen):
            score = max(matcher.match(title), matcher.match(help_text) / 2)
            if score > 0:
                yield Hit(score, matcher.highlight(title), callback, help=help_text)
