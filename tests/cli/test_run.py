"""`backrooms run`: a conversation without the screen, and everything that can go wrong with it."""

import json
import os
import signal
import sys

import pytest

from tests.cli.conftest import CommandLine
from tests.hostile import HOSTILE, control_bytes


def test_a_conversation_is_printed_kept_listed_and_printed_again(backrooms: CommandLine) -> None:
    ada, bo = backrooms.script("ada", "one", "three"), backrooms.script("bo", "two", "four")
    ran = backrooms("run", "duo", "--lm", ada, bo, "--max-turns", "4", "--set", "first_name=Ada", "--title", "A test")
    words = [line for line in ran.out.splitlines() if line in ("one", "two", "three", "four")]
    assert words == ["one", "two", "three", "four"]
    assert "The limit of 4 turns is reached." in ran.out

    (session,) = backrooms("sessions", "list", "--json").json()
    assert {"id", "title", "template", "turns", "cost", "started", "parent"} <= session.keys()
    assert (session["title"], session["template"], session["turns"], session["cost"]) == ("A test", "duo", 4, 0)
    assert session["parent"] is None

    assert backrooms("replay", session["id"], "--format", "text").out == ran.out
    assert backrooms("sessions", "show", session["id"][:4]).out == ran.out
    assert backrooms("replay", "last").out == ran.out


def test_json_lines_are_nothing_but_events_and_replay_gives_the_same_ones(backrooms: CommandLine) -> None:
    script = backrooms.script("ada", "#! reasoning: let me see\nhello there", "bye")
    ran = backrooms("run", "duo", "--lm", script, "--max-turns", "3", "--format", "jsonl")
    events = ran.events()
    assert all({"kind", "seq", "at"} <= event.keys() for event in events)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    ended = [event for event in events if event["kind"] == "turn_ended"]
    assert [event["turn"] for event in ended] == [1, 2, 3]
    assert [event["agent"] for event in ended] == [1, 2, 1]
    assert ended[0]["text"].strip() == "hello there"
    assert ended[0]["reasoning"].strip() == "let me see"
    assert {"stop_reason", "usage", "cost"} <= ended[0].keys()
    assert backrooms("replay", "last", "--format", "jsonl").out == ran.out


def test_options_work_as_people_of_universal_backrooms_type_them(backrooms: CommandLine) -> None:
    ada, bo = backrooms.script("ada", "one"), backrooms.script("bo", "two")
    ran = backrooms("run", "--lm", ada, bo, "--template", "cli", "--max-turns", "2", "--format", "jsonl")
    opened = ran.events()[0]
    assert [agent["model"] for agent in opened["setup"]["agents"]] == [ada, bo]
    assert opened["setup"]["template"] == "cli"


def test_the_template_may_stand_anywhere_but_after_the_models(backrooms: CommandLine) -> None:
    ada = backrooms.script("ada", "one")
    ran = backrooms("run", "--set", "topic=rain", "--max-turns", "1", "--lm", ada, "--format", "jsonl", "duo")
    assert ran.events()[0]["setup"]["variables"]["topic"] == "rain"


def test_the_operator_speaks_first(backrooms: CommandLine) -> None:
    ran = backrooms("run", "duo", "--lm", backrooms.script("a", "x"), "--max-turns", "1", "--say", "Be brief.")
    assert "▸ Operator\nBe brief." in ran.out


def test_parameters_for_all_seats_and_for_one(backrooms: CommandLine) -> None:
    script = backrooms.script("a", "one two three")
    words = ["run", "duo", "--lm", script, "--max-turns", "2", "--format", "jsonl"]
    events = backrooms(*words, "--param", "max_tokens=50", "2.max_tokens=2").events()
    agents = events[0]["setup"]["agents"]
    assert [agent["params"]["max_tokens"] for agent in agents] == [50, 2]
    ended = [event for event in events if event["kind"] == "turn_ended"]
    assert [event["stop_reason"] for event in ended] == ["end", "max_tokens"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["run", "fuge", "--lm", "scripted/x"], "fugue"),
        (["run", "duo", "--lm", "opsu"], "opus"),
        (["run", "duo", "--lm", "anthropc/claude-opus-5-5"], "anthropic"),
        (["run", "duo", "--set", "tpoic=x"], "topic"),
        (["run", "duo", "--set", "topic"], "NAME=VALUE"),
        (["run", "duo", "--param", "temprature=1"], "temperature"),
        (["run", "duo", "--param", "temperature=9"], "from 0 to 2"),
        (["run", "duo", "--param", "3.temperature=1"], "seats go from 1 to 2"),
        (["run", "duo", "--lm", "opus", "opus", "opus"], "2 models"),
        (["run", "duo", "--lm", "scripted/nowhere.txt"], "nowhere.txt"),
        (["run", "duo", "--lm", "local/nowhere.gguf"], "nowhere.gguf"),
        (["run", "duo", "--max-turns", "-1"], "max-turns"),
        (["run", "nowhere/at-all.toml"], "at-all.toml"),
        (["replay", "nothing"], "no session"),
        (["sessions", "show", "zzz"], "no session"),
        (["nonsense"], "No such command"),
    ],
)
def test_a_mistake_says_what_was_wrong_and_the_nearest_right(
    backrooms: CommandLine, words: list[str], says: str
) -> None:
    ran = backrooms(*words, status=2)
    assert says in ran.err
    assert ran.out == ""
    assert (
        not (backrooms.folder / "data" / "sessions.db").exists() or backrooms("sessions", "list", "--json").json() == []
    )


