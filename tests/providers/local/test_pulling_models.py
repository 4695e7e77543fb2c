"""A model file is pulled from a hub whole or not at all, and a wrong name is answered with the nearest right ones."""

import asyncio
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backrooms_tui.providers.base import Progress
from backrooms_tui.providers.local.gguf import find_gguf, pull_gguf
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble
from tests.providers.local.gguf_writing import gguf_bytes
from tests.providers.local.model_hub import ModelHub

pytest.importorskip("huggingface_hub", reason="pulling needs the extra `hub`")

MODEL = gguf_bytes({"general.name": "Pulled"}, (("w", (500_000,)),))
FIRST = gguf_bytes({"split.count": 2}, (("w", (1000,)),))
SECOND = gguf_bytes({"split.count": 2}, (("v", (1000,)),))


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelHub]:
    files = {
        "some/repo/Model-Q4.gguf": MODEL,
        "some/repo/Model-Q8.gguf": MODEL,
        "some/repo/deep/er/Other.gguf": MODEL,
        "some/repo/README.md": b"words",
        "some/repo/pointer.gguf": b"version https://git-lfs.github.com/spec/v1\n",
        "some/repo/big-00001-of-00002.gguf": FIRST,
        "some/repo/big-00002-of-00002.gguf": SECOND,
        "terms/repo/Model.gguf": MODEL,
    }
    with ModelHub(files) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "hf-home"))
        for name in ("HF_HUB_OFFLINE", "HF_TOKEN", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.gguf"))


def leavings_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".fetching-")]


async def test_a_model_is_pulled_with_progress_and_found_by_name(
    hub: ModelHub, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    told: list[Progress] = []
    path = await pull_gguf("some/repo/Model-Q4.gguf", folder, told.append)

    assert path.read_bytes() == MODEL
    assert find_gguf("Model-Q4.gguf", folder) == path
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert (told[-1].done, told[-1].total) == (len(MODEL), len(MODEL))
    assert leavings_in(folder) == []
    assert capfd.readouterr() == ("", "")


async def test_a_file_in_a_folder_of_the_repository(hub: ModelHub, folder: Path) -> None:
    path = await pull_gguf("some/repo/deep/er/Other.gguf", folder)

    assert path == (folder / "some/repo/deep/er/Other.gguf").resolve()


async def test_pulling_again_downloads_only_what_changed(hub: ModelHub, folder: Path) -> None:
    path = await pull_gguf("some/repo/Model-Q4.gguf", folder)
    await pull_gguf("some/repo/Model-Q4.gguf", folder)
    assert hub.sent == {"Model-Q4.gguf": 1}

    hub.files["some/repo/Model-Q4.gguf"] = gguf_bytes({"general.name": "Newer"})
    await pull_gguf("some/repo/Model-Q4.gguf", folder)
    assert path.read_bytes() == hub.files["some/repo/Model-Q4.gguf"]


async def test_all_parts_of_a_split_model_are_pulled(hub: ModelHub, folder: Path) -> None:
    path = await pull_gguf("some/repo/big-00001-of-00002.gguf", folder)

    assert path.name == "big-00001-of-00002.gguf"
    assert files_in(folder) == ["some/repo/big-00001-of-00002.gguf", "some/repo/big-00002-of-00002.gguf"]


async def test_cancelling_leaves_nothing_behind_and_starting_again_works(hub: ModelHub, folder: Path) -> None:
    hub.hold_after = 100_000
    pulling = asyncio.ensure_future(pull_gguf("some/repo/Model-Q4.gguf", folder))
    async with asyncio.timeout(60):
        while not hub.holding.is_set():
            await asyncio.sleep(0.01)
    pulling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await pulling
    assert files_in(folder) == []
    assert leavings_in(folder) == []

    hub.release.set()
    hub.hold_after = None
    assert (await pull_gguf("some/repo/Model-Q4.gguf", folder)).read_bytes() == MODEL


async def test_bytes_that_do_not_have_the_hub_s_sum_are_refused(hub: ModelHub, folder: Path) -> None:
    hub.lie.add("Model-Q4.gguf")
    with pytest.raises(ProviderTrouble, match="arrived damaged"):
        await pull_gguf("some/repo/Model-Q4.gguf", folder)

    assert files_in(folder) == []


async def test_a_file_that_is_no_model_is_not_kept(hub: ModelHub, folder: Path) -> None:
    with pytest.raises(OperatorError, match="Git LFS pointer"):
        await pull_gguf("some/repo/pointer.gguf", folder)

    assert files_in(folder) == []


async def test_a_misspelt_file_gets_the_nearest_names(hub: ModelHub, folder: Path) -> None:
    with pytest.raises(OperatorError) as caught:
        await pull_gguf("some/repo/Model-Q5.gguf", folder)

    assert "Model-Q4.gguf" in caught.value.cure
    assert "Model-Q8.gguf" in caught.value.cure


async def test_a_repository_that_is_not_there_or_wants_its_terms_accepted(hub: ModelHub, folder: Path) -> None:
    hub.gated.add("terms/repo")
    with pytest.raises(OperatorError, match="no repository no/such"):
        await pull_gguf("no/such/Model.gguf", folder)
    with pytest.raises(OperatorError, match="accepted its terms"):
        await pull_gguf("terms/repo/Model.gguf", folder)


async def test_a_hub_that_is_down_may_be_back_later(
    hub: ModelHub, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ProviderTrouble) as caught:
        await pull_gguf("some/repo/Model-Q4.gguf", folder)

    assert caught.value.trouble.kind == "connection"
    assert caught.value.trouble.may_pass


async def test_without_huggingface_hub_the_cure_says_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(OperatorError) as caught:
        await pull_gguf("some/repo/Model-Q4.gguf", folder)

    assert caught.value.cure == "pip install 'backrooms-tui[hub]'"


@pytest.mark.parametrize(
    "reference",
    [
        "Model.gguf",
        "some/repo",
        "some/repo/",
        "some/repo/model.bin",
        "some/repo/../../../etc/passwd.gguf",
        "../repo/x.gguf",
        "some/repo/a\\b.gguf",
        "some/repo//x.gguf",
        "-x/repo/x.gguf",
        f"some/repo/{random.Random(1).randbytes(4).hex()}\n.gguf",
    ],
)
async def test_what_does_not_name_a_file_of_a_repository(folder: Path, reference: str) -> None:
    with pytest.raises(OperatorError, match="does not name a model file"):
        await pull_gguf(reference, folder)

    assert not folder.exists()
