"""Text that strangers typed, all the way to the screen: nothing but printable text of the right width."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from wcwidth import wcwidth

from tests.builders import NOW, WALL, listing, snapshot
from tests.fuzz import examples
from tests.security.escapes import foreign
from tests.security.hostile import ATTACKS, FREE, HUGE, HostileApp, askew, unsafe
from tests.security.server import served
from tests.stage import NOON, Stage, demo_config, on_stage
from tests.terminal.pty_harness import PtyProgram
from tui.api import decode, decode_conversations
from tui.clock import ManualClock
from tui.config.conditions import parse_condition
from tui.config.model import Account, AlertRule, Config
from tui.monitor.queue.pages import ListedConversation
from tui.panes import inboxes, teams
from tui.panes.agents.agents import Crew
from tui.panes.agents.rows import AgentRows
from tui.panes.conversation_list.rows import ListLook
from tui.panes.conversation_list.rows import rows as conversation_rows
from tui.simulator.app import App
from tui.simulator.demo import Demo, token_of
from tui.simulator.faults import Fault, Kind
from tui.widgets.rows import Row

COMMAND = str(Path(sys.executable).with_name("liveagent-tui"))
PATIENCE = 120.0
LOOK = ListLook(customers_hidden=False, agents_hidden=False, target=300.0, backlog_after=86_400.0)
TOURS: dict[str, tuple[tuple[str, ...], ...]] = {
    "lists": (
        ("tab", "tab", "G"),
        ("i",),
        ("escape", "tab", "tab", "M"),
        ("escape", "slash", "[", "b"),
    ),
    "conversations": (("enter",), ("i",), ("escape", "enter"), ("escape", "escape", "i")),
    "boxes": (("colon", "a"), ("escape", "colon", "[", "r"), ("escape", "b"), ("escape", "comma")),
    "screens": (("f",), ("escape", "x"), ("escape", "c"), ("escape", "w"), ("escape", "question_mark")),
}
"""Keys pressed from the dashboard on; the screen is judged after each group."""


@pytest.fixture(autouse=True)
def _hostile(monkeypatch: pytest.MonkeyPatch) -> None:
    worlds: dict[str, App] = {}

    def app(demo: Demo, origin: str) -> App | None:
        if demo._environment(origin) is None:
            return None
        return worlds.setdefault(origin, HostileApp(demo.world(origin)))

    monkeypatch.setattr(Demo, "app", app)


def config() -> Config:
    """The demo's environments with the names of accounts left to the server, and an alert that fires."""
    made = demo_config(Demo(clock=ManualClock(wall=NOON)))
    nameless = tuple(
        msgspec.structs.replace(
            environment, accounts=tuple(Account(id=each.id) for each in environment.accounts)
        )
        for environment in made.environments
    )
    rule = AlertRule(when=parse_condition("unassigned > 0"), text="unassigned > 0")
    return msgspec.structs.replace(made, environments=nameless, alerts=(rule,))


def judge(stage: Stage) -> None:
    """The screen holds nothing a terminal would obey, is straight, and took no text for markup."""
    width = stage.app.size.width
    for strip in stage.app.screen._compositor.render_strips():
        assert unsafe(strip.text) == [], strip.text
        assert not askew(strip.text, width), strip.text
        for segment in strip:
            if segment.style is not None:
                assert segment.style.link is None
                assert "app.quit" not in str(segment.style.meta)
    assert stage.app.is_running


@pytest.mark.parametrize("tour", TOURS)
async def test_every_screen_shows_printable_text_of_the_right_width(tour: str) -> None:
    async with on_stage(config=config(), size=(120, 40), settle=8) as stage:
        judge(stage)
        for keys in TOURS[tour]:
            await stage.press(*keys)
            await stage.run_for(2)
            judge(stage)
        assert stage.app._exception is None


async def test_markup_is_text_and_a_megabyte_is_cut() -> None:
    async with on_stage(config=config(), size=(200, 60), settle=8) as stage:
        judge(stage)
        text = stage.text()
        assert "[bold red]loud[/]" in text
        assert "[5mA[5mA" in text
        for columns, rows in ((80, 24), (20, 5), (200, 60)):
            await stage.pilot.resize_terminal(columns, rows)
            await stage.pilot.pause()
            judge(stage)


async def test_words_and_headers_of_a_refusal_are_as_harmless() -> None:
    async with on_stage(config=config(), size=(120, 40), settle=6) as stage:
        for status in (401, 403, 404, 422, 429, 500, 503, 302):
            for environment in stage.demo.environments:
                hostile = stage.demo.app(environment.url)
                assert isinstance(hostile, HostileApp)
                hostile.failing = status
            await stage.press("r")
            await stage.run_for(6, step=3.0)
            judge(stage)
            await stage.press("i")
            judge(stage)
            await stage.press("escape")
        assert stage.app._exception is None


async def test_a_redirect_elsewhere_tells_nothing_of_its_address() -> None:
    faults = (Fault(kind=Kind.REDIRECT, location="https://evil.example/\x9b2J"),)
    async with on_stage(config=config(), faults=faults, settle=6) as stage:
        judge(stage)
        assert "evil.example" not in stage.text()


