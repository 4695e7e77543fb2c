"""The virtual disk: what a shell's habits come to on it, and that nothing leads out of it."""

import pytest

from tests.worlds.exos.visiting import Visit, content


async def told(visit: Visit, *commands: str, by: int = 1) -> str:
    for command in commands:
        screen = await visit.say(command, by)
    return content(screen)


async def test_a_disk_begins_with_a_little_to_read() -> None:
    visit = Visit()
    assert "README.txt" in await told(visit, "ls")
    assert "This disk" in await told(visit, "cat README.txt")


async def test_files_are_written_read_moved_copied_and_removed() -> None:
    visit = Visit()
    await told(visit, "mkdir dreams", "files write dreams/one.txt\nI was in a corridor.\nIt had no end.")
    assert "I was in a corridor.\nIt had no end." in await told(visit, "cat dreams/one.txt")
    await told(visit, "files append dreams/one.txt A lamp hummed.", "echo and a door > /dreams/two.txt")
    assert "no end.\nA lamp hummed." in await told(visit, "cat /dreams/one.txt")
    await told(visit, "echo opened >> /dreams/two.txt")
    assert "and a door\nopened" in await told(visit, "cat /dreams/two.txt")
    await told(visit, "cp dreams nights", "mv nights/one.txt nights/first.txt", "rm -rf dreams")
    tree = await told(visit, "tree")
    assert "nights/\n  first.txt\n  two.txt" in tree
    assert "dreams" not in tree
    assert "I was in a corridor." in await told(visit, "cat nights/first.txt")


async def test_a_file_is_written_by_a_here_document() -> None:
    visit = Visit()
    await visit.say("Let me write it down.\n$ cat > log.txt << 'EOF'\nfirst\nls\n  second\nEOF\n")
    assert "first\nls\n  second" in await told(visit, "cat log.txt")


async def test_files_and_lines_are_found() -> None:
    visit = Visit()
    await told(
        visit, "files write a/b/one.txt\nThe Corridor\nhums", "```\nfiles write two.txt nothing\nin the corridor\n```"
    )
    assert "/a/b/one.txt" in await told(visit, "find one")
    assert "/a/b/one.txt" in await told(visit, "find *.txt a")
    found = await told(visit, "grep -rn corridor")
    assert "/a/b/one.txt:1: The Corridor" in found
    assert "/two.txt:2: in the corridor" in found
    assert "/two.txt" not in await told(visit, 'files grep "the corr*" /a')
    # A pattern is never a regular expression.
    assert "None fits" in await told(visit, "grep (((.*)*)*)$")
    assert "None fits" in await told(visit, "grep [a-z]")


async def test_each_is_in_a_folder_of_their_own() -> None:
    visit = Visit()
    await told(visit, "mkdir deep/down", "cd deep/down")
    assert "/deep/down" in await told(visit, "pwd", by=1)
    assert "You are in\n\n/" in await told(visit, "pwd", by=2)
    assert "/deep/down" not in await told(visit, "pwd", by=2)
    await told(visit, "echo here > x.txt", by=1)
    assert "here" in await told(visit, "cat deep/down/x.txt", by=2)
    await told(visit, "cd ..", by=1)
    assert "/deep" in await told(visit, "pwd", by=1)
    # The folder goes away under somebody's feet.
    await told(visit, "rm /deep", by=2)
    assert "You are in\n\n/" in await told(visit, "pwd", by=1)


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "~/../../etc/passwd",
        "..\\..\\etc\\passwd",
        "/../../../etc/passwd",
        "a/../../etc/passwd",
    ],
)
async def test_nothing_leads_out_of_the_disk(path: str) -> None:
    visit = Visit()
    assert "There is no /etc/passwd here" in await told(visit, f"files cat {path}")
    await told(visit, f"files write {path} mine")
    assert "mine" in await told(visit, "cat /etc/passwd")
    assert "root:" not in await told(visit, "grep root")


async def test_limits_are_told_and_hold() -> None:
    visit = Visit()
    assert "up to 50,000 letters" in await told(visit, f"files write big.txt {'x' * 50_001}")
    for number in range(20):
        await visit.say(f"files write {number}.txt {'y' * 49_000}")
    assert "The disk is full" in await told(visit, f"files write more.txt {'y' * 49_000}")
    assert "deep" in await told(visit, f"mkdir {'a/' * 17}")
    assert "up to 100 letters" in await told(visit, f"mkdir {'n' * 101}")
    assert "cannot be removed" in await told(visit, "rm -rf /")
    assert "into itself" in await told(visit, "mkdir a", "cp a a/b")
    assert "is there already" in await told(visit, "mkdir a")
    assert "is a folder" in await told(visit, "cat a")
    assert "is a file" in await told(visit, "cd README.txt")
    assert "Did you mean /README.txt" in await told(visit, "cat REDME.txt")


async def test_a_long_file_is_shown_in_parts() -> None:
    visit = Visit()
    body = "\n".join(f"line {number}" for number in range(1, 401))
    await visit.say(f"files write long.txt << END\n{body}\nEND")
    first = await told(visit, "cat long.txt")
    assert "lines 1 to 120 of 400" in first
    assert "line 121" not in first
    assert "line 121\n" in await told(visit, "files cat long.txt 121")
    assert "line 400" in await told(visit, "files cat long.txt 9999")


async def test_nothing_is_executed() -> None:
    visit = Visit()
    assert "Nothing is executed" in await told(visit, "files run x.sh")
    assert "Nothing is executed" in await told(visit, "$ files exec rm")
