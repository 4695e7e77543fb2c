"""What a person in a browser cannot do: name files of the machine, or give and see keys."""

from pathlib import Path

import pytest

from backrooms_tui.assembly.workspace import Workspace
from backrooms_tui.providers.catalogue.catalogue import Catalogue
from backrooms_tui.providers.registry import Providers
from backrooms_tui.providers.servers.keys import Keys
from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.ui.screens.models.testing import ask_offers
from backrooms_tui.ui.screens.templates.files_named import require_listed_models
from tests.cli.conftest import CommandLine
from tests.serving.conftest import Serve
from tests.serving.serving import opened


async def test_actions_that_name_files_are_not_there(serve: Serve, night: str) -> None:
    async with opened(serve(), width=160, height=45) as page:
        await page.until("Lanterns")
        await page.send("stdin", "m")
        await page.until("usable now")
        for key in "aep":
            await page.send("stdin", key)
        await page.send("stdin", "\x10")  # the palette, which comes after what these keys would have opened
        await page.until("Send one tiny request")
        for absent in ("Add file", "Add endpoint", "Use a model file", "Fetch a model to this machine", "Key variable"):
            assert absent not in page.seen, absent


async def test_files_are_not_brought_in_or_out(serve: Serve, night: str) -> None:
    async with opened(serve(), width=160, height=45) as page:
        await page.until("Lanterns")
        for key in "xXI":
            await page.send("stdin", key)
        await page.send("stdin", "?")
        await page.until("what every key does")
        await page.until("Templates")
        for absent in ("Write the chosen sessions", "Bring in a file", "Write this session", "Add file"):
            assert absent not in page.seen, absent


async def test_a_session_with_a_script_of_another_place_is_not_gone_on_with(
    serve: Serve, backrooms: CommandLine, night: str
) -> None:
    async with opened(serve(), width=160, height=45) as page:
        await page.until("Lanterns")
        await page.send("stdin", "\r")
        await page.until("cannot be named")
        await page.send("stdin", "n")
        await page.until("failed: a model cannot be named")
    assert [one["turns"] for one in backrooms("sessions", "list", "--json").json()] == [4]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "models" / "small").mkdir(parents=True)
    for name in ("models/small/kept.gguf", "models/kept.gguf", "outside.gguf"):
        (tmp_path / name).write_bytes(b"GGUF")
    (tmp_path / "secrets.txt").write_text("hush")
    (tmp_path / "demo.txt").write_text("A reply.")
    return tmp_path


def catalogue(folder: Path) -> Catalogue:
    aliases = {"demo": f"scripted/{folder}/demo.txt", "show": "demo"}
    return Catalogue(aliases, {}, folder / "models", any_file=False)


@pytest.mark.parametrize(
    "reference",
    [
        "scripted/{0}/secrets.txt",
        "SCRIPTED/{0}/secrets.txt",
        "scripted/secrets.txt",
        "scripted/{0}/demo.txt/../secrets.txt",
        "local/{0}/outside.gguf",
        "{0}/outside.gguf",
        "local/../outside.gguf",
        "local/small/../../outside.gguf",
        "local/{0}/models/kept.gguf",
        "local/not-there.gguf",
        "local//etc/passwd",
        "local/~/x.gguf",
    ],
)
def test_a_file_is_not_named_by_its_path(folder: Path, reference: str) -> None:
    text = reference.format(folder)
    known = catalogue(folder)
    providers = Providers(known, Keys({}, None, use_keyring=False), models_dir=folder / "models")
    with pytest.raises(OperatorError) as refused:
        known.resolve(text)
    assert "hush" not in str(refused.value)
    if "/" in text and not text.startswith("/"):
        assert not providers.usable(text).yes
        with pytest.raises(OperatorError):
            providers.for_reference(text)
        with pytest.raises(OperatorError):
            providers.require([text])


