"""What people and models type who know other command lines: it works, or the screen says what there is instead."""

import time

import pytest

from backrooms_tui.worlds.exos.exos import Exos
from backrooms_tui.worlds.exos.table import Means
from tests.worlds.exos.visiting import SEAT, Visit, content


@pytest.mark.parametrize(
    "said",
    [
        'notes create lamp "It is on."',
        'notes create The old lamp "It is on."',
        'notes create The old lamp: "It is on."',
        "notes create title: The old lamp\ntext: It is on.",
        "notes create title: The old lamp, text: It is on.",
        'notes create title: "The old lamp" text: "It is on."',
    ],
)
async def test_a_note_has_the_title_and_the_text_that_were_meant(said: str) -> None:
    visit = Visit()
    await visit.say(said)
    (change,) = visit.exchanges[0].changes
    assert change["title"] in ("lamp", "The old lamp")
    assert change["text"] == "It is on."


async def test_quotes_in_the_middle_of_a_sentence_stay_in_it() -> None:
    visit = Visit()
    await visit.say('notes create We came to the old house and "knocked" twice')
    assert 'house and "knocked" twice' in str(visit.exchanges[0].changes)


async def test_a_title_that_is_named_again_and_again_is_a_title() -> None:
    visit = Visit()
    assert await visit.outcome("notes create " + "title: " * 9_000 + "end") in ("done", "failed")
    assert await visit.outcome("notes create title: a " + "text: " * 9_000) == "failed"


@pytest.mark.parametrize("word", ["last", "latest", "newest"])
async def test_the_newest_note_has_a_name(word: str) -> None:
    visit = Visit()
    await visit.say("notes create lamp: on\nnotes create door: shut")
    assert "shut" in await visit.say(f"notes read {word}")
    await visit.say(f"notes create The {word} supper: eaten")
    assert "eaten" in await visit.say(f"notes read {word} supper")


@pytest.mark.parametrize(
    "said",
    [
        "cat <<EOF > poem.txt\nroses\nare red\nEOF",
        "cat > poem.txt <<'EOF'\nroses\nare red\nEOF",
        'echo "roses\nare red" > poem.txt',
        'Let me write it.\n```bash\necho "roses\nare red" > poem.txt\n```\nDone.',
        'echo -e "roses\\nare red" > poem.txt',
        'printf "roses\\nare red" > "poem.txt"',
    ],
)
async def test_files_are_written_as_in_a_shell(said: str) -> None:
    visit = Visit()
    await visit.say(said)
    assert content(await visit.say("cat poem.txt")) == "/poem.txt\n\nroses\nare red"


async def test_an_echo_that_is_never_closed_is_no_file() -> None:
    visit = Visit()
    assert await visit.outcome('echo "roses\nare red') == "unknown"


@pytest.mark.parametrize(
    "said", ["mkdir a && cd a", "cat README.txt | grep disk", "cd /; ls", "notes list | head", "pwd && ls"]
)
async def test_commands_that_are_joined_are_told_apart(said: str) -> None:
    visit = Visit()
    assert "Commands are not joined here." in await visit.say(said)
    assert not visit.exchanges[0].changes


async def test_an_answer_does_not_go_into_a_file() -> None:
    assert "does not go into a file" in await Visit().say("ls > all.txt")


async def test_stars_stand_for_letters_where_nothing_is_changed() -> None:
    visit = Visit()
    await visit.say("touch a.md\nfiles write b.md a lamp")
    assert "a.md" in (shown := await visit.say("ls *.md"))
    assert "README.txt" not in shown
    assert "/b.md:1: a lamp" in await visit.say("grep lamp *.md")
    assert "Nothing is called /*.md." in await visit.say("rm *.md")
    assert await visit.outcome("cat a.md") == "done"


async def test_find_is_given_its_folder_first_or_its_pattern() -> None:
    visit = Visit()
    await visit.say("files write dreams/first.txt corridor")
    for said in ("find . -name '*.txt'", "find / -type f", "find . -type f", "find dreams/", "find first"):
        assert "/dreams/first.txt" in await visit.say(said)
    assert "first.txt" not in await visit.say("find . -type d")


