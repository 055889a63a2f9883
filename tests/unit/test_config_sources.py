"""Where the config comes from: the machine's file, the user's, variables; and who can read them."""

import asyncio
import os
from pathlib import Path

import pytest

from tui import paths
from tui.config.environ import from_environ, name_for
from tui.config.file import load, load_async
from tui.config.model import Account, Config
from tui.config.problems import ConfigError

SHARED = """\
[refresh]
every = 30
budget = 20
[[alerts]]
when = "open > 1"
[environments.trial]
url = "https://a.example"
timezone = "Europe/Berlin"
accounts = [{ id = 1, name = "One" }, { id = 2, name = "Two" }]
[environments.spare]
url = "https://spare.example"
"""
OWN = """\
[refresh]
every = 10
[[alerts]]
when = "open > 2"
[environments.trial]
token = { env = "T" }
[[environments.trial.accounts]]
id = 2
key = "2"
"""


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "etc" / "config.toml"
    file.parent.mkdir()
    file.write_text(SHARED)
    monkeypatch.setattr(paths, "SYSTEM_CONFIG", file)
    return file


@pytest.fixture
def own() -> Path:
    file = paths.config_file()
    file.parent.mkdir(parents=True)
    file.write_text(OWN)
    file.chmod(0o600)
    return file


def test_the_user_s_file_lies_over_the_machine_s(shared: Path, own: Path) -> None:
    loaded = load(environ={"T": "x"})
    config = loaded.config
    assert (config.refresh.every, config.refresh.budget) == (10, 20)
    assert [alert.text for alert in config.alerts] == ["open > 1", "open > 2"]
    assert [environment.name for environment in config.environments] == ["trial", "spare"]
    trial = config.environments[0]
    assert trial.timezone == "Europe/Berlin"
    assert trial.accounts == (Account(1, "One"), Account(2, "Two", "2"))
    assert [layer.file for layer in loaded.layers] == [shared, own]


def test_a_shared_environment_without_a_token_here_is_only_a_warning(shared: Path, own: Path) -> None:
    warnings = load(environ={"T": "x"}).warnings
    assert [(warning.file, warning.path) for warning in warnings] == [
        (str(shared), "environments.spare.token")
    ]


def test_errors_name_the_file_they_are_in(shared: Path, own: Path) -> None:
    shared.write_text(SHARED.replace("budget = 20", "budget = 0"))
    own.write_text(OWN.replace('key = "2"', 'key = "a"'))
    with pytest.raises(ConfigError) as caught:
        load(environ={"T": "x"})
    assert [(problem.file, problem.line) for problem in caught.value.problems] == [
        (str(shared), 3),
        (str(own), 9),
    ]


def test_a_named_file_is_used_alone(shared: Path, own: Path, tmp_path: Path) -> None:
    named = tmp_path / "named.toml"
    named.write_text("")
    assert load(named, {}).config == Config()
    assert load(environ={"LIVEAGENT_TUI_CONFIG": str(named)}).config == Config()


