"""The settings: theme with live preview, keys, and the defaults of new conversations."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Checkbox, Input, Label, Static, TabbedContent, TabPane

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings.configuration import Configuration
from backrooms_tui.settings.folders import config_file
from backrooms_tui.settings.writing import KeyPath, change_configuration
from backrooms_tui.ui.actions import ACTIONS, PLACES, Place, bindings_of, keymap_of, spoken_keys
from backrooms_tui.ui.applying import apply_configuration
from backrooms_tui.ui.screens.question.question import QuestionScreen
from backrooms_tui.ui.screens.settings.capture import CaptureScreen
from backrooms_tui.ui.screens.settings.defaults import FIELDS, Field
from backrooms_tui.ui.screens.settings.keymap import conflicts, keys_of
from backrooms_tui.ui.showing import shown_line
from backrooms_tui.ui.theming.installing import DEFAULT, known_themes, theme_troubles
from backrooms_tui.ui.widgets.columns import Column, line
from backrooms_tui.ui.widgets.key_line import KeyLine
from backrooms_tui.ui.widgets.line_input import LineInput
from backrooms_tui.ui.widgets.rows import Rows
from backrooms_tui.ui.widgets.tick_box import TickBox

if TYPE_CHECKING:
    from backrooms_tui.ui.app import BackroomsApp

_THEME = (Column("theme", 18), Column("about", style="$text-muted"))
_KEY = (Column("place", 16, least=60, style="$text-muted"), Column("action", 18), Column("keys", 16), Column("note"))

# What has the focus first, by part.
_FIRST = {"look": "#themes", "keys": "#keymap", "defaults": "#model", "broken": "#broken-list"}


class SettingsScreen(Screen[None]):
    """What a person decides once. Nothing is written before it is saved, but themes are seen at once."""

    PLACE: ClassVar[Place] = "settings"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_of(PLACE),
        Binding("escape", "leave", show=False, id="everywhere.back"),
    ]
    CSS_PATH = "settings.tcss"

    @property
    def _backrooms(self) -> "BackroomsApp":
        return cast("BackroomsApp", self.app)

    def compose(self) -> ComposeResult:
        """Three tabs, and a fourth where something in the person's files is broken."""
        self._configuration = self._backrooms.workspace.configuration
        self._keys = dict(self._configuration.keys)
        self._conflicts = conflicts(self._keys)
        self._themes = known_themes(self.app)
        broken = self._broken()
        self._wrong: dict[str, str] = {}
        yield Label(Content.assemble(("Settings", "bold"), "  ", shown_line(str(config_file())).stylize("$text-muted")))
        with TabbedContent():
            with TabPane("Look", id="look"), Horizontal():
                with Vertical(id="choice"):
                    yield Rows(id="themes")
                    reduced = self._configuration.ui.get("reduce_motion") is True
                    yield TickBox("Reduce motion", reduced, id="motion", compact=True)
                yield from self._sample()
            with TabPane("Keys", id="keys"):
                yield Rows(id="keymap")
                yield Static(id="key-help")
            with TabPane("Defaults", id="defaults"), VerticalScroll(can_focus=False):
                for field in FIELDS:
                    with Horizontal(classes="field"):
                        yield Label(field.title)
                        yield LineInput(field.written(self._configuration.defaults), id=field.name)
                    yield Static(field.help, id=f"{field.name}-note", classes="note")
            if broken:
                with TabPane(f"Broken: {len(broken)}", id="broken"), VerticalScroll(id="broken-list"):
                    yield Static(Content("\n\n").join(shown_line(f"✗ {one}") for one in broken))
        yield KeyLine()

    def _broken(self) -> list[str]:
        """What is wrong with the person's keymap and themes, a sentence each."""
        _, unknown = keymap_of(self._configuration.keys)
        return [*unknown, *theme_troubles(self._backrooms)]

    def _sample(self) -> ComposeResult:
        """What a conversation looks like in the theme."""
        with Vertical(id="sample"):
            yield Label("① Ada · opus", classes="one")
            yield Label("Tell me what you see from where you are sitting.")
            yield Label("speaking · 62 tok/s · cache 91%", classes="muted")
            yield Label("② Ben · gpt", classes="two")
            yield Label("A door, and light under it.")
            yield Label("── operator: open it", classes="operator")
            yield Label("✓ done", classes="good")
            yield Label("! waiting for the provider", classes="warn")
            yield Label("✗ the key is missing", classes="bad")

    def on_mount(self) -> None:
        """Begin at the theme that is on."""
        self._before = self.app.theme
        themes = self.query_one("#themes", Rows)
        names = [theme.name for theme in self._themes]
        marked = names.index(self.app.theme) if self.app.theme in names else 0
        themes.show(len(names), self._theme_line, marked=marked)
        self.query_one("#keymap", Rows).show(len(ACTIONS), self._key_line)
        themes.focus()

    def action_next_part(self) -> None:
        """Look, keys, defaults, and round again."""
        parts = [str(pane.id) for pane in self.query(TabPane)]
        tabs = self.query_one(TabbedContent)
        self._show_part(parts[(parts.index(tabs.active) + 1) % len(parts)])

    def _show_part(self, part: str, field: str = "") -> None:
        # The focus goes first: a part that still has it would come back with it.
        self.set_focus(None)
        tabs = self.query_one(TabbedContent)
        tabs.active = part
        first = self.query_one(f"#{field}" if field else _FIRST[part])
        # Who goes on faster than the screen must not be fetched back by a focus that comes late.
        self.call_after_refresh(lambda: first.focus() if tabs.active == part else None)

    # Look -------------------------------------------------------------------------------------------------------------

    def _theme_line(self, index: int, width: int) -> Content:
        theme = self._themes[index]
        about = f"{theme.about or ('dark' if theme.dark else 'light')}{' · yours' if theme.own else ''}"
        return line(_THEME, (theme.name, about), width, style=self._style("themes", index))

    @on(Rows.Moved, "#themes")
    def preview(self, event: Rows.Moved) -> None:
        """The whole screen is the preview."""
        if event.index < len(self._themes) and self.is_current:
            self.app.theme = self._themes[event.index].name

    @on(Checkbox.Changed, "#motion")
    def preview_motion(self, event: Checkbox.Changed) -> None:
        """So is how it moves."""
        self.app.animation_level = "none" if event.value else "full"

    # Keys -------------------------------------------------------------------------------------------------------------

    def _key_line(self, index: int, width: int) -> Content:
        action = ACTIONS[index]
        note = ""
        if others := self._conflicts.get(action.id):
            note = f"⚠ also {', '.join(other.title for other in others)}"
        elif action.id in self._keys:
            note = f"yours; by default {spoken_keys(action.keys)}"
        keys = spoken_keys(",".join(keys_of(action, self._keys)))
        texts = {"place": PLACES[action.place], "action": action.title, "keys": keys, "note": note}
        columns = [column for column in _KEY if width >= column.least]
        return line(columns, [texts[column.title] for column in columns], width, style=self._style("keymap", index))

    def _style(self, rows: str, index: int) -> str | None:
        """The marked row has one colour for all of it, which can be read on the colour behind it."""
        return "" if self.query_one(f"#{rows}", Rows).marked == index else None

    @on(Rows.Moved, "#keymap")
    def explain_key(self, event: Rows.Moved) -> None:
        """What the action does, and what is wrong with its key."""
        action = ACTIONS[event.index]
        others = [f"{other.title} ({PLACES[other.place]})" for other in self._conflicts.get(action.id, ())]
        clash = f"  ⚠ the key is also that of {', '.join(others)}; only one of them answers" if others else ""
        self.query_one("#key-help", Static).update(Content(f"{PLACES[action.place]}: {action.help}.{clash}"))

    @on(Rows.Chosen, "#keymap")
    def choose_key(self) -> None:
        """A double click is as good as enter."""
        self.action_change_key()

    def action_change_key(self) -> None:
        """Give the marked action another key."""
        action = ACTIONS[self.query_one("#keymap", Rows).marked]

        def take(key: str | None) -> None:
            if key is not None:
                self._set_key(action.id, key)

        self.app.push_screen(CaptureScreen(action), take)

    def action_default_key(self) -> None:
        """Give the marked action its default keys back."""
        self._set_key(ACTIONS[self.query_one("#keymap", Rows).marked].id, None)

    def _set_key(self, action: str, key: str | None) -> None:
        default = next(one.keys for one in ACTIONS if one.id == action)
        if key is None or key == default:
            self._keys.pop(action, None)
        else:
            self._keys[action] = key
        self._conflicts = conflicts(self._keys)
        rows = self.query_one("#keymap", Rows)
        rows.redraw()
        self.explain_key(Rows.Moved(rows, rows.marked))

    # Defaults ---------------------------------------------------------------------------------------------------------

    @on(Input.Changed)
    def check_field(self, event: Input.Changed) -> None:
        """What is wrong stands under the field, as one types."""
        field = next(field for field in FIELDS if field.name == event.input.id)
        note = self.query_one(f"#{field.name}-note", Static)
        said, wrong = self._judged(field, event.value)
        if wrong:
            self._wrong[field.name] = said
        else:
            self._wrong.pop(field.name, None)
        note.set_class(wrong, "-wrong")
        event.input.set_class(wrong, "-wrong")
        note.update(Content(harmless_line(f"✗ {said}" if wrong else said)))

    def _judged(self, field: Field, text: str) -> tuple[str, bool]:
        """What to say under a field that holds `text`, and whether that is a mistake."""
        try:
            value = field.value(text)
            if field.name != "model" or value is None:
                return field.help, False
            workspace = self._backrooms.workspace
            resolved = workspace.catalogue.resolve(str(value))
        except OperatorError as error:
            return (f"{error.what}; {error.cure}" if error.cure else error.what), True
        usable = workspace.providers.usable(resolved.reference)
        return f"{resolved.reference} · {usable.why}", False

    # Saving and leaving -----------------------------------------------------------------------------------------------

    def changes(self) -> dict[KeyPath, object]:
        """What saving would write: only what differs from the configuration. Raises OperatorError for a wrong field."""
        before = self._configuration
        found: dict[KeyPath, object] = {}
        theme = self.app.theme
        if theme != before.ui.get("theme", DEFAULT) and theme != self._before:
            found["ui", "theme"] = theme
        motion = self.query_one("#motion", Checkbox).value
        if motion != (before.ui.get("reduce_motion") is True):
            found["ui", "reduce_motion"] = motion
        for name in {*before.keys, *self._keys}:
            if before.keys.get(name) != self._keys.get(name):
                found["keys", name] = self._keys.get(name)
        for field in FIELDS:
            text = self.query_one(f"#{field.name}", Input).value
            if text.strip() == field.written(before.defaults):
                continue
            value = field.value(text)
            if value != getattr(before.defaults, field.name):
                found["defaults", field.name] = value
        return found

    def action_save(self) -> None:
        """Write config.toml."""
        self._save(lambda: None)

    def _save(self, then: Callable[[], object]) -> None:
        if self._wrong:
            name = next(field.name for field in FIELDS if field.name in self._wrong)
            self._show_part("defaults", name)
            return
        try:
            changes = self.changes()
        except OperatorError as error:  # a mistake that is not marked yet
            self.notify(f"{error.what} {error.cure}", severity="error", markup=False)
            return
        if not changes:
            self.notify("Nothing has changed.", markup=False)
            then()
            return
        self._write(changes, then)

    @work(group="save", exclusive=True, exit_on_error=False)
    async def _write(self, changes: dict[KeyPath, object], then: Callable[[], object]) -> None:
        try:
            configuration: Configuration = await asyncio.to_thread(change_configuration, changes)
        except OperatorError as error:
            self.notify(f"{error.what}\n{error.cure}", title="Not saved", severity="error", markup=False)
            return
        self._configuration, self._before = configuration, self.app.theme
        apply_configuration(self._backrooms, configuration)
        self.notify(f"Saved in {config_file()}", markup=False)
        if clashes := conflicts(keymap_of(configuration.keys)[0]):
            names = sorted({action.title for action in ACTIONS if action.id in clashes})
            said = f"One key for several actions: {', '.join(names)}. The command palette reaches them all."
            self.notify(said, severity="warning", markup=False)
        then()

    @property
    def unsaved(self) -> bool:
        """Whether something would be lost."""
        try:
            return bool(self._wrong or self.changes())
        except OperatorError:
            return True

    def leave_then(self, go: Callable[[], object]) -> bool:
        """Whether this screen asks first; `go` is called then if the person goes on."""
        if not self.unsaved:
            return False

        def answered(answer: str | None) -> None:
            if answer == "save":
                self._save(go)
            elif answer == "discard":
                self._throw_away()
                go()

        self.app.push_screen(QuestionScreen(Content("The settings have changed, and are not saved.")), answered)
        return True

    def _throw_away(self) -> None:
        self._keys = dict(self._configuration.keys)
        self._wrong.clear()
        self.app.theme = self._before
        self.query_one("#motion", Checkbox).value = self._configuration.ui.get("reduce_motion") is True
        for field in FIELDS:
            self.query_one(f"#{field.name}", Input).value = field.written(self._configuration.defaults)
        apply_configuration(self._backrooms, self._configuration)

    def action_leave(self) -> None:
        """Back, but not past unsaved changes."""
        if not self.leave_then(self._gone):
            self._gone()

    def _gone(self) -> None:
        if self.is_current:
            self.app.pop_screen()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys are changed where they are listed."""
        if action in ("change_key", "default_key"):
            return self.focused is not None and self.focused.id == "keymap"
        return True
