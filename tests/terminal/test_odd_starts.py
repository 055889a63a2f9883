"""Starts that are not a person's at a keyboard: a wall of a service, a mistyped word, a served demo."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.installed import ran
from tests.terminal.pty_harness import PtyProgram
from tui import cli, paths

COMMAND = str(Path(sys.executable).with_name("liveagent-tui"))
SECONDS = 60


@pytest.mark.parametrize("without", ["</dev/null", "<&-"], ids=["null", "closed"])
def test_a_wall_needs_nothing_to_read_from(without: str) -> None:
    with PtyProgram(
        ["/bin/sh", "-c", f'exec "{COMMAND}" --demo --wall {without}'], size=(120, 40)
    ) as program:
        program.wait_for("page 1 of", SECONDS)
        program.signal(signal.SIGTERM)
        assert program.exit_code(SECONDS) == 143
        assert program.modes.restored
        assert program.settings() == program.settings_before


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["snapshto"], "snapshot"),
        (["snapshto", "--format", "json"], "snapshot"),
        (["chek"], "check"),
        (["confg", "show"], "config"),
        (["histroy", "info"], "history"),
        (["trail"], "trial"),
        (["Trial"], "trial"),
        (["check", "traill/7"], "trial"),
        (["snapshot", "tria"], "trial"),
        (["config", "remove", "trail"], "trial"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else value,
)
def test_a_mistyped_word_is_guessed(words: list[str], meant: str) -> None:
    file = paths.config_file()
    file.parent.mkdir(parents=True, mode=0o700)
    file.write_text('[environments.trial]\nurl = "https://trial.example"\ntoken = { env = "HOME" }\n')
    file.chmod(0o600)
    run = ran(*words)
    assert f'Did you mean "{meant}"?' in run.stderr
    assert run.returncode == 2


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("config shwo", "show"),
        ("config shwo --config /x", "show"),
        ("config ad x", "add"),
        ("config remvoe x", "remove"),
        ("config Check", "check"),
        ("history inof", "info"),
        ("history exprot --format csv", "export"),
        ("history prnue", "prune"),
        ("history export --fromat csv", "--format"),
        ("history export --format jsn", "json"),
        ("history export --format=jsn", "json"),
        ("snapshot --fromat=json", "--format"),
        ("snapshot --format jsno", "json"),
        ("check --jsn", "--json"),
        ("config add x --tokn-env T", "--token-env"),
        ("demo --srve 127.0.0.1:0", "--serve"),
        ("--thme dark", "--theme"),
        ("--theme drak", "dark"),
        ("--dmeo", "--demo"),
        ("--log-level debgu", "debug"),
        ("--colour none", "--color"),
    ],
)
def test_every_mistyped_word_of_a_command_line_is_guessed(
    line: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code: object = cli.main(line.split())
    except SystemExit as ended:
        code = ended.code
    assert code == 2
    assert f'Did you mean "{meant}"?' in capsys.readouterr().err


@pytest.mark.parametrize("line", ["qqqqqq", "config qqqqqq", "history qqqqqq", "--qqqqqq", "check --qqqqqq"])
def test_a_word_like_nothing_is_not_guessed(line: str) -> None:
    run = ran(*line.split())
    assert "Did you mean" not in run.stderr
    assert run.returncode == 2


@pytest.mark.parametrize(
    ("host", "warned"),
    [
        ("127.0.0.1", False),
        ("[::1]", False),
        ("localhost", False),
        ("", False),
        ("0.0.0.0", True),
        ("[::]", True),
    ],
)
def test_a_simulator_that_others_reach_warns(host: str, warned: bool) -> None:
    process = subprocess.Popen(
        [COMMAND, "demo", "--serve", f"{host}:0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.terminate()
    _, stderr = process.communicate(timeout=SECONDS)
    assert ("Other machines may reach" in stderr) is warned
