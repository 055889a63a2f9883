"""The doctor tells what works, what doesn't, and the mend, and never a token."""

import argparse
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tui.api.call import Answer, CallRecord
from tui.api.client import LiveAgentClient
from tui.api.errors import NotFoundError, NotPermittedError
from tui.api.models import ApiRoot, Inbox
from tui.clock import SystemClock
from tui.config.file import Loaded, find
from tui.config.model import Account, Config, Environment, TokenSource
from tui.doctor import command
from tui.doctor.finding import Finding, exit_code, line
from tui.doctor.machine import disk_findings, terminal_findings
from tui.doctor.server import environment_findings
from tui.redact import Secret
from tui.simulator.app import App
from tui.simulator.demo import Demo, origin_of, token_of
from tui.simulator.serve import serving


@pytest.fixture
async def url() -> AsyncIterator[str]:
    demo = Demo(clock=SystemClock())
    async with serving(App(demo.world(origin_of("onprem")))) as address:
        yield address


def environment(url: str, token: str, account: int = 2) -> Environment:
    return Environment(
        name="desk", url=url, token=TokenSource(held=Secret(token)), accounts=(Account(id=account),)
    )


async def looked_at(configured: Environment, account_id: int | None = None) -> list[Finding]:
    return [finding async for finding in environment_findings(configured, SystemClock(), account_id, 60)]


def verdicts(findings: list[Finding]) -> dict[str, str]:
    return {finding.step: finding.verdict for finding in findings}


async def test_where_all_is_well_each_endpoint_is_named_with_its_time(url: str) -> None:
    findings = await looked_at(environment(url, token_of("onprem")))
    verdict_of = verdicts(findings)
    for step in ("counts", "agents", "teams", "members of a team", "inboxes", "report, summary"):
        assert verdict_of[step] == "pass"
    assert all(finding.seconds is not None for finding in findings if finding.step == "counts")
    assert verdict_of["encryption"] == "warn"
    assert exit_code(findings) == 0


async def test_an_agents_token_may_not_read_reports_and_that_is_no_failure(url: str) -> None:
    findings = await looked_at(environment(url, token_of("onprem", "agent")))
    assert verdicts(findings)["report, summary"] == "warn"
    assert exit_code(findings) == 0


