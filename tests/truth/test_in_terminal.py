"""The installed command in a real terminal, its server on a real socket: what stands there was held."""

import asyncio
import re
import shutil
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.terminal.pty_harness import PtyProgram
from tui.clock import SystemClock
from tui.figures import Measure, account
from tui.simulator.app import App
from tui.simulator.demo import ADMIN, ENVIRONMENTS, make_world, token_of
from tui.simulator.serve import serving
from tui.simulator.world import World

ACCOUNT = 12345
SIZE = (120, 40)
LOOKS = 4
_HEAD = re.compile(r"(?P<name>\S.*?) · (?P<id>\d+)\s")
_AS_OF = re.compile(r"as of (\d\d):(\d\d):(\d\d)")
_CELL = re.compile(r"^\s*(\d+)\s*$")
_DETAIL = re.compile(r"(assigned|open) (\d+)(?= ·)")


def command() -> list[str]:
    """The installed command; the module where the script is not on the path."""
    beside = Path(sys.executable).with_name("liveagent-tui")
    found = str(beside) if beside.exists() else shutil.which("liveagent-tui")
    return [found] if found else [sys.executable, "-m", "tui.cli"]


def by_place(lines: list[str]) -> dict[str, int]:
    """The figures below their titles, and those of the rows below, from the rows and columns alone."""
    titles = lines[2]
    found: dict[str, int] = {}
    width = (len(lines[0]) - 2) // 5
    for title in ("waiting", "agents online"):
        at = titles.index(title) + len(title) // 2 - width // 2
        number = _CELL.match(lines[3][max(1, at + 3) : at + width - 3])
        if number:
            found[title] = int(number[1])
    for line in lines[4:10]:
        for word, number_of in _DETAIL.findall(line):
            found[word] = int(number_of)
    return found


def since(text: str, now: float) -> float | None:
    """The moment `as of 14:05:09` names, in UTC."""
    found = _AS_OF.search(text)
    if found is None:
        return None
    here = datetime.fromtimestamp(now, UTC)
    hours, minutes, seconds = (int(part) for part in found.groups())
    behind = ((here.hour - hours) * 3_600 + (here.minute - minutes) * 60 + here.second - seconds) % 86_400
    return int(now) - behind


async def until(wanted: Callable[[], bool], limit: float) -> None:
    """Look again and again, letting the server run meanwhile; AssertionError past `limit` seconds."""
    end = time.monotonic() + limit
    while not wanted():
        assert time.monotonic() < end, "it did not come"
        await asyncio.sleep(0.05)


def judge(world: World, lines: list[str], now: float) -> int:
    """Compare one screen with the world; how many figures it could compare."""
    head = _HEAD.search(lines[0])
    assert head is not None, lines[0]
    assert int(head["id"]) == ACCOUNT
    assert "as Ada Brandt" in lines[0] or "as " not in lines[0][:70]
    border = next(line for line in lines if "╰" in line)
    moments = {"header": since(lines[0], now), "pane": since(border, now)}
    slots = {
        "waiting": (account(Measure.UNASSIGNED), "header"),
        "assigned": (account(Measure.ASSIGNED), "header"),
        "open": (account(Measure.OPEN), "header"),
        "agents online": (account(Measure.AGENTS_ONLINE), "pane"),
    }
    compared = 0
    for word, number in by_place(lines).items():
        slot, place = slots[word]
        moment = moments[place]
        if moment is None:
            continue
        begun = world.account(ACCOUNT).ledger.begun
        held = world.held(ACCOUNT, ADMIN, slot, max(moment, begun), world.moment())
        assert number in held, f"{word} {number}, the server held {sorted(held)}\n" + "\n".join(lines)
        compared += 1
    return compared


@pytest.mark.timeout(100)
async def test_what_a_terminal_shows_by_place_is_what_the_server_held(tmp_path: Path) -> None:
    name, flavour, outlines = ENVIRONMENTS[0]
    world = make_world(name, flavour, outlines, SystemClock(), 7, 1.0)
    world.account(ACCOUNT)
    config = tmp_path / "config.toml"
    async with serving(App(world)) as url:
        config.write_text(
            '[refresh]\nevery = 5\n[environments.trial]\ntimezone = "UTC"\n'
            f'url = "{url}"\ntoken = {{ env = "TRUTH_TOKEN" }}\n'
            f"[[environments.trial.accounts]]\nid = {ACCOUNT}\n"
        )
        config.chmod(0o600)
        env = {"TRUTH_TOKEN": token_of(name), "NO_PROXY": "127.0.0.1"}
        with PtyProgram([*command(), "--config", str(config)], size=SIZE, env=env) as program:

            def complete() -> bool:
                return len(by_place(program.screen_lines())) == 4

            await until(lambda: "as of" in program.screen_lines()[0] and complete(), 60.0)
            compared = 0
            for _ in range(LOOKS):
                compared += judge(world, program.screen_lines(), time.time())
                await asyncio.sleep(1.5)
            assert compared >= 3 * LOOKS
            program.press("q")
            await until(lambda: program._poll() is not None, 20.0)
            assert program.exit_code() == 0
