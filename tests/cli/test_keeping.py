"""Sessions, templates, and the smaller commands."""

from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine


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
    assert three("sessions", "delete", "Rain", stdin="n\n", status=None).status == 130
    three("sessions", "delete", "Rain", "--yes")
    assert [one["title"] for one in three("sessions", "list", "--json").json()] == ["Wind", "Noon"]
    assert three("sessions", "find", "roof", "--json").json() == []


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


@pytest.mark.parametrize("name", ["cli", "student", "science", "fugue", "gallery", "ethics", "spirituality", "duo"])
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
