"""The simulated contact centre: deterministic, alive, exact about its past, and cheap."""

import itertools

import pytest

from tests.big_world import ACCOUNT_ID, ADMIN_ID, big_world
from tui.clock import ManualClock
from tui.identity import Measure, Slot, account, inbox, status, team
from tui.simulator.conversations import Plan, Planner
from tui.simulator.demo import ADMIN, AGENT_VIEWER, Demo, origin_of
from tui.simulator.ledger import KEPT
from tui.simulator.world import World

TRIAL = origin_of("trial")
EU = 12345


def world(clock: ManualClock, *, seed: int = 7, speed: float = 1.0, name: str = "trial") -> World:
    return Demo(seed, clock=clock, speed=speed).world(origin_of(name))


async def test_same_seed_and_moment_give_the_same_truth_whenever_it_was_built() -> None:
    early, late = ManualClock(), ManualClock(wall=ManualClock().wall() + 7_200)
    watched = world(early)
    watched.truth(EU, ADMIN)
    for _ in range(48):
        await early.advance(150, settle=0)
        watched.truth(EU, ADMIN)
    assert watched.truth(EU, ADMIN) == world(late).truth(EU, ADMIN)


def test_another_seed_gives_another_world() -> None:
    assert world(ManualClock(), seed=1).truth(EU, ADMIN) != world(ManualClock(), seed=2).truth(EU, ADMIN)


def test_environments_have_accounts_of_a_plausible_size() -> None:
    demo = Demo(clock=ManualClock())
    assert [environment.name for environment in demo.environments] == ["trial", "app", "onprem"]
    for environment in demo.environments:
        for shown in environment.accounts:
            spec = demo.world(environment.url).specs[shown.id]
            assert 4 <= len(spec.teams) <= 12
            assert 12 <= len(spec.agents) <= 60
            assert 3 <= len(spec.inboxes) <= 6
            assert len({agent.id for agent in spec.agents}) == len(spec.agents)


@pytest.mark.parametrize("hours", [0, 6, 12, 18])
async def test_a_supervisor_sees_counts_move_at_nearly_each_refresh(hours: int) -> None:
    clock = ManualClock(wall=ManualClock().wall() + hours * 3_600)
    centre = world(clock)
    watched = (Measure.ASSIGNED, Measure.UNASSIGNED, Measure.OPEN, Measure.QUEUED)
    seen = []
    for _ in range(120):
        truth = centre.truth(EU, ADMIN)
        seen.append([truth[account(measure)] for measure in watched])
        await clock.advance(15, settle=0)
    moved = sum(before != after for before, after in itertools.pairwise(seen))
    assert moved > 0.55 * len(seen)
    assert 5 < sum(row[1] for row in seen) / len(seen) < 45


