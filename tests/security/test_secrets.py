"""Files others could read or swap, commands we run, and connections that hide nothing: refused or told."""

import argparse
import asyncio
import contextlib
import json
import os
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from textual.app import App

from tests.stage import NOON, demo_config, on_stage
from tui import paths, redact
from tui.app.start import ArgumentError, real_plan
from tui.clock import ManualClock
from tui.config.environ import from_environ
from tui.config.file import load
from tui.config.model import Config, Environment, TokenSource
from tui.config.problems import ConfigError
from tui.config.secrets import TokenError, resolve, store_typed_token
from tui.config.state import StateStore
from tui.doctor.machine import config_findings, our_files, permission_findings, public_files
from tui.monitor.alerts.command import run_command
from tui.private_files import write_private
from tui.redact import Secret
from tui.screens.editor import edit
from tui.screens.place import place
from tui.simulator.demo import Demo
from tui.terminal import browser, clipboard

TOKEN = "tok-9f8e7d6c5b4a39281706"
ELSEWHERE = "http://desk.example"


def written(text: str) -> Path:
    file = paths.config_file()
    write_private(file, text.encode())
    return file


def environment(url: str, more: str = "") -> str:
    return f'[environments.desk]\nurl = "{url}"\ntoken = {{ env = "T" }}\n{more}\n'


@pytest.mark.parametrize(("mode", "word"), [(0o644, "read by others"), (0o666, "changed by others")])
def test_a_token_file_open_to_others_is_told_with_the_mend(mode: int, word: str) -> None:
    token = paths.config_file().parent / "token"
    file = written(f'[environments.desk]\nurl = "https://desk.example"\ntoken = {{ file = "{token}" }}\n')
    write_private(token, TOKEN.encode())
    assert load(file).warnings == ()
    token.chmod(mode)
    (warning,) = load(file).warnings
    assert word in str(warning)
    assert f"chmod 600 {token}" in str(warning)
    assert any(finding.verdict == "warn" and word in finding.words for finding in config_findings(load(file)))


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o602])
def test_a_state_file_open_to_others_is_told_by_the_doctor(mode: int) -> None:
    store = StateStore(paths.state_file())
    store.state.last = "trial/1"
    store.save_now()
    file = paths.state_file()
    write_private(file, b"")
    assert [finding.verdict for finding in permission_findings(our_files())] == ["pass"]
    file.chmod(mode)
    (finding,) = permission_findings(our_files())
    assert finding.verdict == "warn"
    assert f"chmod 600 {file}" in finding.words


OURS = (
    "state",
    "data",
    "log",
    "state/crash.txt",
    "data/history.sqlite3",
    "log/tui.log.1",
    "config",
    "config.toml",
)


