"""Which answers are believed: once a host has sent our id back, none with another, for a while."""

from itertools import product

import pytest

from tui.api.request_ids import CHANGED, RequestIds, new_id

SENT = "sent"
OTHERS = {"none": "", "a proxy's": "7f3a-of-a-proxy", "one of before": new_id()}


def judged(ids: RequestIds, told: str, now: float, *, whole: bool = True, surplus: bool = False) -> bool:
    return ids.is_answer(SENT, told, whole=whole, surplus=surplus, now=now)


@pytest.mark.parametrize(("name", "now"), product(OTHERS, [0.0, 1.0, CHANGED - 1]))
def test_once_ours_came_back_an_answer_with_another_id_is_not_taken(name: str, now: float) -> None:
    ids = RequestIds()
    assert judged(ids, SENT, 0.0)
    judged(ids, OTHERS["a proxy's"], 0.0)
    assert not judged(ids, OTHERS[name], now)
    assert judged(ids, f"r-1, {SENT.upper()}", now)


@pytest.mark.parametrize("name", ["none", "a proxy's"])
def test_a_proxy_that_begins_to_write_its_own_is_believed_after_a_while(name: str) -> None:
    ids = RequestIds()
    assert judged(ids, SENT, 0.0)
    assert not judged(ids, OTHERS[name], 5.0)
    assert not judged(ids, OTHERS[name], 5.0 + CHANGED - 1)
    assert judged(ids, OTHERS[name], 5.0 + CHANGED)
    assert judged(ids, OTHERS[name], 6.0 + CHANGED)
    # And ours, when they come again, count at once.
    assert judged(ids, SENT, 7.0 + CHANGED)
    assert not judged(ids, OTHERS[name], 8.0 + CHANGED)


@pytest.mark.parametrize("name", ["none", "a proxy's"])
def test_where_ours_never_came_back_others_say_nothing(name: str) -> None:
    ids = RequestIds()
    assert judged(ids, OTHERS[name], 0.0)
    assert not judged(ids, OTHERS[name], 1.0, surplus=True)
    assert not judged(ids, OTHERS["one of before"], 2.0)


def test_a_refusal_of_a_proxy_needs_no_id() -> None:
    ids = RequestIds()
    assert judged(ids, SENT, 0.0)
    assert judged(ids, "", 1.0, whole=False)
