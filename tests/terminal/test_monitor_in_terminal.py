"""The installed command on a real pseudo-terminal: what a person sees, and what is left behind."""

import re
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

import pytest

from tests.terminal.pty_harness import PtyProgram

COMMAND = str(Path(sys.executable).with_name("liveagent-tui"))
PATIENCE = 120.0
OPEN = re.compile(r"\bopen (\d+)")
COLOUR = re.compile(rb"\x1b\[(?:\d*;)*?(?:[349]\d|10[0-7])(?:;|m)")
TITLE = re.compile(rb"\x1b\]2;([^\x07]*)\x07")
BROKEN = """
import sys
from tui import cli
from tui.screens.dashboard.dashboard import DashboardScreen
def broken():
    raise RuntimeError("broken on purpose")
DashboardScreen.action_sort = lambda screen: screen.set_timer(0.01, broken)
sys.exit(cli.main(["--demo"]))
"""


class Monitor(PtyProgram):
    """The demo on a terminal; waits are long, for machines that are busy."""

    def __init__(
        self,
        *words: str,
        size: tuple[int, int] = (80, 24),
        env: Mapping[str, str] | None = None,
        argv: Sequence[str] = (),
    ) -> None:
        super().__init__(argv or [COMMAND, "--demo", *words], size=size, env=env)

    def __enter__(self) -> Self:
        return self

    def wait_for(self, wanted: str | Callable[[PtyProgram], bool], timeout: float = PATIENCE) -> None:
        super().wait_for(wanted, timeout)

    def see(self, *words: str, gone: Sequence[str] = ()) -> None:
        """Wait until all `words` are on the screen and those `gone` are not."""

        def seen(program: PtyProgram) -> bool:
            text = "\n".join(program._terminal.lines())
            return all(word in text for word in words) and not any(word in text for word in gone)

        try:
            self.wait_for(seen)
        except AssertionError as error:
            raise AssertionError(f"{words} without {gone}: {error}") from None

    def see_account(self, name: str, teams: int, agents: int) -> None:
        """Wait until that account is shown with figures of its own."""
        self.see(f"{name} · ", f"Teams {teams} ", f"Agents {agents} ", "as of")
        self.wait_for(lambda program: bool(OPEN.search("\n".join(program._terminal.lines()))))

    def ended_well(self, code: int = 0) -> None:
        """The program ends with `code` and has put the terminal back."""
        assert self.exit_code(PATIENCE) == code
        assert self.modes.restored, self.modes.on
        assert self.settings() == self.settings_before


