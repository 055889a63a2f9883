"""Whether a server heeds the filter `unattended` is told by counts that belong together alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.identity import ACCOUNT, AccountKey, Scope, ScopeKind
from tui.monitor.polling.queued_filter import TOGETHER, QueuedFilter

KEY = AccountKey("https://e.example", 1, 7)
INBOX = Scope(ScopeKind.INBOX, "3")


def _take(
    works: QueuedFilter, queued: float, opened: float, apart: float = 5.0, scope: Scope = ACCOUNT
) -> bool | None:
    works.take(KEY, scope, queued, opened, apart=apart, wall=0.0)
    return works.heeded(KEY.origin)


@pytest.mark.parametrize("apart", [TOGETHER + 1, 400.0, 86_400.0])
def test_a_count_of_long_ago_tells_nothing(apart: float) -> None:
    works = QueuedFilter()
    for opened in (40.0, 4_000.0):
        assert _take(works, 34.0, opened, apart) is None
    assert _take(works, 12.0, 40.0) is True


@pytest.mark.parametrize("opened", [34.0, 36.0, 33.0])
def test_what_a_mass_closing_taught_is_forgotten_at_the_next_counts(opened: float) -> None:
    works = QueuedFilter()
    assert _take(works, 34.0, 80.0) is True
    assert _take(works, 34.0, opened) is None
    assert works.wants_comparison(KEY, 1_000.0)
    assert works.compare(KEY, 500.0, 500.0, 0.0)
    assert works.heeded(KEY.origin) is False


def test_an_inbox_where_nobody_was_answered_tells_nothing_against_it() -> None:
    works = QueuedFilter()
    assert _take(works, 12.0, 40.0) is True
    assert _take(works, 9.0, 9.0, scope=INBOX) is True


def test_what_the_resolved_ones_have_proven_stays_where_nobody_answers() -> None:
    works = QueuedFilter()
    works.compare(KEY, 100.0, 842.0, 0.0)
    for _ in range(3):
        assert _take(works, 750.0, 769.0) is True


@given(st.lists(st.tuples(st.integers(0, 500), st.floats(0, TOGETHER)), min_size=1))
def test_closings_alone_never_show_a_filter_that_was_seen_to_be_ignored(
    closed: list[tuple[int, float]],
) -> None:
    works, left = QueuedFilter(), 5_000.0
    works.compare(KEY, 900.0, 900.0, 0.0)
    for closings, apart in closed:
        opened, left = left, max(0.0, left - closings)
        assert _take(works, left, opened, apart) is False


def test_a_filter_that_seemed_to_be_ignored_is_taken_for_good_once_it_counts_fewer_before_and_after() -> None:
    works = QueuedFilter()
    works.compare(KEY, 900.0, 900.0, 0.0)
    assert _take(works, 12.0, 40.0) is False
    assert _take(works, 13.0, 41.0) is True