@pytest.mark.parametrize("name", ["demo", "show", "local", "local/kept.gguf", "local/small/kept.gguf", "opus"])
def test_what_the_list_has_can_be_chosen(folder: Path, name: str) -> None:
    known = catalogue(folder)
    resolved = known.resolve(name)
    assert resolved.reference
    if name in ("demo", "show"):
        providers = Providers(known, Keys({}, None, use_keyring=False), models_dir=folder / "models")
        assert providers.usable(resolved.reference).yes


def test_at_the_machine_itself_any_file_can_be_named(folder: Path) -> None:
    known = Catalogue({}, {}, folder / "models")
    assert known.resolve(f"scripted/{folder}/demo.txt").reference == f"scripted/{folder}/demo.txt"


TEMPLATE = """[template]
title = "Trap"
[[agents]]
name = "Ada"
model = "{one}"
[[agents]]
name = "Ben"
[rules]
{rules}
"""


@pytest.mark.parametrize(
    ("one", "rules"),
    [
        ("scripted/{0}/secrets.txt", ""),
        ("local/{0}/outside.gguf", ""),
        ("{0}/outside.gguf", ""),
        ("demo", 'order = "manager"\nmanager = "scripted/{0}/secrets.txt"'),
        ("demo", '[[rules.ladder]]\nremedy = "model"\nmodel = "scripted/{0}/secrets.txt"'),
    ],
)
def test_a_template_of_a_browser_names_no_files(folder: Path, one: str, rules: str) -> None:
    text = TEMPLATE.format(one=one.format(folder), rules=rules.format(folder))
    with pytest.raises(OperatorError, match="cannot be named by its file"):
        require_listed_models(text, "trap.toml", catalogue(folder))


@pytest.mark.parametrize("one", ["demo", "opus", "nobody-knows-it", "local/kept.gguf"])
def test_a_template_of_a_browser_names_models(folder: Path, one: str) -> None:
    require_listed_models(TEMPLATE.format(one=one, rules=""), "fine.toml", catalogue(folder))
    require_listed_models("[[agents", "broken.toml", catalogue(folder))


async def test_this_machine_can_be_asked_for_its_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setenv("BACKROOMS_SERVED", "typing")
    monkeypatch.setenv("BACKROOMS_DATA_DIR", str(folder))
    monkeypatch.setenv("BACKROOMS_CONFIG_DIR", str(folder))
    workspace = Workspace()
    try:
        assert "kept.gguf" in {one.model for one in await ask_offers(workspace, "local")}
    finally:
        await workspace.aclose()


async def test_a_template_with_a_file_is_not_saved_in_a_browser(
    serve: Serve, backrooms: CommandLine, tmp_path: Path
) -> None:
    folder = Path(backrooms("locate", "templates").out.strip())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "trap.toml").write_text(TEMPLATE.format(one="opus", rules="") + "# end\n")
    async with opened(serve(), width=160, height=45) as page:
        await page.until("Commands")
        await page.send("stdin", "t")
        await page.until("Trap")
        await page.send("stdin", "e")
        await page.until("nothing is wrong")
        line = f'\n[[agents]]\nname = "Cleo"\nmodel = "scripted/{tmp_path}/secrets.txt"\n'
        await page.send("stdin", f"\x1b[200~{line}\x1b[201~")
        await page.send("stdin", "\x13")  # ctrl+s
        await page.until("cannot be named by its file")
        assert "Saved" not in page.seen
    assert "scripted" not in (folder / "trap.toml").read_text()


async def test_models_of_the_list_talk_in_a_browser(serve: Serve, backrooms: CommandLine) -> None:
    one = backrooms.script("one", "The corridor hums.", "A lantern is lit.")
    two = backrooms.script("two", "Somebody answers.")
    backrooms.configure(f'[aliases]\nada = "{one}"\nben = "{two}"\n')
    backrooms("run", "duo", "--lm", "ada", "ben", "--max-turns", "2", "--title", "By name")
    async with opened(serve(), width=160, height=45) as page:
        await page.until("By name")
        await page.send("stdin", "\r")
        await page.until("Interject")
        await page.send("stdin", "n")
        await page.until("A lantern is lit.")
