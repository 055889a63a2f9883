"""The installed command where something it needs fails: a plain sentence, an exit code, no traceback."""

import json
import os
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.project import ROOT
from tests.many_commands import Streams, ran_forked
from tests.security.server import served
from tests.terminal.pty_harness import PtyProgram
from tests.unit.test_history import OPEN, Recorder
from tui import paths
from tui.monitor.history.schema import FILE_NAME
from tui.simulator.demo import token_of

COMMAND = str(Path(sys.executable).with_name("liveagent-tui"))
PATIENCE = 120.0
NOT_UTF8 = b"/tmp/\xff.toml"
MANY_DIGITS = "1" * 5_000
CONFIG = """
[environments.e]
url = "https://127.0.0.1:9"
token = { env = "HOME" }
"""
PRINTING = (
    ["check"],
    ["check", "--json"],
    ["config", "path"],
    ["config", "show"],
    ["config", "check"],
    ["config", "add", "trial", "--token-env", "HOME"],
    ["history", "info"],
    ["history", "export"],
    ["history", "export", "--format", "json"],
    ["demo", "--serve", "127.0.0.1:0"],
    ["--help"],
    ["--version"],
    ["check", "--help"],
)
READER_GONE = 'pipe=$(mktemp -u) && mkfifo "$pipe" && exec 4<>"$pipe" 3>"$pipe" 4<&- && rm "$pipe"'
"""Makes descriptor 3 of a shell a pipe whose reader has gone."""
INTERRUPTED = """
import sys
from importlib.metadata import EntryPoint
class Interrupts:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupts())
sys.argv[1:] = {words!r}
sys.exit(EntryPoint("liveagent-tui", {entry!r}, "console_scripts").load()())
"""
ENTRY = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"][
    "liveagent-tui"
]


def ran(
    *words: str | bytes, streams: str = "", env: dict[str, str | bytes] | None = None
) -> "subprocess.CompletedProcess[str]":
    """The command's end; `streams` are redirections as a shell writes them, `>&3` to no reader."""
    before = f"{READER_GONE} && " if "&3" in streams else ""
    run = subprocess.run(
        ["sh", "-c", f'{before}exec "$@" {streams}', "sh", COMMAND, *words],
        env={**os.environb, **{name.encode(): value for name, value in (env or {}).items()}},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert "Traceback" not in run.stderr, run.stderr
    assert "Exception ignored" not in run.stderr, run.stderr
    return run


@pytest.fixture
def config(tmp_path: Path) -> str:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG)
    file.chmod(0o600)
    return str(file)


@pytest.fixture
def recorded() -> None:
    recorder = Recorder(paths.data_dir() / FILE_NAME)
    recorder.say({OPEN: 100})
    recorder.history.close()


FULL: Streams = ("", "/dev/full", "")
CLOSED: Streams = ("", None, "")
WHY = {FULL: "No space left on device", CLOSED: "Bad file descriptor"}


@pytest.mark.usefixtures("recorded")
def test_an_output_that_cannot_be_written_is_a_sentence() -> None:
    cases = [(words, FULL) for words in PRINTING]
    # What was added once can't be added again.
    cases += [(["app" if word == "trial" else word for word in words], CLOSED) for words in PRINTING]
    for (words, streams), end in zip(cases, ran_forked(cases, os.environ), strict=True):
        assert end == (1, f"The output can't be written: {WHY[streams]}.\n"), words


@pytest.mark.parametrize(
    ("streams", "why"), [(">/dev/full", WHY[FULL]), (">&-", WHY[CLOSED])], ids=["full", "closed"]
)
def test_the_installed_command_says_so(streams: str, why: str) -> None:
    run = ran("config", "path", streams=streams)
    assert run.stderr == f"The output can't be written: {why}.\n"
    assert run.returncode == 1


def test_a_snapshot_that_cannot_be_written_is_a_sentence() -> None:
    cases = [
        (["snapshot", "--format", form], streams)
        for form in ("table", "json", "csv")
        for streams in (FULL, CLOSED)
    ]
    with served("onprem") as url:
        env = {"LIVEAGENT_URL": url, "LIVEAGENT_TOKEN": token_of("onprem"), "LIVEAGENT_ACCOUNT": "2"}
        for code, said in ran_forked(cases, {**os.environ, **env}):
            assert said.startswith("The output can't be written: ")
            assert code == 1


