"""Figures and words in blocks: of the height asked for, in the width told, and each to be told apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.terminal.plain import plain
from tui.widgets.big_digits import (
    digit_widths,
    digits,
    digits_width,
    drawable,
    word,
    word_height,
    word_width,
)

SIGNS = "0123456789—…:≥hmsd "


@given(text=st.text(SIGNS, min_size=1, max_size=8), high=st.integers(3, 40), wide=st.integers(3, 40))
def test_each_line_is_as_wide_as_told_and_there_are_as_many_as_asked_for(
    text: str, high: int, wide: int
) -> None:
    drawn = digits(text, high, wide)
    assert len(drawn) == high
    assert {len(line) for line in drawn} == {digits_width(text, high, wide)}


@pytest.mark.parametrize("high", [3, 4, 5, 8, 10, 12, 20])
def test_no_two_digits_look_alike_at_any_size(high: int) -> None:
    for wide in digit_widths(high):
        shapes = {tuple(digits(sign, high, wide)) for sign in "0123456789—:hmsd≥…"}
        assert len(shapes) == 18


@pytest.mark.parametrize("high", [3, 5, 8, 10, 13])
@pytest.mark.parametrize("digit", "0235689")
def test_a_digit_reaches_from_the_first_line_to_the_last(high: int, digit: str) -> None:
    drawn = digits(digit, high, high)
    assert drawn[0].strip()
    assert drawn[-1].strip()


def test_a_digit_five_lines_high_is_drawn_as_expected() -> None:
    assert digits("12", 5, 6) == (
        "    ██  ██████",
        "    ██      ██",
        "    ██  ██████",
        "    ██  ██    ",
        "    ██  ██████",
    )


def test_digits_can_be_told_apart_in_ascii() -> None:
    for high in (3, 5, 8):
        shapes = {plain("\n".join(digits(sign, high, 6))) for sign in "0123456789"}
        assert len(shapes) == 10
        assert all(shape.isascii() for shape in shapes)


def test_an_unknown_sign_is_a_blank_and_no_error() -> None:
    assert not "".join(digits("語", 5, 6)).strip()


@pytest.mark.parametrize(("rows", "high"), [(10, 1), (24, 1), (40, 3), (50, 3), (60, 4), (80, 5), (120, 7)])
def test_words_are_a_twentieth_of_the_screen_high(rows: int, high: int) -> None:
    assert word_height(rows) == high
    if rows >= 28:
        drawn = word("Waiting", high, 200)
        filled = sum((line.strip(" ▄") != "") + (line.strip(" ▀") != "") for line in drawn)
        assert filled / 2 >= rows / 20


@given(text=st.text(max_size=20), width=st.integers(0, 60), high=st.integers(3, 6))
def test_a_word_never_gets_wider_than_told(text: str, width: int, high: int) -> None:
    drawn = word(text, high, width)
    assert drawn == () or len(drawn) == high
    assert all(len(line) <= width for line in drawn)
    assert len({len(line) for line in drawn}) <= 1


def test_names_lose_their_accents_and_no_letter() -> None:
    assert drawable("Chloé Ünïcødé ß") == "CHLOE UNICODE SS"
    assert word("Chloé", 3, 40) == word("CHLOE", 3, 40)


def test_a_name_in_another_script_is_not_drawn_at_all_rather_than_in_part() -> None:
    assert drawable("山田") is None
    assert word("山田 Support", 3, 80) == ()


def test_what_does_not_fit_ends_with_dots() -> None:
    room = word_width("SUPPO…", 3)
    assert word("Support EU", 3, room) == word("SUPPO…", 3, room)
