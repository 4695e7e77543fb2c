"""`backrooms doctor` names every file of the person's own that is broken."""

from tests.cli.conftest import CommandLine


def test_every_broken_file_and_line_is_named(backrooms: CommandLine) -> None:
    backrooms.configure('[keys]\n"home.nothing" = "a"\n')
    config = backrooms.folder / "config"
    for folder, text in (("themes", 'name = "x"\n[colours]\nprimary = "tomatoe"\n'), ("templates", "[[[")):
        (config / folder).mkdir(parents=True)
        for number in range(3):
            (config / folder / f"mine-{number}.toml").write_text(text, "utf-8")
    checks = backrooms("doctor", "--json", status=1).json()
    broken = [check for check in checks if check["group"] == "Settings" and check["state"] == "broken"]
    assert [check["name"] for check in broken] == ["keymap", *["theme"] * 3, *["template"] * 3]
    assert "home.nothing: no action has this id" in broken[0]["says"]
    assert "mine-2.toml, line 3: colours.primary is not a colour; did you mean tomato?" in broken[3]["says"]
    assert "mine-2.toml" in broken[6]["says"]


def test_a_theme_that_nobody_has_is_named(backrooms: CommandLine) -> None:
    backrooms.configure('[ui]\ntheme = "lamplihgt"\n')
    said = " ".join(backrooms("doctor", status=1).out.split())
    assert "there is no theme 'lamplihgt'; did you mean lamplight?" in said
