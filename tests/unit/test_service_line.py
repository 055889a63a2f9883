"""The sixth answer as a line: what it tells at which width, and what it does not tell."""

from collections.abc import Mapping
from datetime import UTC

import msgspec
import pytest
from rich.cells import cell_len

from tests.builders import KEY, NOW, reading, snapshot
from tui import identity
from tui.api.errors import ServerError
from tui.identity import Measure, Slot
from tui.monitor.reading import AccountSnapshot, Problem, Reading, State
from tui.monitor.service.figures import WHOLE, Rules, Tally
from tui.monitor.service.intervals import Day
from tui.monitor.service.level import ServiceLevel
from tui.monitor.service.states import CountedAs
from tui.monitor.service.worker import Today
from tui.monitor.store import Store
from tui.panes.conversations.headline import LATELY, LEVEL_TODAY, View, service_line
from tui.panes.conversations.inbox_view import Lens
from tui.panes.level_facts import made_of

DAY = Day(1_795_910_400, 1_795_996_800)
AS_OF = float(DAY.since + 14 * 3_600)
EVERY = {LATELY: reading(71.9), LEVEL_TODAY: reading(84.1)}


def tally(speed: float = 150.0, **counts: int) -> Tally:
    made = Tally()
    made.counts |= {CountedAs(name): number for name, number in counts.items()}
    made.speeds = [speed] * made.answered
    return made


MANY = tally(in_target=312, late=53, closed_without_reply=6, queued_in_time=20, held=2)
IN_FIVE_MINUTES = Rules(300.0)
LATE = tally(in_target=23, late=9)


def seen(
    readings: Mapping[Slot, Reading] = EVERY,
    *,
    whole: Tally = MANY,
    lately: Tally = LATE,
    since: int = 0,
    rules: Rules = IN_FIVE_MINUTES,
    goal: float | None = 80.0,
    problem: str = "",
) -> AccountSnapshot:
    today = Today(DAY, AS_OF, DAY.since + since, 1.0, {WHOLE: whole}, {WHOLE: lately}, rules)
    return msgspec.structs.replace(snapshot(readings), service=ServiceLevel(today, goal, problem))


def told(shown: AccountSnapshot, width: int = 190) -> str:
    text = "".join(part.text for part in service_line(shown, View(NOW, width, 9, target=300.0, zone=UTC)))
    assert cell_len(text) <= width
    return text


def test_it_tells_all_of_it_where_there_is_room() -> None:
    assert told(seen(), 210) == (
        "service level last 30 min 71 % · today 84 % (79 to 84) in 5 min · goal 80 % · 312 of 371 · half "
        "within 2 min · 9 of 10 within 2 min · closed without reply 6 · 19 more may be late · "
        "as of 14:00"
    )


@pytest.mark.parametrize("width", range(60, 200, 7))
def test_at_every_width_both_levels_and_their_moment_stand_whole(width: int) -> None:
    text = told(seen(), width)
    assert text.startswith("service level last 30 min 71 %")
    assert width < 70 or "· today 84 %" in text  # the narrowest terminal has 78 for it
    assert text.endswith(" · as of 14:00")
    assert "…" not in text


def test_of_a_few_it_counts_and_below_the_goal_it_says_so() -> None:
    few = tally(in_target=7, late=2)
    text = told(seen(whole=few, lately=few))
    assert "last 30 min 7 of 9 · today 7 of 9 in 5 min" in text
    assert "below the goal" in text


def test_a_part_of_the_day_has_no_level() -> None:
    text = told(seen({LATELY: reading(71.9), LEVEL_TODAY: reading(None)}, since=3_600))
    assert "last 30 min 71 % · today — (known since 01:00)" in text
    assert "312" not in text


def test_without_a_target_it_asks_for_one() -> None:
    assert "no target" in told(seen(rules=Rules()))


