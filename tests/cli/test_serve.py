"""`backrooms serve` on the command line: what it says before it serves, and when it cannot."""

import os
import signal
import socket
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.cli.conftest import CommandLine


def first_lines(backrooms: CommandLine, *words: str) -> tuple[list[str], str, int]:
    """What it prints and complains of until it is interrupted, and its exit status."""
    process = backrooms.start("serve", *words, PYTHONUNBUFFERED="1")
    assert process.stdout is not None
    lines = [process.stdout.readline().decode().strip() for _ in range(2)]
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert out == b""
    return lines, err.decode(), process.returncode


def test_it_says_where_it_is_and_ctrl_c_ends_it(backrooms: CommandLine) -> None:
    (address, told), err, status = first_lines(backrooms, "--port", "0")
    assert address.startswith("http://127.0.0.1:")
    assert "?token=" in address
    assert "Ctrl-C" in told
    assert err.split() == ["Ending."]
    assert status == 130


def test_who_can_be_reached_from_elsewhere_is_told_so(backrooms: CommandLine) -> None:
    (address, _), err, _ = first_lines(backrooms, "--port", "0", "--host", "0.0.0.0")
    assert address.startswith("http://127.0.0.1:")
    assert "plain HTTP" in err
    assert "SSH tunnel" in err
    assert "--allow-host" in err
    (address, _), err, _ = first_lines(backrooms, "--port", "0", "--host", "0.0.0.0", "--allow-host", "talks.example")
    assert address.startswith("http://talks.example:")


def test_a_port_that_is_taken(backrooms: CommandLine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ran = backrooms("serve", "--port", port, status=2)
        assert ran.err.splitlines() == [f"port {port} is taken", "choose another with --port, or 0 for a free one"]
        assert ran.out == ""


@pytest.mark.parametrize("host", ["nowhere.invalid", "203.0.113.7", ""])
def test_a_host_that_is_not_this_machine(backrooms: CommandLine, host: str) -> None:
    ran = backrooms("serve", "--host", host, status=2)
    assert "no address of this machine" in ran.err
    assert len(ran.err.splitlines()) == 2


def test_a_name_with_more_than_a_name(backrooms: CommandLine) -> None:
    ran = backrooms("serve", "--allow-host", "https://talks.example:8765", status=2)
    assert "is not the name of a machine" in ran.err
    assert len(ran.err.splitlines()) == 2


def test_a_session_that_is_not_there_is_said_at_once(backrooms: CommandLine) -> None:
    assert "session" in backrooms("serve", "--watch-only", "No such night", status=2).err
    ran = backrooms("serve", "--watch-only", status=2)  # none at all yet
    assert len(ran.err.splitlines()) == 2


def test_the_secret_is_not_told_to_whoever_lists_processes(backrooms: CommandLine, tmp_path: Path) -> None:
    """The browser is started with the address of a file; what starts it here writes down what it was given."""
    tools = tmp_path / "tools"
    tools.mkdir()
    opener = tools / "xdg-open"
    lines = ("#!/bin/sh", 'file="${1#file://}"', '{ echo "$*"; ls -l "$file"; cat "$file"; } > new', "mv new given")
    opener.write_text("\n".join(lines))
    opener.chmod(0o755)
    process = backrooms.start("serve", "--port", "0", "--open", PATH=f"{tools}:{os.environ['PATH']}")
    given = tmp_path / "given"
    end = monotonic() + 60
    while not given.exists():
        assert monotonic() < end
        sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    address = out.decode().splitlines()[0]
    started_with, rights, page = given.read_text().split("\n", 2)
    assert "token" not in started_with
    assert rights.startswith("-rw------- ")
    assert address in page
    assert not list((tmp_path / "data").glob("open-*"))


def test_without_the_extra_it_says_how_to_get_it(backrooms: CommandLine, tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text("import sys\nsys.modules['textual_serve'] = None\n")
    ran = backrooms("serve", status=2, PYTHONPATH=f"{hidden}:{backrooms.environ['PYTHONPATH']}")
    assert ran.err.splitlines() == [
        "showing the application in a browser takes textual-serve, which is not installed",
        'install it with: pip install "backrooms-tui[serve]"',
    ]