def test_a_named_file_that_is_missing_is_an_error_and_the_usual_one_is_not(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load(tmp_path / "none.toml", {})
    assert load(environ={}).config == Config()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a = '\xff'", ":1: is not in UTF-8"),
        (b"#" * 1_000_001, "larger than 1 MB"),
        (b"x=" + b"[" * 9000, "nested"),
    ],
    ids=["not-utf-8", "huge", "nested"],
)
def test_unreadable_content_is_one_line(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load(file, {})
    assert says in str(caught.value)
    assert len(caught.value.problems) == 1


def test_a_directory_in_the_file_s_place_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read"):
        load(tmp_path, {})


async def test_loading_off_the_loop_gives_the_same(own: Path) -> None:
    await asyncio.to_thread(own.write_text, "")
    assert (await load_async(environ={})).config == load(environ={}).config


def test_variables_make_an_environment_without_any_file() -> None:
    environ = {
        "LIVEAGENT_URL": "https://liveagent-trial.cognigy.ai/app/accounts/12345/dashboard",
        "LIVEAGENT_TOKEN": "abc",
    }
    loaded = load(environ=environ)
    (environment,) = loaded.config.environments
    assert (environment.name, environment.url) == ("trial", "https://liveagent-trial.cognigy.ai")
    assert environment.accounts == (Account(12345),)
    assert loaded.config.start == "trial/12345"
    assert loaded.from_variables == "trial"


def test_variables_add_an_environment_to_a_file_and_are_shown_first(own: Path) -> None:
    own.write_text(
        'start = "trial"\n[environments.trial]\nurl = "https://a.example"\ntoken = { env = "T" }\n'
    )
    environ = {
        "LIVEAGENT_URL": "https://trial.example",
        "LIVEAGENT_TOKEN": "abc",
        "LIVEAGENT_ACCOUNT": "7",
        "T": "x",
    }
    config = load(environ=environ).config
    assert [environment.name for environment in config.environments] == ["trial", "trial-2"]
    assert config.start == "trial-2/7"


@pytest.mark.parametrize(
    ("environ", "path"),
    [
        ({"LIVEAGENT_URL": "https://a.example"}, "LIVEAGENT_TOKEN"),
        ({"LIVEAGENT_URL": "http://a.example", "LIVEAGENT_TOKEN": "x"}, "LIVEAGENT_URL"),
        ({"LIVEAGENT_URL": "{base}", "LIVEAGENT_TOKEN": "x"}, "LIVEAGENT_URL"),
        (
            {"LIVEAGENT_URL": "https://a.example", "LIVEAGENT_TOKEN": "x", "LIVEAGENT_ACCOUNT": "1abc"},
            "LIVEAGENT_ACCOUNT",
        ),
    ],
)
def test_a_mistake_in_the_variables_is_explained(environ: dict[str, str], path: str) -> None:
    environment, problems = from_environ(environ)
    assert environment is None
    assert [problem.path for problem in problems] == [path]
    assert all(environ.get("LIVEAGENT_TOKEN", "-") not in problem.message.split() for problem in problems)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://liveagent-app-us.cognigy.ai", "app-us"),
        ("https://api-acme.liveagent.cloud", "acme"),
        ("http://localhost:3000", "localhost"),
        ("http://10.0.0.5", "10.0.0.5"),
        ("http://[::1]:3000", "ipv6-1"),
    ],
)
def test_environments_are_named_after_their_host(url: str, name: str) -> None:
    assert name_for(url) == name
    assert name_for(url, {name}) == f"{name}-2"


def test_a_config_that_others_can_change_is_reported(own: Path) -> None:
    own.write_text("")
    own.chmod(0o666)
    own.parent.chmod(0o777)
    warnings = [str(warning) for warning in load(environ={}).warnings]
    assert any("can be changed by others (mode 0666)" in warning for warning in warnings)
    assert any("put another config here" in warning for warning in warnings)


def test_secrets_that_others_can_read_are_reported(own: Path) -> None:
    tokens = own.parent / "tokens"
    tokens.mkdir(mode=0o755)
    (tokens / "trial").write_text("abc")
    (tokens / "trial").chmod(0o644)
    own.write_text('[environments.trial]\nurl = "https://a.example"\nproxy = "http://u:pw@p.example:1"\n')
    own.chmod(0o644)
    loaded = load(environ={})
    told = {warning.file for warning in loaded.warnings if "can be read by others" in warning.message}
    assert told == {str(own), str(tokens / "trial"), str(tokens)}
    token = loaded.config.environments[0].token
    assert token is not None
    assert token.typed
    assert token.file == str(tokens / "trial")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_a_config_of_another_user_is_reported(own: Path) -> None:
    own.write_text("")
    os.chown(own, 12345, 12345)
    assert any("belongs to another user" in warning.message for warning in load(environ={}).warnings)
