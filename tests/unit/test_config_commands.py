"""`liveagent-tui config …` as typed: output, exit code, and that no token is shown."""

import argparse
import io
from pathlib import Path
from typing import NamedTuple

import pytest

from tui.config import commands
from tui.config.file import load

TOKEN = "kXw9SuperSecret7token42"


class Result(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "conf" / "config.toml"


def config(file: Path, *words: str, typed: str = TOKEN) -> Result:
    parser = argparse.ArgumentParser()
    parser.add_argument("--config")
    commands.add_parser(parser.add_subparsers(dest="command"))
    out, err = io.StringIO(), io.StringIO()
    arguments = parser.parse_args(["--config", str(file), "config", *words])
    code = commands.run(arguments, out, err, ask_token=lambda prompt: typed)
    result = Result(code, out.getvalue(), err.getvalue())
    assert TOKEN not in result.out + result.err
    return result


def test_a_preset_with_a_typed_token(file: Path) -> None:
    result = config(file, "add", "trial", "--timezone", "Europe/Berlin", "--account", "12345")
    assert result.code == 0
    (environment,) = load(file, {}).config.environments
    assert (environment.name, environment.url) == ("trial", "https://liveagent-trial.cognigy.ai")
    assert environment.timezone == "Europe/Berlin"
    assert [account.id for account in environment.accounts] == [12345]
    assert (file.parent / "tokens" / "trial").read_text() == TOKEN + "\n"
    shown = config(file, "show")
    assert "•••• en42" in shown.out
    assert str(file) in shown.out


@pytest.mark.parametrize(
    ("words", "name", "url"),
    [
        (("saas", "acme"), "acme", "https://api-acme.liveagent.cloud"),
        (("dedicated", "acme"), "acme", "https://api-acme.cognigy.cloud"),
        (("app-us",), "app-us", "https://liveagent-app-us.cognigy.ai"),
        (("https://x.example/app/accounts/2/dashboard", "--name", "X 1"), "X 1", "https://x.example"),
        (("http://localhost:3000",), "localhost", "http://localhost:3000"),
        (("http://10.0.0.5", "--insecure-http"), "10.0.0.5", "http://10.0.0.5"),
    ],
)
def test_everything_that_can_be_added(file: Path, words: tuple[str, ...], name: str, url: str) -> None:
    added = config(file, "add", *words, "--token-env", "T")
    assert added.code == 0
    assert added.out.splitlines()[1:] == ["T is not set here; set it where liveagent-tui is started"]
    (environment,) = load(file, {"T": "x"}).config.environments
    assert (environment.name, environment.url) == (name, url)
    assert config(file, "remove", name).code == 0
    assert load(file, {}).config.environments == ()


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("--token-file", "~/token"), "file"),
        (("--token-command", "pass show 'a b'"), "command"),
        (("--token-keyring", "trial"), "keyring"),
    ],
)
def test_every_source_of_a_token(file: Path, words: tuple[str, ...], kind: str) -> None:
    assert config(file, "add", "trial", *words).code == 0
    token = load(file, {}).config.environments[0].token
    assert token is not None
    assert getattr(token, kind)
    assert config(file, "show").code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("trail",), 'did you mean "trial"?'),
        (("saas",), "company"),
        (("trial", "acme"), "company"),
        (("https://x.example", "acme"), "followed by a company"),
        (("http://x.example",), "insecure_http"),
        (("trial", "--timezone", "Europe/Berln"), 'did you mean "Europe/Berlin"?'),
        (("trial", "--account", "1abc"), "no account's number"),
        (("trial", "--name", "a/b"), "a name has none of"),
        (("trial", "--token-command", "'"), ""),
        (("trial", "--token-env", "kXw9SuperSecret7token42"), "looks like a token itself"),
        (("trial", "--token-file", "/run/\udcff"), "other bytes than UTF-8"),
    ],
)
def test_what_cannot_be_added_is_explained_and_leaves_no_file(
    file: Path, words: tuple[str, ...], says: str
) -> None:
    result = config(file, "add", *words)
    assert result.code == 2
    assert result.err.startswith("error: ")
    assert says in result.err
    assert not file.exists()
    assert not (file.parent / "tokens" / "trial").exists()


