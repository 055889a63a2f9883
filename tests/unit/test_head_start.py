"""At the start the account on screen goes first, and does not keep the others waiting for long."""

from tests.unit.test_monitor_runs import FAR, HERE, NEAR, THERE, Bench
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
