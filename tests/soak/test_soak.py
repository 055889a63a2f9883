"""A brief soak: nothing that can be counted becomes more."""

from pathlib import Path

from tests.soak.run import SIZES, soak


async def test_tasks_timers_files_and_threads_do_not_grow(tmp_path: Path) -> None:
    (first, last), _ = await soak(80, folder=tmp_path, warm_up=20, sizes=SIZES[-1:])
    assert last.refreshes - first.refreshes >= 80
    for name, number in last.countable.items():
        # A pause of the poller may or may not stand in the loop's schedule at that moment.
        assert number <= first.countable[name] + (name == "timers"), name
