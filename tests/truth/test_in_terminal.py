"""The installed command in a real terminal, its servers on real sockets: what stands there was held."""

import asyncio
from pathlib import Path

import pytest

from tests.terminal.pty_harness import PtyProgram
from tests.truth import by_place
from tests.truth.bench import Tally
from tests.truth.by_place import Read, Terminal
from tests.truth.in_terminal import TerminalPlay

STEPS = 14
SEED = 3
NOW = 1_790_000_000.0
SCREEN = """\
 TRIAL   HTTP  Support EU · 12345  as Ada Brandt, administrator     ▲ no answer  as of 14:13:16  14:13 UTC
╭─ Conversations ──────────────────────────────────────────────────────────────────────────────────────╮
│     unassigned          longest wait         last 15 min        agents online        needs help      │
│    12 (2 min old)           44 m                  —                    …              premium care   │
│                       billing · nobody              ▁                                  3 waiting     │
│  assigned 37 · open 49 (30 s old) · mine — · queued 12 · pending 1 · snoozed 7                       │
╰───────────────────────────────────────────────────────────────────────────────────── as of 14:13:11 ─╯
╭─ Teams 2 ──────────────────────────────────────╮╭─ Agents 42  ● 3 online  ◐ 0 busy ────────────────────╮
│  team            ▼unassigned   open online     ││  agent         availability  open                    │
│ ▌partners                  4      7    2/8     ││ ▏Ada Brandt    ● online       128                    │
│  technical sup…            —    162      …     ││  Anna-Katha…   ○ offline        0                    │
╰──── as of 14:13:11 · oldest figure 3 min ──────╯╰──────────────────────────────────── as of 14:13:11 ─╯
 : go to  ⏎ open  / filter  a account  e environment  i where from  ? keys"""


def test_a_screen_is_read_by_place() -> None:
    seen = by_place.read(SCREEN.splitlines(), NOW)
    dimmed = NOW - 246
    assert seen == Terminal(
        "trial",
        12345,
        (
            Read("", "unassigned", 12, NOW - 186),
            Read("", "assigned", 37, NOW - 4),
            Read("", "open", 49, NOW - 37),
            Read("partners", "unassigned", 4, dimmed),
            Read("partners", "open", 7, dimmed),
            Read("technical sup…", "open", 162, dimmed),
        ),
        2,
    )


def test_an_age_that_stands_below_its_figure_is_the_figures() -> None:
    lines = SCREEN.splitlines()
    lines[3] = lines[3].replace("12 (2 min old)", "     12       ")
    lines[4] = lines[4].replace("│" + " " * 14, "│    (2 min old)")[: len(lines[4])]
    seen = by_place.read(lines, NOW)
    assert seen is not None
    assert seen.figures[0] == Read("", "unassigned", 12, NOW - 186)


def test_what_lies_under_a_box_is_not_read() -> None:
    lines = SCREEN.splitlines()
    lines[3] = lines[3][:30] + "╭─ Keys ─────╮" + lines[3][44:]
    assert by_place.read(lines, NOW) is None


async def test_what_a_terminal_shows_by_place_is_what_the_servers_held(tmp_path: Path) -> None:
    tally = Tally()
    play = TerminalPlay(SEED, tally)
    await play.run(tmp_path, STEPS)
    assert not play.wrong, "\n".join(play.wrong)
    assert tally.figures > 5 * STEPS
    assert tally.faults


async def test_a_figure_of_another_account_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = PtyProgram.screen_lines

    def misnamed(self: PtyProgram) -> list[str]:
        return [line.replace("· 12345", "· 12346") for line in honest(self)]

    monkeypatch.setattr(PtyProgram, "screen_lines", misnamed)
    monkeypatch.setattr(TerminalPlay, "_step", lambda *_: asyncio.sleep(1.0))
    play = TerminalPlay(SEED, Tally())
    await play.run(tmp_path, 1)
    assert any("held [" in sentence for sentence in play.wrong)
