"""One loaded model for the whole process, whoever uses it; closed to everybody else; gone when the process is."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from backrooms_tui.providers.local import embedded
from backrooms_tui.providers.local.embedded import Embedded
from backrooms_tui.session.trouble import OperatorError, ProviderTrouble
from tests.processes import gone, until_gone
from tests.providers.local.gguf_writing import gguf_bytes, write_gguf

pytest.importorskip("xllamacpp", reason="the embedded model needs the extra `local`")


@pytest.fixture
def own_copy(tmp_path: Path, starter_model: Path) -> Path:
    """The starter under a path that no other test loads."""
    path = tmp_path / "copy.gguf"
    os.link(starter_model, path) if starter_model.stat().st_dev == tmp_path.stat().st_dev else path.write_bytes(
        starter_model.read_bytes()
    )
    return path


def ask(model: Embedded, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str]]:
    request = urllib.request.Request(model.url + path, headers=headers)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=30) as response:
            return response.status, dict(response.headers)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers)


async def test_many_at_once_load_it_once_and_the_last_one_ends_it(own_copy: Path) -> None:
    first, second, third = await asyncio.gather(*(embedded.load(own_copy) for _ in range(3)))
    assert first is second is third
    pid = first.pid
    assert pid is not None

    embedded.release(first)
    embedded.release(second)
    assert third.alive
    embedded.release(third)
    assert not third.alive
    assert gone(pid)


async def test_event_loops_in_other_threads_share_it(own_copy: Path) -> None:
    mine = asyncio.ensure_future(embedded.load(own_copy))
    found: list[Embedded] = []
    other = threading.Thread(target=lambda: found.append(asyncio.run(embedded.load(own_copy))))
    other.start()
    model = await mine
    await asyncio.to_thread(other.join)

    assert found == [model]
    embedded.release(model)
    embedded.release(model)


async def test_the_event_loop_lives_while_a_model_loads(own_copy: Path) -> None:
    loading = asyncio.ensure_future(embedded.load(own_copy))
    ticks = 0
    while not loading.done():
        await asyncio.sleep(0.005)
        ticks += 1
    embedded.release(await loading)

    assert ticks > 10


async def test_no_page_in_a_browser_can_use_it(loaded_starter: Embedded) -> None:
    page = {"Origin": "http://evil.example"}
    for path in ("/v1/models", "/slots", "/props"):
        status, headers = ask(loaded_starter, path, page)
        assert status == 401
        assert headers["Access-Control-Allow-Origin"] not in ("*", "http://evil.example")
    assert ask(loaded_starter, "/slots", {"Authorization": f"Bearer {loaded_starter.key}"})[0] == 200
    assert ask(loaded_starter, "/", page)[0] == 404
    assert loaded_starter.key not in repr(loaded_starter)
    assert loaded_starter.url.startswith("http://127.0.0.1:")


async def test_the_key_is_in_no_list_of_processes(loaded_starter: Embedded) -> None:
    if not Path(f"/proc/{loaded_starter.pid}").is_dir():
        pytest.skip("no /proc here")
    for name in ("cmdline", "environ"):
        assert loaded_starter.key.encode() not in Path(f"/proc/{loaded_starter.pid}/{name}").read_bytes()


async def test_a_file_that_llama_cpp_refuses_is_named_with_the_reason(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "odd.gguf"
    path.write_bytes(gguf_bytes({"general.architecture": "no-such-kind", "no-such-kind.context_length": 512}))
    with pytest.raises(ProviderTrouble) as caught:
        await embedded.load(path)

    trouble = caught.value.trouble
    assert trouble.kind == "bad_request"
    assert str(path) in trouble.message
    assert "unknown model architecture" in trouble.message
    assert not trouble.may_pass
    assert capfd.readouterr() == ("", "")


async def test_a_file_that_is_none_is_refused_before_llama_cpp_sees_it(tmp_path: Path) -> None:
    path = tmp_path / "page.gguf"
    path.write_text("<html>")
    with pytest.raises(OperatorError, match="web page"):
        await embedded.load(path)


async def test_cancelling_the_only_one_who_waits_stops_the_loading(own_copy: Path) -> None:
    loading = asyncio.ensure_future(embedded.load(own_copy))
    async with asyncio.timeout(30):
        while not ((model := embedded._models.get(own_copy)) and model.pid):
            await asyncio.sleep(0.001)
    pid = model.pid
    loading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loading

    assert pid is not None
    await until_gone(pid)
    again = await embedded.load(own_copy)
    assert again.alive
    embedded.release(again)


async def test_a_larger_context_loads_it_anew_only_when_nobody_is_speaking(own_copy: Path) -> None:
    small = await embedded.load(own_copy, context=512)
    assert small.context == 512
    with embedded.speaking(small):
        same = await embedded.load(own_copy, context=1024)
        assert same is small
        embedded.release(same)
    large = await embedded.load(own_copy, context=1024)
    assert large.context == 1024
    assert not small.alive
    most = await embedded.load(own_copy, context=1 << 20)
    assert most.context == 8192
    embedded.release(most)
    assert not most.alive


@pytest.mark.parametrize("ending", ["exit", "interrupt", "os._exit", "kill"])
async def test_the_process_ends_at_once_in_the_middle_of_a_reply_and_takes_the_model_along(
    own_copy: Path, ending: str
) -> None:
    script = f"""
        import asyncio, os, sys
        from pathlib import Path
        from backrooms_tui.providers.local import embedded
        from backrooms_tui.providers.base import Request, TextChunk
        from backrooms_tui.providers.local.local import LocalProvider
        from backrooms_tui.session.setup import Message

        async def main():
            path = Path({str(own_copy)!r})
            provider = LocalProvider(path.parent)
            request = Request(str(path), "", [Message("user", "Count to a million.")], {{"max_tokens": 3000}})
            async for chunk in provider.stream(request):
                if isinstance(chunk, TextChunk):
                    print(embedded._models[path.resolve()].pid, flush=True)
                    sys.stdin.readline()
                    if {ending!r} == "exit":
                        sys.exit(0)
                    if {ending!r} == "os._exit":
                        os._exit(0)
                    await asyncio.sleep(60)

        asyncio.run(main())
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    pid = int(await asyncio.to_thread(process.stdout.readline))
    process.stdin.write("\n")
    process.stdin.flush()
    if ending in ("interrupt", "kill"):
        process.send_signal(signal.SIGINT if ending == "interrupt" else signal.SIGKILL)
    async with asyncio.timeout(10):
        _, errors = await asyncio.to_thread(process.communicate)
    await until_gone(pid)

    assert process.returncode == {"exit": 0, "os._exit": 0, "interrupt": -2, "kill": -9}[ending]
    assert "ResourceWarning" not in errors
    assert "Fatal" not in errors


async def test_without_xllamacpp_the_cure_says_what_to_install(
    starter_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(OperatorError) as caught:
        await embedded.load(starter_model)

    assert caught.value.cure == "pip install 'backrooms-tui[local]'"


def test_the_child_says_what_it_cannot_do_in_one_line_of_json(tmp_path: Path) -> None:
    script = Path(embedded.__file__).with_name("llama_child.py")
    wish = {
        "path": str(write_gguf(tmp_path / "x.gguf")),
        "context": 512,
        "slots": 1,
        "batch": 128,
        "threads": 1,
        "cache_mib": 64,
    }
    end = subprocess.run(
        [sys.executable, "-P", str(script)],
        input=json.dumps({**wish, "key": "k", "verbosity": 0}) + "\n",
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert json.loads(end.stdout)["error"] == "load"
    assert end.stderr == ""
