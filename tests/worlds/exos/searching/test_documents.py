"""Documents of a folder that the person named are found and read; nothing else is."""

import asyncio
import os
import socket
from pathlib import Path

import pytest

from backrooms_tui.stall.meaning import Meaning
from backrooms_tui.worlds.exos.searching import folder as limits
from backrooms_tui.worlds.exos.searching.search import Search
from tests.hostile import HOSTILE
from tests.worlds.exos.sitting import Sitting


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("outside: the vault code is 1234\n")
    papers = tmp_path / "papers"
    (papers / "letters").mkdir(parents=True)
    (papers / "bridge.md").write_text("# Bridges\n\nThe old bridge was built of oak.\nIt stood for a century.\n")
    (papers / "letters" / "first one.txt").write_text("Dear friend,\nthe river rose in May.\n")
    (papers / "page.html").write_text("<title>x</title><p>The <b>ferry</b> sank.<script>hidden()</script>")
    return papers


async def test_words_are_found_with_file_and_line(sitting: Sitting) -> None:
    screen = await sitting.gives("search documents oak bridge")
    assert "bridge.md, line 3" in screen
    assert "built of oak" in screen
    assert "letters/first one.txt, line 2\n    the river rose" in await sitting.gives("search documents rivers")
    assert "page.html" in await sitting.gives("search documents ferry")
    assert "Nothing like it" in await sitting.gives("search documents hidden")


async def test_a_document_is_read_from_a_line_on(sitting: Sitting) -> None:
    screen = await sitting.gives("search read bridge.md 3")
    assert "bridge.md, lines 3 to 4 of 4" in screen
    assert "The old bridge was built of oak.\nIt stood" in screen
    assert "Dear friend" in await sitting.gives('search read "letters/first one.txt"')
    assert "has 4 lines" in await sitting.gives("search read bridge.md 9")


async def test_a_long_document_is_read_on(sitting: Sitting, papers: Path) -> None:
    lines = [f"line {number} of it" for number in range(1, 600)]
    (papers / "long.txt").write_text("\n".join(lines))
    read: list[str] = []
    command = "search read long.txt"
    for _ in range(9):
        screen = await sitting.gives(command)
        read += [line for line in screen.splitlines() if line.startswith("line ")]
        last = screen.splitlines()[-1]
        if "shows what follows" not in last:
            break
        command = last.removesuffix(" shows what follows.")
    assert read == lines


async def test_the_list_names_what_is_there(sitting: Sitting) -> None:
    screen = await sitting.gives("search list")
    assert "bridge.md\nletters/first one.txt\npage.html" in screen
    assert "1 to 3 of 3" in screen


async def test_what_changes_on_the_disk_is_noticed(sitting: Sitting, papers: Path) -> None:
    assert "Nothing like it" in await sitting.gives("search documents zeppelin")
    (papers / "new.txt").write_text("a zeppelin over the bay")
    assert "new.txt" in await sitting.gives("search documents zeppelin")
    (papers / "new.txt").write_text("a balloon over the bay, much later")
    assert "Nothing like it" in await sitting.gives("search documents zeppelin")
    (papers / "new.txt").unlink()
    assert "Nothing like it" in await sitting.gives("search documents balloon")


async def test_the_folders_own_path_is_not_told(sitting: Sitting, papers: Path) -> None:
    commands = ("search documents oak", "search list", "search read bridge.md", "search read ../x.txt", "help search")
    for command in (*commands, "search read nothing.txt", "search documents nothing"):
        screen = await sitting.gives(command)
        assert str(papers.parent) not in screen
        assert "papers" not in screen
    assert str(papers) in sitting.world.reach({})[0]