def test_old_ones_tell_their_age_and_nothing_is_told_before_there_is_any() -> None:
    old = {slot: msgspec.structs.replace(known, asked_at=NOW - 4_000.0) for slot, known in EVERY.items()}
    assert "71 % (1 h old)" in told(seen(old))
    assert told(snapshot({})) == "service level … today's conversations are being read"


def test_in_a_replay_both_levels_of_then_stand_alone() -> None:
    assert told(snapshot(EVERY)) == "service level last 30 min 71 % · today 84 %"


def test_of_a_part_to_which_nobody_came_nothing_is_known() -> None:
    shown = seen()
    for slot in (identity.team(7, Measure.SERVICE_LEVEL), identity.inbox(7, Measure.SERVICE_LEVEL_TODAY)):
        assert shown.reading(slot).state(NOW) is State.UNKNOWN
        assert snapshot({}).reading(slot).state(NOW) is State.LOADING
    assert "last 30 min — · today —" in told(Lens(7, "Chat").through(shown))


def test_what_a_part_had_is_let_go_of_once_nobody_came_to_it() -> None:
    store, level = Store(), ServiceLevel()
    both = {LATELY: reading(71.0), identity.team(7, Measure.SERVICE_LEVEL): reading(50.0)}
    store.put_service(KEY, level, both)
    store.put_service(KEY, level, {LATELY: reading(72.0)})
    assert {slot: reading.value for slot, reading in store.readings(KEY).items()} == {LATELY: 72.0}


def test_it_says_why_nothing_is_known() -> None:
    failed = Problem(ServerError("The server failed.", status=500), NOW)
    unknown = {LEVEL_TODAY: msgspec.structs.replace(reading(None), problem=failed)}
    assert told(snapshot(unknown)) == "service level — The server failed."
    alone = ServiceLevel(problem="A page took 4.0 s: the server is left alone for 15 min.")
    slow = msgspec.structs.replace(snapshot({}), service=alone)
    assert "left alone" in told(slow)


def test_what_i_tells_adds_up_to_what_is_new() -> None:
    facts = dict(made_of(seen(), LEVEL_TODAY))
    assert facts["counts"].startswith("393 new: 312 answered in target, 53 answered late, 6 closed")
    assert facts["open"].startswith("79 to 84 % possible")
    assert facts["target"] == "answered within 5 min, goal 80 %"
    assert facts["read"] == "100 % of today's conversations"


def test_where_a_bot_has_some_first_speeds_are_at_least_and_who_is_in_doubt_may_be_late() -> None:
    whole = tally(in_target=312, late=53, closed_without_reply=6, answered_in_doubt=9, handover_unseen=4)
    whole.speeds = whole.speeds[:-9]
    for _ in range(9):
        whole.add_slower(290.0)
    text = told(seen(whole=whole), 210)
    assert "today 84 % (82 to 84) in 5 min" in text
    assert "half within ≥ 2 min · 9 of 10 within ≥ 2 min" in text
    assert "10 more may be late" in text
    facts = dict(made_of(seen(whole=whole), LEVEL_TODAY))
    assert (
        "9 answered after a bot, late or not is not known, 4 handed over by a bot unseen" in facts["counts"]
    )
    assert "in no level and no speed" in facts["bots"]
    assert "bots" not in dict(made_of(seen(), LEVEL_TODAY))


def test_another_mean_of_the_server_s_own_report_is_explained() -> None:
    theirs = {**EVERY, identity.account(Measure.FIRST_RESPONSE): reading(400.0)}
    assert dict(made_of(seen(theirs), LEVEL_TODAY))["report"].startswith(
        "its mean is 6 min, ours 2 min: it counts"
    )
    assert "report" not in dict(made_of(seen(theirs), LATELY))
    same = {**EVERY, identity.account(Measure.FIRST_RESPONSE): reading(150.0)}
    for readings in (EVERY, same):
        assert "report" not in dict(made_of(seen(readings), LEVEL_TODAY))