async def test_what_is_not_known_of_opening_hours_is_said(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    call = CallRecord("GET", "/inboxes", status=200, asked_at=1.0, asked_wall=1.0, answered_at=1.0)
    there = Inbox(1, "Web", timezone="Mars/Base", working_hours_enabled=True)

    async def listed(_: LiveAgentClient, __: int) -> Answer[tuple[Inbox, ...]]:
        return Answer((there, Inbox(2, "Mail", timezone="Mars/Base")), call)

    async def refused(_: LiveAgentClient, __: int) -> Answer[tuple[Inbox, ...]]:
        raise NotPermittedError("You are not authorized to do this action", call=call)

    async def missing(_: LiveAgentClient, __: int) -> Answer[tuple[Inbox, ...]]:
        raise NotFoundError("There is no such page.", call=call)

    told = {}
    for answer in (listed, refused, missing):
        monkeypatch.setattr(LiveAgentClient, "inboxes", answer)
        findings = await looked_at(environment(url, token_of("onprem")))
        told[answer] = [finding for finding in findings if finding.step == "opening hours"]
    verdicts_of = [[finding.verdict for finding in findings] for findings in told.values()]
    assert verdicts_of == [["warn"], ["warn"], []]
    assert told[listed][0].words.startswith('The time zone of "Web" (Mars/Base) is not known here')
    assert "counts as always open" in told[refused][0].words


async def test_a_refused_token_ends_it_with_the_mend_and_is_not_shown(url: str) -> None:
    findings = await looked_at(environment(url, "wrong-token-0123456789"))
    assert findings[-1].step == "token"
    assert findings[-1].verdict == "fail"
    assert "Copy a new one" in findings[-1].words
    assert not [finding for finding in findings if "wrong-token" in line(finding)]


async def test_an_account_the_owner_is_no_member_of_fails(url: str) -> None:
    findings = await looked_at(environment(url, token_of("onprem"), account=77))
    assert verdicts(findings)["account"] == "fail"
    assert exit_code(findings) == 1


async def test_what_can_not_be_reached_ends_it() -> None:
    findings = await looked_at(environment("http://127.0.0.1:9", "some-token-0123456789"))
    assert findings[-1].step == "network"
    assert "refuses" in findings[-1].words


@pytest.mark.parametrize(
    ("told", "verdict", "words"),
    [
        ("a,b", "warn", "can't be read"),
        ("Sun, 99 Nov 2026 25:00:00 GMT", "warn", "can't be read"),
        (",", "warn", "can't be read"),
        ("soon", "warn", "can't be read"),
        ("", "skip", "doesn't tell"),
        ("Sun, 22 Nov 2026 14:05:09 -0000", "pass", "in step with the server"),
        ("2026-11-22 14:05:09", "pass", "in step with the server"),
        ("2026-11-22 14:06:09", "warn", "1 min behind"),
    ],
)
async def test_any_time_a_server_tells_is_judged(
    told: str, verdict: str, words: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall = datetime(2026, 11, 22, 14, 5, 9, tzinfo=UTC).timestamp()

    async def root(_: LiveAgentClient) -> Answer[ApiRoot]:
        call = CallRecord("GET", "/api", status=200, asked_at=1.0, asked_wall=wall, answered_at=1.0)
        return Answer(ApiRoot(version="4", timestamp=told), call)

    monkeypatch.setattr(LiveAgentClient, "api_root", root)
    findings = await looked_at(environment(url, token_of("onprem")))
    (clock,) = [finding for finding in findings if finding.step == "clock"]
    assert clock.verdict == verdict
    assert words in clock.words
    assert verdicts(findings)["report, summary"] == "pass"


@pytest.mark.parametrize(
    ("broken", "step", "goes_on_to"),
    [
        ("teams", "teams", "inboxes"),
        ("profile", "token", None),
        ("api_root", "API", "token"),
        ("aclose", "environment", None),
    ],
)
async def test_an_error_of_our_own_is_a_failed_step_and_no_traceback(
    broken: str, step: str, goes_on_to: str | None, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = LiveAgentClient.aclose

    async def break_down(client: LiveAgentClient, *_: object, **__: object) -> None:
        if broken == "aclose":
            await close(client)
        raise ZeroDivisionError("what a customer wrote")

    monkeypatch.setattr(LiveAgentClient, broken, break_down)
    onprem = environment(url, token_of("onprem"))
    loaded = Loaded(Config(environments=(onprem,)), find())
    findings = await command._all(loaded, [(onprem, 2)], SystemClock(), as_json=True)
    (failed,) = [finding for finding in findings if finding.verdict == "fail"]
    assert failed.step == step
    assert "ZeroDivisionError" in failed.words
    assert "customer" not in str(findings)
    assert goes_on_to is None or goes_on_to in verdicts(findings)


@pytest.mark.parametrize("look", ["config", "permission", "terminal", "disk"])
def test_a_step_of_this_machine_that_breaks_ends_no_other(
    look: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def break_down(*_: object, **__: object) -> list[Finding]:
        raise ZeroDivisionError

    monkeypatch.setattr(command, f"{look}_findings", break_down)
    assert command.run(argparse.Namespace(config=None, target=None, json=True)) == 1
    told = json.loads(capsys.readouterr().out)
    assert ["ZeroDivisionError" in finding["words"] for finding in told if finding["verdict"] == "fail"] == [
        True
    ]
    assert {"config", "terminal", "disk"} <= {finding["step"] for finding in told}


def test_the_terminal_is_judged_by_what_can_be_drawn() -> None:
    mute = list(terminal_findings({"TERM": "dumb"}, isatty=True, encoding="utf-8"))
    assert [finding.verdict for finding in mute] == ["fail"]
    latin = list(terminal_findings({"TERM": "xterm"}, isatty=True, encoding="iso-8859-1"))
    (characters,) = [finding for finding in latin if finding.step == "characters"]
    assert characters.verdict == "warn"
    assert "--ascii" in characters.words


@pytest.mark.parametrize(
    ("environ", "colours", "frames", "copying", "notifications"),
    [
        ({"TERM": "xterm-256color"}, "256, as TERM is", "asked for", "by OSC 52", "by OSC 9;"),
        (
            {"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"},
            "none, as NO_COLOR", "asked for", "by OSC 52", "by OSC 9;",
        ),
        (
            {"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"},
            "256, as TERM is", "not asked for", "by OSC 52", "by OSC 9;",
        ),
        (
            {"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"},
            "16 million, as the terminal is iTerm.app", "asked for", "by OSC 52", "by OSC 9;",
        ),
        ({"TERM": "xterm-kitty"}, "16 million, as TERM is", "asked for", "by OSC 52", "by OSC 99;"),
        (
            {"TERM": "tmux-256color", "TMUX": "x", "COLORTERM": "truecolor"},
            "16 million, as COLORTERM is", "asked for", "tmux's buffer", "through tmux",
        ),
        ({"TERM": "linux"}, "16, as TERM is", "not asked for", "by OSC 52", "the bell"),
        ({"TERM": "vt220\x1b[2J"}, "none, as TERM is vt220", "not asked for", "by OSC 52", "the bell"),
    ],
)  # fmt: skip
def test_what_the_terminal_can_do_is_told_with_the_reason(
    environ: dict[str, str], colours: str, frames: str, copying: str, notifications: str
) -> None:
    findings = list(terminal_findings(environ, isatty=True, encoding="utf-8"))
    words = {finding.step: finding.words for finding in findings}
    assert words["colours"].startswith(colours)
    assert words["whole frames"].startswith(frames)
    assert copying in words["copying"]
    assert notifications in words["notifications"]
    assert "\x1b" not in str([line(finding) for finding in findings])


def test_a_folder_that_can_be_made_is_no_trouble(tmp_path: Path) -> None:
    (finding,) = disk_findings([tmp_path / "not" / "yet"])
    assert finding.verdict in ("pass", "warn")
    assert "MB free" in finding.words


def test_a_folder_with_a_name_that_is_none_is_a_fault_with_the_mend(tmp_path: Path) -> None:
    (finding,) = disk_findings([tmp_path / ("x" * 300)])
    assert finding.verdict == "fail"
    assert "can't be used: File name too long; set XDG_STATE_HOME" in finding.words


def test_a_broken_config_is_told_whole_with_exit_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "config.toml"
    file.write_text('nonsense = 1\n[refresh]\nevery = "often"\n')
    code = command.run(argparse.Namespace(config=str(file), target=None, json=True))
    told = json.loads(capsys.readouterr().out)
    assert code == 2
    assert len(told) >= 2
    assert all(finding["verdict"] == "fail" for finding in told)


def test_an_unknown_target_is_an_argument_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(argparse.Namespace(config=None, target="nope", json=False)) == 2
    assert 'no "nope"' in capsys.readouterr().err