def test_the_bytes_for_a_real_terminal_hold_no_sequence_but_ours() -> None:
    with served("onprem", HostileApp) as url:
        env = {"LIVEAGENT_URL": url, "LIVEAGENT_TOKEN": token_of("onprem"), "LIVEAGENT_ACCOUNT": "2"}
        with PtyProgram([COMMAND], size=(120, 40), env=env) as program:
            program.wait_for("as of", PATIENCE)
            program.wait_for("Teams 4 ", PATIENCE)
            program.wait_for("Agents 18 ", PATIENCE)
            # A q closes: escape and the next key at once would be one chord.
            for key, there in (
                ("i", "$LIVEAGENT_TOKEN"),
                (":", "Go to "),
                ("\r", "last active"),
                ("f", "Fleet"),
            ):
                program.press(key)
                program.wait_for(there, PATIENCE)
                program.press("ctrl+u", "backspace") if key == ":" else program.press("q")
                if key == ":":
                    program.press("escape")
                program.wait_until_gone(there, PATIENCE)
                program.wait_for("Teams 4 ", PATIENCE)
            program.press("ctrl+c")
            assert program.exit_code(PATIENCE) == 0
            assert foreign(program.raw) == []
            assert program.modes.restored


@pytest.mark.parametrize("sneaked", [b"\x1b]52;c;eA==\x07", b"\x1b[6n", "\x9b2J".encode(), "\u202e".encode()])
def test_the_judge_of_bytes_finds_what_is_not_ours(sneaked: bytes) -> None:
    assert foreign(b"\x1b[1;31mfine\x1b[0m") == []
    assert foreign(b"\x1b[1mfine" + sneaked) != []


PIECE = st.one_of(
    st.sampled_from(ATTACKS),
    st.text(st.characters(), max_size=12),
    st.text(
        st.sampled_from("\x1b\x9b[]\\/@\u202e\u200b\u0301\ud800\r\n\t漢é👍🏽\ufe0f\u0e31\u0903ﷺ"), max_size=12
    ),
)
TEXT = st.lists(PIECE, max_size=6).map("".join)
AGENT = st.fixed_dictionaries(
    {"id": st.integers(1, 10**9), "name": TEXT},
    optional={"available_name": TEXT, "role": TEXT, "availability_status": TEXT, "email": TEXT},
)
TEAM = st.fixed_dictionaries({"id": st.integers(1, 10**9), "name": TEXT, "description": TEXT})
INBOX = st.fixed_dictionaries({"id": st.integers(1, 10**9), "name": TEXT, "channel_type": TEXT})
CONVERSATION = st.fixed_dictionaries(
    {
        "id": st.integers(1, 10**9),
        "status": TEXT,
        "priority": TEXT,
        "labels": st.lists(TEXT, max_size=3),
        "meta": st.fixed_dictionaries(
            {
                "sender": st.fixed_dictionaries({"id": st.integers(1, 99), "name": TEXT}),
                "assignee": st.fixed_dictionaries({"id": st.integers(1, 99), "name": TEXT}),
                "team": st.fixed_dictionaries({"id": st.integers(1, 99), "name": TEXT}),
                "channel": TEXT,
            }
        ),
    }
)


def agent_rows(data: bytes) -> Sequence[Row]:
    return AgentRows().rows(snapshot(agents=listing(decode.agents(data).items)), Crew(NOW, {}))


def team_rows(data: bytes) -> Sequence[Row]:
    return teams.rows(snapshot(teams=listing(decode.teams(data).items)), NOW)


def inbox_rows(data: bytes) -> Sequence[Row]:
    return inboxes.rows(snapshot(inboxes=listing(decode.inboxes(data).items)), NOW)


def found_rows(data: bytes) -> list[Row]:
    page = decode_conversations.page(b'{"data": {"meta": {"all_count": 1}, "payload": ' + data + b"}}")
    return conversation_rows(
        [ListedConversation(conversation, WALL) for conversation in page.items], snapshot(), LOOK
    )


@pytest.mark.parametrize(
    ("items", "rows"),
    [(AGENT, agent_rows), (TEAM, team_rows), (INBOX, inbox_rows), (CONVERSATION, found_rows)],
    ids=["agents", "teams", "inboxes", "conversations"],
)
def test_rows_of_whatever_names_hold_text_of_one_width(
    items: st.SearchStrategy[dict[str, Any]], rows: Callable[[bytes], Sequence[Row]]
) -> None:
    @settings(max_examples=examples(60), deadline=None)
    @given(st.lists(items, min_size=1, max_size=4))
    def fuzz(several: list[dict[str, Any]]) -> None:
        made = rows(json.dumps(several).encode())
        assert made
        for row in made:
            for cell in row.cells:
                assert unsafe(cell.text) == []
                assert cell_len(cell.text) == sum(map(wcwidth, cell.text))

    fuzz()


def test_the_attacks_are_attacks() -> None:
    assert all(unsafe(text) or "[" in text for text in (*ATTACKS, HUGE))
    assert "name" in FREE