def test_only_the_missing_keys_of_the_chosen_models_are_asked_for_all_at_once(backrooms: CommandLine) -> None:
    ran = backrooms("run", "duo", "--lm", "opus", "gpt", status=2)
    assert "ANTHROPIC_API_KEY" in ran.err
    assert "OPENAI_API_KEY" in ran.err
    assert "OPENROUTER" not in ran.err
    ran = backrooms("run", "duo", "--lm", "opus", "gpt", status=2, OPENAI_API_KEY="sk-secret-123")
    assert "ANTHROPIC_API_KEY" in ran.err
    assert "OPENAI_API_KEY" not in ran.err
    assert "sk-secret" not in ran.err


def test_a_refused_key_is_never_shown_and_what_was_said_is_kept(backrooms: CommandLine, misbehaving) -> None:
    from tests.misbehaving import Reply

    misbehaving.script(Reply.refusing(401, "invalid x-api-key sk-very-secret-777"))
    environ = {"OPENAI_API_KEY": "sk-very-secret-777", "OPENAI_BASE_URL": misbehaving.openai_url}
    ran = backrooms("run", "duo", "--lm", backrooms.script("a", "hello"), "openai/gpt-4.1", status=3, **environ)
    assert "sk-very-secret" not in ran.out + ran.err
    assert "OPENAI_API_KEY" in ran.err
    session = backrooms("sessions", "list", "--json").json()[0]
    assert session["turns"] == 1
    database = (backrooms.folder / "data" / "sessions.db").read_bytes()
    assert b"sk-very-secret" not in database


def test_trouble_that_lasts_ends_with_its_own_status(backrooms: CommandLine) -> None:
    backrooms.configure("[defaults]\nretries = 0\n")
    script = backrooms.script("a", "#! fail: overloaded\nnever mind")
    ran = backrooms("run", "duo", "--lm", script, status=3)
    assert "sessions show" in ran.err


def test_a_seed_repeats_the_run(backrooms: CommandLine) -> None:
    def seeds() -> list[int]:
        script = backrooms.script("a", "x")
        ran = backrooms("run", "duo", "--lm", script, "--max-turns", "3", "--seed", "7", "--format", "jsonl")
        return [event["params"]["seed"] for event in ran.events() if event["kind"] == "turn_started"]

    assert seeds() == seeds()


def test_hostile_words_never_reach_a_terminal_and_are_kept_raw(backrooms: CommandLine) -> None:
    script = backrooms.script("a", *(text for text in HOSTILE if "\ud800" not in text))
    words = ["run", "duo", "--lm", script, "--max-turns", str(2 * len(HOSTILE)), "--title", HOSTILE[0]]
    shown = in_a_terminal(backrooms, *words)
    assert control_bytes(shown) == set()
    raw = backrooms("replay", "last", "--format", "jsonl").events()
    assert any(HOSTILE[1] in event.get("text", "") for event in raw)


def in_a_terminal(backrooms: CommandLine, *words: str) -> bytes:
    """What the command sends to a real pseudo-terminal, without colours of our own."""
    import pty

    pid, master = pty.fork()
    if pid == 0:
        os.chdir(backrooms.folder)
        command = [sys.executable, "-m", "backrooms_tui", *words]
        os.execvpe(command[0], command, backrooms.environ | {"NO_COLOR": "1", "TERM": "xterm-256color"})
    received = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        received += piece
    os.close(master)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, received.decode()
    return received


