"""What only some servers and some tokens tell: abandoned, an agent's own times, one inbox alone."""

import contextlib
from collections.abc import AsyncIterator

from tests.unit.test_monitor_runs import HERE, NEAR, Bench
from tui.config.model import TokenSource
from tui.identity import Measure, account, agent, inbox, status
from tui.monitor.monitor import HealthState
from tui.monitor.reading import State
from tui.redact import Secret
from tui.simulator.demo import token_of
from tui.simulator.faults import Fault, Kind
from tui.simulator.world import CHATWOOT

ABANDONED = status("abandoned")
HOUR = 3_600.0


@contextlib.asynccontextmanager
async def running(bench: Bench) -> AsyncIterator[Bench]:
    await bench.open()
    yield bench
    await bench.monitor.stop()


def asked(bench: Bench, words: str) -> list[str]:
    return [target for target in bench.paths() if words in target]


async def test_abandoned_is_counted_where_the_server_knows_it() -> None:
    async with running(Bench(NEAR)) as bench:
        await bench.run(120.0)
        reading = bench.monitor.snapshot(HERE).reading(ABANDONED)
        assert reading.state(bench.clock.now()) is State.LIVE


async def test_a_server_without_abandoned_is_asked_once_and_nothing_of_it_is_shown() -> None:
    async with running(Bench(NEAR, flavour=CHATWOOT)) as bench:
        await bench.run(600.0)
        assert len(asked(bench, "status=abandoned")) == 1
        assert bench.monitor.snapshot(HERE).reading(ABANDONED).value is None
        assert bench.monitor.last_error(HERE) is None
        assert bench.monitor.health("trial").state is HealthState.OK
        bench.monitor.refresh(HERE)
        await bench.run(60.0)
        assert len(asked(bench, "status=abandoned")) == 1
        bench.monitor.pause()
        await bench.clock.advance(6 * HOUR)
        bench.monitor.resume()
        await bench.run(120.0)
        assert len(asked(bench, "status=abandoned")) == 2


async def test_a_broken_server_is_not_taken_for_one_without_abandoned() -> None:
    async with running(Bench(NEAR)) as bench:
        bench.transport.faults.add(Fault(kind=Kind.STATUS_JSON, path="*", status=500))
        await bench.run(60.0)
        bench.transport.faults.clear()
        await bench.run(300.0)
        assert bench.monitor.snapshot(HERE).reading(ABANDONED).value is not None


async def test_agents_on_screen_are_asked_for_one_after_the_other() -> None:
    async with running(Bench(NEAR)) as bench:
        await bench.run(5.0)
        people = bench.monitor.snapshot(HERE).agents.items or ()
        shown = [agent.id for agent in people[:12]]
        bench.monitor.visible(HERE, agents=shown, times=True)
        await bench.run(240.0)
        calls = asked(bench, "type=agent&id=")
        assert len(calls) <= 12 + 4 * 2 + 1
        assert {int(target.split("id=")[1].split("&")[0]) for target in calls} == set(shown)
        snapshot = bench.monitor.snapshot(HERE)
        for number in shown:
            reading = snapshot.reading(agent(number, Measure.RESOLUTIONS))
            assert reading.state(bench.clock.now()) is State.LIVE
            assert reading.period >= 12 * 30.0
            average = snapshot.reading(agent(number, Measure.RESOLUTION)).value
            assert average is None or average > 0


async def test_nothing_is_asked_of_agents_who_are_not_on_screen() -> None:
    async with running(Bench(NEAR)) as bench:
        await bench.run(120.0)
        assert not asked(bench, "type=agent&id=")


async def test_a_role_without_reports_is_not_asked_agent_by_agent() -> None:
    token = TokenSource(held=Secret(token_of("trial", "agent")))
    async with running(Bench(NEAR, token=token)) as bench:
        await bench.run(5.0)
        bench.monitor.visible(
            HERE, agents=[agent.id for agent in bench.monitor.snapshot(HERE).agents.items or ()], times=True
        )
        await bench.run(600.0)
        assert len(asked(bench, "type=agent&id=")) <= 12
        snapshot = bench.monitor.snapshot(HERE)
        for person in snapshot.agents.items or ():
            reading = snapshot.reading(agent(person.id, Measure.FIRST_RESPONSE))
            assert reading.state(bench.clock.now()) is State.NOT_PERMITTED


async def test_one_inbox_can_stand_for_the_account() -> None:
    async with running(Bench(NEAR)) as bench:
        await bench.run(5.0)
        number = (bench.monitor.snapshot(HERE).inboxes.items or ())[0].id
        bench.monitor.visible(HERE, inbox=number)
        await bench.run(180.0)
        snapshot, now = bench.monitor.snapshot(HERE), bench.clock.now()
        opened = snapshot.reading(inbox(number, Measure.OPEN))
        assert opened.state(now) is State.LIVE
        assert opened.period == 15.0
        for measure in (
            Measure.UNASSIGNED, Measure.ASSIGNED, Measure.MINE, Measure.QUEUED, Measure.PENDING,
            Measure.SNOOZED, Measure.RESOLVED, Measure.TODAY, Measure.FIRST_RESPONSE, Measure.RESOLUTION,
        ):  # fmt: skip
            assert snapshot.reading(inbox(number, measure)).state(now) is State.LIVE, measure
        whole = snapshot.reading(account(Measure.OPEN))
        assert whole.period == 60.0
        assert 0 < (opened.value or 0) < (whole.value or 0)
        late = len(bench.paths())
        await bench.run(300.0)
        assert (len(bench.paths()) - late) / 5 <= 36


async def test_an_inbox_the_token_is_not_told_of_is_not_asked_for() -> None:
    async with running(Bench(NEAR)) as bench:
        await bench.run(5.0)
        bench.monitor.visible(HERE, inbox=4_711)
        await bench.run(60.0)
        assert not asked(bench, "inbox_id=4711")
        assert bench.state(Measure.OPEN) is State.LIVE
