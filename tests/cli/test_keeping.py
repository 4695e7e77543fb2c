"""Sessions, templates, and the smaller commands."""

from contextlib import closing
from pathlib import Path

import pytest

from backrooms_tui.cli.prose import cells
from backrooms_tui.session.events import SessionOpened, TurnEnded, TurnStarted
from backrooms_tui.session.setup import AgentSetup, Setup
from backrooms_tui.session.usage import Timings, Usage
from backrooms_tui.store.database import open_store
from backrooms_tui.store.recorder import Recorder
from tests.cli.conftest import CommandLine
from tests.cli.test_run import in_a_terminal


@pytest.fixture
def three(backrooms: CommandLine) -> CommandLine:
    for title, text in (("Rain", "drops on the roof"), ("Sun", "a warm stone"), ("Wind", "doors that move")):
        backrooms("run", "duo", "--lm", backrooms.script(title, text), "--max-turns", "2", "--title", title)
    return backrooms


def test_sessions_are_listed_newest_first_found_renamed_and_deleted(three: CommandLine) -> None:
    titles = [session["title"] for session in three("sessions", "list", "--json").json()]
    assert titles == ["Wind", "Sun", "Rain"]
    assert [one["title"] for one in three("sessions", "list", "sun", "--json").json()] == ["Sun"]
    (first, *_) = three("sessions", "find", "warm", "stone", "--json").json()
    assert first["session"] == three("sessions", "list", "sun", "--json").json()[0]["id"]
    three("sessions", "rename", "Sun", "Noon")
    assert "Noon" in three("sessions", "list").out
    three("sessions", "delete", "Rain", "--yes")
    assert [one["title"] for one in three("sessions", "list", "--json").json()] == ["Wind", "Noon"]
    assert three("sessions", "find", "roof", "--json").json() == []


def test_a_session_that_was_renamed_has_its_new_title_everywhere(three: CommandLine) -> None:
    three("sessions", "rename", "last", "The\nother night")
    assert three("sessions", "show", "last", "--json").json()["title"] == "The other night"
    assert three("sessions", "show", "last").out.startswith("The other night\n")
    assert "needs a title" in three("sessions", "rename", "last", " ", status=2).err


def test_saying_no_deletes_nothing(three: CommandLine) -> None:
    said = three("sessions", "delete", "--forever", "last", stdin="n\n")
    assert "Nothing was deleted." in said.out
    assert len(three("sessions", "list", "--json").json()) == 3


def test_a_turn_without_a_known_price_is_not_called_free(backrooms: CommandLine) -> None:
    agents = (AgentSetup(1, "Ada", "openrouter/somebody/unheard-of"),)
    with open_store(backrooms.folder / "data" / "sessions.db") as store, closing(Recorder(store)) as recorder:
        recorder.hear(SessionOpened(seq=1, at=1.0, session="abcdefgh", setup=Setup("Talk", "duo", agents)))
        recorder.hear(TurnStarted(seq=2, at=2.0, turn=1, agent=1, name="Ada", attempt=1, model="m"))
        recorder.hear(
            TurnEnded(
                seq=3,
                at=3.0,
                turn=1,
                agent=1,
                name="Ada",
                attempt=1,
                text="Hello.",
                stop_reason="end",
                usage=Usage(10, 5),
                cost=None,
                timings=Timings(),
            )
        )
    row = backrooms("sessions", "list").out.splitlines()[1]
    assert "free" not in row
    assert "?" in row
    assert backrooms("sessions", "list", "--json").json()[0]["unpriced_turns"] == 1


def test_an_empty_list_says_how_to_begin(backrooms: CommandLine) -> None:
    assert "backrooms run cli" in backrooms("sessions", "list").out
    assert backrooms("sessions", "list", "--json").json() == []


def test_a_session_as_json_has_every_turn(three: CommandLine) -> None:
    whole = three("sessions", "show", "Wind", "--json").json()
    assert [turn["text"].strip() for turn in whole["turns"]] == ["doors that move"] * 2


def test_a_new_template_passes_its_own_check_and_runs(backrooms: CommandLine) -> None:
    path = Path(backrooms("templates", "new", "my-salon").out.strip())
    assert path.parent == backrooms.folder / "config" / "templates"
    assert "nothing found" in backrooms("templates", "check", "my-salon").out
    assert "my-salon" in {one["name"] for one in backrooms("templates", "list", "--json").json()}
    backrooms("templates", "new", "my-salon", status=2)
    backrooms("run", "my-salon", "--lm", backrooms.script("a", "hello"), "--max-turns", "2")


def test_a_broken_template_is_named_with_line_key_and_cure(backrooms: CommandLine) -> None:
    file = backrooms.folder / "bad.toml"
    file.write_text('[template]\ntitle = "Bad"\n\n[[agents]]\nname = "A"\nsistem = "x"\n')
    ran = backrooms("templates", "check", str(file), status=2)
    assert "bad.toml:6: agents[0].sistem" in ran.out
    assert "system" in ran.out
    ran = backrooms("run", str(file), status=2)
    assert "bad.toml:" in ran.err


_BUILT_IN = ("cli", "student", "science", "fugue", "gallery", "ethics", "spirituality", "duo")
_WITH_ROUNDS = ("forecast", "forecast-plain", "debate", "conscience")
_WITH_WORLDS = ("exos", "cli_with_world_interface", "library")