@pytest.mark.parametrize("name", OURS)
def test_every_file_and_directory_of_ours_is_looked_at_by_the_doctor(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("T", TOKEN)
    config = written(environment("https://desk.example", 'proxy = "http://me:word@proxy.example:3128"'))
    folders = {
        "state": paths.state_dir(),
        "data": paths.data_dir(),
        "log": paths.log_dir(),
        "config": config.parent,
    }
    for path in OURS:
        folder, _, file = path.partition("/")
        if file:
            write_private(folders[folder] / file, b"")
    loaded = load(config.parent / "config.toml" if name == "config.toml" else None)
    assert [finding.verdict for finding in permission_findings(our_files(loaded), loaded.warnings)] == [
        "pass"
    ]
    folder, _, file = name.partition("/")
    opened = config if name == "config.toml" else folders[folder] / file
    opened.chmod(0o755 if opened.is_dir() else 0o644)
    (finding,) = permission_findings(our_files(loaded), loaded.warnings)
    assert finding.verdict == "warn"
    assert f"{opened}: holds secrets and can be read by others" in finding.words
    assert f"chmod {700 if opened.is_dir() else 600} {opened}" in finding.words


def test_a_config_without_a_secret_may_be_read_by_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T", TOKEN)
    written(environment("https://desk.example", 'proxy = "http://proxy.example:3128"')).chmod(0o644)
    loaded = load()
    assert loaded.warnings == ()
    findings = permission_findings(our_files(loaded), loaded.warnings, public_files(loaded))
    assert [finding.verdict for finding in findings] == ["pass"]


def test_what_the_config_was_warned_of_is_not_told_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T", TOKEN)
    written(environment("https://desk.example")).chmod(0o666)
    loaded = load()
    assert len(loaded.warnings) == 1
    assert list(permission_findings(our_files(loaded), loaded.warnings)) == []


def test_a_state_file_of_another_user_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    write_private(paths.state_file(), b"")
    monkeypatch.setattr(os, "getuid", lambda: 4_242_424)
    owner = paths.state_file().stat().st_uid
    findings = list(permission_findings(our_files()))
    # What the super-user owns is no secret from him in any case.
    assert any("another user" in finding.words for finding in findings) is (owner != 0)


def test_a_file_of_another_user_is_never_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config.toml"
    file.write_text("theirs")
    monkeypatch.setattr(os, "getuid", lambda: 4_242_424)
    with pytest.raises(PermissionError, match="another user"):
        write_private(file, b"ours")
    assert file.read_text() == "theirs"


def test_a_link_to_a_place_that_is_no_file_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "pipe").unlink(missing_ok=True)
    os.mkfifo(tmp_path / "pipe")
    link = tmp_path / "state.toml"
    link.symlink_to(tmp_path / "pipe")
    with pytest.raises(OSError, match="not an ordinary file"):
        write_private(link, b"x")
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(OSError, match="symbolic links"):
        write_private(loop, b"x")
    store = StateStore(loop)
    store.state.last = "trial/1"
    assert store.save_now() is False


def test_a_file_swapped_for_a_link_while_it_is_saved_takes_nothing_of_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, victim = tmp_path / "tokens" / "trial", tmp_path / "victim"
    victim.write_text("untouched")
    store_typed_token("trial", Secret(TOKEN), file.parent)
    original = os.fsync

    def swap(descriptor: int) -> None:
        original(descriptor)
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            file.unlink()
            file.symlink_to(victim)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", swap)
        write_private(file, b"another")
    assert victim.read_text() == "untouched"
    assert (file.parent / "trial").read_text() == "another"


