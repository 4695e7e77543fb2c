"""A real PostgreSQL server for the tests: in a temporary folder, on a socket there, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoServer(Exception):
    """Why no server can be started here."""


@contextmanager
def running() -> Iterator[str]:
    """Starts a server and yields the URL of one without its database name: `postgresql://backrooms@/{}?host=...`.

    Raises NoServer with a reason where the machine has none, or none that may run here.
    """
    binaries = _binaries()
    user = _other_user()
    folder = Path(tempfile.mkdtemp(prefix="brpg"))
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        data = folder / "data"
        _run(
            user, folder, binaries / "initdb", "-D", data, "-U", "backrooms", "-A", "trust", "-E", "UTF8", "--locale=C"
        )
        settings = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c max_connections=60"
        started = ("-D", data, "-w", "-t", "60", "-l", folder / "log", "-o", settings, "start")
        _run(user, folder, binaries / "pg_ctl", *started)
        try:
            yield f"postgresql://backrooms@/{{}}?host={folder}"
        finally:
            _run(user, folder, binaries / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    for folder in ([Path(on_path).resolve().parent] if on_path else []) + versions:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise NoServer("PostgreSQL's initdb and pg_ctl are not installed")


def _other_user() -> pwd.struct_passwd | None:
    """The server refuses to run as root: then another user is needed, otherwise none."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoServer("PostgreSQL does not run as root, and there is no user to run it as")


def _run(user: pwd.struct_passwd | None, folder: Path, program: Path, *arguments: object) -> None:
    done = subprocess.run(
        [str(program), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        # Files, not pipes: the server inherits them, and a pipe would not close while it runs.
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        check=False,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        timeout=90,
    )
    if done.returncode != 0:
        raise NoServer(f"{program.name} {arguments[-1]} ended with {done.returncode}")
