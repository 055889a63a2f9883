"""Whatever the server sends, a line is safe, short and as wide as every program thinks."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from wcwidth import wcwidth

from tui.text import safe_line

NASTY = (
    "\u202e\u2066\u200b\u200d\ufe0f\x1b\x9b\x7f\x00\r\n\t\u2028\u2029\u0301\u0300\u0345\u20e3\ud800\udfff"
    "\U0001f1e9\U0001f1ea\U0001f3fb\U0001f468\u2764\U000e0061\ue000\u115f\u1160\u1100\u1161\u11a8"
    "\u0915\u094d\u093f\u3164\ufeff\u00ad\u180e\u034f\u2800\u3000\u00a0\ufb01\u212b\u0344"
)
TEXT = st.text(st.one_of(st.characters(), st.sampled_from(NASTY), st.sampled_from("ab []{}\\")), max_size=80)


@given(TEXT, st.integers(1, 40))
def test_line_is_printable_short_and_folded(text: str, limit: int) -> None:
    line = safe_line(text, limit=limit)
    assert line.isprintable()
    assert len(line) <= limit
    assert line == line.strip(" ")
    assert "  " not in line
    assert unicodedata.is_normalized("NFC", line)
    line.encode("utf-8")


@given(TEXT, st.integers(1, 40))
def test_line_of_a_line_is_the_line(text: str, limit: int) -> None:
    line = safe_line(text, limit=limit)
    assert safe_line(line, limit=limit) == line


@given(TEXT)
def test_no_character_moves_or_hides_another(text: str) -> None:
    for character in safe_line(text):
        assert unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Me")
        assert not 0xFE00 <= ord(character) <= 0xFE0F


@given(TEXT)
def test_every_program_agrees_on_the_width(text: str) -> None:
    line = safe_line(text)
    widths = [wcwidth(character) for character in line]
    assert min(widths, default=0) >= 0
    assert cell_len(line) == sum(widths) == sum(cell_len(character) for character in line)


@given(TEXT)
def test_no_letter_carries_more_than_two_marks(text: str) -> None:
    marks = 0
    for character in safe_line(text):
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        assert marks <= 2


@given(st.one_of(st.none(), st.integers(), st.floats(), st.booleans(), st.binary(), st.lists(st.text())))
def test_anything_becomes_a_line(value: object) -> None:
    assert safe_line(value).isprintable()
