"""The service level that `snapshot` tells: what is kept of today, whole from midnight on, and null else."""

from contextlib import closing
from datetime import UTC
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.unit.test_snapshot import CONFIG, TRIAL
from tests.unit.test_snapshot_options import Asked
from tui.clock import ManualClock
from tui.config.model import Targets
from tui.config.state import KnownViewer, SavedState
from tui.identity import AccountKey, Reach
from tui.monitor.history.reach_periods import note
from tui.monitor.history.schema import connect
from tui.monitor.service.book import Interval
from tui.monitor.service.figures import WHOLE, PartOfAccount, Rules, Tally
from tui.monitor.service.intervals import EDGES, day_of
from tui.monitor.service.kept import KeptNow, keep, keep_now
from tui.monitor.service.states import CountedAs
from tui.output.service_values import ServiceValues

NOW = ManualClock().wall()
"""Two in the afternoon."""
DAY = day_of(NOW, UTC)
BY_NOW = 56
"""Quarters of an hour since midnight."""
RULES = Rules(target=300.0)
KEY = AccountKey(TRIAL.url, 1, 7, Reach(("administrator",), (5,)).mark)
COUNTS = {
    CountedAs.IN_TARGET: 3,
    CountedAs.LATE: 1,
    CountedAs.AT_ONCE: 2,
    CountedAs.CLOSED: 1,
    CountedAs.CLOSED_BY_BOT: 4,
    CountedAs.QUEUED_LATE: 1,
    CountedAs.NO_CUSTOMER: 5,
    CountedAs.UNKNOWN: 6,
}
ALWAYS = ServiceValues.__struct_fields__[:-2]
"""All but what there is only where a bot has conversations first."""
NOTHING = dict.fromkeys(ALWAYS) | {"of": "2026-11-22", "target_s": 300.0}
NOBODY = dict.fromkeys(ServiceValues.__struct_fields__[2:14], 0)
"""From `arrived` to `unknown`."""


def counted() -> Tally:
    """What came in a quarter: one in each of most states."""
    tally = Tally()
    tally.counts |= COUNTS
    tally.speeds = [60.0, 120.0, 180.0, 900.0]
    return tally


def told(quarters: int) -> dict[str, Any]:
    """The values of so many such quarters."""
    as_of = f"2026-11-22T{quarters // 4:02}:{quarters % 4 * 15:02}:00Z"
    counts = {str(state): quarters * number for state, number in COUNTS.items()}
    speeds = {"speed_mean_s": 315.0, "speed_p50_s": 120.0, "speed_p90_s": 900.0}
    levels = {"level": 0.5, "level_low": 0.5, "level_high": 0.5, "level_30_min": None}
    return {
        **NOTHING,
        **NOBODY,
        **counts,
        **speeds,
        **levels,
        "arrived": 23 * quarters,
        "answered": 4 * quarters,
        "coverage": 1.0,
        "as_of": as_of,
    }


def interval(quarter: int, *, rules: Rules = RULES, since: int = DAY.since) -> Interval:
    """A quarter of which all came to team 3 and inbox 5."""
    parts = {WHOLE: counted(), PartOfAccount("team", 3): counted(), PartOfAccount("inbox", 5): counted()}
    return Interval(since + quarter * 900, parts, complete=True, rules=rules.mark)


def history(path: Path, *intervals: Interval, key: AccountKey = KEY) -> Path:
    with closing(connect(path)) as connection:
        keep(connection, key, intervals)
        note(connection, key, "administrator", NOW, NOW)
    return path


def asked_with(capsys: pytest.CaptureFixture[str], path: Path, *words: str, **more: Any) -> Asked:
    return Asked(capsys, "trial/1", "--format", "json", *words, history=path, **more)


TODAY = [interval(quarter) for quarter in range(BY_NOW)]


