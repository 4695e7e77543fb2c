"""`[worlds.NAME]` in the person's settings, and how it is said where something is wrong there."""

from pathlib import Path

import pytest

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings.loading import load_configuration
from backrooms_tui.settings.writing import change_configuration

WHOLE = """
[worlds.exos]
documents = "~/papers"
notebook = "shared"
deny = ["web"]

[worlds.clock]
kind = "mcp"
command = ["uvx", "mcp-server-time"]
pass_env = ["TZ"]
allow = ["get_current_time"]
ask = ["*"]

[worlds.far-clock]
kind = "mcp"
url = "https://tools.example.org/mcp"
key_env = "FAR_KEY"

[worlds.house]
kind = "world-interface"
url = "http://localhost:3000"
timeout = 5
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, "utf-8")
    return path


def test_worlds_of_every_kind_are_read(tmp_path: Path) -> None:
    worlds = load_configuration(written(tmp_path, WHOLE)).worlds
    assert worlds["clock"].command == ["uvx", "mcp-server-time"]
    assert worlds["clock"].permissions == {"get_current_time": "allow", "*": "ask"}
    assert worlds["exos"].permissions == {"web": "deny"}
    assert worlds["house"].timeout == 5


def test_what_is_denied_counts_where_a_name_stands_twice(tmp_path: Path) -> None:
    text = '[worlds.exos]\nallow = ["web"]\ndeny = ["web"]\n'
    assert load_configuration(written(tmp_path, text)).worlds["exos"].permissions == {"web": "deny"}


@pytest.mark.parametrize(
    ("table", "what", "cure"),
    [
        ('[worlds.a]\nkind = "mcp"', "line 2: worlds.a.kind needs a command or a url", "mcp-server-time"),
        ('[worlds.a]\nkind = "world-interface"', "worlds.a.kind needs a url", "http://localhost:3000"),
        ('[worlds.a]\ncommand = ["uvx"]', "is nothing for a built-in world", 'kind = "mcp"'),
        ('[worlds.a]\nurl = "http://localhost:3000"', "worlds.a.url is nothing", 'kind = "world-interface"'),
        ('[worlds.a]\nkind = "mcp"\ncommand = "uvx x"', "must be a list: nothing runs in a shell", '["uvx"'),
        ('[worlds.a]\nkind = "mpc"\ncommand = ["x"]', "none of the possible words", "did you mean mcp?"),
        ('[worlds.a]\nkind = "mcp"\ncomand = ["x"]', "worlds.a.comand is not a setting", "did you mean command?"),
        ('[worlds.a]\nkind = "mcp"\ncommand = ["x"]\nurl = "http://h/mcp"', "cannot stand beside a url", "one of them"),
        ('[worlds.a]\nkind = "mcp"\ncommand = ["x"]\nkey_env = "K"', "for a server with a url", "pass_env"),
        ('[worlds.a]\nkind = "mcp"\nurl = "h/mcp"', "is not an http or https address", "address"),
        ('[worlds.a]\nkind = "mcp"\nurl = "http://me:pw@h/mcp"', "carries a user name", "leave it out"),
        ('[worlds.a]\nkind = "mcp"\ncommand = ["x"]\nnotebook = "n"', "for the built-in world only", "leave it out"),
        (
            '[worlds.a]\nkind = "world-interface"\nurl = "http://h"\ncommand = ["x"]',
            "tool servers only",
            "leave it out",
        ),
        ('[worlds.exos]\nkind = "mcp"\ncommand = ["x"]', "the name of the built-in world", "another name"),
        ('[worlds.exos]\nurl = "http://h"', "nothing for the built-in world", "another name"),
        ('[worlds.A]\nkind = "built-in"', "is not a name for a world", "small letters"),
        ('[worlds.a]\nkind = "mcp"\nurl = "http://h/mcp"\nkey_env = "sk-abcdefghijkl1234"', "holds a key", "variable"),
        ('[worlds.a]\nkind = "mcp"\ncommand = ["x", "--key", "sk-abcdefghijkl1234"]', "holds a key", "pass_env"),
        ('[worlds.a]\nkind = "mcp"\ncommand = ["x"]\npass_env = ["sk-abcdefghijkl1234"]', "holds a key", "variable"),
        ('[worlds.a]\nkind = "mcp"\ncommand = ["x"]\ntoken = "abc"', "is a key's place", "name that in key_env"),
        ("[worlds.a]\ntimeout = 0", "worlds.a.timeout must be greater than 0", "change it"),
    ],
)
def test_a_mistake_is_said_with_its_place_and_its_cure(tmp_path: Path, table: str, what: str, cure: str) -> None:
    with pytest.raises(OperatorError) as caught:
        load_configuration(written(tmp_path, table))
    assert "config.toml, line " in caught.value.what
    assert what in caught.value.what
    assert cure in caught.value.cure
    assert "sk-abc" not in caught.value.what + caught.value.cure


def test_a_world_is_written_as_a_table_of_its_own(tmp_path: Path) -> None:
    path = written(tmp_path, "# mine\n[defaults]\nmax_turns = 3\n")
    change_configuration({("worlds", "house"): {"kind": "world-interface", "url": "http://localhost:3000"}}, path)
    change_configuration({("worlds", "house", "deny"): ["web"]}, path)
    text = path.read_text()
    assert '[worlds.house]\nkind = "world-interface"\nurl = "http://localhost:3000"\ndeny = ["web"]\n' in text
    assert text.startswith("# mine\n[defaults]")
