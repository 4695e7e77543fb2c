"""Reading the person's settings, and saying where they are wrong."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.settings.configuration import Configuration
from backrooms_tui.settings.loading import load_configuration
from backrooms_tui.settings.toml_lines import line_of
from tests.hostile import HOSTILE

WHOLE = """
database = "postgresql://me:hunter2@db.example.org/rooms"

[aliases]
muse = "anthropic/claude-opus-5-5"

[endpoints.lab]
base_url = "http://10.0.0.5:8000/v1"
api_key_env = "LAB_API_KEY"
dialect = "vllm"
models = ["Night-7B"]

[endpoints.groq]
models = ["a"]

[defaults]
model = "muse"
max_turns = 40
budget = 2.0
stall_timeout = 30
retries = 2
[defaults.params]
temperature = 0.9
max_tokens = 512

[keys]
pause = "space"

[ui]
theme = "lamplight"
reduce_motion = true
"""


def written(tmp_path: Path, text: str | bytes) -> Path:
    file = tmp_path / "config.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def mistake(tmp_path: Path, text: str | bytes) -> OperatorError:
    with pytest.raises(OperatorError) as caught:
        load_configuration(written(tmp_path, text))
    assert "\n" not in caught.value.what + caught.value.cure
    assert caught.value.cure
    return caught.value


def test_a_missing_file_means_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_configuration(tmp_path / "none.toml") == Configuration()
    monkeypatch.setenv("BACKROOMS_CONFIG_DIR", str(tmp_path / "nowhere"))
    configuration = load_configuration()
    assert configuration.defaults.model == "local"
    assert configuration.defaults.retries == 4


def test_the_persons_own_file_is_the_one_in_the_settings_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKROOMS_CONFIG_DIR", str(tmp_path))
    written(tmp_path, '[defaults]\nmodel = "opus"\n')
    assert load_configuration().defaults.model == "opus"


def test_everything_that_may_stand_there_is_read(tmp_path: Path) -> None:
    configuration = load_configuration(written(tmp_path, WHOLE))
    assert configuration.aliases == {"muse": "anthropic/claude-opus-5-5"}
    lab = configuration.endpoints["lab"]
    assert (lab.base_url, lab.api_key_env, lab.dialect) == ("http://10.0.0.5:8000/v1", "LAB_API_KEY", "vllm")
    assert configuration.endpoints["groq"].base_url is None
    assert (configuration.defaults.max_turns, configuration.defaults.budget) == (40, 2.0)
    assert configuration.defaults.params == {"temperature": 0.9, "max_tokens": 512}
    assert configuration.keys == {"pause": "space"}
    assert configuration.ui == {"theme": "lamplight", "reduce_motion": True}
    assert "hunter2" not in repr(configuration)
    assert "hunter2" not in str(configuration)


def test_windows_line_ends_and_a_byte_order_mark_are_no_mistake(tmp_path: Path) -> None:
    text = b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode()
    assert load_configuration(written(tmp_path, text)).defaults.max_turns == 40


@pytest.mark.parametrize(
    ("text", "line", "key", "cure"),
    [
        ('[alias]\nx = "y"\n', 1, "alias", "did you mean aliases?"),
        ('\n[endpoints.lab]\n\n# here\nbase_ur = "http://x"\n', 5, "endpoints.lab.base_ur", "did you mean base_url?"),
        ('[endpoints.lab]\nbase_url = "ftp://x/v1"\n', 2, "endpoints.lab.base_url", "http://"),
        ('[endpoints.lab]\nbase_url = "localhost:8000"\n', 2, "endpoints.lab.base_url", "http://"),
        ('[endpoints.lab]\nbase_url = "http://[::1"\n', 2, "endpoints.lab.base_url", "http://"),
        ('[endpoints.lab]\ndialect = "opnai"\n', 2, "endpoints.lab.dialect", "did you mean openai?"),
        ('[endpoints.lab]\nmodels = [\n  "a",\n  3,\n]\n', 2, "endpoints.lab.models[1]", ""),
        ('[endpoints.openai]\nbase_url = "http://x"\n', 1, "endpoints.openai", "OPENAI_BASE_URL"),
        ('[endpoints.Lab]\nbase_url = "http://x"\n', 1, "endpoints.Lab", "small letters"),
        ("[defaults]\nmax_turns = -1\n", 2, "defaults.max_turns", ""),
        ("[defaults]\nmax_turns = 1.5\n", 2, "defaults.max_turns", ""),
        ("[defaults]\nbudget = 0\n", 2, "defaults.budget", ""),
        ("[defaults]\nbudget = nan\n", 2, "defaults.budget", ""),
        ('[defaults]\nbudget = "much"\n', 2, "defaults.budget", ""),
        ("[defaults]\nstall_timeout = inf\n", 2, "defaults.stall_timeout", ""),
        ("[defaults.params]\na = 1\n", 2, "defaults.params.a", "known are"),
        ("[defaults.params]\ntop_k = 1\ntemprature = 1\n", 3, "defaults.params.temprature", "temperature"),
        ("[defaults]\nparams = { temperature = 9 }\n", 2, "defaults.params.temperature", "0 to 2"),
        ("[ui]\ntheme = [1]\n", 2, "ui.theme", ""),
        ("[keys]\npause = 3\n", 2, "keys.pause", ""),
        ('[aliases]\n"a/b" = "opus"\n', 2, 'aliases."a/b"', "slashes"),
        ('[aliases]\nx = " "\n', 2, "aliases.x", "alias"),
        ("endpoints = 3\n", 1, "endpoints", ""),
        ("[endpoints]\nlab = 3\n", 2, "endpoints.lab", ""),
        ("[[defaults]]\n", 1, "defaults", ""),
    ],
)
def test_a_mistake_is_told_with_its_file_line_key_and_cure(
    tmp_path: Path, text: str, line: int, key: str, cure: str
) -> None:
    error = mistake(tmp_path, text)
    assert error.what.startswith(f"{tmp_path}/config.toml, line {line}: {key} ")
    assert cure in error.cure


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = \n", 1),
        ('\n\nx = "unclosed\n', 3),
        ("[a\n", 1),
        ("a = 1\na = 2\n", 2),
        ("x = [1,\n", 1),
        ("x = \x00\n", 1),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    assert f"line {line}:" in mistake(tmp_path, text).what


SECRETS = [
    "sk-ant-api03-AbCdEfGh12345678",
    "sk-proj-0123456789abcdef",
    "xai-0123456789abcdefghij",
    "gsk_0123456789abcdefghij",
    "AIzaSyA0123456789_abcdefghij",
]


@pytest.mark.parametrize("secret", [*SECRETS, "0123456789abcdef0123456789abcdef"])
@pytest.mark.parametrize(
    "text",
    [
        '[endpoints.lab]\napi_key_env = "{}"\n',
        '[endpoints.lab]\napi_key = "{}"\n',
        '[endpoints.lab]\nAPI-Key = "{}"\n',
        'token = "{}"\n',
        '[endpoints.lab]\nbase_url = "http://me:{}@host/v1"\n',
        '[endpoints.lab]\nbase_url = "http://host/v1?key={}"\n',
    ],
)
def test_a_key_in_the_file_is_refused_and_never_shown(tmp_path: Path, text: str, secret: str) -> None:
    error = mistake(tmp_path, text.format(secret))
    assert secret not in error.what + error.cure + repr(error)
    assert "environment variable" in error.cure
    assert ", line " in error.what


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "text", ['[keys]\nOPENAI_API_KEY = "{}"\n', '[aliases]\nx = "{}"\n', '[ui]\nx = ["{}"]\n', 'x = [{{ y = "{}" }}]\n']
)
def test_a_key_is_found_wherever_it_stands(tmp_path: Path, text: str, secret: str) -> None:
    error = mistake(tmp_path, text.format(secret))
    assert "holds a key" in error.what
    assert secret not in error.what + error.cure + repr(error)


@pytest.mark.parametrize("name", ["LAB_API_KEY", "lab_key_2", "OPENROUTER_API_KEY_FOR_PROJECT_2", "_x"])
def test_ordinary_names_of_variables_are_not_taken_for_keys(tmp_path: Path, name: str) -> None:
    file = written(tmp_path, f'[endpoints.lab]\nbase_url = "http://x/v1"\napi_key_env = "{name}"\n')
    assert load_configuration(file).endpoints["lab"].api_key_env == name


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()
    with pytest.raises(OperatorError, match="cannot read"):
        load_configuration(tmp_path / "config.toml")
    with pytest.raises(OperatorError, match="line 2: not UTF-8"):
        load_configuration(_bytes(tmp_path, b"[ui]\nx = '\xff'\n"))
    with pytest.raises(OperatorError, match="too large"):
        load_configuration(_bytes(tmp_path, b"#" * 1_000_001))
    with pytest.raises(OperatorError, match="nested too deeply"):
        load_configuration(_bytes(tmp_path, b"x = " + b"[" * 20_000))


def _bytes(tmp_path: Path, content: bytes) -> Path:
    file = tmp_path / "other.toml"
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("hostile", [*HOSTILE, "a\nb", "z" * 5000])
@pytest.mark.parametrize("place", ["top", "endpoint", "alias", "param", "value"])
def test_hostile_text_in_the_file_cannot_reach_the_terminal(tmp_path: Path, hostile: str, place: str) -> None:
    documents: dict[str, dict[str, Any]] = {
        "top": {hostile: 1},
        "endpoint": {"endpoints": {hostile: {"base_url": "http://x"}}},
        "alias": {"aliases": {hostile + "/": "x"}},
        "param": {"defaults": {"params": {hostile: 1}}},
        "value": {"defaults": {"max_turns": hostile}},
    }
    if "\ud800" in hostile:
        return  # cannot stand in a file at all
    error = mistake(tmp_path, tomli_w.dumps(documents[place]))
    said = error.what + error.cure
    assert not any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 or letter == "\u202e" for letter in said)
    assert len(said.replace(str(tmp_path), "")) < 1000


_WORDS = ("aliases", "endpoints", "defaults", "ui", "keys", "database", "lab", "params")
_KEYS = st.one_of(st.sampled_from(_WORDS), st.text(max_size=8))
_VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-(2**62), 2**62), st.floats(), st.text(max_size=12)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_KEYS, inner, max_size=3)),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=st.dictionaries(_KEYS, _VALUES, max_size=4))
def test_any_toml_is_read_or_explained(tmp_path: Path, document: dict[str, object]) -> None:
    try:
        text = tomli_w.dumps(document)
        tomllib.loads(text)
    except Exception:
        return  # the writer cannot write everything
    said = told(written(tmp_path, text))
    assert "\n" not in said
    assert not said or str(tmp_path) in said


def told(file: Path) -> str:
    try:
        load_configuration(file)
    except OperatorError as error:
        return error.what + error.cure
    return ""


def test_a_line_is_found_in_a_long_file_with_statements_over_several_lines() -> None:
    many = "\n".join(f'key{number} = [\n  """a\n[fake]\nlast = 1\n""",\n]' for number in range(200))
    text = f"{many}\n[table]\n# a comment\nlast = 1\n"
    assert line_of(text, ("key0",)) == 1
    assert line_of(text, ("key150",)) == 150 * 6 + 1
    assert line_of(text, ("table",)) == 200 * 6 + 1
    assert line_of(text, ("table", "last")) == 200 * 6 + 3
    assert line_of(text, ("last",)) is None