async def test_a_path_that_ends_with_a_stroke_is_a_folder() -> None:
    visit = Visit()
    await visit.say("touch a.txt\nmv a.txt dreams/")
    assert "a.txt" in await visit.say("ls dreams")


async def test_a_disk_with_all_its_folders_still_takes_files() -> None:
    visit = Visit()
    for number in range(199):
        assert await visit.outcome(f"mkdir d{number}") == "done"
    assert await visit.outcome("mkdir more") == "failed"
    assert await visit.outcome("files write more/x.txt lamp") == "failed"
    assert await visit.outcome("files write x.txt lamp") == "done"
    assert await visit.outcome("mv d0 d1/d0") == "done"
    assert await visit.outcome("cp d2 d1/d2") == "failed"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("exit", "There is nothing to leave"),
        ("clear", "nothing to clear"),
        ("nano a.txt", "There is no editor"),
        ("echo hello", "echo TEXT > FILE"),
        ("curl https://example.org", "web open ADDRESS"),
        ("./run.sh", "Nothing is executed"),
        ("whoami", "There are no users"),
    ],
)
async def test_commands_of_elsewhere_are_known_as_such(said: str, told: str) -> None:
    visit = Visit()
    assert told in await visit.say(said)
    assert visit.exchanges[0].outcome == "unknown"


async def test_what_is_not_there_is_not_named_instead() -> None:
    assert "files" not in await Visit(environments=("notes",)).say("nano a.txt")


@pytest.mark.parametrize(
    "said", ["help me", "help please", "help -a", "help?", "Help!", "(help)", "<command>help</command>"]
)
async def test_help_is_there_however_one_calls_for_it(said: str) -> None:
    assert "<environment> <command> [parameters]" in await Visit().say(said)


@pytest.mark.parametrize(
    "said", ['"notes list"', "“notes list”", "[notes list]", "I'll run: notes list", "exos:~$ notes list"]
)
async def test_what_stands_around_a_command_is_taken_off(said: str) -> None:
    assert Visit().commands(said) == ["notes list"]


async def test_help_says_what_is_not_allowed() -> None:
    assert "(not allowed here)" in await Visit().say("help web")
    assert "allowed" not in await Visit().say("help notes")


async def test_a_search_needs_no_second_word() -> None:
    visit = Visit()
    visit.world = Exos(Means(visit.means.setup, SEAT, hears=lambda state, seat, entry: True))
    await visit.say("notes create The locked door: it is green")
    assert visit.take("search locked door")[0].name == "search.session"
    assert "turn 1" in await visit.say("search locked door")
    assert "Did you mean search session?" in await visit.say("search sesion door")
    assert visit.commands("I will\nsearch the house for clues\nand then rest") == []


async def test_the_time_is_told_when_one_asks_for_it() -> None:
    assert "UTC" in content(await Visit().say("time"))


async def test_long_and_odd_lines_take_no_time() -> None:
    visit = Visit()
    for said in (
        'echo "a > b\n' * 4_000,
        "cat <<E > " * 9_000,
        "cat <<EOF > x\n" * 4_000,
        '"(' * 9_000,
        "<a>" * 20_000,
    ):
        began = time.perf_counter()
        await visit.say(said)
        assert time.perf_counter() - began < 5


async def test_what_begins_with_an_environment_and_is_no_command_is_answered_as_one() -> None:
    told = await Visit().say("dice keep the door you gave me.\n\nI will take it back with me.")
    assert "There is no dice keep" in told
    assert "dice has: roll, coin, choose, shuffle." in told


async def test_who_gives_no_command_is_shown_some() -> None:
    told = await Visit().say("I am not sure what to do now.")
    assert "  notes list\n  files ls\n  help" in told
    told = await Visit(environments=("clock",)).say("I am not sure what to do now.")
    assert "  clock now\n  help" in told
