"""What alerts take from the history, and the commands they run."""

import json
import os
import select
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.unit.test_alerts import snapshot
from tests.unit.test_history import KEY, Recorder
from tui.identity import Measure, account
from tui.monitor.alerts.command import run_command
from tui.monitor.alerts.derived import derived, usual_waiting
from tui.monitor.alerts.rules import OVER_USUAL
from tui.redact import Secret

BERLIN = ZoneInfo("Europe/Berlin")
ONLINE = account(Measure.AGENTS_ONLINE)
WAITING = account(Measure.UNASSIGNED)


def python(script: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-c", script, *arguments)


async def test_share_of_the_agents_who_left(tmp_path: Path) -> None:
    recorder = Recorder(None)
    for value in [10] * 20 + [4]:
        recorder.say({ONLINE: value}, key=snapshot({}, 0).key)
        recorder.clock.leap(15)
    now = recorder.clock.now()
    known = derived(recorder.history, snapshot({ONLINE: 4}, now - 15), None, now)
    assert known["agents_online_fallen"].value == pytest.approx(0.6)
    assert derived(recorder.history, snapshot({ONLINE: 4}, now - 60), None, now) == {}
    recorder.history.close()


async def test_usual_is_the_mean_of_this_weekday_and_hour() -> None:
    recorder = Recorder(None)
    picture = snapshot({WAITING: 40}, 0)
    assert picture.key.account_id == KEY.account_id
    assert await usual_waiting(recorder.history, picture, recorder.clock.wall(), BERLIN) is None
    for value in (10, 20):
        recorder.clock.leap(7 * 86_400 - 20 * 60)
        for _ in range(20):
            recorder.say({WAITING: value}, key=picture.key)
            recorder.clock.leap(60)
    recorder.clock.leap(7 * 86_400)
    usual = await usual_waiting(recorder.history, picture, recorder.clock.wall(), BERLIN)
    assert usual == 15
    now = recorder.clock.now()
    assert derived(recorder.history, snapshot({WAITING: 45}, now), usual, now)[OVER_USUAL].value == 3
    recorder.history.close()


async def test_command_gets_the_details_on_its_input_and_no_shell(tmp_path: Path) -> None:
    target = tmp_path / "told; touch evil"
    script = "import sys; open(sys.argv[1], 'w').write(sys.stdin.read())"
    details = json.dumps({"alert": "unassigned > 20"}).encode()
    assert await run_command(python(script, str(target)), details) == ""
    assert target.read_bytes() == details


async def test_command_gets_no_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = Secret("Xy7kQ2mN9pR4sT6vW8zA1bC3")
    monkeypatch.setenv("MY_TOKEN", secret.reveal())
    target = tmp_path / "environment"
    script = "import os, sys; open(sys.argv[1], 'w').write(str(dict(os.environ)))"
    await run_command(python(script, str(target)), b"{}")
    assert "PATH" in target.read_text()
    assert secret.reveal() not in target.read_text()


async def test_command_that_hangs_is_stopped_with_all_it_started(tmp_path: Path) -> None:
    line = tmp_path / "line"
    os.mkfifo(line)
    reader = os.open(line, os.O_RDONLY | os.O_NONBLOCK)
    script = (
        "import os, subprocess, sys, time\n"
        "line = os.open(sys.argv[1], os.O_WRONLY)\n"
        "subprocess.Popen(['sleep', '60'], pass_fds=[line])\n"
        "os.write(line, b'started'); time.sleep(60)"
    )
    said = await run_command(python(script, str(line)), b"{}", seconds=1.5)
    assert "took longer than 2 s" in said
    assert os.read(reader, 100) == b"started"
    # The end of the line comes when nobody has it open any more.
    select.select([reader], [], [], 10)
    assert os.read(reader, 100) == b""
    os.close(reader)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("no-such-command-anywhere",), "could not be started: No such file"),
        (python("raise SystemExit(3)"), "ended with 3"),
        (("bad\0name",), "could not be started"),
    ],
)
async def test_command_that_fails_is_told(command: tuple[str, ...], said: str) -> None:
    assert said in await run_command(command, b"{}")
