"""Whatever a terminal sends, in whatever pieces: reports are no keys, and the next key is heard."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual import events
from textual.message import Message

from tests.fuzz import examples
from tests.terminal.reports import ODD_KEYS, REPORTS, eight_bit
from tui.terminal.key_events import KeyEvents
from tui.terminal.sequences import LONGEST_PASTE, PASTE_TIME, Cutter

KEYS = (
    "\x1b[A", "\x1bOA", "\x1b[1;5A", "\x1b[5~", "\x1b[Z", "\x1b[15;2~", "\x1b[[A", "\x1b[3$", "\x1bOM",
    "\x1b[97u", "\x1b[97;5u", "\x1b[97:65;2u", "\x1b[13;1:1u", "\x1b[27;5;99~", "\x1b[1;1:2A",
    "\x1b[120;;120u", "\x1b[<0;10;10M", "\x1b[<65;10;10M",
    "\x1b[?2026;2$y", "\x1b[200~text \x03 ?\x1b[201~", "é", "?", "\x1b",
)  # fmt: skip
SEEDS = tuple(text.encode() for text in (*KEYS, *ODD_KEYS, *REPORTS)) + tuple(map(eight_bit, REPORTS))
STRAY = st.one_of(
    st.sampled_from(
        [b"\x1b", b"\x9b", b"\x9d", b"\x90", b";", b":", b"?", b"<", b"M", b"u", b"$", b"\x1b[200~"]
    ),
    st.binary(min_size=1, max_size=3),
)


class Ear:
    """A cutter and what follows it, with a clock of its own."""

    def __init__(self) -> None:
        self.cutter = Cutter()
        self.events = KeyEvents()
        self.now = 0.0

    def hears(self, data: bytes) -> list[Message]:
        return [message for piece in self.cutter.feed(data, self.now) for message in self.events.of(piece)]

    def waits(self, seconds: float) -> list[Message]:
        self.now += seconds
        return [message for piece in self.cutter.expire(self.now) for message in self.events.of(piece)]


def keys(messages: list[Message]) -> list[str]:
    return [
        message.key if isinstance(message, events.Key) else type(message).__name__ for message in messages
    ]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """One to three sequences with bytes lost, doubled, changed or put in."""
    data = bytearray(b"".join(draw(st.lists(st.sampled_from(SEEDS), min_size=1, max_size=3))))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 3))] = draw(st.one_of(st.just(b""), STRAY))
    return bytes(data)


def parts(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in pairwise(places)]


@given(mutated(), st.lists(st.integers(0, 5000), max_size=5), st.floats(0, 3))
@settings(max_examples=examples(200))
def test_the_next_key_is_heard_after_anything(data: bytes, cuts: list[int], pause: float) -> None:
    ear = Ear()
    for part in parts(data, cuts):
        ear.hears(part)
        ear.waits(pause)
    ear.waits(PASTE_TIME)
    assert keys(ear.hears(b"?")) == ["question_mark"]


@given(mutated(), st.floats(0.05, 0.4))
@settings(max_examples=examples(40))
def test_a_key_held_down_is_heard_within_the_time_a_sequence_may_take(data: bytes, every: float) -> None:
    ear = Ear()
    ear.hears(data)
    heard: list[str] = []
    for _ in range(int((PASTE_TIME + 1) / every)):
        ear.waits(every)
        heard += keys(ear.hears(b"?"))
    assert heard[-1] == "question_mark"


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=5))
@settings(max_examples=examples(200))
def test_where_the_reads_part_the_input_changes_nothing(data: bytes, cuts: list[int]) -> None:
    whole, parted = Ear(), Ear()
    expected = keys(whole.hears(data)) + keys(whole.waits(PASTE_TIME))
    heard = [key for part in parts(data, cuts) for key in keys(parted.hears(part))]
    assert heard + keys(parted.waits(PASTE_TIME)) == expected


@pytest.mark.parametrize("report", [*ODD_KEYS, *REPORTS], ids=ascii)
def test_a_report_is_no_key_wherever_it_is_cut(report: str) -> None:
    forms = [report.encode()] + ([eight_bit(report)] if report[1] in "[]P_^X" else [])
    for data in forms:
        for cut in range(1, min(len(data), 40)):
            ear = Ear()
            heard = ear.hears(data[:cut]) + ear.waits(0.05) + ear.hears(data[cut:])
            assert keys(heard + ear.waits(0)) == [], cut
            assert keys(ear.hears(b"?")) == ["question_mark"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\x1b[A", "up"), (b"\x1bOA", "up"), (b"\x1b[1;5A", "ctrl+up"), (b"\x1b[5~", "pageup"),
        (b"\x1b[[A", "f1"), (b"\x1b[3$", "shift+delete"), (b"\x1b[Z", "shift+tab"), (b"\x9bA", "up"),
        (b"\x1b[97u", "a"), (b"\x1b[97;1:1u", "a"), (b"\x1b[97;1:2u", "a"), (b"\x1b[97:65;2u", "A"),
        (b"\x1b[47:63;2u", "question_mark"), (b"\x1b[97;2u", "A"), (b"\x1b[97;65;65u", "A"),
        (b"\x1b[97;5u", "ctrl+a"), (b"\x1b[1;1:1A", "up"), (b"\x1b[13u", "enter"),
        (b"\x1b[13;129u", "enter"), (b"\x1b[57414u", "enter"), (b"\x1b[3;5:1~", "ctrl+delete"),
        (b"\x03", "ctrl+c"), (b"\x1b[99;5u", "ctrl+c"), (b"\x1b[99;5:1u", "ctrl+c"),
        (b"\x1b[99;5:2u", "ctrl+c"),
        (b"\x1b[99;69u", "ctrl+c"), (b"\x1b[99;133u", "ctrl+c"), (b"\x1b[99:67;5u", "ctrl+c"),
        (b"\x1b[27;5;99~", "ctrl+c"), (b"\x1b[99;5;3u", "ctrl+c"), (b"\x1b[99;5:3u", None),
        (b"\x1b]11;rgb\x03", "ctrl+c"), (b"\x1b[12;\x03", "ctrl+c"),
        (b"\x1bx", "alt+x"), (b"\x1bf", "ctrl+right"), ("ß".encode(), "ß"),
    ],
)  # fmt: skip
def test_a_key_is_heard_in_every_form(data: bytes, expected: str | None) -> None:
    assert keys(Ear().hears(data)) == ([] if expected is None else [expected])


@pytest.mark.parametrize("data", [b"\x1b[97u", b"\x1b[97;1:2u", b"\x1b[97;1;97u", b"\x1b[97;129u"])
def test_a_letter_of_kittys_protocol_can_be_typed(data: bytes) -> None:
    (key,) = Ear().hears(data)
    assert isinstance(key, events.Key)
    assert key.character == "a"


def test_ctrl_c_within_a_paste_is_text() -> None:
    (paste,) = Ear().hears(b"\x1b[200~a\x03b\x1b[A\x1b[201~")
    assert isinstance(paste, events.Paste)
    assert paste.text == "a\x03b\x1b[A"


def test_an_endless_paste_is_bounded_and_handed_over() -> None:
    ear = Ear()
    ear.hears(b"\x1b[200~" + b"x" * 3 * LONGEST_PASTE)
    (paste,) = ear.waits(PASTE_TIME)
    assert isinstance(paste, events.Paste)
    assert len(paste.text) == LONGEST_PASTE
    ear.hears(b"\x1b[200~" + b"x" * 3 * LONGEST_PASTE)
    (paste,) = ear.hears(b"\x1b[201~")
    assert isinstance(paste, events.Paste)
    assert len(paste.text) == LONGEST_PASTE


@pytest.mark.parametrize("begin", [b"\x1b[", b"\x1bP", b"\x1b]", b"\x1b_", b"\x9b", b"\x1bO", b"\x1b[<"])
def test_an_unfinished_sequence_is_kept_only_up_to_a_bound(begin: bytes) -> None:
    ear = Ear()
    assert keys(ear.hears(begin + b"1" * 50_000)) == []
    assert len(ear.cutter._kept) < 100
    assert keys(ear.waits(0.6)) == []
    assert keys(ear.hears(b"?")) == ["question_mark"]