@pytest.mark.parametrize("name", [*_BUILT_IN, *_WITH_ROUNDS, *_WITH_WORLDS])
def test_every_built_in_template_is_shown_and_checks(backrooms: CommandLine, name: str) -> None:
    assert "Seat 2" in backrooms("templates", "show", name).out
    assert "nothing found" in backrooms("templates", "check", name).out


def test_models_are_listed_with_price_window_and_whether_they_can_be_used(backrooms: CommandLine) -> None:
    listed = {one["reference"]: one for one in backrooms("models", "list", "--json", OPENAI_API_KEY="x").json()}
    assert listed["opus"]["usable"] is False
    assert "ANTHROPIC_API_KEY" in listed["opus"]["why"]
    assert listed["gpt"]["usable"] is True
    assert listed["opus"]["input_price"] > 0
    assert listed["opus"]["window"] > 100_000
    assert "opus" in backrooms("models", "list", "opus").out


def test_testing_a_model_says_what_came_back(backrooms: CommandLine) -> None:
    ran = backrooms("models", "test", backrooms.script("a", "Hello, world."))
    assert ran.out.startswith("Hello, world.")
    assert "first words after" in ran.out


def test_the_doctor_names_keys_and_never_shows_them(backrooms: CommandLine) -> None:
    (backrooms.folder / ".env").write_text("MISTRAL_API_KEY=from-dotenv-secret\n")
    ran = backrooms("doctor", ANTHROPIC_API_KEY="sk-ant-secret")
    assert "anthropic: from environment" in ran.out
    assert "mistral: from .env" in ran.out
    assert "secret" not in ran.out + ran.err


def test_the_doctor_says_what_is_broken(backrooms: CommandLine) -> None:
    backrooms.configure("[defaults]\nmodle = 'local'\n")
    ran = backrooms("doctor", status=1)
    assert "config.toml" in ran.out
    assert "model" in ran.out


def test_a_mistake_in_the_configuration_names_its_line(backrooms: CommandLine) -> None:
    backrooms.configure("[defaults]\n\nmodle = 'local'\n")
    ran = backrooms("run", "duo", status=2)
    assert "3" in ran.err
    assert "modle" in ran.err


def test_places_are_printed(backrooms: CommandLine) -> None:
    assert backrooms("locate", "data").out.strip() == str(backrooms.folder / "data")
    assert "templates" in backrooms("locate").out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_complete(backrooms: CommandLine, shell: str) -> None:
    assert "_BACKROOMS_COMPLETE" in backrooms("completion", shell).out


def test_a_shell_completes_commands_and_templates(backrooms: CommandLine) -> None:
    words = {"_BACKROOMS_COMPLETE": "bash_complete", "COMP_WORDS": "backrooms run fu", "COMP_CWORD": "2"}
    assert "fugue" in backrooms(**words).out
    words = {"_BACKROOMS_COMPLETE": "bash_complete", "COMP_WORDS": "backrooms se", "COMP_CWORD": "1"}
    assert "sessions" in backrooms(**words).out


def test_help_loads_nothing_heavy(backrooms: CommandLine) -> None:
    import subprocess
    import sys

    code = (
        "import sys, runpy; sys.argv = ['backrooms', '--help']\n"
        "try: runpy.run_module('backrooms_tui', run_name='__main__')\n"
        "except SystemExit: pass\n"
        "print('LOADED', *sorted({'anthropic', 'openai', 'textual', 'sqlalchemy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=backrooms.environ)
    assert done.stdout.splitlines()[-1].split() == ["LOADED"]


@pytest.mark.parametrize("command", ["models list openrouter/anthropic", "templates list", "sessions list"])
def test_in_a_terminal_every_row_of_a_list_keeps_to_a_line(three: CommandLine, command: str) -> None:
    shown = in_a_terminal(three, *command.split()).decode()
    rows = shown.replace("\r", "").splitlines()
    assert len(rows) > 3
    assert max(cells(row) for row in rows) <= 80


def test_a_turn_that_was_cut_off_is_shown_as_such(backrooms: CommandLine) -> None:
    script = backrooms.script("a", "word " * 500)
    running = backrooms.start("run", "duo", "--lm", script, "--param", "rate=40", "--format", "jsonl")
    assert running.stdout is not None
    for line in running.stdout:
        if b"word" in line and backrooms("sessions", "show", "last", status=None).out.count("word"):
            break
    running.kill()
    running.communicate()
    *_, words, note = backrooms("sessions", "show", "last").out.splitlines()
    assert words.startswith("word")
    assert "not over" in note


@pytest.mark.parametrize(
    "words", [["runn"], ["run", "duo", "--budget", "nan"], ["replay", "--from", "0"], ["run", "--lm"]]
)
def test_a_mistake_in_the_command_is_two_lines_too(backrooms: CommandLine, words: list[str]) -> None:
    said = backrooms(*words, status=2).err.splitlines()
    assert len(said) == 2
    assert "--help" in said[1]


def test_a_shell_completes_files_where_a_template_may_be_one(backrooms: CommandLine) -> None:
    words = {
        "_BACKROOMS_COMPLETE": "bash_complete",
        "COMP_WORDS": "backrooms templates check ./mine",
        "COMP_CWORD": "3",
    }
    assert backrooms(**words).out.startswith("file,")