@pytest.mark.parametrize(
    ("kept", "quarters"),
    [
        (TODAY, BY_NOW),
        (TODAY[:40], 40),
        ([*TODAY[:10], *TODAY[11:]], 10),
        ([*TODAY, interval(BY_NOW), interval(BY_NOW + 1)], BY_NOW),
        ([*TODAY[:8], interval(8, rules=Rules(target=60.0))], 8),
    ],
    ids=["all", "the morning", "a gap", "not over yet", "another target from then on"],
)
def test_today_is_told_from_midnight_to_the_first_gap(
    kept: list[Interval], quarters: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = asked_with(capsys, history(tmp_path / "history.sqlite3", *kept))
    account = asked.account
    assert account["service"] == told(quarters)
    teams = {row["id"]: row["service"] for row in account["teams"]}
    nobody = told(quarters) | NOBODY
    for name in ("level", "level_low", "level_high", "speed_mean_s", "speed_p50_s", "speed_p90_s"):
        nobody[name] = None
    assert teams == {3: told(quarters), 4: nobody}
    assert [row["service"] for row in account["inboxes"]] == [told(quarters)]


@pytest.mark.parametrize(
    ("kept", "key"),
    [
        ([], KEY),
        (TODAY[1:], KEY),
        ([interval(quarter, since=DAY.since - 86_400) for quarter in range(96)], KEY),
        ([interval(quarter, rules=Rules(target=60.0)) for quarter in range(BY_NOW)], KEY),
        (TODAY, msgspec.structs.replace(KEY, viewer_id=8)),
        (TODAY, msgspec.structs.replace(KEY, reach=Reach(("agent",), (5,)).mark)),
        (TODAY, msgspec.structs.replace(KEY, account_id=2)),
        (TODAY, msgspec.structs.replace(KEY, origin="https://other.example")),
    ],
    ids=["none", "no beginning", "yesterday", "target", "user", "reach", "account", "server"],
)
def test_what_is_not_known_of_today_is_null(
    kept: list[Interval], key: AccountKey, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account = asked_with(capsys, history(tmp_path / "history.sqlite3", *kept, key=key)).account
    rows = [account, *account["teams"], *account["inboxes"]]
    assert [row["service"] for row in rows] == [NOTHING] * 4


def test_the_last_look_at_today_is_told_with_its_half_hour(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = history(tmp_path / "history.sqlite3", *TODAY[:40])
    waiting = counted()
    waiting.counts[CountedAs.QUEUED_IN_TIME] = 2
    parts = {WHOLE: waiting, PartOfAccount("team", 3): waiting, PartOfAccount("inbox", 5): waiting}
    seconds = int(NOW) - DAY.since - 300
    so_far = Interval(DAY.since, parts, complete=False, seconds=seconds, rules=RULES.mark)
    half_hour = {WHOLE: counted(), PartOfAccount("team", 3): counted()}
    lately = Interval(so_far.begins + seconds - 1_800, half_hour, False, 1_800, RULES.mark)
    with closing(connect(path)) as connection:
        keep_now(connection, KEY, KeptNow(so_far))
        keep_now(connection, KEY, KeptNow(so_far, lately))
    account = asked_with(capsys, path).account
    service, (third, fourth) = account["service"], (row["service"] for row in account["teams"])
    assert service["as_of"] == "2026-11-22T13:55:00Z"
    assert (service["queued_in_time"], service["arrived"]) == (2, 25)
    assert service["level_low"] < service["level"] < service["level_high"]
    assert (service["level_30_min"], third["level_30_min"], fourth["level_30_min"]) == (0.5, 0.5, None)
    assert account["inboxes"][0]["service"]["level_30_min"] is None  # nobody came there
    with closing(connect(path)) as connection:
        keep_now(connection, KEY, KeptNow(so_far))
    assert asked_with(capsys, path).account["service"]["level_30_min"] is None


@pytest.mark.parametrize("what", ["another target", "yesterday", "before what is kept"])
def test_a_look_that_tells_nothing_of_today_is_passed_over(
    what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = history(tmp_path / "history.sqlite3", *TODAY)
    begins = DAY.since - 86_400 * (what == "yesterday")
    mark = (Rules(target=60.0) if what == "another target" else RULES).mark
    so_far = Interval(begins, {WHOLE: Tally()}, False, 40_000, mark)
    with closing(connect(path)) as connection:
        keep_now(connection, KEY, KeptNow(so_far))
    assert asked_with(capsys, path).account["service"] == told(BY_NOW)


def test_no_history_and_a_damaged_one_are_told_as_null(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = tmp_path / "odd.sqlite3"
    odd.write_bytes(b"no database at all, but long enough to be looked at" * 20)
    for path in (odd, tmp_path / "none.sqlite3"):
        asked = asked_with(capsys, path)
        assert (asked.code, asked.account["service"]) == (0, NOTHING)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["odd.sqlite3"]


def test_it_takes_no_request_more(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = history(tmp_path / "history.sqlite3", *TODAY)
    assert asked_with(capsys, path).requests == asked_with(capsys, tmp_path / "none.sqlite3").requests


def test_who_names_figures_asks_for_no_service_level(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = history(tmp_path / "history.sqlite3", *TODAY)
    account = asked_with(capsys, path, "--figures", "open,team:open").account
    assert [row["service"] for row in (account, *account["teams"])] == [None] * 3


def test_of_a_histogram_the_mean_is_unknown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tally = counted()
    tally.bins, tally.speeds = tally.histogram(), []
    only = Interval(DAY.since, {WHOLE: tally}, complete=True, rules=RULES.mark)
    service = asked_with(capsys, history(tmp_path / "history.sqlite3", only)).account["service"]
    assert service["speed_mean_s"] is None
    assert service["speed_p50_s"] in EDGES
    assert service["in_target"] == 3


def test_without_a_target_nothing_is_called_late(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = [interval(quarter, rules=Rules()) for quarter in range(BY_NOW)]
    config = msgspec.structs.replace(CONFIG, targets=Targets())
    path = history(tmp_path / "history.sqlite3", *kept)
    service = asked_with(capsys, path, config=config).account["service"]
    judged = ("target_s", "in_target", "late", "queued_late", "level", "level_low", "level_high")
    assert [service[name] for name in judged] == [None] * len(judged)
    assert service["answered"] == 4 * BY_NOW


@pytest.mark.parametrize("zone", ["UTC", None])
def test_from_the_history_alone_the_zone_has_to_be_in_the_config(
    zone: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = history(tmp_path / "history.sqlite3", *TODAY)
    environment = msgspec.structs.replace(TRIAL, timezone=zone)
    config = msgspec.structs.replace(CONFIG, environments=(environment,))
    state = SavedState(viewers={"trial": KnownViewer(7, "Ada")})
    account = asked_with(capsys, path, "--from-history", config=config, state=state).account
    unknown = NOTHING | {"of": None}
    assert account["service"] == (unknown if zone is None else told(BY_NOW))
