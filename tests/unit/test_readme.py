"""The README says what is so."""

import re
from pathlib import Path

import pytest

from tests.readme_keys import README, with_table
from tui.config.file import load


def test_the_table_of_keys_is_that_of_the_actions() -> None:
    text = README.read_text(encoding="utf-8")
    assert text == with_table(text), "python -m tests.readme_keys writes it"


def test_the_config_shown_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVEAGENT_TRIAL_TOKEN", "a-token-for-the-test")
    shown = re.findall(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "config.toml"
    file.write_text("\n".join(shown), encoding="utf-8")
    file.chmod(0o600)
    loaded = load(file)
    assert loaded.warnings == ()
    assert [one.name for one in loaded.config.environments] == ["trial"]


def test_every_file_it_names_is_there() -> None:
    named = re.findall(r"\]\(([\w./-]+)\)", README.read_text(encoding="utf-8"))
    assert named
    assert [name for name in named if not (README.parent / name).exists()] == []