@pytest.fixture(autouse=True)
def _touches_no_file(_own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.chdir(tmp_path)
    yield
    assert [path for path in (*_own_home.rglob("*"), *tmp_path.rglob("*")) if path.is_file()] == []


def test_the_window_is_named_after_the_account_and_gets_its_name_back() -> None:
    with Monitor() as monitor:
        monitor.see("Support EU")
        monitor.wait_for(lambda program: titled(program) == "liveagent-tui · trial Support EU")
        assert monitor.modes.titles == 1
        monitor.press("a")
        monitor.wait_for(lambda program: "trial Support EU" not in titled(program))
        assert titled(monitor).startswith("liveagent-tui · ")
        monitor.press("q")
        monitor.ended_well()
        assert titled(monitor) == ""
        assert monitor.raw.rindex(b"\x1b[23;2t") > monitor.raw.rindex(b"\x1b]2;")


def titled(program: PtyProgram) -> str:
    """The title the window was given last."""
    titles = TITLE.findall(program.raw)
    return titles[-1].decode() if titles else ""


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_a_person_looks_around(size: tuple[int, int]) -> None:
    with Monitor(size=size) as monitor:
        monitor.see("Conversations", "unassigned", "SIMULATION")
        monitor.see_account("Support EU", 8, 42)
        assert monitor.modes.alternate_screen
        assert monitor.modes.cursor_hidden
        assert monitor.modes.bracketed_paste

        monitor.press("a")
        monitor.see_account("Support US", 5, 24)
        monitor.see(gone=["Support EU", "Teams 8 ", "Agents 42 "])
        monitor.press("4")
        monitor.see_account("Retail Europe", 12, 60)
        monitor.see(" APP ", gone=["Support US"])
        monitor.press("e")
        monitor.see_account("Service Desk", 4, 18)
        monitor.see(" ONPREM ", gone=["Retail Europe", " APP "])
        monitor.press("1")
        monitor.see_account("Support EU", 8, 42)

        monitor.press("/", "o", "r", "d", "e", "r")
        monitor.see("Teams 8 · 1 of 8", "orders", gone=["│  deliveries"])
        monitor.press("enter")
        monitor.press("escape")
        monitor.see("Teams 8 ", "│  deliveries", gone=["1 of 8"])

        monitor.press("?")
        monitor.see("Next account", "Previous pane")
        monitor.press("q")
        monitor.see("Teams 8 ", gone=["Previous pane"])

        monitor.press("p")
        monitor.see("paused")
        monitor.press("p")
        monitor.see(gone=["paused"])

        monitor.press(":")
        monitor.see("Go to ")
        monitor.press("desk")
        monitor.see("onprem/2", gone=["trial/12345"])
        monitor.press("enter")
        monitor.see_account("Service Desk", 4, 18)
        monitor.see(gone=["Go to "])

        for columns, rows in [(60, 24), (60, 40), (200, 50), (200, 20), (40, 12), size]:
            monitor.resize(columns, rows)
            monitor.wait_for(lambda program: ": go to" in program._terminal.lines()[-1])
            monitor.wait_for(lambda program: program._terminal.lines()[1].rstrip()[-1:] == "╮")
        monitor.see_account("Service Desk", 4, 18)
        monitor.press("q")
        monitor.ended_well()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_restores_the_terminal(number: signal.Signals) -> None:
    with Monitor() as monitor:
        monitor.see("Conversations")
        monitor.signal(number)
        monitor.ended_well(128 + number)


def test_ctrl_c_quits_even_from_the_go_to_box() -> None:
    with Monitor() as monitor:
        monitor.see("Conversations")
        monitor.press(":")
        monitor.see("Go to ")
        monitor.press("ctrl+c")
        monitor.ended_well()


def test_a_crash_restores_the_terminal_and_is_told_after_it() -> None:
    with Monitor(argv=[sys.executable, "-c", BROKEN]) as monitor:
        monitor.see("Conversations")
        monitor.press("s")
        monitor.ended_well(1)
        left_at = monitor.raw.index(b"\x1b[?1049l")
        assert b"met an error of its own" in monitor.raw[left_at:]
        assert b"RuntimeError" in monitor.raw[left_at:]
        assert b"-admin-token" not in monitor.raw


MANNERS = [
    ("linux", "--color 16", {}, COLOUR, rb"[34]8;[25];"),
    ("screen-256color", "--color 256 --no-mouse", {}, rb"[34]8;5;", rb"[34]8;2;|\?(?:9|100\d|101\d)h"),
    ("xterm-256color", "", {"NO_COLOR": "1", "LANG": "C", "LC_ALL": "C"}, rb"\x1b\[1m", COLOUR),
    ("xterm-256color", "--color none", {}, rb"\x1b\[1m", COLOUR),
]
"""Kind of terminal, options, environment, what it must be sent, what it must not."""


@pytest.mark.parametrize(
    ("term", "words", "env", "wanted", "unwanted"), MANNERS, ids=["16", "256", "no-colour", "none"]
)
def test_terminals_get_what_they_know_and_what_was_asked_for(
    term: str, words: str, env: dict[str, str], wanted: bytes, unwanted: bytes
) -> None:
    with Monitor(*words.split(), env={"TERM": term, **env}) as monitor:
        monitor.see_account("Support EU", 8, 42)
        monitor.press("q")
        monitor.ended_well()
        assert re.search(wanted, monitor.raw)
        assert not re.search(unwanted, monitor.raw)


def test_a_terminal_without_a_cursor_is_told_so() -> None:
    with Monitor(env={"TERM": "dumb"}) as monitor:
        monitor.see("Set TERM")
        monitor.ended_well(2)


def test_ascii_names_keys_by_words() -> None:
    with Monitor("--ascii", size=(120, 40)) as monitor:
        monitor.see("Teams 8 ", "enter open", gone=["< open"])
        monitor.press("c")
        monitor.see("left/right range")
        monitor.press("q")
        monitor.see("Teams 8 ", gone=["left/right range"])
        monitor.press("?")
        monitor.see("Next account", "bksp", gone=["esc <"])
        monitor.press("end")
        monitor.see("~ ", ">=9", ": o ?")
        monitor.press("q")
        monitor.see("Teams 8 ", gone=[": o ?"])
        monitor.press("q")
        monitor.ended_well()


def test_ascii_sends_nothing_else_whatever_people_are_called() -> None:
    with Monitor("--ascii", size=(120, 40)) as monitor:
        monitor.see("Teams 8 ", "Agents 42 ", "offline")
        monitor.press("?")
        monitor.see("Next account")
        monitor.press("q")
        monitor.see(gone=["Next account"])
        monitor.press("q")
        monitor.ended_well()
        assert monitor.raw.isascii()
