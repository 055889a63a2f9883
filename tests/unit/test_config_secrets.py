"""Tokens: where they come from, what is refused, and that nothing of them is told."""

import asyncio
import os
import select
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from tui.config import secrets
from tui.config.model import Environment, TokenSource
from tui.config.secrets import (
    TokenError,
    forget_typed_token,
    resolve,
    store_typed_token,
    token_file_changed,
    token_mark,
)
from tui.redact import Secret, child_environ

TOKEN = "kXw9SuperSecret7token42"


def environment(**source: object) -> Environment:
    return Environment("trial", "https://a.example", token=TokenSource(**source))  # type: ignore[arg-type]


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def ends(pid: int) -> bool:
    """Whether that process is gone, or goes within 10 s."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watched], [], [], 10)[0])
    finally:
        os.close(watched)


async def failure(
    configured: Environment, environ: dict[str, str] | None = None, seconds: float = 10.0
) -> str:
    with pytest.raises(TokenError) as caught:
        await resolve(configured, environ or {}, seconds=seconds)
    assert TOKEN not in str(caught.value)
    return str(caught.value)


async def test_from_a_variable() -> None:
    assert (await resolve(environment(env="T"), {"T": f" {TOKEN}\n"})).reveal() == TOKEN


async def test_a_variable_that_is_not_set_is_named() -> None:
    assert "NO_SUCH is not set" in await failure(environment(env="NO_SUCH"))


async def test_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    assert (await resolve(environment(file=str(file)), {})).reveal() == TOKEN


async def test_files_that_hold_no_token_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "token"
    assert "no token file" in await failure(environment(file=str(file)))
    file.write_bytes(b"\xff\xff")
    assert "not text" in await failure(environment(file=str(file)))
    file.write_text("\n")
    assert "empty" in await failure(environment(file=str(file)))
    assert "can't be read" in await failure(environment(file=str(tmp_path)))


async def test_a_named_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "not an ordinary file" in await failure(environment(file=str(tmp_path / "pipe")))


@pytest.mark.parametrize(
    "value",
    [f"{TOKEN} {TOKEN}", f"{TOKEN}\r\nX-Other: 1", f"{TOKEN}\x00", f"{TOKEN}é", f'"{TOKEN}"', TOKEN * 40],
)
async def test_what_does_not_fit_into_a_header_is_refused(value: str) -> None:
    assert "token" in await failure(environment(env="T"), {"T": value})


async def test_from_a_command_the_first_line() -> None:
    command = python(f"print('{TOKEN}'); print('user: ada'); import sys; print('x' * 200_000)")
    assert (await resolve(environment(command=command), {})).reveal() == TOKEN


async def test_a_command_has_no_shell_no_input_and_no_known_token(tmp_path: Path) -> None:
    Secret("another-token-known-before")
    code = (
        "import os, sys; assert sys.stdin.read() == '';"
        "assert not {'LIVEAGENT_TOKEN', 'OTHER'} & os.environ.keys(); print(os.environ['KEPT'] + sys.argv[1])"
    )
    environ = {"LIVEAGENT_TOKEN": TOKEN, "OTHER": "another-token-known-before", "KEPT": "kept"}
    secret = await resolve(environment(command=(*python(code), "$HOME;ls")), environ)
    assert secret.reveal() == "kept$HOME;ls"


async def test_commands_that_fail_are_told_apart_and_their_output_is_not_shown() -> None:
    says = await failure(environment(command=python(f"import sys; print('{TOKEN}'); sys.exit('{TOKEN}')")))
    assert "exit code 1" in says
    assert "can't be run" in await failure(environment(command=("/no/such/program",)))
    assert "empty" in await failure(environment(command=python("")))
    assert "too long" in await failure(environment(command=python("print('x' * 100_000)")))
    says = await failure(environment(command=python("import os; os.write(1, b'\\xff')")))
    assert "not text" in says


async def test_a_command_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    code = (
        "import subprocess, sys, time;"
        f"child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        f"open(r'{mark}', 'w').write(str(child.pid)); time.sleep(60)"
    )
    says = await failure(environment(command=python(code)), dict(os.environ), seconds=2.0)
    assert "within 2 s" in says
    pid = int(await asyncio.to_thread(mark.read_text))
    assert await asyncio.to_thread(ends, pid)


async def test_from_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {("liveagent-tui", "trial"): TOKEN, ("work", "ada"): TOKEN[::-1]}

    def get_password(service: str, user: str) -> str | None:
        if user == "locked":
            raise RuntimeError(TOKEN)
        return entries.get((service, user))

    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=get_password))
    assert (await resolve(environment(keyring="trial"), {})).reveal() == TOKEN
    assert (await resolve(environment(keyring="work/ada"), {})).reveal() == TOKEN[::-1]
    assert "keyring set liveagent-tui gone" in await failure(environment(keyring="gone"))
    assert "RuntimeError" in await failure(environment(keyring="locked"))


async def test_a_keyring_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "'.[keyring]'" in await failure(environment(keyring="trial"))


async def test_a_source_that_hangs_neither_blocks_the_loop_nor_waits_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answered = threading.Event()
    monkeypatch.setitem(
        sys.modules,
        "keyring",
        SimpleNamespace(get_password=lambda service, user: answered.wait()),
    )
    assert "within 0 s" in await failure(environment(keyring="trial"), seconds=0.1)
    answered.set()


async def test_a_token_given_for_this_run() -> None:
    held = environment(held=Secret(TOKEN))
    assert (await resolve(held, {})).reveal() == TOKEN
    assert TOKEN not in repr(held)


async def test_no_token_at_all_is_told() -> None:
    assert "has no token" in await failure(Environment("trial", "https://a.example"))


async def test_a_typed_token_is_kept_privately_and_forgotten(tmp_path: Path) -> None:
    tokens = tmp_path / "conf" / "tokens"
    file = store_typed_token("trial", Secret(TOKEN), tokens)
    assert ((await asyncio.to_thread(file.stat)).st_mode & 0o777) == 0o600
    assert (await resolve(environment(file=str(file), typed=True), {})).reveal() == TOKEN
    assert forget_typed_token("trial", tokens)
    assert not forget_typed_token("trial", tokens)


def test_a_directory_of_tokens_that_others_can_read_is_closed(tmp_path: Path) -> None:
    tokens = tmp_path / "tokens"
    tokens.mkdir(mode=0o755)
    store_typed_token("trial", Secret(TOKEN), tokens)
    assert (tokens.stat().st_mode & 0o777) == 0o700


async def test_a_replaced_token_file_is_noticed(tmp_path: Path) -> None:
    file = store_typed_token("trial", Secret(TOKEN), tmp_path)
    by_file = environment(file=str(file))
    before = await token_mark(by_file)
    assert before is not None
    assert not await token_file_changed(by_file, before)
    store_typed_token("trial", Secret(TOKEN[::-1]), tmp_path)
    assert await token_file_changed(by_file, before)
    forget_typed_token("trial", tmp_path)
    assert not await token_file_changed(by_file, before)
    assert await token_mark(environment(env="T")) is None


async def test_what_hangs_takes_one_thread_however_often_it_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN)
    by_file = environment(file=str(file))
    before = await token_mark(by_file)
    back, original, threads = threading.Event(), Path.stat, threading.active_count()

    def hang(path: Path, **given: bool) -> os.stat_result:
        if path == file:
            back.wait(30)
        return original(path, **given)

    monkeypatch.setattr(Path, "stat", hang)
    monkeypatch.setattr(secrets, "SECONDS", 0.01)
    for _ in range(20):
        assert not await token_file_changed(by_file, before)
    assert threading.active_count() <= threads + 1
    monkeypatch.setattr(secrets, "SECONDS", 10.0)
    waiting = [asyncio.create_task(token_mark(by_file)) for _ in range(3)]
    back.set()
    assert await asyncio.gather(*waiting) == [before] * 3
    file.write_text(TOKEN[::-1] + "longer")
    assert await token_file_changed(by_file, before)


def test_children_get_no_token() -> None:
    Secret(TOKEN)
    assert child_environ({"A": "1", "B": TOKEN, "C": f"https://x/{TOKEN}", "LIVEAGENT_TOKEN": "x"}) == {
        "A": "1"
    }


def test_the_time_limit_is_ten_seconds() -> None:
    assert secrets.SECONDS == 10.0
