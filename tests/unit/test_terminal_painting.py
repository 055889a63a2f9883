"""What painting costs: unchanged screens nothing, a cell little more than its letter."""

import pytest

from tui.terminal.cells import ALL_NARROW
from tui.terminal.difference import Difference
from tui.terminal.painter import Skills
from tui.terminal.plain import plain
from tui.terminal.style import ColourDepth, Style, change, select


def shown(*frames: str, columns: int = 80, rows: int = 24, skills: Skills | None = None) -> Difference:
    difference = Difference(columns, rows, skills=skills)
    difference.feed("\x1b[?7l")
    for frame in ("\x1b[2J", *frames):
        difference.feed(frame)
        difference.take()
    return difference


def cost(difference: Difference, frame: str) -> int:
    difference.feed(frame)
    return len(difference.take().encode())


def test_the_same_frame_again_costs_nothing_nor_do_its_brackets() -> None:
    frame = "\x1b[?2026h\x1b[3;4H\x1b[1;38;2;255;200;0mhello\x1b[0m\x1b[1;1H\x1b[?2026l"
    difference = shown(frame)
    assert cost(difference, frame) == 0


def test_a_counting_digit_costs_two_bytes() -> None:
    difference = shown("\x1b[5;10Hcount 1\x1b[1;1H")
    cost(difference, "\x1b[5;10Hcount 2\x1b[1;1H")
    assert cost(difference, "\x1b[5;10Hcount 3\x1b[1;1H") == len("\b3")


def test_colour_is_kept_from_frame_to_frame() -> None:
    difference = shown("\x1b[5;1H\x1b[1;38;2;255;200;0maaaa\x1b[0m\x1b[H")
    cost(difference, "\x1b[5;1H\x1b[1;38;2;255;200;0mb\x1b[0m\x1b[H")
    assert cost(difference, "\x1b[5;3H\x1b[1;38;2;255;200;0mb\x1b[0m\x1b[H") <= len("\x1b[Cb")


def test_a_small_gap_is_written_over() -> None:
    difference = shown("\x1b[5;1Habcdef\x1b[H", "\x1b[1;1Hx\x1b[H")
    difference.feed("\x1b[5;1HAbCdEf\x1b[H")
    assert difference.take().endswith("AbCdE")


def test_a_row_cleared_costs_an_erase() -> None:
    difference = shown("\x1b[5;1H" + "x" * 80 + "\x1b[H")
    assert cost(difference, "\x1b[5;1H" + " " * 80 + "\x1b[H") <= len("\x1b[5H\x1b[K")


def test_blanks_inside_a_row_are_erased() -> None:
    difference = shown("\x1b[5;1H" + "x" * 80 + "\x1b[H")
    assert cost(difference, "\x1b[5;10H" + " " * 40 + "\x1b[H") <= len("\x1b[5;10H\x1b[40X")


def test_a_coloured_ground_is_erased_only_where_the_terminal_can() -> None:
    frame = "\x1b[5;1H\x1b[44m" + " " * 80 + "\x1b[0m\x1b[H"
    letters = "\x1b[5;1H" + "x" * 80 + "\x1b[H"
    assert cost(shown(letters), frame) <= len("\x1b[5H\x1b[44m\x1b[K")
    plain_erase = shown(letters, skills=Skills(erases_in_colour=False))
    assert cost(plain_erase, frame) > 80


def test_no_letter_of_another_look_is_taken_for_the_same() -> None:
    difference = shown("\x1b[5;1Hx\x1b[H")
    assert cost(difference, "\x1b[5;1H\x1b[31mx\x1b[0m\x1b[H") > 0
    difference = shown("\x1b[5;1H \x1b[H")
    assert cost(difference, "\x1b[5;1H\x1b[4m \x1b[0m\x1b[H") > 0


def test_a_blank_takes_no_notice_of_the_letters_colour() -> None:
    difference = shown("\x1b[5;1H\x1b[1;31m    \x1b[0m\x1b[H")
    assert cost(difference, "\x1b[5;1H    \x1b[H") == 0


def test_other_sequences_keep_their_place_and_painting_before_them_goes_first() -> None:
    difference = shown()
    difference.feed("\x1b[1;1Hone\x1b]2;title\x07\x1b[2;1Htwo")
    sent = difference.take()
    assert sent.index("one") < sent.index("\x1b]2;title\x07") < sent.index("two")