def test_a_typed_token_that_cannot_be_one_is_refused(file: Path) -> None:
    result = config(file, "add", "trial", typed="not a token")
    assert result.code == 2
    assert "no token" in result.err
    assert not file.exists()


def test_nothing_typed_is_no_traceback(file: Path) -> None:
    def interrupt(prompt: str) -> str:
        raise KeyboardInterrupt

    parser = argparse.ArgumentParser()
    commands.add_parser(parser.add_subparsers())
    arguments = parser.parse_args(["config", "add", "trial"])
    arguments.config = str(file)
    err = io.StringIO()
    assert commands.run(arguments, io.StringIO(), err, ask_token=interrupt) == 130
    assert err.getvalue() == "error: interrupted, and nothing was changed\n"


def test_accounts_of_a_known_environment_come_and_go(file: Path) -> None:
    config(file, "add", "trial")
    assert config(file, "add", "trial/7").code == 0
    assert config(file, "add", "trial", "--account", "8").code == 0
    assert [account.id for account in load(file, {}).config.environments[0].accounts] == [7, 8]
    assert config(file, "remove", "trial/7").code == 0
    assert config(file, "remove", "trial/7").code == 2
    assert config(file, "remove", "trial/x").code == 2
    assert config(file, "add", "trial").code == 2


def test_check_prints_every_problem_and_its_exit_code(file: Path) -> None:
    file.parent.mkdir(mode=0o700)
    file.write_text("x = 1\n[refresh]\nevery = 1\n")
    result = config(file, "check")
    assert result.code == 2
    assert result.out.splitlines()[0].startswith(f"error: {file}:1: x: ")
    assert result.out.splitlines()[1].startswith(f"error: {file}:3: refresh.every: ")
    assert result.out.endswith("2 errors\n")
    assert config(file, "show").code == 2


@pytest.mark.parametrize("secret", [True, False])
@pytest.mark.parametrize("linked", [True, False])
def test_check_warns_of_a_config_with_secrets_that_others_can_read(
    secret: bool, linked: bool, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("T", "a-token-of-one")
    file.parent.mkdir(mode=0o700)
    real = file.with_name("real.toml") if linked else file
    proxy = "http://ada:s3cret@proxy.example:3128" if secret else "none"
    real.write_text(
        f'[environments.e]\nurl = "https://e.example"\ntoken = {{ env = "T" }}\nproxy = "{proxy}"\n'
    )
    real.chmod(0o644)
    if linked:
        file.symlink_to(real)
    result = config(file, "check")
    assert result.code == 0
    assert ("holds secrets and can be read by others" in result.out) is secret
    assert ("chmod" in result.out) is (secret and not linked)


def test_path_names_the_files(file: Path) -> None:
    result = config(file, "path")
    assert result.code == 0
    assert str(file) in result.out
    assert "state.toml" in result.out


def test_show_hides_passwords_of_proxies_and_arguments_of_commands(file: Path) -> None:
    file.parent.mkdir()
    file.write_text(
        '[environments.a]\nurl = "https://a.example"\nproxy = "http://ada:hunter2@p.example:1"\n'
        'token = { command = ["vault", "--with=hunter2"] }\n'
    )
    result = config(file, "show")
    assert result.code == 0
    assert "hunter2" not in result.out
    assert "vault" in result.out
    assert "p.example" in result.out


def test_a_missing_named_config_is_a_sentence(file: Path) -> None:
    for command in ("show", "check"):
        result = config(file, command)
        assert result.code == 2
        assert "no such file" in result.out + result.err


def test_a_variable_that_is_set_needs_no_word(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T", TOKEN)
    assert len(config(file, "add", "trial", "--token-env", "T").out.splitlines()) == 1
