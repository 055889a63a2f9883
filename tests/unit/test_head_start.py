"""At the start the account on screen goes first, and does not keep the others waiting for long."""

from tests.shortcuts import turns
from tests.unit.test_monitor_runs import FAR, HERE, NEAR, THERE, Bench
from tui.identity import AccountRef
from tui.measures import Measure
from tui.simulator.faults import Fault, Kind


def asked_accounts(bench: Bench) -> set[int]:
    return {asked.account for asked in bench.transport.requests if asked.account is not None}


async def test_other_accounts_are_asked_once_the_one_on_screen_has_answered() -> None:
    bench = Bench(NEAR, FAR)
    await bench.open()
    assert asked_accounts(bench) == {HERE.account_id}
    await bench.run(5)
    assert asked_accounts(bench) == {HERE.account_id, THERE.account_id}
    await bench.monitor.stop()


async def test_a_slow_account_on_screen_keeps_the_others_waiting_only_shortly() -> None:
    bench = Bench(NEAR, FAR)
    bench.transport.faults.add(Fault(kind=Kind.DELAY, path="*/agents", seconds=15))
    await bench.open()
    await bench.run(5)
    assert THERE.account_id in asked_accounts(bench)
    await bench.monitor.stop()


async def test_before_it_is_known_what_is_in_view_only_what_is_wanted_in_any_case_is_asked() -> None:
    bench = Bench(NEAR, FAR)
    bench.monitor.look_at(HERE)
    bench.monitor.begin()
    await bench.run(10)
    asked = sorted(asked.path.rsplit("/", 1)[-1] for asked in bench.transport.requests)
    assert asked == ["agents", "meta", "profile", "teams"]
    assert bench.value(Measure.OPEN) is not None
    since = bench.clock.now()
    bench.monitor.visible(HERE, teams=(), scrolled=False, statuses=False, reports=False)
    await bench.monitor.start()
    await bench.run(10)
    assert any(path.endswith("/inboxes") for path in bench.paths(since))
    assert not any("status=" in path and "status=open" not in path for path in bench.paths(since))
    await bench.monitor.stop()


async def test_who_listens_after_the_first_answers_hears_of_them() -> None:
    bench = Bench(NEAR)
    bench.monitor.look_at(HERE)
    bench.monitor.begin()
    await bench.run(2)
    heard: list[AccountRef] = []
    bench.monitor.listen(heard.append)
    await turns(3)
    assert heard.count(HERE) == 1
    await bench.monitor.stop()