def test_while_held_frames_are_skipped_and_sequences_kept_within_bounds() -> None:
    difference = shown()
    difference.held = True
    for number in range(2000):
        difference.feed(f"\x1b[1;1H{number:05d}\a\x1b]52;c;{'A' * 200}\x1b\\")
    difference.held = False
    sent = difference.take()
    assert "1999" in sent
    assert "00500" not in sent
    assert sent.count("\a") == 1
    assert len(sent) < 140_000


@pytest.mark.parametrize(
    "left_out",
    ["\x1b[>25u", "\x1b[<u", "\x1b]22;pointer\x07", "\x1b]8;id=1;https://x\x1b\\", "\x1b[?2026h", "\x1b[5m"],
)
def test_what_leaves_things_behind_is_left_out(left_out: str) -> None:
    difference = shown()
    difference.feed(left_out)
    assert difference.take() == ""


def test_the_alternate_screen_switched_by_others_is_painted_anew() -> None:
    difference = shown("\x1b[1;1Hhello")
    difference.feed("\x1b[?1049h\x1b[1;1Hhello")
    assert difference.take().startswith("\x1b[?1049h\x1b[m\x1b[2J")


def test_a_sequence_within_tmux_passthrough_is_one_sequence() -> None:
    difference = shown()
    sequence = "\x1bPtmux;\x1b\x1b]99;;x\x1b\x1b\\\x1b\\"
    difference.feed(sequence)
    assert difference.take() == sequence


def test_a_joined_emoji_takes_the_cells_textual_gives_it() -> None:
    difference = shown()
    difference.feed("\x1b[1;1H\U0001f468\u200d\U0001f469\u200d\U0001f467|\x1b[2;1H✔\ufe0f|")
    assert difference.grid.chars[0][:3] == ["\U0001f468", "", "|"]
    assert difference.grid.chars[1][:3] == ["✔", " ", "|"]
    assert "\u200d" not in difference.take()


def test_the_shortest_change_of_style_is_chosen() -> None:
    bold_red = select(Style(), "1;31")
    assert change(Style(), bold_red) == "\x1b[1;31m"
    assert change(bold_red, select(Style(), "31")) == "\x1b[22m"
    assert change(select(Style(), "1;3;4;9;38;2;1;2;3"), Style()) == "\x1b[m"
    assert change(bold_red, select(bold_red, "2")) == "\x1b[2m"
    assert change(select(bold_red, "2"), bold_red) in {"\x1b[22;1m", "\x1b[;1;31m"}


@pytest.mark.parametrize(
    ("depth", "parameters", "expected"),
    [
        (ColourDepth.NONE, "1;31;48;2;9;9;9", "\x1b[1m"),
        (ColourDepth.EIGHT_BIT, "38;2;255;0;0", "\x1b[38;5;196m"),
        (ColourDepth.EIGHT_BIT, "48;2;8;8;8", "\x1b[48;5;232m"),
        (ColourDepth.EIGHT_BIT, "38;5;77", "\x1b[38;5;77m"),
        (ColourDepth.ANSI, "38;2;250;5;5", "\x1b[91m"),
        (ColourDepth.ANSI, "38;5;46", "\x1b[92m"),
        (ColourDepth.ANSI, "32", "\x1b[32m"),
    ],
)
def test_colours_are_brought_down(depth: ColourDepth, parameters: str, expected: str) -> None:
    assert change(Style(), select(Style(), parameters, depth)) == expected


def test_shades_that_become_one_colour_stay_readable() -> None:
    both_black = select(Style(), "38;2;30;30;30;48;2;10;10;10", ColourDepth.ANSI)
    assert both_black.fg != both_black.bg


def test_narrow_text_is_narrow_everywhere() -> None:
    from rich.cells import get_character_cell_size

    narrow = [chr(point) for point in range(0x3000) if ALL_NARROW(chr(point))]
    assert len(narrow) > 1000
    assert all(get_character_cell_size(char) == 1 for char in narrow)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("╭─╮│├┼", "+-+|++"),
        ("▁▄█", "_~#"),
        ("●◐○◌", "*%o:"),
        ("Chloé Ünïcødé", "Chloe Unicode"),
        ("日本", "????"),
        ("≥ 4 m, ≥4m, ≥12 345, ≥9", ">=4 m, 4m+, 12 345+, 9+"),
        ("a…b—c·d", "a~b-c.d"),
        ("↑↓←→▲▼", "^v<>^v"),
        ("⠀⣿", " #"),
        ("１", "1?"),
    ],
)
def test_ascii_keeps_meaning_and_width(text: str, expected: str) -> None:
    assert plain(text) == expected