def test_somebody_waits_for_days_and_the_others_for_minutes() -> None:
    centre = world(ManualClock())
    ledger = centre.account(EU).ledger
    waits = sorted(
        ledger.moment - ledger.live[id_].created
        for id_, cell in ledger.now.items()
        if cell.status == "open" and cell.unanswered
    )
    assert waits[len(waits) // 2] < 1_800
    backlog = [
        wait
        for shown in Demo(clock=ManualClock()).environments
        for each in shown.accounts
        for wait in _waits(world(ManualClock(), name=shown.name), each.id)
        if wait > 86_400
    ]
    assert 1 <= len(backlog) <= 12


def _waits(centre: World, account_id: int) -> list[float]:
    ledger = centre.account(account_id).ledger
    return [
        ledger.moment - ledger.live[id_].created
        for id_, cell in ledger.now.items()
        if cell.status == "open" and cell.unanswered
    ]


def test_one_team_is_visibly_worse() -> None:
    centre = world(ManualClock())
    slots = [team(each.id, Measure.UNASSIGNED) for each in centre.specs[EU].teams]
    rows = list(centre.past(EU, ADMIN, slots, centre.moment() - 6 * 3_600, centre.moment(), 300))
    means = sorted(sum(values[index] for _, values in rows) for index in range(len(slots)))
    assert means[-1] > 1.3 * means[-2] or means[-1] > 1.8 * means[len(means) // 2]


async def test_held_is_exactly_what_was_true_between_two_instants() -> None:
    clock = ManualClock()
    centre = world(clock)
    slots = list(centre.truth(EU, ADMIN))
    begin = centre.moment()
    seen: dict[Slot, set[float]] = {slot: set() for slot in slots}
    for _ in range(600):
        for slot, value in centre.truth(EU, ADMIN).items():
            seen[slot].add(value)
        await clock.advance(1, settle=0)
    for slot in slots:
        held = centre.held(EU, ADMIN, slot, begin, begin + 599)
        assert seen[slot] <= held
        assert len(held - seen[slot]) <= 2, "only what came and went within a second may be missing"


async def test_held_in_the_past_excludes_what_came_later() -> None:
    clock = ManualClock()
    centre = world(clock)
    slot = account(Measure.OPEN)
    values = {}
    centre.account(EU)
    for _ in range(60):
        values[centre.moment()] = centre.truth(EU, ADMIN)[slot]
        await clock.advance(30, settle=0)
    for moment, value in values.items():
        assert centre.held(EU, ADMIN, slot, moment, moment) == {value}


async def test_the_kept_past_is_bounded_and_says_so() -> None:
    clock = ManualClock()
    centre = world(clock)
    with pytest.raises(LookupError):
        centre.held(EU, ADMIN, account(Measure.OPEN), centre.moment() - 60, centre.moment())
    begin = centre.moment()
    await clock.advance(KEPT + 600, settle=0)
    ledger = centre.account(EU).ledger
    assert ledger.changes[0].moment >= centre.moment() - KEPT
    with pytest.raises(LookupError):
        centre.held(EU, ADMIN, account(Measure.OPEN), begin, centre.moment())


async def test_past_meets_the_present() -> None:
    centre = world(ManualClock())
    truth = centre.truth(EU, ADMIN)
    slots = list(truth)
    now = centre.moment()
    rows = list(centre.past(EU, ADMIN, slots, now - 3_600, now, 60))
    assert len(rows) == 61
    assert dict(zip(slots, rows[-1][1], strict=True)) == truth


def test_past_is_the_same_at_any_step() -> None:
    centre = world(ManualClock())
    slots = centre.view(EU, ADMIN).slots(centre.flavour.statuses)
    start, end = centre.moment() - 43_200, centre.moment()
    fine = dict(centre.past(EU, ADMIN, slots, start, end, 600))
    assert all(fine[moment] == values for moment, values in centre.past(EU, ADMIN, slots, start, end, 14_400))


def test_an_agent_sees_only_its_own_inboxes() -> None:
    centre = world(ManualClock())
    whole, part = centre.truth(EU, ADMIN), centre.truth(EU, AGENT_VIEWER)
    mine = centre.view(EU, AGENT_VIEWER).inboxes
    assert len(mine) == 1
    assert (
        part[account(Measure.OPEN)]
        == whole[inbox(next(iter(mine)), Measure.OPEN)]
        < whole[account(Measure.OPEN)]
    )
    assert part[account(Measure.AGENTS_ONLINE)] == whole[account(Measure.AGENTS_ONLINE)]


def test_the_parts_add_up() -> None:
    centre = world(ManualClock())
    truth = centre.truth(EU, ADMIN)
    assert (
        truth[account(Measure.ASSIGNED)] + truth[account(Measure.UNASSIGNED)] == truth[account(Measure.OPEN)]
    )
    words = ("pending", "snoozed", "resolved", "abandoned")
    every = centre.account(EU).ledger.count(lambda _: True)
    assert truth[account(Measure.OPEN)] + sum(truth[status(word)] for word in words) == every


async def test_a_wall_clock_set_on_this_machine_does_not_move_the_server() -> None:
    clock = ManualClock()
    centre = world(clock)
    before = centre.truth(EU, ADMIN)
    clock.jump_wall(-86_400)
    assert centre.truth(EU, ADMIN) == before


async def test_speed_makes_people_live_faster_and_ages_stay_right() -> None:
    clock = ManualClock()
    centre = world(clock, speed=60)
    begin = centre.moment()
    await clock.advance(60, settle=0)
    assert centre.moment() - begin == pytest.approx(3_600)
    assert centre.moment() - centre.shift == pytest.approx(clock.wall())


async def test_time_that_passes_draws_no_hour_again(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, drawn = ManualClock(), list[int]()
    usual = Planner.hour

    def counted(planner: Planner, hour: int) -> list[Plan]:
        drawn.append(hour)
        return usual(planner, hour)

    monkeypatch.setattr(Planner, "hour", counted)
    centre = world(clock)
    centre.account(EU)
    assert len(drawn) == len(set(drawn)) > 20
    for _ in range(480):
        await clock.advance(15, settle=0)
        centre.account(EU)
    assert len(drawn) == len(set(drawn))


def test_a_world_of_scale() -> None:
    centre = big_world(ManualClock())
    truth = centre.truth(ACCOUNT_ID, ADMIN_ID)
    assert truth[account(Measure.OPEN)] > 5_000
    spec = centre.specs[ACCOUNT_ID]
    assert (len(spec.agents), len(spec.teams), len(spec.inboxes)) == (2_000, 200, 50)
    assert sum(truth[account(measure)] for measure in _AVAILABILITIES) == 2_000


_AVAILABILITIES = (Measure.AGENTS_ONLINE, Measure.AGENTS_BUSY, Measure.AGENTS_AWAY, Measure.AGENTS_OFFLINE)