@pytest.mark.parametrize(
    "name",
    [
        "../secret.txt",
        "letters/../../secret.txt",
        "./../secret.txt",
        "..\\secret.txt",
        "/etc/passwd",
        "../../../../../../etc/passwd",
        "file:///etc/passwd",
        "C:/secret.txt",
        "~/secret.txt",
        "link.txt",
        "linked/secret.txt",
        "inner/bridge.md",
        ".hidden.txt",
        ".git/config.txt",
        "letters",
        "letters/",
        "pipe.txt",
        "socket.txt",
        "huge.txt",
        "binary.txt",
        "bridge.md\x00.txt",
        "letters//first one.txt",
        "",
        ".",
        "x" * 5000 + ".txt",
    ],
)
async def test_nothing_outside_is_read_whatever_its_name(
    sitting: Sitting, papers: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (papers / "link.txt").symlink_to(papers.parent / "secret.txt")
    (papers / "linked").symlink_to(papers.parent)
    (papers / "inner").symlink_to(papers)
    (papers / ".hidden.txt").write_text("hidden: the vault code")
    (papers / ".git").mkdir()
    (papers / ".git" / "config.txt").write_text("hidden: the vault code")
    (papers / "binary.txt").write_bytes(b"the vault code\x00\x01")
    with (papers / "huge.txt").open("wb") as huge:
        huge.truncate(limits.MOST_BYTES + 1)
    os.mkfifo(papers / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listening:
        monkeypatch.chdir(papers)
        listening.bind("socket.txt")
        screen = await sitting.gives(f'search read "{name}"')
        assert "vault" not in screen
        assert "root:" not in screen
        assert sitting.outcome in ("failed", "unknown")
        found = await sitting.gives("search documents vault code")
        assert "Nothing like it" in found
        assert "huge.txt" not in await sitting.gives("search list")


async def test_any_name_and_any_words_get_an_answer(sitting: Sitting) -> None:
    for odd in HOSTILE:
        await sitting.gives(f"search read {odd}")
        await sitting.gives(f"search documents {odd}")
        assert "Traceback" not in str(sitting.last)
        assert all("The world failed" not in one.screen for one in sitting.last)


async def test_a_folder_that_is_gone_is_empty(tmp_path: Path) -> None:
    sitting = Sitting([Search(str(tmp_path / "nowhere"))])
    assert "Nothing like it" in await sitting.gives("search documents oak")
    assert "There are no documents" in await sitting.gives("search list")
    await sitting.world.aclose()


async def test_names_that_would_break_a_line_are_not_there(sitting: Sitting, papers: Path) -> None:
    for name in ("two\nlines.txt", "red\x1b[31m.txt", "back\u202ewards.txt"):
        (papers / name).write_text("the vault code")
    assert "1 to 3 of 3" in await sitting.gives("search list")
    assert "Nothing like it" in await sitting.gives("search documents vault")


async def test_too_many_are_left_out_and_it_says_so(papers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_FILES", 2)
    sitting = Sitting([Search(str(papers))])
    assert "1 documents are too many" in await sitting.gives("search documents oak")
    await sitting.world.aclose()


async def test_while_the_documents_are_read_it_answers_with_what_there_is(papers: Path) -> None:
    for number in range(200):
        (papers / f"more-{number:03}.txt").write_text(f"entry {number} of the catalogue\n" * 50)
    sitting = Sitting([Search(str(papers), patience=0.0)])
    screen = await sitting.gives("search documents entry catalogue")
    assert "still being read" in screen
    async with asyncio.timeout(60):
        while "still being read" in screen:
            screen = await sitting.gives("search documents entry 150")
            await asyncio.sleep(0)
    assert "more-150.txt" in screen
    await sitting.world.aclose()


@pytest.mark.skipif(not Meaning.installed(), reason="the optional package is not installed")
async def test_what_is_near_in_meaning_is_found(papers: Path) -> None:
    (papers / "doctor.txt").write_text("The physician prescribed a remedy for the fever.")
    sitting = Sitting([Search(str(papers), meaning=Meaning())])
    assert "doctor.txt, line 1 (by meaning)" in await sitting.gives("search documents medicine from a doctor")
    await sitting.world.aclose()
