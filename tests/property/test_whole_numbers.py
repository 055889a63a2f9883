"""No number on a pane is ever cut: at any width it stands there whole, or gives way whole."""

from collections.abc import Sequence

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.builders import NOW, listing, reading, snapshot
from tui import identity, wording
from tui.api.models import Inbox, Team
from tui.columns import Column
from tui.config.columns import INBOXES, TEAMS
from tui.identity import Measure
from tui.monitor.reading import AccountSnapshot, Wait
from tui.panes import inboxes, teams
from tui.panes.conversations import conversations
from tui.panes.conversations.headline import View
from tui.widgets.columns import fit, wider_numbers
from tui.widgets.parts import NUMBER, clip
from tui.widgets.rows import Row

WORDS = st.sampled_from(["waiting", "Inbox", "·", "日本", "über", "é", "(", "longest"])
NUMBERS = st.one_of(
    st.integers(0, 10**9).map(wording.count),
    st.integers(0, 10**9).map(lambda value: wording.count(value, at_least=True)),
    st.integers(0, 10**7).map(wording.duration),
    st.integers(0, 10**7).map(lambda value: wording.duration(value, at_least=True)),
    st.integers(-(10**6), 10**6).map(wording.change),
    st.integers(0, 10**5).map(lambda value: f"{value}/{value + 3}"),
    st.floats(0, 1e4).map(lambda value: f"{value:.1f}"),
)
TEXTS = st.lists(st.one_of(WORDS, NUMBERS), min_size=1, max_size=6).map(" . ".join)
VALUES = st.integers(0, 10**7)


def numbers(text: str) -> set[str]:
    return set(NUMBER.findall(text))


@given(text=TEXTS, width=st.integers(0, 80))
def test_a_text_is_cut_before_a_number_or_behind_it(text: str, width: int) -> None:
    kept = clip(text, width)
    assert cell_len(kept) <= width
    assert numbers(kept) <= numbers(text)
    assert kept == text if cell_len(text) <= width else width == 0 or kept.endswith("…")


def busy(values: Sequence[int], age: float, *, at_least: bool) -> AccountSnapshot:
    """An account of two teams and two inboxes, whose figures are `values` by turns."""
    places = [
        *(identity.account(measure) for measure in Measure),
        *(identity.team(number, measure) for number in (1, 2) for measure in teams.MEASURES),
        *(identity.inbox(number, measure) for number in (1, 2) for measure in teams.MEASURES),
        *(identity.status(word) for word in ("pending", "snoozed", "resolved")),
    ]
    shown = snapshot(
        {
            slot: reading(values[place % len(values)], age=age, at_least=at_least)
            for place, slot in enumerate(places)
        },
        teams=listing([Team(1, "Team 01"), Team(2, "Deliveries and returns of large goods 17")]),
        inboxes=listing(
            [Inbox(1, "Inbox 09", "Channel::Email"), Inbox(2, "Voice gateway 22", "Channel::WebWidget")]
        ),
    )
    return msgspec.structs.replace(shown, longest=Wait(1, 0.0, 2, 1, None, ""))


@given(
    values=st.lists(VALUES, min_size=3, max_size=9),
    age=st.sampled_from([5.0, 40.0, 900.0, 80_000.0]),
    at_least=st.booleans(),
    width=st.integers(20, 220),
)
def test_no_figure_above_the_tables_is_cut(values: list[int], age: float, at_least: bool, width: int) -> None:
    shown = busy(values, age, at_least=at_least)

    def told(cells: int) -> set[str]:
        view = View(now=NOW, width=cells, height=30, target=300.0)
        return {
            number
            for line in conversations.lines(shown, view)
            for part in line
            for number in numbers(part.text)
        }

    assert told(width) <= told(2_000)


@given(
    values=st.lists(VALUES, min_size=3, max_size=9),
    at_least=st.booleans(),
    width=st.integers(4, 140),
    pane=st.sampled_from(["teams", "inboxes"]),
)
def test_columns_are_as_wide_as_their_numbers(
    values: list[int], at_least: bool, width: int, pane: str
) -> None:
    shown = busy(values, 5.0, at_least=at_least)
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    if pane == "teams":
        columns, rows = TEAMS, teams.rows(shown, NOW)
    else:
        columns, rows = INBOXES, inboxes.rows(shown, NOW)
    wider: dict[str, int] = {}
    placed = fit(columns, width)
    while more := wider_numbers(placed, rows):
        assert not more.keys() & wider.keys(), "a column that was widened is still too narrow"
        wider |= more
        placed = fit(columns, width, (), wider)
    assert sum(place.width for place in placed) + len(placed) - 1 <= width