def test_many_savers_at_once_leave_one_whole_file_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "state.toml"
    texts = [str(number).encode() * 20_000 for number in range(8)]
    threads = [threading.Thread(target=write_private, args=(file, text)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert file.read_bytes() in texts
    assert list(tmp_path.iterdir()) == [file]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_token_command_has_no_shell_and_its_words_are_never_shown(
    capfd: pytest.CaptureFixture[str],
) -> None:
    script = "import sys; print('leak-out'); print('leak-err', file=sys.stderr); sys.exit(3)"
    trial = Environment(
        "trial",
        "https://a.example",
        token=TokenSource(command=(sys.executable, "-c", script, "; touch evil", "$(id)")),
    )
    with pytest.raises(TokenError) as refused:
        await resolve(trial)
    out, err = capfd.readouterr()
    assert "leak" not in str(refused.value) + out + err
    assert "exit code 3" in str(refused.value)
    assert not await asyncio.to_thread(Path("evil").exists)


SEES = f"#!{sys.executable}\nimport json, os, sys\n"
OTHER = "tok-of-the-other-environment-77"


def seeing(folder: Path, name: str, target: Path) -> Path:
    """A command called `name` that leaves in `target` what variables it was given."""
    file = folder / name
    file.write_text(
        f"{SEES}open({str(target)!r}, 'w').write(json.dumps(dict(os.environ)))\nprint('a-token-1')\n"
    )
    file.chmod(0o700)
    return file


async def test_no_command_we_run_gets_a_token_by_any_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor that of an environment which nobody has asked for its token so far."""
    # What other tests have named or held as a token is none here: it may be PATH, or stand in it.
    monkeypatch.setattr(redact, "_variables", {"LIVEAGENT_TOKEN"})
    monkeypatch.setattr(redact, "_known", {})
    secret, target = Secret(TOKEN), tmp_path / "seen"
    commands = {name: seeing(tmp_path, name, target) for name in ("tmux", "xdg-open", "vi", "own")}
    monkeypatch.setenv("LIVEAGENT_TOKEN", "tok-of-no-config-at-all")
    monkeypatch.setenv("DESK_KEY", f"Bearer {secret.reveal()}")
    monkeypatch.setenv("LATER", OTHER)
    monkeypatch.setenv("SAME_AS_LATER", f"Bearer {OTHER}")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("DISPLAY", ":0")
    file = written(
        f'[environments.a]\nurl = "https://a.example"\ntoken = {{ command = ["{commands["own"]}"] }}\n'
        '[environments.b]\nurl = "https://b.example"\ntoken = { env = "LATER" }\n'
    )
    first = load(file).config.environments[0]

    async def by_token_command() -> None:
        assert (await resolve(first)).reveal() == "a-token-1"

    async def by_alert() -> None:
        assert await run_command((str(commands["own"]),), b"{}") == ""

    async def by_tmux() -> None:
        assert await clipboard.copy("x", lambda _: None, {"TMUX": "x"}) == clipboard.IN_TMUX

    async def by_browser() -> None:
        assert await browser.open_address("https://a.example", os.environ, "linux", patience=30)

    async def by_editor() -> None:
        monkeypatch.setenv("EDITOR", str(commands["vi"]))
        await edit(Lending(), file)

    for run in (by_token_command, by_alert, by_tmux, by_browser, by_editor):
        await run()
        seen = json.loads(await asyncio.to_thread(target.read_text))
        assert "PATH" in seen, run
        assert not {"LIVEAGENT_TOKEN", "DESK_KEY", "LATER", "SAME_AS_LATER"} & seen.keys(), run
        assert "tok-" not in str(seen), run
        await asyncio.to_thread(target.unlink)


class Lending(App[None]):
    """An app whose terminal can always be lent."""

    @contextlib.contextmanager
    def suspend(self) -> Iterator[None]:
        """Lend it."""
        yield


def test_plain_http_to_another_host_needs_to_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T", TOKEN)
    file = written(environment(ELSEWHERE))
    with pytest.raises(ConfigError, match="insecure_http = true"):
        load(file)
    assert load(written(environment(ELSEWHERE, "insecure_http = true"))).config.environments
    for here in ("http://127.0.0.1:3000", "http://[::1]:3000", "http://localhost:3000"):
        assert load(written(environment(here))).config.environments
    for near in ("http://127.0.0.1.evil.example", "http://localhost.evil.example", "http://10.0.0.7"):
        with pytest.raises(ConfigError, match="insecure_http"):
            load(written(environment(near)))


def test_plain_http_by_variable_or_argument_is_refused_before_a_token_is_asked_for() -> None:
    _, problems = from_environ({"LIVEAGENT_URL": ELSEWHERE, "LIVEAGENT_TOKEN": TOKEN}, [])
    assert any("insecure_http" in str(problem) for problem in problems)
    asked: list[str] = []

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return TOKEN

    options = argparse.Namespace(config=None, theme=None, wall=False, where=f"{ELSEWHERE}/app/accounts/2")
    with pytest.raises(ArgumentError, match="insecure_http"):
        real_plan(options, ask)
    assert asked == []


def loosened(**change: object) -> Config:
    made = demo_config(Demo(clock=ManualClock(wall=NOON)))
    first, *others = made.environments
    return msgspec.structs.replace(made, environments=(msgspec.structs.replace(first, **change), *others))


@pytest.mark.parametrize(
    ("change", "mark"),
    [({"url": ELSEWHERE, "insecure_http": True}, "HTTP"), ({"verify": False}, "TLS NOT VERIFIED")],
    ids=["http", "verify"],
)
async def test_what_weakens_the_connection_is_marked_on_screen(change: dict[str, object], mark: str) -> None:
    async with on_stage(config=loosened(**change), size=(80, 24)) as stage:
        context = stage.app.context
        told = place(context, None, None, stage.clock.now(), stage.clock.wall())
        assert mark in told.marks
        assert mark in stage.lines()[0], stage.lines()[0]
        stage.app.context.config = demo_config(stage.demo)
        unmarked = place(stage.app.context, None, None, stage.clock.now(), stage.clock.wall())
        assert mark not in unmarked.marks
