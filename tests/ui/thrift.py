"""What the application does for nobody when tests start it hundreds of times in one process.

Without a terminal, the pieces that its widgets have rendered are put together only where a test looks at the screen.
Its style sheets, the same each time, are read once. And what earlier tests have left is not gone through again and
again by the garbage collector, but once in a while.
"""

import gc
from typing import Any

import pytest
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.geometry import Region

import backrooms_tui.ui.app

COLLECTED_EVERY = 20  # tests
_RULES: dict[tuple[object, ...], list[RuleSet]] = {}
_since = COLLECTED_EVERY


def spend_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave it out for one test."""
    monkeypatch.setattr(Compositor, "render_update", _render_only)
    monkeypatch.setattr(Stylesheet, "_parse_rules", _parsed_once)
    monkeypatch.setattr(backrooms_tui.ui.app, "_collect", lambda: None)
    _collect_now_and_then()


_render_update, _parse_rules = Compositor.render_update, Stylesheet._parse_rules


def _render_only(
    self: Compositor, full: bool = False, screen_stack: list[Any] | None = None, simplify: bool = False
) -> object:
    """Have the widgets rendered that changed, as ever, but do not cut them up into a screen that nobody shows."""
    if full:  # it is taken down
        return _render_update(self, full, screen_stack, simplify)
    visible_screen_stack.set(screen_stack or [])
    whole = self.size.region
    dirty = self._dirty_regions.copy()
    self._dirty_regions.clear()
    if dirty:
        for _ in self._get_renders(whole if whole in dirty else Region.from_union(dirty).intersection(whole)):
            pass
    return None


def _parsed_once(self: Stylesheet, css: str, read_from: Any, *more: Any, **named: Any) -> list[RuleSet]:
    key = (css, read_from, more, *named.items(), *self._variables.items())
    rules = _RULES.get(key)
    if rules is None:
        rules = _RULES[key] = _parse_rules(self, css, read_from, *more, **named)
    return rules


def _collect_now_and_then() -> None:
    global _since
    _since += 1
    if _since < COLLECTED_EVERY:
        return
    _since = 0
    gc.set_threshold(20_000, 1_000, 1_000)
    gc.collect()
    gc.freeze()
