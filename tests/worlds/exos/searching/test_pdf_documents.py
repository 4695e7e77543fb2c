"""PDF documents of the folder are found and read by page, and what cannot be read is said in words."""

import asyncio
import os
import time
from pathlib import Path

import pytest

pytest.importorskip("pypdf", reason="PDF needs the extra `worlds`")

from backrooms_tui.session.harmless import harmless
from backrooms_tui.worlds.exos.searching import documents as searching
from backrooms_tui.worlds.exos.searching import folder as limits
from backrooms_tui.worlds.exos.searching import papers as keeping
from backrooms_tui.worlds.exos.searching.pdf_reading import Extracted, Limits, PdfReading
from backrooms_tui.worlds.exos.searching.search import Search
from tests.hostile import HOSTILE, control_bytes
from tests.worlds.exos.searching import printing
from tests.worlds.exos.searching.printing import pdf
from tests.worlds.exos.sitting import Sitting

BRIDGE = (
    "On Bridges",
    "The old bridge was built of oak.\nIt stood for a century.",
    "\n".join(f"Beam {number} was sound." for number in range(1, 31)) + "\nThe last beam was rotten.",
)


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    (tmp_path / "secret.pdf").write_bytes(pdf("outside: the vault code is 1234"))
    papers = tmp_path / "papers"
    (papers / "far").mkdir(parents=True)
    (papers / "bridge.pdf").write_bytes(pdf(*BRIDGE))
    (papers / "far" / "the ferry.PDF").write_bytes(pdf("The ferry sank in May."))
    (papers / "river.txt").write_text("the river rose\n")
    return papers


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of what was taken apart."""
    sizes: list[int] = []
    taken = PdfReading.read

    def counted(self: PdfReading, data: bytes) -> Extracted:
        sizes.append(len(data))
        return taken(self, data)

    monkeypatch.setattr(PdfReading, "read", counted)
    return sizes


def children() -> list[int]:
    """The processes that take PDF apart for this one."""
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(path.read_text().rpartition(")")[2].split()[1]) == os.getpid():
                found += [int(path.parent.name)] * (b"pdf_child" in (path.parent / "cmdline").read_bytes())
        except OSError:
            continue
    return found


async def test_words_are_found_with_file_page_and_line(sitting: Sitting) -> None:
    screen = await sitting.gives("search documents oak bridge")
    assert "bridge.pdf, page 2, line 2\n    The old bridge was built of oak." in screen
    assert "bridge.pdf, page 3, line 34" in await sitting.gives("search documents rotten")
    assert "far/the ferry.PDF, page 1, line 1" in await sitting.gives("search documents ferry")
    assert "river.txt, line 1" in await sitting.gives("search documents river")


@pytest.mark.parametrize(
    "place", ["page 2", "page=2", "p. 2", "2", "line 2", ", page 2, line 2", "{}", "--page 2", "page 1 line 2"]
)
async def test_it_is_read_from_a_page_or_a_line_on(sitting: Sitting, place: str) -> None:
    command = f"search read bridge.pdf {place}"
    if place == "{}":
        command = 'search read {"file": "bridge.pdf", "page": 2}'
    if place.startswith(","):
        command = f"search read bridge.pdf{place}"
    screen = await sitting.gives(command)
    assert "bridge.pdf, lines 2 to 34 of 34, pages 2 to 3 of 3\n\n[page 2]\nThe old bridge" in screen
    assert "It stood for a century.\n" in screen
    assert "\n[page 3]\nBeam 1 was sound." in screen


async def test_places_that_are_not_there(sitting: Sitting) -> None:
    assert "bridge.pdf has 3 pages." in await sitting.gives("search read bridge.pdf page 9")
    assert "bridge.pdf has 3 pages." in await sitting.gives("search read bridge.pdf page 0")
    assert "bridge.pdf has 34 lines." in await sitting.gives("search read bridge.pdf 900")
    assert "river.txt has no pages." in await sitting.gives("search read river.txt page 1")
    assert "no place in a document: by the sea" in await sitting.gives("search read bridge.pdf by the sea")
    assert "The ferry sank" in await sitting.gives('search read "far/the ferry.PDF" page 1')


async def test_the_list_names_them(sitting: Sitting) -> None:
    assert "bridge.pdf\nfar/the ferry.PDF\nriver.txt" in await sitting.gives("search list")


async def test_the_help_and_the_reach_tell_of_them(sitting: Sitting, papers: Path) -> None:
    assert "PDF too" in await sitting.gives("help search documents")
    assert "search read paper.pdf page 4" in await sitting.gives("help search read")
    assert f"reads text files and PDF in {papers}" in sitting.world.reach({})[0]


async def test_each_is_taken_apart_once(sitting: Sitting, papers: Path, read: list[int]) -> None:
    await sitting.gives("search documents oak")
    await sitting.gives("search documents ferry")
    await sitting.gives("search read bridge.pdf page 3")
    assert len(read) == 2
    (papers / "bridge.pdf").write_bytes(pdf("The new bridge is steel."))
    assert "is steel" in await sitting.gives("search read bridge.pdf")
    assert "Nothing like it" in await sitting.gives("search documents oak")
    assert "bridge.pdf, page 1" in await sitting.gives("search documents steel")
    (papers / "bridge.pdf").unlink()
    assert "Nothing like it" in await sitting.gives("search documents steel")
    assert "There is no document" in await sitting.gives("search read bridge.pdf")
    assert len(read) == 3


async def test_reading_one_by_its_name_reads_no_other(sitting: Sitting, read: list[int]) -> None:
    assert "The old bridge" in await sitting.gives("search read bridge.pdf 2")
    assert len(read) == 1


async def test_why_one_has_no_text_is_said_by_name_and_counted(sitting: Sitting, papers: Path) -> None:
    said = {
        "scan.pdf": (printing.scan(), "scan.pdf has no text in it: it is a scan, or pictures only."),
        "locked.pdf": (printing.encrypted(pdf("x"), "secret"), "locked.pdf is encrypted: it opens with a password"),
        "round.pdf": (printing.circling(), "round.pdf is broken"),
        "noise.pdf": (b"%PDF-1.5\n" + os.urandom(500), "noise.pdf is broken"),
        "nothing.pdf": (b"", "nothing.pdf is empty."),
        "letter.pdf": (b"Dear friend,", "letter.pdf is no PDF, whatever its name says."),
    }
    for name, (data, _) in said.items():
        (papers / name).write_bytes(data)
    screen = await sitting.gives("search documents oak")
    assert "bridge.pdf, page 2, line 2" in screen
    assert "6 PDF documents were left out: 2 broken, " in screen
    for words in ("1 without text (a scan, or pictures only)", "1 encrypted", "1 empty", "1 no PDF"):
        assert words in screen
    assert "6 PDF documents were left out" in await sitting.gives("search list")
    assert "6 PDF documents were left out" in await sitting.gives("search documents nowhere")
    for name, (_, words) in said.items():
        assert words in await sitting.gives(f"search read {name}")
        assert sitting.outcome == "failed"
        assert (await sitting.gives(f"search documents {name}")).count(f"\n{name}\n    {name} ") == 1


async def test_what_is_found_by_its_name_alone_comes_last(sitting: Sitting, papers: Path) -> None:
    for number in range(12):
        (papers / f"oak {number}.pdf").write_bytes(printing.scan())
    screen = await sitting.gives("search documents oak")
    assert "oak\n\nbridge.pdf, page 2, line 2\n" in screen
    assert screen.count("has no text in it") == 9


async def test_one_that_takes_for_ever_holds_up_no_other(papers: Path) -> None:
    (papers / "a.pdf").write_bytes(printing.endless())
    search = Search(str(papers))
    search._documents = searching.Documents(limits.Folder(str(papers)), patience=20.0, limits=Limits(step=1.0))
    sitting = Sitting([search])
    screen = await sitting.gives("search documents oak")
    assert "bridge.pdf, page 2" in screen
    assert "1 PDF document was left out: 1 too slow to read." in screen
    assert "a.pdf took too long to read, and was given up." in await sitting.gives("search read a.pdf")
    await sitting.world.aclose()


async def test_texts_do_not_wait_for_a_pdf(papers: Path) -> None:
    (papers / "a.pdf").write_bytes(printing.endless())
    sitting = Sitting([Search(str(papers), patience=0.5)])
    async with asyncio.timeout(30):
        while "river.txt, line 1" not in await sitting.gives("search documents river"):
            pass
    assert "still being read, 1 of 4 so far" in await sitting.gives("search documents river")
    await sitting.world.aclose()


async def test_one_that_has_changed_is_named_once_while_others_are_read(papers: Path) -> None:
    (papers / "z.pdf").write_bytes(pdf(*["oak " * 600] * 9))
    sitting = Sitting([Search(str(papers), patience=1.0)])
    async with asyncio.timeout(30):
        while "still being read" in await sitting.gives("search documents oak"):
            pass
    (papers / "a.pdf").write_bytes(printing.endless())
    (papers / "z.pdf").write_bytes(pdf(*["the oak " * 600] * 9))
    assert (await sitting.gives("search documents oak")).count("It has changed, and is read anew.") == 1
    await sitting.world.aclose()


async def test_what_is_gone_is_not_counted_any_more(sitting: Sitting, papers: Path) -> None:
    (papers / "scan.pdf").write_bytes(printing.scan())
    assert "1 PDF document was left out" in await sitting.gives("search documents oak")
    (papers / "scan.pdf").unlink()
    assert "left out" not in await sitting.gives("search list")


async def test_one_waits_no_longer_than_one_is_patient(papers: Path) -> None:
    (papers / "a.pdf").write_bytes(printing.endless())
    sitting = Sitting([Search(str(papers), patience=0.3)])
    assert "a.pdf is still being read.\n\nThe same again" in await sitting.gives("search read a.pdf")
    screen = await sitting.gives("search documents oak")
    assert "of 4 so far: ask again for the others" in screen
    assert children() or not Path("/proc/self").exists()
    began = time.monotonic()
    await sitting.world.aclose()
    assert time.monotonic() - began < 3
    assert children() == []


async def test_what_asks_again_gets_it(papers: Path) -> None:
    sitting = Sitting([Search(str(papers), patience=0.0)])
    async with asyncio.timeout(30):
        while "still being read" in (screen := await sitting.gives("search read bridge.pdf page 2")):
            await asyncio.sleep(0.01)
    assert "built of oak" in screen
    await sitting.world.aclose()


async def test_no_process_is_left_when_all_is_read(sitting: Sitting) -> None:
    await sitting.gives("search documents oak")
    await sitting.gives("search read bridge.pdf")
    assert children() == []


async def test_a_program_that_ends_without_closing_the_world_does_not_wait(papers: Path) -> None:
    (papers / "a.pdf").write_bytes(printing.endless())

    async def leave() -> None:
        sitting = Sitting([Search(str(papers), patience=0.2)])
        assert "still being read" in await sitting.gives("search documents oak")
        assert "still being read" in await sitting.gives("search read a.pdf")

    began = time.monotonic()
    await asyncio.to_thread(asyncio.run, leave())
    assert time.monotonic() - began < 10
    assert children() == []


async def test_two_hundred_small_ones(papers: Path) -> None:
    for number in range(200):
        pages = [f"Entry {number} of the catalogue, page {page}.\nIt is about {number * 7}." for page in range(3)]
        (papers / f"entry-{number:03}.pdf").write_bytes(pdf(*pages))
    sitting = Sitting([Search(str(papers), patience=60.0)])
    assert "entry-150.pdf, page 1" in await sitting.gives("search documents entry 150")
    assert "left out" not in await sitting.gives("search list")
    began = time.monotonic()
    assert "entry-199.pdf, page 1, line 2" in await sitting.gives("search documents 1393")
    assert time.monotonic() - began < 2
    await sitting.world.aclose()


async def test_without_the_package_they_are_left_out_with_the_cure(
    papers: Path, monkeypatch: pytest.MonkeyPatch, read: list[int]
) -> None:
    monkeypatch.setattr(keeping, "installed", lambda: False)
    sitting = Sitting([Search(str(papers))])
    note = "2 PDF documents were left out: reading them needs pip install 'backrooms-tui[worlds]'."
    assert note in await sitting.gives("search documents river")
    screen = await sitting.gives("search list")
    assert note in screen
    assert "1 to 1 of 1" in screen
    one = "bridge.pdf is a PDF, and reading those needs pip install 'backrooms-tui[worlds]'."
    assert one in await sitting.gives("search read bridge.pdf")
    assert "There is no document" in await sitting.gives("search read other.pdf")
    (papers / "bridge.pdf").unlink()
    assert "1 PDF document was left out: reading it needs" in await sitting.gives("search documents river")
    assert read == []
    await sitting.world.aclose()


@pytest.mark.parametrize(
    "name",
    [
        "../secret.pdf", "far/../../secret.pdf", "/etc/passwd.pdf", "link.pdf", "linked/secret.pdf", ".hidden.pdf",
        "folder.pdf", "pipe.pdf", "huge.pdf", "bridge.pdf\x00.pdf", ".pdf", "x" * 5000 + ".pdf",
    ],
)  # fmt: skip
async def test_nothing_outside_is_read_whatever_its_name(sitting: Sitting, papers: Path, name: str) -> None:
    (papers / "link.pdf").symlink_to(papers.parent / "secret.pdf")
    (papers / "linked").symlink_to(papers.parent)
    (papers / ".hidden.pdf").write_bytes(pdf("the vault code"))
    (papers / "folder.pdf").mkdir()
    (papers / "folder.txt").mkdir()
    with (papers / "huge.pdf").open("wb") as huge:
        huge.truncate(limits.MOST_OF_A_PDF + 1)
    os.mkfifo(papers / "pipe.pdf")
    screen = await sitting.gives(f'search read "{name}"')
    assert "vault" not in screen
    assert sitting.outcome in ("failed", "unknown")
    assert "There is no document" in await sitting.gives("search read folder.txt")
    assert "Nothing like it" in await sitting.gives("search documents vault code")
    assert "huge.pdf" not in await sitting.gives("search list")


async def test_they_have_room_of_their_own(papers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_OF_ALL_PDF", (papers / "bridge.pdf").stat().st_size)
    monkeypatch.setattr(limits, "MOST_ALL", 20)
    listing = limits.Folder(str(papers)).listing()
    assert (list(listing.files), listing.left) == (["bridge.pdf", "river.txt"], 1)


async def test_what_is_kept_of_them_has_an_end(papers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_ALL", 700)
    (papers / "last.pdf").write_bytes(pdf("The last word. " * 10))
    sitting = Sitting([Search(str(papers))])
    assert "1 PDF document was left out: 1 too many." in await sitting.gives("search documents oak")
    assert "last.pdf is one too many" in await sitting.gives("search read last.pdf")
    (papers / "bridge.pdf").unlink()
    await sitting.gives("search documents oak")
    (papers / "last.pdf").write_bytes(pdf("The very last word. " * 10))
    assert "last.pdf, page 1" in await sitting.gives("search documents very")
    await sitting.world.aclose()


async def test_one_that_is_read_in_part_says_so(papers: Path) -> None:
    spoiled = printing.of_contents(b"BT /F 12 Tf (the first words) Tj ET", b" " * 80_000_000)
    (papers / "spoiled.pdf").write_bytes(spoiled)
    sitting = Sitting([Search(str(papers))])
    screen = await sitting.gives("search documents first words")
    assert "spoiled.pdf, page 1, line 1" in screen
    assert "Of 1 PDF document only a part could be read." in screen
    screen = await sitting.gives("search read spoiled.pdf")
    assert "the first words" in screen
    assert "Only a part of it could be read, 1 of its 2 pages: the others are broken." in screen
    await sitting.world.aclose()


async def test_what_stands_in_one_is_as_harmless_as_in_a_text(sitting: Sitting, papers: Path) -> None:
    hostile = [text.replace("\u2028", " ") for text in HOSTILE]
    codes = [text.encode("latin-1", "ignore").decode("latin-1") for text in hostile]
    drawn = "".join(f"<{text.encode('latin-1').hex()}> Tj T* (end of it) Tj T* " for text in codes)
    (papers / "hostile.pdf").write_bytes(printing.of_contents(f"BT /F 12 Tf 14 TL {drawn}ET".encode()))
    for command in ("search read hostile.pdf", "search documents end of it", "search documents hidden red"):
        screen = await sitting.gives(command)
        assert "\x00" not in screen
        assert not control_bytes(harmless(screen).encode())
        assert all("The world failed" not in one.screen for one in sitting.last)


@pytest.mark.parametrize("file", HOSTILE)
async def test_a_name_that_is_hostile_gets_an_answer(sitting: Sitting, file: str) -> None:
    for command in (f"search read {file}.pdf", f'search read "{file}.pdf" page 2', f"search read bridge.pdf {file}"):
        await sitting.gives(command)
        assert all("The world failed" not in one.screen for one in sitting.last)
