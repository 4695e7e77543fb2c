"""`[rules.requests]`: what a template lets agents ask for."""

from pathlib import Path

import pytest

from backrooms_tui.session.trouble import OperatorError
from backrooms_tui.templates.describing import rules_notes
from backrooms_tui.templates.loading import find_template, load_template
from backrooms_tui.templates.writing import save_template

HEAD = '[template]\ntitle = "T"\n[[agents]]\nname = "Ada"\n[rules.requests]\n'


def named(tmp_path: Path, lines: str) -> dict[str, str]:
    path = tmp_path / "t.toml"
    path.write_text(HEAD + lines, encoding="utf-8")
    return dict(load_template(find_template(str(path), tmp_path)).rules.requests.named)


def test_what_stays_in_the_conversation_may_be_allowed_and_invitations_asked_for(tmp_path: Path) -> None:
    assert named(tmp_path, 'whisper = "allow"\ninvite = "ask"\nnote = "deny"\n') == {
        "whisper": "allow",
        "invite": "ask",
    }


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('invite = "allow"\n', 'write "ask"'),
        ('whisper = "yes"\n', "whisper"),
        ('shout = "ask"\n', "shout"),
    ],
)
def test_what_a_template_cannot_say_is_told_with_its_place(tmp_path: Path, lines: str, said: str) -> None:
    with pytest.raises(OperatorError) as wrong:
        named(tmp_path, lines)
    assert "t.toml:6" in str(wrong.value) + wrong.value.what + wrong.value.cure
    assert said in wrong.value.what + wrong.value.cure


def test_it_is_written_and_described_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text(HEAD + 'whisper = "allow"\ninvite = "ask"\n', encoding="utf-8")
    template = load_template(find_template(str(path), tmp_path))
    assert rules_notes(template)[-1] == "Agents may ask for whisper, and with your leave for invite"
    again = save_template(template, tmp_path, "again")
    assert load_template(find_template(str(again), tmp_path)).rules == template.rules