@pytest.fixture(params=[None, "1"], ids=["buffered", "unbuffered"])
def buffering(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param is None:
        monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    else:
        monkeypatch.setenv("PYTHONUNBUFFERED", request.param)


@pytest.mark.usefixtures("buffering")
@pytest.mark.parametrize("streams", [">/dev/full 2>/dev/full", ">&- 2>&-", "<&- >&- 2>&-", ">&3 2>&3"])
def test_without_any_stream_the_exit_code_tells(streams: str) -> None:
    assert ran("config", "path", streams=streams).returncode == 1


@pytest.mark.parametrize("streams", ["2>/dev/full", "2>&-", "2>&3"], ids=["full", "closed", "broken"])
@pytest.mark.parametrize(("words", "code"), [(["config", "path"], 0), (["nosuch/1"], 2)], ids=["good", "bad"])
def test_an_error_nobody_reads_changes_no_exit_code(words: list[str], code: int, streams: str) -> None:
    assert ran(*words, streams=streams).returncode == code


def test_a_refusal_that_cannot_be_written_is_still_told_by_the_exit_code() -> None:
    refused = [
        ["--nonsense"],
        ["--demo", "--theme", "nosuch"],
        ["snapshot"],
        ["snapshot", "--format", "nosuch"],
        ["check", "nosuch"],
        ["config", "nosuch"],
        ["config", "remove", "nosuch"],
        ["history", "nosuch"],
        ["demo", "--serve", "nosuch"],
        ["--config", "/nosuch.toml", "config", "check"],
    ]
    nowhere: Streams = ("", "/dev/full", "/dev/full")
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    ends = ran_forked([(words, nowhere) for words in refused], env)
    assert {code for code, _ in ends} <= {1, 2}


def test_a_monitor_without_its_streams_has_no_terminal() -> None:
    without: list[Streams] = [(None, "", ""), ("", None, ""), (None, None, "")]
    cases: list[tuple[list[str], Streams]] = [
        (words, streams) for words in (["--demo"], []) for streams in without
    ]
    for code, said in ran_forked(cases, os.environ):
        assert "output is not a terminal" in said
        assert code == 2


def test_a_command_goes_without_an_input() -> None:
    run = ran("config", "path", streams="<&-")
    assert run.returncode == 0
    assert "config.toml" in run.stdout


def below_a_device(folder: Path) -> None:
    folder.parent.mkdir(parents=True)
    folder.symlink_to("/dev/null")


def as_a_directory(folder: Path) -> None:
    (folder / "liveagent-tui.log").mkdir(parents=True)


def as_a_symlink(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "liveagent-tui.log").symlink_to("/dev/null")


@pytest.mark.parametrize("spoil", [below_a_device, as_a_directory, as_a_symlink])
def test_a_log_that_cannot_be_written_is_a_sentence(spoil: Callable[[Path], None]) -> None:
    spoil(paths.log_dir())
    with PtyProgram([COMMAND, "--demo", "--log-level", "debug"], size=(200, 24)) as program:
        assert program.exit_code(PATIENCE) == 2
        program.wait_for("can't be written", PATIENCE)
        assert b"Traceback" not in program.raw


@pytest.mark.parametrize("words", [["check"], []], ids=["check", "monitor"])
@pytest.mark.parametrize("number", [MANY_DIGITS, "7" * 19])
def test_an_account_of_too_many_digits_is_an_argument_error(
    words: list[str], number: str, config: str
) -> None:
    run = ran("--config", config, *words, f"e/{number}")
    assert run.returncode == 2
    assert '"e/77' in run.stderr or '"e/11' in run.stderr or "no account's number" in run.stderr
    assert len(run.stderr) < 400


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_a_path_that_is_no_utf8_is_checked(form: list[str], tmp_path: Path) -> None:
    run = ran("--config", NOT_UTF8, "check", *form)
    assert "/tmp/?.toml" in run.stdout
    assert run.returncode == 2
    run = ran("check", *form, env={"XDG_STATE_HOME": os.fsencode(tmp_path) + b"/\xff"})
    assert f"{tmp_path}/?/" in run.stdout
    assert run.returncode == 0
    if form:
        assert json.loads(run.stdout)


@pytest.mark.parametrize("words", [["check"], []], ids=["check", "monitor"])
def test_what_was_typed_is_told_without_its_controls(words: list[str], config: str) -> None:
    run = ran("--config", config, *words, b"\xff\x1b[2Jnosuch")
    assert run.returncode == 2
    assert "\x1b" not in run.stderr
    assert "nosuch" in run.stderr


def test_the_controls_in_a_path_stay_out_of_the_lines() -> None:
    run = ran("--config", "/tmp/\x1b[2J.toml", "check")
    assert run.returncode == 2
    assert "\x1b" not in run.stdout


@pytest.mark.parametrize("place", ["127.0.0.1:65535", "127.0.0.1:65534", "ä" * 70 + ".example:8321"])
def test_a_place_nobody_can_serve_at_is_a_sentence(place: str) -> None:
    run = ran("demo", "--serve", place)
    assert run.stdout == ""
    assert run.stderr.startswith(f"The simulator cannot listen at {place}: ")
    assert run.returncode == 2


@pytest.mark.parametrize("word", ["bogus", ""])
def test_a_colour_system_nobody_knows_is_ignored(word: str) -> None:
    with PtyProgram([COMMAND, "--demo"], env={"TEXTUAL_COLOR_SYSTEM": word}) as program:
        program.wait_for("as of", PATIENCE)
        program.wait_for(": go to", PATIENCE)
        program.press("q")
        assert program.exit_code(PATIENCE) == 0


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("tui.cli", ["--version"]),
        ("argparse", ["--version"]),
        ("tui.output.stdout", ["snapshot"]),
        ("tui.app.start", ["--demo"]),
        ("tui.doctor.command", ["check"]),
        ("tui.output.snapshot", ["snapshot"]),
        ("tui.config.commands", ["config", "path"]),
    ],
)
def test_an_interrupt_while_it_starts_is_no_traceback(module: str, words: list[str]) -> None:
    run = subprocess.run(
        [sys.executable, "-c", INTERRUPTED.format(module=module, words=words, entry=ENTRY)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert run.stderr == ""
    assert run.returncode == 128 + signal.SIGINT
