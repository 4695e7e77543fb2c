"""Options that take several values in a row, as people of UniversalBackrooms type them: `--lm opus sonnet`."""

from collections.abc import Mapping
from typing import ClassVar

import click


class ManyValues(click.Command):
    """A command whose options named in `greedy` take every word that follows, up to the next option.

    `greedy` maps an option to what a further word must contain ("" for anything): `--set A=1 B=2` takes only
    words with an equals sign, so that a template's name can still follow.
    """

    greedy: ClassVar[Mapping[str, str]] = {
        "--lm": "",
        "--set": "=",
        "--param": "=",
        "--allow": "",
        "--ask": "",
        "--deny": "",
        "--requests": "",
    }

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Repeat the option before each of its values, then parse as click does."""
        return super().parse_args(ctx, self.spread(args))

    def spread(self, args: list[str]) -> list[str]:
        """`args` with each greedy option repeated before every value it takes."""
        result: list[str] = []
        index = 0
        while index < len(args):
            word = args[index]
            index += 1
            if word == "--":
                return [*result, word, *args[index:]]
            option, equals, _ = word.partition("=")
            result.append(word)
            if option not in self.greedy:
                continue
            if not equals and index < len(args):
                result.append(args[index])
                index += 1
            while index < len(args) and not args[index].startswith("-") and self.greedy[option] in args[index]:
                result += [option, args[index]]
                index += 1
        return result
