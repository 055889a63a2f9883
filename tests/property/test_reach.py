"""However roles, inboxes, memberships and teams change: the figures are those of one reach, and true."""

import asyncio
from collections.abc import Iterable

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.test_monitor_runs import FAR, HERE, NEAR, THERE, Bench
from tui.config.model import TokenSource
from tui.identity import Measure, Reach, ScopeKind, account
from tui.measures import STATUSES
from tui.monitor.health import HealthState
from tui.monitor.history.history import PROMPT, History
from tui.monitor.history.reader import everything
from tui.monitor.reading import AccountSnapshot, State
from tui.monitor.recording import end_reach, record
from tui.redact import Secret
from tui.simulator.demo import ADMIN, AGENT_VIEWER, token_of
from tui.simulator.faults import Fault, Kind

SEEN_WITHIN = 62.0
"""Seconds after which the screen knows of a change: the profile's period, its jitter and an answer."""
ACCOUNT = HERE.account_id
ANSWERED_WITHIN = 0.5
"""Seconds of the slowest answer here."""
SMALL = msgspec.structs.replace(NEAR, agents=8, teams=9, inboxes=4)
"""As many teams and inboxes as change here: people and the rest cost time alone."""
EXACT = frozenset({Measure.UNASSIGNED, Measure.OPEN, Measure.ASSIGNED, Measure.MINE, *map(Measure, STATUSES)})
GONE = {"suspended": HealthState.SUSPENDED, "outside": HealthState.NOT_A_MEMBER}

CHANGES = st.one_of(
    st.tuples(
        st.just("role"),
        st.sampled_from(("agent", "supervisor", "administrator", "agent,supervisor", "agent,administrator")),
        st.frozensets(st.integers(1, 4), max_size=3),
    ),
    st.tuples(st.sampled_from(("suspended", "outside")), st.just(""), st.just(frozenset[int]())),
    st.tuples(st.just("team"), st.just(""), st.frozensets(st.integers(1, 9), min_size=1, max_size=1)),
)
WAITS = st.sampled_from((3.0, 20.0, 70.0, 130.0))


class Trial:
    """A monitor with its history, and what the world was changed to at which moment."""

    def __init__(self) -> None:
        self.bench = Bench(SMALL)
        self.history = History(None, self.bench.clock)
        self.changed_at = self.bench.clock.now()
        self.gone = ""

    async def begin(self) -> None:
        monitor = self.bench.monitor
        monitor.listen(
            lambda ref: record(self.history, monitor, monitor.snapshot(ref), self.bench.clock.now())
        )
        monitor.listen_for_breaks(lambda ref, key: end_reach(self.history, monitor, ref, key))
        await self.bench.open()
        await self.bench.run(20.0)

    def change(self, what: str, role: str, numbers: Iterable[int]) -> None:
        world = self.bench.world
        if what == "team":
            for number in numbers:
                world.delete_team(ACCOUNT, number, traceless=number % 2 == 0)
            return
        self.changed_at = self.bench.clock.now()
        if what == "role":
            world.assign_role(ACCOUNT, ADMIN, role, numbers)
        elif self.gone:
            world.set_suspended(ACCOUNT, suspended=False)
            world.set_member(ACCOUNT, ADMIN, member=True)
            self.gone = ""
        else:
            self.gone = what
            world.set_suspended(ACCOUNT, suspended=what == "suspended")
            world.set_member(ACCOUNT, ADMIN, member=what != "outside")

    def judge(self) -> None:
        bench, monitor = self.bench, self.bench.monitor
        snapshot, seen = monitor.snapshot(HERE), monitor.seen(HERE)
        assert seen is not None
        settled = bench.clock.now() - self.changed_at > SEEN_WITHIN
        if settled:
            expected = GONE.get(self.gone, HealthState.OK)
            assert monitor.health_of(HERE).state is expected
        assert snapshot.viewer is not None
        assert set(snapshot.viewer.roles) == set(seen.reach.roles), "figures of another role than told"
        if settled and not self.gone:
            truth = bench.world.view(ACCOUNT, ADMIN)
            assert set(snapshot.viewer.roles) == set(truth.member.roles)
            assert {inbox.id for inbox in snapshot.inboxes.items or ()} == truth.inboxes
            assert snapshot.key.reach == _mark(truth.member.roles, truth.inboxes)
            assert snapshot.reading(account(Measure.OPEN)).state(bench.clock.now()) is State.LIVE
        began = -1.0 if seen.change is None else bench.clock.now() - (bench.clock.wall() - seen.change.wall)
        for slot, reading in snapshot.readings.items():
            if reading.value is None:
                continue
            assert reading.asked_at >= began - 0.001, f"{slot.name} is of the reach before"
            of_people = slot.scope.kind is ScopeKind.AGENT
            if slot.measure in EXACT and not of_people and self._is_there(snapshot, slot.scope.id):
                held = bench.world.held(ACCOUNT, ADMIN, slot, reading.asked_wall, bench.clock.wall())
                assert reading.value in held, slot.name

    def _is_there(self, snapshot: AccountSnapshot, number: str) -> bool:
        return not number.isdecimal() or any(str(team.id) == number for team in snapshot.teams.items or ())

    async def judge_history(self) -> None:
        for reach, at, _ in await samples(self.history):
            marks = marks_between(self.bench, ADMIN, at, at + PROMPT)
            assert reach in marks, f"a sample of {at} is kept as {reach!r}, and was one of {marks}"
        assert await self.history.ask(lambda connection: list(everything(connection, 0.0)))


