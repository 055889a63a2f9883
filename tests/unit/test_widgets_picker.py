"""What is typed finds what is meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.widgets.fuzzy import score
from tui.widgets.picker import PickItem, rank

ITEMS = [
    PickItem("account:trial/1", "Support EU", "account", "trial/1", "1"),
    PickItem("account:trial/2", "Sales", "account", "trial/2"),
    PickItem("environment:trial", "trial", "environment", "liveagent-trial.example"),
    PickItem("team:3", "sales emea", "team"),
    PickItem("agent:7", "Chloé Ünïcødé", "agent", "busy"),
    PickItem("action:sort", "Sort by the next column", "action", "", "s"),
]


def ids(query: str, recent: tuple[str, ...] = ()) -> list[str]:
    return [item.id for item in rank(query, ITEMS, recent)]


def test_letters_must_come_in_order() -> None:
    assert score("seu", "Support EU") is not None
    assert score("ues", "Support EU") is None


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [("sal", "Sales", "Versal"), ("eu", "Support EU", "Museum"), ("sup", "Support EU", "S u p")],
)
def test_starts_and_runs_fit_better(query: str, better: str, worse: str) -> None:
    good, bad = score(query, better), score(query, worse)
    assert good is not None
    assert bad is not None
    assert good > bad


def test_case_and_accents_do_not_matter() -> None:
    assert ids("chloe uni")[0] == "agent:7"


def test_words_may_come_in_any_order() -> None:
    assert ids("eu supp") == ["account:trial/1"]


def test_earlier_kinds_come_first_among_equals() -> None:
    assert ids("sales")[:2] == ["account:trial/2", "team:3"]


def test_the_hint_is_found_too() -> None:
    assert "agent:7" in ids("busy")
    assert ids("trial/2")[0] == "account:trial/2"


def test_nothing_typed_shows_all_with_the_latest_first() -> None:
    assert ids("") == [item.id for item in ITEMS]
    assert ids("", ("team:3", "account:trial/2"))[:3] == ["team:3", "account:trial/2", "account:trial/1"]


def test_the_latest_wins_among_near_equals() -> None:
    assert ids("sales", ("team:3",))[0] == "team:3"


@given(st.text(max_size=20), st.text(max_size=200))
def test_a_score_is_given_exactly_where_the_letters_are_there(query: str, text: str) -> None:
    fits = score(query, text)
    assert fits is None or isinstance(fits, float)
    assert score("", text) is not None
    assert score(text[:10], text) is not None
