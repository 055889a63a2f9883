"""Files that no editor makes: pipes, keys of thousands of parts, endless numbers, names that lead nowhere."""

import argparse
import io
import os
from pathlib import Path

import pytest

from tui.config import commands
from tui.config.file import load, stamp
from tui.config.problems import ConfigError
from tui.config.state import StateStore
from tui.identity import AccountRef, ref_named

ENDLESS = "9" * 5_000
URL = '[environments.desk]\nurl = "https://desk.example"\ntoken = { env = "T" }\n'


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    os.mkfifo(file)
    return file


def told(config: Path) -> str:
    with pytest.raises(ConfigError) as raised:
        load(config)
    return str(raised.value)


def test_a_pipe_that_nobody_writes_into_is_told_at_once(pipe: Path) -> None:
    assert "nothing came out of" in told(pipe)


def test_a_pipe_for_a_config_is_no_file_to_watch_or_change(pipe: Path) -> None:
    with pytest.raises(OSError, match="not an ordinary file"):
        stamp(pipe)


def test_a_time_zone_of_no_letters_is_refused(tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config")
    commands.add_parser(parser.add_subparsers(dest="command"))
    words = ["--config", str(tmp_path / "c"), "config", "add", "trial", "--token-env", "T", "--timezone", ""]
    stderr = io.StringIO()
    assert commands.run(parser.parse_args(words), io.StringIO(), stderr, ask_token=input) == 2
    assert '"" is no time zone' in stderr.getvalue()


def test_a_pipe_for_a_state_is_told_at_once(pipe: Path) -> None:
    store = StateStore(pipe)
    assert store.load().last is None
    assert "not an ordinary file" in str(store.problem)


@pytest.mark.parametrize("text", ["[{0}]", "{0} = 1", 'environments.e.{0} = "x"', "[[{0}]]"])
def test_a_key_of_thousands_of_parts_is_refused_before_it_is_read(text: str, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(URL + text.format(".".join("a" * 100_000)), encoding="utf-8")
    assert "nested too deeply" in told(file)


def test_a_state_with_such_a_key_is_set_aside(tmp_path: Path) -> None:
    file = tmp_path / "state.toml"
    file.write_text(".".join("a" * 100_000) + " = 1", encoding="utf-8")
    store = StateStore(file)
    assert store.load().last is None
    assert store.damage


def test_a_value_may_hold_any_number_of_dots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T", "a-token")
    file = tmp_path / "config.toml"
    file.write_text(URL + f'# {"." * 2_000}\nca_file = "/a{"." * 2_000}pem"\n', encoding="utf-8")
    assert load(file).config.environments[0].name == "desk"


@pytest.mark.parametrize(
    "setting", ["[refresh]\nbudget", "[history]\nsize", "[targets]\nconversations_per_agent"]
)
def test_a_number_too_long_to_be_written_out_is_refused(setting: str, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"{URL}{setting} = 0x{'f' * 4_200}\n", encoding="utf-8")
    assert str(file) in told(file)


@pytest.mark.parametrize("name", ["~nobody-of-this-name/x.toml", "x" * 300])
def test_a_name_that_leads_nowhere_is_a_plain_sentence(name: str) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config")
    commands.add_parser(parser.add_subparsers(dest="command"))
    for command in ("check", "path", "show"):
        stdout, stderr = io.StringIO(), io.StringIO()
        commands.run(
            parser.parse_args(["--config", name, "config", command]), stdout, stderr, ask_token=input
        )
        assert name in stdout.getvalue() + stderr.getvalue()


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("desk/5", AccountRef("desk", 5)),
        ("a/b/5", AccountRef("a/b", 5)),
        (f"desk/{ENDLESS}", None),
        ("desk/²", None),
        ("desk/٣", None),
        ("desk", None),
        ("/5", None),
        ("desk/", None),
    ],
)
def test_only_an_environment_and_a_number_name_an_account(text: str, ref: AccountRef | None) -> None:
    assert ref_named(text) == ref
