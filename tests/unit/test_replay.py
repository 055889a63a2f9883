"""The past as a snapshot: what was known then, nothing from today but names, and nothing from later."""

import msgspec

from tests.builders import KEY, NOW, REF, WALL, listing, reading, snapshot
from tui import identity
from tui.api.models import Agent, Inbox, Team
from tui.clock import ManualClock
from tui.identity import Measure, Scope, ScopeKind, Slot
from tui.measures import of
from tui.monitor.history.history import History
from tui.monitor.history.replay import Past, PastCourse, past_snapshot
from tui.monitor.history.trends import Sample, Was, spans
from tui.monitor.history.writer import SampleRow
from tui.monitor.reading import State
from tui.monitor.service.level import ServiceLevel

WAITING = identity.account(Measure.UNASSIGNED)
OPEN = identity.account(Measure.OPEN)
LONGEST = identity.account(Measure.LONGEST)
OF_PARTS = (ScopeKind.TEAM, ScopeKind.INBOX)
THEN = WALL - 7_200

LIVE = snapshot(
    {WAITING: reading(162), OPEN: reading(261), identity.agent(5, Measure.OPEN): reading(7)},
    teams=listing([Team(3, "billing"), Team(4, "sales")]),
    agents=listing([Agent(5, "Ada", "ada@example.com")]),
    inboxes=listing([Inbox(8, "Chat")]),
)


def test_a_part_that_a_damaged_file_names_without_a_number_is_none() -> None:
    odd = {
        Slot(Scope(kind, name), Measure.OPEN): Was(4) for kind in OF_PARTS for name in ("", "x", "²", "-1")
    }
    past = past_snapshot(LIVE, Past(THEN, odd, {}))
    assert (past.teams.items, past.inboxes.items) == (LIVE.teams.items, LIVE.inboxes.items)


def test_known_figures_are_live_at_that_moment_and_only_there() -> None:
    past = past_snapshot(LIVE, Past(THEN, {WAITING: Was(40)}, {}))
    assert past.reading(WAITING).value == 40
    assert past.reading(WAITING).state(THEN) is State.LIVE
    assert past.reading(WAITING).asked_wall == THEN


def test_what_was_not_known_is_unknown_and_never_the_present() -> None:
    past = past_snapshot(LIVE, Past(THEN, {WAITING: Was(40)}, {}))
    slots = [OPEN, identity.status("pending")]
    slots += [identity.team(3, measure) for measure in of(ScopeKind.TEAM)]
    slots += [identity.inbox(8, measure) for measure in of(ScopeKind.INBOX)]
    for slot in slots:
        assert past.reading(slot).value is None
        assert past.reading(slot).state(THEN) is State.UNKNOWN


def test_of_todays_service_level_nothing_is_left_in_it() -> None:
    now = msgspec.structs.replace(LIVE, service=ServiceLevel(goal=80.0))
    assert past_snapshot(now, Past(THEN, {}, {})).service is None


def test_what_was_at_least_so_much_then_is_still_no_more_than_that() -> None:
    past = past_snapshot(LIVE, Past(THEN, {LONGEST: Was(960, at_least=True), WAITING: Was(40)}, {}))
    assert past.reading(LONGEST).at_least
    assert not past.reading(WAITING).at_least


def test_what_was_at_least_so_much_has_no_change() -> None:
    samples = [Sample(THEN - 900 + back, 600 + back, 60, at_least=back < 60) for back in range(0, 901, 60)]
    known = spans(samples)
    then = PastCourse(Past(THEN, {LONGEST: Was(1_500)}, {LONGEST: known}))
    assert then.change(LONGEST, 900) is None
    assert then.change(LONGEST, 840) == 840
    now = PastCourse(Past(THEN, {LONGEST: Was(1_500, at_least=True)}, {LONGEST: known}))
    assert now.change(LONGEST, 840) is None


def test_no_person_is_in_it() -> None:
    past = past_snapshot(LIVE, Past(THEN, {WAITING: Was(40)}, {}))
    assert past.agents.items is None
    assert past.agents.state(THEN) is State.UNKNOWN
    assert not past.team_members
    assert not any(slot.scope.kind is identity.ScopeKind.AGENT for slot in past.readings)
    assert past.longest is None


def test_names_are_todays_and_what_is_gone_keeps_its_number() -> None:
    values = {identity.team(3, Measure.OPEN): Was(5), identity.team(9, Measure.OPEN): Was(6)}
    past = past_snapshot(LIVE, Past(THEN, {**values, identity.inbox(77, Measure.OPEN): Was(1)}, {}))
    assert [team.name for team in past.teams.items or ()] == ["billing", "sales", "team 9"]
    assert [inbox.name for inbox in past.inboxes.items or ()] == ["Chat", "inbox 77"]
    assert past.reading(identity.team(9, Measure.OPEN)).value == 6


def test_the_account_stays_the_same() -> None:
    past = past_snapshot(LIVE, Past(THEN, {}, {}))
    assert (past.ref, past.key, past.name) == (REF, KEY, LIVE.name)
    assert LIVE.reading(WAITING).state(NOW) is State.LIVE


def course(*values: float, step: float = 60.0) -> PastCourse:
    samples = [Sample(THEN - (len(values) - 1 - place) * step, value) for place, value in enumerate(values)]
    return PastCourse(Past(THEN, {WAITING: Was(values[-1])}, {WAITING: spans(samples)}))


def test_the_change_is_counted_up_to_then() -> None:
    assert course(*range(10, 26)).change(WAITING, 900) == 15
    assert course(1, 2, 3).change(WAITING, 900) is None
    assert course(1, 2, 3).change(OPEN, 900) is None


def test_slope_and_sparkline_are_those_of_then() -> None:
    falling = course(*(100.0 - 5 * place for place in range(16)))
    assert falling.flow(WAITING) == -300
    assert falling.clears_in(WAITING) == 300
    line = [value for value in falling.sparkline(WAITING, 900, 3) if value is not None]
    assert len(line) == 3
    assert line == sorted(line, reverse=True)
    assert course(1).sparkline(WAITING, 900, 4) == [None, None, None, None]


async def test_nothing_after_the_moment_is_read() -> None:
    clock = ManualClock(wall=WALL)
    history = History(None, clock)
    jump: list[SampleRow] = [
        SampleRow(
            identity.Figure(KEY, WAITING.scope, WAITING.measure), THEN + back, 10.0 if back < 0 else 500.0
        )
        for back in range(-900, 900, 30)
    ]
    history.fill(jump)
    past = await history.past(KEY, THEN - 1)
    history.close()
    assert past.values[WAITING] == Was(10)
    assert all(span.point.maximum == 10 for span in past.courses[WAITING])
    assert PastCourse(past).change(WAITING, 600) == 0


async def test_a_history_that_is_filled_draws_its_last_hour_at_once() -> None:
    clock = ManualClock(wall=WALL)
    history = History(None, clock)
    figure = identity.Figure(KEY, WAITING.scope, WAITING.measure)
    history.fill([SampleRow(figure, WALL - back, float(back)) for back in range(1_800, 0, -60)])
    assert history.change(figure, 900) is None
    await history.start()
    assert history.change(figure, 900) == -840
    history.close()


def test_a_slot_is_never_made_up_for_scopes_that_are_unknown() -> None:
    bare = snapshot({WAITING: reading(1)})
    past = past_snapshot(bare, Past(THEN, {}, {}))
    kinds = {slot.scope.kind for slot in past.readings if isinstance(slot, Slot)}
    assert kinds == {identity.ScopeKind.ACCOUNT, identity.ScopeKind.STATUS}
    assert past.teams.items is None
