"""The text of a PDF is taken out in a process of its own, whatever stands in it."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pypdf", reason="PDF needs the extra `worlds`")

from backrooms_tui.worlds.exos.searching import pdf_reading
from backrooms_tui.worlds.exos.searching.pdf_reading import Limits, PdfReading
from tests.processes import gone, until_gone
from tests.worlds.exos.searching import printing
from tests.worlds.exos.searching.printing import pdf


@pytest.fixture
def reading() -> Iterator[PdfReading]:
    made = PdfReading()
    yield made
    made.close()


@pytest.fixture
def hasty() -> Iterator[PdfReading]:
    """One with little patience."""
    made = PdfReading(Limits(step=1.0, whole=20.0))
    yield made
    made.close()


def test_the_text_of_each_page(reading: PdfReading) -> None:
    found = reading.read(pdf("The old (very old) bridge\nwas built of oak.", "It stood.", ""))
    assert found.pages == ("The old (very old) bridge\nwas built of oak.", "It stood.", "")
    assert (found.read, found.of, found.why) == (3, 3, None)


def test_one_process_reads_many(reading: PdfReading) -> None:
    pids = set()
    for number in range(20):
        assert f"number {number}" in reading.read(pdf(f"number {number}")).pages[0]
        pids.add(reading.pid)
    assert len(pids) == 1


@pytest.mark.parametrize("method", ["RC4-128", "AES-128", "AES-256"])
def test_what_opens_without_a_password_is_read(reading: PdfReading, method: str) -> None:
    whole = pdf("open to all")
    assert reading.read(printing.encrypted(whole, "", "mine", method)).pages == ("open to all",)
    locked = reading.read(printing.encrypted(whole, "secret", method=method))
    assert (locked.pages, locked.why) == ((), "encrypted")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"A letter that calls itself a PDF.", "no pdf"),
        (b"PK\x03\x04" + b"\0" * 5000, "no pdf"),
        (printing.scan(), "scan"),
        (printing.ringing(), "scan"),
        (printing.circling(), "broken"),
        (b"%PDF-1.7\n", "broken"),
        (b"%PDF-1.4\n" + bytes(range(256)) * 4000, "broken"),
        (pdf("a page")[:-250], "broken"),
        (printing.bomb(200_000_000), "broken"),
    ],
    ids=["empty", "letter", "zip", "scan", "ringing", "circling", "head", "noise", "cut", "bomb"],
)
def test_why_there_is_no_text(reading: PdfReading, data: bytes, why: str) -> None:
    found = reading.read(data)
    assert found.why == why
    assert not any(page.strip() for page in found.pages)
    assert reading.read(pdf("the next one")).pages == ("the next one",)


def test_one_that_takes_for_ever_is_given_up(hasty: PdfReading) -> None:
    began = time.monotonic()
    found = hasty.read(printing.endless())
    assert (found.pages, found.of, found.why) == ((), 500, "slow")
    assert time.monotonic() - began < 15
    assert hasty.pid is None
    assert hasty.read(pdf("the next one")).pages == ("the next one",)


def test_one_that_takes_for_ever_page_by_page_is_given_up_in_the_end() -> None:
    page = b"BT /F 12 Tf (word) Tj ET " * 2_000
    reading = PdfReading(Limits(whole=3.0))
    found = reading.read(printing.of_contents(page, times=5_000))
    reading.close()
    assert found.why == "slow"
    assert 0 < found.read < found.of == 5_000
    assert all("word" in text for text in found.pages)


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is the system's")
def test_one_that_eats_memory_is_given_up() -> None:
    reading = PdfReading(Limits(memory=400_000_000))
    found = reading.read(printing.of_contents(*(b" " * 60_000_000 + b"%d" % number for number in range(8))))
    assert found.why == "memory"
    assert found.read < found.of == 8
    assert reading.read(pdf("the next one")).pages == ("the next one",)
    reading.close()


def test_one_with_more_text_than_is_kept_is_read_in_part() -> None:
    reading = PdfReading(Limits(text=2_000))
    found = reading.read(pdf(*["word " * 100] * 100))
    assert (found.read, found.of, found.why) == (4, 100, "long")
    assert sum(map(len, found.pages)) <= 2_100
    reading.close()


def test_a_page_that_cannot_be_read_is_empty_and_others_are_not(reading: PdfReading) -> None:
    found = reading.read(
        printing.of_contents(b"BT /F 12 Tf (first) Tj ET", b" " * 80_000_000, b"BT /F 9 Tf (last) Tj ET")
    )
    assert [page.strip() for page in found.pages] == ["first", "", "last"]
    assert (found.read, found.of, found.why) == (2, 3, "broken")


def test_damage_of_any_kind_gets_an_answer(hasty: PdfReading) -> None:
    import random

    dice = random.Random(7)
    whole = pdf(*["word " * 20] * 5)
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(dice.randrange(1, 60)):
            data[dice.randrange(10, len(data))] = dice.randrange(256)
        found = hasty.read(bytes(data))
        assert len(found.pages) <= found.of


@pytest.mark.parametrize(
    "says",
    [
        "b'<html>' * 9",
        "said(b'n', b'many')",
        "said(b'n', b'3') + said(b'p', b'words') + said(b'z', b'')",
        "said(b'n', b'1') + said(b'x', b'') * 100",
        "said(b'n', b'99') + said(b'p', b'x' * 900) * 99",
        "said(b'p', b'words')",
        "struct.pack('>cQ', b'e', 1 << 60)",
    ],
)
def test_a_process_that_answers_rubbish_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str) -> None:
    script = f"""
        import struct, sys
        said = lambda kind, words: struct.pack(">cQ", kind, len(words)) + words
        sys.stdout.buffer.write({says})
        sys.stdout.buffer.flush()
        sys.stdin.buffer.read()
    """
    (tmp_path / "child.py").write_text(textwrap.dedent(script))
    monkeypatch.setattr(pdf_reading, "_SCRIPT", tmp_path / "child.py")
    reading = PdfReading(Limits(text=2_000))
    began = time.monotonic()
    found = reading.read(pdf("x"))
    assert found.why == "broken"
    assert sum(map(len, found.pages)) <= 2_000
    assert len(found.pages) <= max(found.of, 0)
    assert time.monotonic() - began < 4
    assert reading.pid is None


def test_letters_that_are_joined_are_parted(reading: PdfReading) -> None:
    joined = printing.of_contents(b"BT /F 12 Tf (\\336nding the a\\337uent) Tj ET")
    found = reading.read(joined.replace(b"/WinAnsiEncoding", b"/MacRomanEncoding"))
    assert found.pages == ("finding the afluent",)


@pytest.mark.parametrize("method", ["AES-128", "AES-256"])
def test_a_cipher_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    data = printing.encrypted(pdf("open to all"), "", "mine", method)
    for name in ("cryptography", "Crypto", "Cryptodome"):
        (tmp_path / f"{name}.py").write_text("raise ImportError")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    reading = PdfReading()
    assert reading.read(data).why == "cipher"
    reading.close()


def test_stopping_ends_it_at_once(reading: PdfReading) -> None:
    found: list[pdf_reading.Extracted] = []
    thread = threading.Thread(target=lambda: found.append(reading.read(printing.endless())))
    thread.start()
    while (pid := reading.pid) is None:
        time.sleep(0.01)
    began = time.monotonic()
    reading.stop()
    thread.join(10)
    assert time.monotonic() - began < 2
    assert [one.why for one in found] == ["stopped"]
    assert gone(pid)
    assert reading.read(pdf("x")).why == "stopped"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="looks for a process by its number")
async def test_it_ends_with_the_program_however_that_ends() -> None:
    script = """
        import threading
        from backrooms_tui.worlds.exos.searching.pdf_reading import PdfReading
        from tests.worlds.exos.searching.printing import endless

        reading = PdfReading()
        threading.Thread(target=reading.read, args=(endless(),), daemon=True).start()
        while reading.pid is None:
            pass
        print(reading.pid, flush=True)
        threading.Event().wait(60)
    """
    program = subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE)
    assert program.stdout is not None
    pid = int(await asyncio.to_thread(program.stdout.readline))
    program.send_signal(signal.SIGKILL)
    await asyncio.to_thread(program.communicate)
    await until_gone(pid)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="only Linux says it there")
def test_the_persons_keys_are_not_handed_on(reading: PdfReading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_API_KEY", "sk-not-for-everybody")
    reading.read(pdf("x"))
    assert b"sk-not" not in Path(f"/proc/{reading.pid}/environ").read_bytes()


def test_it_says_nothing_on_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    reading = PdfReading(Limits(step=1.0))
    for data in (printing.circling(), printing.ringing(), printing.endless(), b"%PDF-1.4\n" + os.urandom(3000)):
        reading.read(data)
    reading.close()
    assert capfd.readouterr() == ("", "")