def test_in_a_terminal_lines_are_wrapped_and_headed(backrooms: CommandLine) -> None:
    script = backrooms.script("a", "word " * 60)
    shown = in_a_terminal(backrooms, "run", "duo", "--lm", script, "--max-turns", "1").decode()
    lines = shown.replace("\r", "").splitlines()
    assert max(len(line) for line in lines) <= 100
    assert any(line.startswith("① ") and line.rstrip().endswith("turn 1") for line in lines)


def test_one_interruption_keeps_what_was_said(backrooms: CommandLine) -> None:
    script = backrooms.script("a", "word " * 500)
    running = backrooms.start("run", "duo", "--lm", script, "--param", "rate=40", "--format", "jsonl")
    said = ""
    assert running.stdout is not None
    for line in running.stdout:
        event = json.loads(line)
        said += event["text"] if event["kind"] == "delta" else ""
        if len(said) > 30:
            break
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert b"Traceback" not in err
    events = backrooms("replay", "last", "--format", "jsonl").events()
    assert events[-1]["kind"] == "ended"
    assert events[-1]["reason"] == "interrupted"
    ended = [event for event in events if event["kind"] == "turn_ended"]
    assert ended[-1]["stop_reason"] == "stopped"
    assert ended[-1]["text"].startswith(said)


def test_two_interruptions_end_at_once(backrooms: CommandLine) -> None:
    script = backrooms.script("a", "word " * 500)
    running = backrooms.start("run", "duo", "--lm", script, "--param", "rate=40")
    assert running.stdout is not None
    for line in running.stdout:
        if b"turn 1" in line:
            break
    running.send_signal(signal.SIGINT)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert b"Traceback" not in err
    assert backrooms("sessions", "list", "--json").json()


def test_a_script_that_never_ends_is_refused(backrooms: CommandLine) -> None:
    assert "not a file" in backrooms("run", "duo", "--lm", "scripted//dev/zero", status=2).err


def test_a_program_without_standard_streams_still_runs(backrooms: CommandLine) -> None:
    import subprocess

    script = backrooms.script("a", "x")
    words = ["run", "duo", "--lm", script, "--max-turns", "1"]
    command = [sys.executable, "-m", "backrooms_tui", *words]
    done = subprocess.run(["sh", "-c", 'exec "$@" >&- 2>&-', "sh", *command], env=backrooms.environ, timeout=60)
    assert done.returncode == 0
    assert backrooms("sessions", "list", "--json").json()[0]["turns"] == 1


def test_a_reader_that_goes_away_is_no_error(backrooms: CommandLine) -> None:
    script = backrooms.script("a", "word " * 2000)
    running = backrooms.start("run", "duo", "--lm", script, "--max-turns", "200")
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.readline()
    running.stdout.close()
    err = running.stderr.read()
    running.stderr.close()
    assert running.wait(timeout=60) == 130
    assert b"Traceback" not in err
    assert b"BrokenPipe" not in err


def test_the_rules_of_the_template_can_be_overruled(backrooms: CommandLine) -> None:
    script = backrooms.script("a", "one", "two", "three", "four")
    words = ["run", "duo", "--lm", script, "--format", "jsonl"]
    events = backrooms(*words, "--order", "random", "--max-rounds", "2", "--max-turns", "4", "--ladder").events()
    rules = events[0]["setup"]["rules"]
    assert (rules["order"], rules["max_rounds"], rules["max_turns"]) == ("random", 2, 4)
    assert [step["kind"] for step in rules["ladder"]] == ["nudge", "topic"]
    events = backrooms(*words, "--max-turns", "1", "--max-tokens", "900", "--max-seconds", "90").events()
    rules = events[0]["setup"]["rules"]
    assert (rules["max_tokens"], rules["max_seconds"], rules["ladder"]) == (900, 90.0, [])


def test_an_order_that_waits_for_somebody_to_pick_is_not_for_here(backrooms: CommandLine) -> None:
    ran = backrooms("run", "duo", "--lm", backrooms.script("a", "x"), "--order", "manual", status=2)
    assert "picks who speaks" in ran.err
    assert "--order" in ran.err


def test_what_a_template_does_by_itself_is_shown_before_it_is_played(backrooms: CommandLine) -> None:
    shown = backrooms("templates", "show", "stageplay").out
    assert "Who speaks next: whoever was addressed by name" in shown
    assert "At turn 9: Ruben comes in · " in shown
    assert "(only Lida hears it)" in shown
    assert "comes later" in shown
    assert "a nudge, one of 24 topics, afresh" in backrooms("templates", "show", "duo").out
    shown = backrooms("templates", "show", "forecast").out
    assert "Aldermoor has a council, before each of its turns" in shown
    assert "        Member 2: Nadia" in shown
    assert "Rounds: Year {{ start }} to {{ end }}" in shown
