"""Themes on their way into the application: found, registered, chosen, and read again when their files change."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from textual.app import App
from textual.theme import BUILTIN_THEMES, Theme

from backrooms_tui.session.harmless import harmless_line
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings import folders
from backrooms_tui.ui.theming.first_theme import DEFAULT as DEFAULT
from backrooms_tui.ui.theming.first_theme import builtin_dir as builtin_dir
from backrooms_tui.ui.theming.theme_file import ThemeFile, read_theme

if TYPE_CHECKING:
    from backrooms_tui.ui.app import BackroomsApp

# How often the files are looked at, in seconds. A look takes some 0.4 ms.
EVERY = 1.0


@dataclass(frozen=True, slots=True)
class KnownTheme:
    """A theme that can be chosen. `own` is true for one from the person's folder."""

    name: str
    about: str
    dark: bool
    own: bool


@dataclass
class Themes:
    """The themes of one application, and the state of their files when they were last looked at: `broken` says what is
    wrong with those that are no themes."""

    known: dict[str, KnownTheme] = field(default_factory=dict)
    broken: dict[Path, str] = field(default_factory=dict)
    _stamps: dict[Path, tuple[int, int]] = field(default_factory=dict)
    _files: dict[Path, ThemeFile] = field(default_factory=dict)
    _on: dict[str, ThemeFile] = field(default_factory=dict)

    def look(self, app: App[Any]) -> tuple[set[str], list[str]]:
        """Take in what is new or changed since the last look: the names of the themes that changed or went, and what
        is wrong with files. A file that broke leaves its theme as it was."""
        found = dict(_stamps())
        if found == self._stamps:
            return set(), []
        problems = []
        for path in self._files.keys() - found.keys():
            del self._files[path]
        for path, stamp in found.items():
            if self._stamps.get(path) == stamp:
                continue
            try:
                self._files[path] = read_theme(path)
                self.broken.pop(path, None)
            except OperatorError as error:
                self.broken[path] = f"{error.what}; {error.cure}"
                problems.append(self.broken[path])
        self.broken = {path: problem for path, problem in self.broken.items() if path in found}
        self._stamps = found
        # In the order of the folders: the person's own theme of a name comes last and wins.
        whose = {self._files[path].name: path for path in found if path in self._files}
        wanted = {name: self._files[path] for name, path in whose.items()}
        changed = {name for name in wanted.keys() | self._on.keys() if wanted.get(name) != self._on.get(name)}
        for name in changed:
            if name in wanted:
                app.register_theme(wanted[name].as_theme())
            elif name in BUILTIN_THEMES:
                app.register_theme(BUILTIN_THEMES[name])
            else:
                app.unregister_theme(name)
        self._on = wanted
        builtin = builtin_dir()
        self.known = {
            name: KnownTheme(name, file.about, file.dark, own=whose[name].parent != builtin)
            for name, file in wanted.items()
        }
        return changed, problems


_THEMES: "WeakKeyDictionary[App[Any], Themes]" = WeakKeyDictionary()


def install_themes(app: "BackroomsApp") -> list[str]:
    """Make the themes known to `app`, put on the one that the configuration names, and keep an eye on their files.

    What comes back is what is wrong, a sentence each: broken files, and a name that no theme has. The default stays
    then.
    """
    themes = Themes()
    _THEMES[app] = themes
    _, problems = themes.look(app)
    chosen = app.workspace.configuration.ui.get("theme", DEFAULT)
    if chosen in app.available_themes:
        app.theme = str(chosen)
    else:
        problems = problems or _unknown_theme(str(chosen), app.available_themes)
        if DEFAULT in app.available_themes:
            app.theme = DEFAULT
    app.animation_level = "none" if app.workspace.configuration.ui.get("reduce_motion") is True else "full"
    app.set_interval(EVERY, lambda: _look_again(app))
    return problems


def _unknown_theme(chosen: str, themes: Iterable[str]) -> list[str]:
    """What is wrong with the name of the chosen theme: nothing, or one line."""
    names = list(themes)
    if chosen in names:
        return []
    near = get_close_matches(chosen, names, n=1, cutoff=0.5)
    cure = f"did you mean {near[0]}?" if near else "choose one in the settings"
    return [f"config.toml: ui.theme: there is no theme {harmless_line(chosen)[:60]!r}; {cure}"]


def theme_troubles(app: "BackroomsApp") -> list[str]:
    """What is wrong now with theme files and with the chosen name, a sentence each."""
    if app not in _THEMES:
        return []
    chosen = str(app.workspace.configuration.ui.get("theme", DEFAULT))
    # Where a file is broken, that is why its theme is not there.
    return [*_THEMES[app].broken.values()] or _unknown_theme(chosen, app.available_themes)


def broken_themes(chosen: object) -> list[str]:
    """What is wrong with theme files on this machine and with the name `chosen` (None: the default), a sentence each.

    Reads them all, and needs no application.
    """
    wrong, names = [], set(BUILTIN_THEMES)
    for path, _ in _stamps():
        try:
            names.add(read_theme(path).name)
        except OperatorError as error:
            wrong.append(f"{error.what}; {error.cure}")
    return wrong or _unknown_theme(str(chosen or DEFAULT), names)


def known_themes(app: App[Any]) -> list[KnownTheme]:
    """What there is to choose from: the person's own, those that come with the program, then Textual's."""
    known = _THEMES[app].known if app in _THEMES else {}
    ours = sorted(known.values(), key=lambda theme: not theme.own)
    others = [theme for name, theme in app.available_themes.items() if name not in known]
    return [*ours, *(_of_textual(theme) for theme in others)]


def _of_textual(theme: Theme) -> KnownTheme:
    return KnownTheme(theme.name, "comes with Textual", theme.dark, own=False)


def _look_again(app: "BackroomsApp") -> None:
    before = app.theme
    changed, problems = _THEMES[app].look(app)
    app.warn(problems, title="Theme")
    if before not in changed:
        return
    if before in app.available_themes:
        app.mutate_reactive(App.theme)
    else:
        app.theme = DEFAULT if DEFAULT in app.available_themes else "textual-dark"


def _stamps() -> Iterator[tuple[Path, tuple[int, int]]]:
    """Every theme file with the time of its last change and its size: the built-in ones first, so that own ones win."""
    for folder in dict.fromkeys((builtin_dir(), folders.themes_dir())):
        try:
            paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".toml" and path.name[0] != ".")
        except OSError:
            continue
        for path in paths:
            try:
                about = path.stat()
            except OSError:
                yield path, (0, 0)
                continue
            yield path, (about.st_mtime_ns, about.st_size)