def _mark(roles: Iterable[str], inboxes: Iterable[int]) -> str:
    return Reach(tuple(roles), tuple(inboxes)).mark


async def samples(history: History) -> list[tuple[str, float, str]]:
    """Each sample's reach, Unix time and measure."""
    await history.flush()
    return await history.ask(
        lambda connection: connection.execute(
            "SELECT reach, at, measure FROM sample JOIN figure ON figure.id = figure WHERE account = ?",
            (ACCOUNT,),
        ).fetchall()
    )


def marks_between(bench: Bench, user: int, since: float, until: float) -> set[str]:
    """Every reach through which a user saw the account then."""
    sights = bench.world.sights(ACCOUNT, user, since, until)
    return {_mark(sight.view.member.roles, sight.view.inboxes) for sight in sights}


@settings(max_examples=6, deadline=None)
@given(steps=st.lists(st.tuples(CHANGES, WAITS), min_size=2, max_size=6))
def test_no_figure_and_no_sample_mixes_two_reaches(
    steps: list[tuple[tuple[str, str, frozenset[int]], float]],
) -> None:
    async def play() -> None:
        trial = Trial()
        await trial.begin()
        try:
            for change, wait in steps:
                trial.change(*change)
                await trial.bench.run(wait)
                trial.judge()
            if trial.gone:
                trial.change(trial.gone, "", ())
            await trial.bench.run(130.0)
            trial.judge()
            await trial.judge_history()
        finally:
            await trial.bench.monitor.stop()
            trial.history.close()

    asyncio.run(play())


REACHES = st.permutations(
    [(role, numbers) for role in ("agent", "supervisor") for numbers in ({1}, {1, 2}, {2, 3}, {1, 2, 3})]
)
"""Each once: one that is back before any answer told of that can't be seen."""
SILENT = st.sampled_from(("*/inboxes", "*/profile", "*/conversations/meta"))


@settings(max_examples=3, deadline=None)
@given(
    reaches=REACHES,
    steps=st.lists(st.tuples(WAITS, SILENT, WAITS, WAITS), min_size=2, max_size=3),
    shown=st.booleans(),
)
@example(
    reaches=[("agent", {1, 2, 3}), ("agent", {1}), ("supervisor", {1})],
    steps=[(20.0, "*/inboxes", 3.0, 20.0), (70.0, "*/inboxes", 130.0, 20.0)],
    shown=False,
)
def test_a_sample_is_of_the_reach_of_its_moment_however_late_that_is_told(
    reaches: list[tuple[str, set[int]]], steps: list[tuple[float, str, float, float]], shown: bool
) -> None:
    """On screen or not, and whichever answers are missing around the change."""

    async def play() -> None:
        bench = Bench(SMALL, FAR, token=TokenSource(held=Secret(token_of("trial", "agent"))))
        clock, monitor = bench.clock, bench.monitor
        history = History(None, clock)
        monitor.listen(lambda ref: record(history, monitor, monitor.snapshot(ref), clock.now()))
        monitor.listen_for_breaks(lambda ref, key: end_reach(history, monitor, ref, key))
        bench.world.assign_role(ACCOUNT, AGENT_VIEWER, *reaches[-1])
        await bench.open()
        if not shown:
            monitor.look_at(THERE)
        try:
            for (before, path, silent, after), reach in zip(steps, reaches, strict=False):
                bench.transport.faults.add(
                    Fault(kind=Kind.CUT_JSON, path=path, end=clock.now() + before + silent)
                )
                await bench.run(before)
                bench.world.assign_role(ACCOUNT, AGENT_VIEWER, *reach)
                await bench.run(after)
            bench.transport.faults.clear()
            await bench.run(330.0)
            monitor.look_at(HERE)
            await bench.run(130.0)
            seen = monitor.seen(HERE)
            assert seen is not None
            kept = await samples(history)
            for mark, at, measure in kept:
                if measure in EXACT and at <= seen.confirmed:
                    marks = marks_between(bench, AGENT_VIEWER, at, at + ANSWERED_WITHIN)
                    assert mark in marks, f"{measure} of {at} is kept as {mark!r}, and was one of {marks}"
            assert monitor.key(HERE).reach in {mark for mark, _, _ in kept}
        finally:
            await monitor.stop()
            history.close()

    asyncio.run(play())
