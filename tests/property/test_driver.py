"""A frame sent as a difference shows the same screen as a full repaint, for any frames."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.terminal.reference import ReferenceTerminal
from tui.terminal.difference import Difference
from tui.terminal.painter import Skills
from tui.terminal.style import ColourDepth

ASCII = st.text(st.sampled_from("abcXYZ019 .-|"), min_size=1, max_size=12)
BLANKS = st.integers(1, 40).map(lambda count: " " * count)
WIDE = st.text(st.sampled_from("日本語中ab ｱ한🙂"), min_size=1, max_size=6)
MARKED = st.lists(st.sampled_from(["é", "ñ", "x̣̃", "日̂", "กิ", "o", " "]), min_size=1, max_size=5).map("".join)
DRAWN = st.text(st.sampled_from("─│╭╮▁▂▃█●◐◌○⣿⡀…—"), min_size=1, max_size=8)
TEXT = st.one_of(ASCII, ASCII, BLANKS, WIDE, MARKED, DRAWN)

COLOUR = st.one_of(
    st.integers(0, 7).map(lambda n: f"3{n}"),
    st.integers(0, 7).map(lambda n: f"4{n}"),
    st.sampled_from(["39", "49", "90", "97", "100", "107"]),
    st.tuples(st.sampled_from("34"), st.integers(0, 255)).map(lambda pair: f"{pair[0]}8;5;{pair[1]}"),
    st.tuples(st.sampled_from("34"), st.sampled_from(["1;2;3", "255;0;9", "30;30;30"])).map(
        lambda pair: f"{pair[0]}8;2;{pair[1]}"
    ),
)
ATTRIBUTE = st.sampled_from(["0", "1", "3", "4", "7", "9", "22", "23", "24", "27", "29"])
SGR = st.lists(st.one_of(COLOUR, ATTRIBUTE), min_size=1, max_size=4).map(
    lambda words: f"\x1b[{';'.join(words)}m"
)
MOVE = st.tuples(st.integers(0, 8), st.integers(0, 30)).map(lambda at: f"\x1b[{at[0]};{at[1]}H")
STEP = st.one_of(
    st.tuples(st.integers(0, 9), st.sampled_from("ABCDGd")).map(lambda pair: f"\x1b[{pair[0]}{pair[1]}"),
    st.sampled_from(["\r", "\b", "\r\n"]),
)
ERASE = st.one_of(
    st.sampled_from(["\x1b[K", "\x1b[1K", "\x1b[2K", "\x1b[J", "\x1b[1J", "\x1b[2J"]),
    st.integers(1, 20).map(lambda count: f"\x1b[{count}X"),
)
ASIDE = st.sampled_from(["\a", "\x1b]2;title\x07", "\x1b[?2004h", "\x1b]52;c;YQ==\x07", "\x1b[?2026h"])
PIECE = st.one_of(TEXT, TEXT, TEXT, MOVE, MOVE, SGR, SGR, STEP, ERASE, ASIDE)
FRAME = st.lists(PIECE, min_size=1, max_size=14).map("".join)
SKILLS = st.builds(Skills, st.booleans(), st.booleans(), st.booleans(), st.booleans())


def both(columns: int, rows: int, skills: Skills) -> tuple[ReferenceTerminal, ReferenceTerminal, Difference]:
    direct, through = ReferenceTerminal(columns, rows), ReferenceTerminal(columns, rows)
    for terminal in (direct, through):
        terminal.feed("\x1b[?7l")
    return direct, through, Difference(columns, rows, skills=skills)


@settings(max_examples=600, deadline=None)
@given(st.integers(4, 30), st.integers(1, 8), SKILLS, st.lists(st.tuples(FRAME, st.booleans()), max_size=8))
def test_differences_show_what_full_frames_show(
    columns: int, rows: int, skills: Skills, frames: list[tuple[str, bool]]
) -> None:
    direct, through, difference = both(columns, rows, skills)
    for frame, busy in [*frames, ("\x1b[Hend", False)]:
        direct.feed(frame)
        difference.held = busy
        difference.feed(frame)
        if not busy:
            through.feed(difference.take())
            assert through.looks() == direct.looks()


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(4, 30), st.integers(1, 8), st.lists(FRAME, max_size=3)), min_size=1, max_size=5
    )
)
def test_a_resize_is_followed_by_a_whole_frame(sizes: list[tuple[int, int, list[str]]]) -> None:
    columns, rows, _ = sizes[0]
    direct, through, difference = both(columns, rows, Skills())
    for columns, rows, frames in sizes:
        for terminal in (direct, through):
            terminal.resize(columns, rows)
        difference.resize(columns, rows)
        for frame in ["\x1b[2J\x1b[Hwhole", *frames]:
            direct.feed(frame)
            difference.feed(frame)
            through.feed(difference.take())
            assert through.looks() == direct.looks()


@settings(max_examples=100, deadline=None)
@given(st.lists(FRAME, min_size=1, max_size=4))
def test_a_frame_already_shown_costs_nothing(frames: list[str]) -> None:
    difference = Difference(20, 5)
    for frame in ["first", *frames]:
        difference.feed(frame)
    difference.take()
    for y in range(5):
        difference.feed("\x1b[?2026h" + row_again(difference, y) + "\x1b[?2026l")
    assert difference.take() == ""


def row_again(difference: Difference, y: int) -> str:
    """Row `y` written in full, as an application that knows no better does."""
    from tui.terminal.style import PLAIN, change

    grid = difference.grid
    cells = zip(grid.chars[y], grid.styles[y], strict=True)
    return f"\x1b[m\x1b[{y + 1};1H" + "".join(f"{change(PLAIN, style)}{char}\x1b[m" for char, style in cells)


@settings(max_examples=100, deadline=None)
@given(st.lists(FRAME, max_size=5), st.data())
def test_sequences_may_be_cut_anywhere(frames: list[str], data: st.DataObject) -> None:
    whole, cut = Difference(20, 5), Difference(20, 5)
    for frame in frames:
        at = data.draw(st.integers(0, len(frame)))
        whole.feed(frame)
        cut.feed(frame[:at])
        cut.feed(frame[at:])
    assert (cut.grid.chars, cut.grid.styles) == (whole.grid.chars, whole.grid.styles)


@settings(max_examples=100, deadline=None)
@given(st.lists(FRAME, max_size=5))
def test_ascii_mode_sends_ascii_of_the_same_width(frames: list[str]) -> None:
    difference, unicode = Difference(24, 5, ascii_only=True), Difference(24, 5)
    through = ReferenceTerminal(24, 5)
    for frame in frames:
        difference.feed(frame)
        unicode.feed(frame)
        sent = difference.take()
        assert sent.isascii()
        through.feed("\x1b[?7l" + sent)
    for line, wide in zip(through.lines(), unicode.grid.chars, strict=True):
        kept = [x for x, char in enumerate(wide) if char.isascii() and char and len(char) == 1]
        for x in kept:
            if wide[x] != " ":
                assert line[x] == wide[x]


@settings(max_examples=100, deadline=None)
@given(st.lists(FRAME, max_size=5))
def test_without_colours_none_are_sent(frames: list[str]) -> None:
    difference = Difference(24, 5, depth=ColourDepth.NONE)
    through = ReferenceTerminal(24, 5)
    for frame in frames:
        difference.feed(frame)
        through.feed("\x1b[?7l" + difference.take())
    assert all(look.fg == look.bg == "default" for row in through.looks() for look in row)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.integers(2, 20))
def test_any_text_at_all_stays_inside_the_screen(text: str, columns: int) -> None:
    difference = Difference(columns, 3)
    difference.feed(text)
    difference.take()
    for line, looks in zip(difference.grid.chars, difference.grid.styles, strict=True):
        assert len(line) == len(looks) == columns
        assert not any(unicodedata.category(char[0]) == "Cc" for char in line if char)
