"""Keys of the installed command in a real terminal: odd reports, floods, and ctrl+c while it hangs."""

import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.fuzz import examples
from tests.security.server import served
from tests.terminal.pty_harness import PtyProgram
from tests.terminal.reports import ODD_KEYS, REPORTS
from tui.simulator.app import App, Request
from tui.simulator.demo import token_of
from tui.simulator.replies import Reply
from tui.simulator.world import World

COMMAND = str(Path(sys.executable).with_name("liveagent-tui"))
SMALL = [sys.executable, str(Path(__file__).with_name("small_app.py"))]
ENV = {"PYTHONPATH": str(Path(__file__).parents[2])}
PATIENCE = 60.0
HELP = "Go to an environment, account"
ENDING = b"qQ\x03\x1a"
"""What ends or stops the program when it is typed."""
MOST_MEMORY = 250_000_000
FLOOD = 40_000


class Listening(App):
    """Notes the methods of what it is asked."""

    methods: set[str] = set()

    def __init__(self, world: World) -> None:
        super().__init__(world)
        Listening.methods = set()

    async def answer(self, request: Request) -> Reply:
        Listening.methods.add(request.method)
        return await super().answer(request)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with served("onprem", Listening) as address:
        yield address


def test_after_every_odd_report_a_key_works() -> None:
    with PtyProgram([COMMAND, "--demo"], size=(100, 40)) as program:
        program.wait_for("as of", PATIENCE)
        for begin in range(0, len(REPORTS), 12):
            program.write("".join((*ODD_KEYS, *REPORTS[begin : begin + 12])))
            program.press("?")
            program.wait_for(HELP, PATIENCE)
            program.write("".join(reversed(ODD_KEYS)))
            program.press("?")
            program.wait_for(": go to", PATIENCE)
        program.press("q")
        assert program.exit_code(PATIENCE) == 0
        assert program.modes.restored


def test_enter_twice_in_one_read_ends_nothing(url: str) -> None:
    env = {"LIVEAGENT_URL": url, "LIVEAGENT_TOKEN": token_of("onprem"), "LIVEAGENT_ACCOUNT": "2"}
    with PtyProgram([COMMAND], size=(100, 40), env=env) as program:
        program.wait_for("as of", PATIENCE)
        for opener, title in ((":", "─ Go to ─"), ("b", "─ Figures of one inbox ─")):
            program.press(opener)
            program.wait_for(title, PATIENCE)
            program.write("\r\r")
            program.wait_for(lambda seen, title=title: not seen._has(title), PATIENCE)  # type: ignore[misc]
        program.press("?")
        program.wait_for(HELP, PATIENCE)
        program.write("?:\r\r\r")
        program.press("ctrl+c")
        assert program.exit_code(PATIENCE) == 0


@pytest.mark.parametrize("seed", range(examples(2) if examples(0) < 1000 else examples(0) // 1000))
def test_random_input_ends_nothing_fills_nothing_and_writes_nothing(url: str, seed: int) -> None:
    env = {
        "LIVEAGENT_URL": url,
        "LIVEAGENT_TOKEN": token_of("onprem"),
        "LIVEAGENT_ACCOUNT": "2",
        "EDITOR": "true",
        "BROWSER": "true",
    }
    # Random bytes alone hardly ever are a key that opens something.
    chance = random.Random(seed)
    kinds = [bytes(range(256)), bytes(range(256)), b":bix?,cwft/\r\x1b \t", b"\x1b[]P;:?0123u~A"]
    flood = bytearray()
    while len(flood) < FLOOD:
        flood += bytes(chance.choices(chance.choice(kinds), k=chance.randint(1, 400)))
    with PtyProgram([COMMAND], size=(100, 40), env=env) as program:
        program.wait_for("as of", PATIENCE)
        for begin in range(0, len(flood), 1000):
            program.write_bytes(bytes(flood[begin : begin + 1000]).translate(None, ENDING))
            if program.has_ended:
                break
        if not program.has_ended:
            assert psutil.Process(program.pid).memory_info().rss < MOST_MEMORY
            program.press("ctrl+c")
        # Quit was in the go-to box, too; anything else is another code.
        assert program.exit_code(PATIENCE) == 0, program.raw[-2000:]
        assert program.modes.restored
        assert Listening.methods == {"GET"}


@pytest.mark.parametrize("block", ["z", "l"], ids=["asleep", "at work"])
@pytest.mark.parametrize("key", ["\x03", "\x1b[99;5u"], ids=["ctrl+c", "kitty"])
def test_ctrl_c_twice_ends_a_program_that_hangs(block: str, key: str) -> None:
    with PtyProgram(SMALL, env=ENV) as program:
        program.wait_for("size 80x24")
        program.press(block)
        program.wait_for(lambda seen: b"blocked" in seen.raw, PATIENCE)
        program.write(key + key)
        assert program.exit_code(PATIENCE / 2) == 130
        assert program.modes.restored
        assert program.settings() == program.settings_before


def test_ctrl_c_once_ends_a_program_that_hangs_for_five_seconds() -> None:
    with PtyProgram(SMALL, env=ENV) as program:
        program.wait_for("size 80x24")
        program.press("z")
        program.wait_for(lambda seen: b"blocked" in seen.raw, PATIENCE)
        begun = time.monotonic()
        program.press("ctrl+c")
        assert program.exit_code(PATIENCE / 2) == 130
        assert time.monotonic() - begun > 4
        assert program.modes.restored


def test_ctrl_c_in_a_paste_is_text() -> None:
    with PtyProgram([*SMALL, "--input"], env=ENV) as program:
        program.wait_for("size 80x24")
        program.write("\x1b[200~one\x03\x03two\x1b[201~")
        program.wait_for("two", PATIENCE)
        program.press("ctrl+q")
        assert program.exit_code(PATIENCE) == 0


def test_keys_come_in_their_usual_form_while_the_program_has_the_terminal() -> None:
    with PtyProgram(SMALL, env=ENV) as program:
        program.wait_for("size 80x24")
        assert program.modes.kitty_keyboard == 1
        program.press("q")
        assert program.exit_code(PATIENCE) == 0
        marks = [b"\x1b[?1049h", b"\x1b[>0u", b"\x1b[<u", b"\x1b[?1049l"]
        places = [program.raw.index(mark) for mark in marks]
        assert places == sorted(places), "each screen of a terminal has flags of its own"
        assert not program.modes.kitty_keyboard


@pytest.mark.parametrize("term", ["linux", "vt220", "screen", "eterm-color"])
def test_terminals_that_would_print_it_are_not_told_of_keyboard_flags(term: str) -> None:
    with PtyProgram(SMALL, env={**ENV, "TERM": term}) as program:
        program.wait_for("size 80x24")
        program.press("q")
        assert program.exit_code(PATIENCE) == 0
        assert b"\x1b[>0u" not in program.raw
        assert b"\x1b[<u" not in program.raw
