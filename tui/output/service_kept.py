"""Today's service level as a running monitor or an earlier report kept it: no request, nothing written."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, tzinfo
from pathlib import Path

import msgspec

from tui.api.models import Inbox
from tui.clock import Clock
from tui.config.model import Config, Environment
from tui.identity import AccountKey
from tui.monitor.reading import AccountSnapshot
from tui.monitor.service.book import Interval, from_midnight
from tui.monitor.service.given import rules_of
from tui.monitor.service.intervals import Day, day_of
from tui.monitor.service.kept import KeptNow, kept_now, kept_quarters
from tui.monitor.zones import zone_named, zone_of
from tui.output.document import Taken
from tui.output.recorded import open_to_read
from tui.output.service_values import AccountService, SharedValues


def with_service(
    everything: Iterable[Taken], path: Path | None, config: Config, clock: Clock, *, asked: bool
) -> list[Taken]:
    """Each account with what the history in `path` has of its day; None where there is no history.

    Without `asked` its inboxes are not those that the server told just now.
    """
    with_it = []
    for taken in everything:
        environment = config.environment(taken.snapshot.ref.environment)
        service = None
        if environment is not None and taken.snapshot.ref.account_id:
            inboxes = taken.snapshot.inboxes.items if asked else None
            now = _server_wall(taken.snapshot, clock) if asked else clock.wall()
            service = _service(path, taken.snapshot, inboxes, environment, config, now)
        with_it.append(msgspec.structs.replace(taken, service=service))
    return with_it


def _service(
    path: Path | None,
    snapshot: AccountSnapshot,
    inboxes: Sequence[Inbox] | None,
    environment: Environment,
    config: Config,
    now: float,
) -> AccountService:
    """What is kept of the day that holds `now`, a Unix time: as the last look at it found all of it.

    Where no look at today has come to its end, from midnight to the first gap: that is its as-of then,
    as everything that was created before it is known, and counted since. What was counted by another
    target or other hours is as good as nothing.
    """
    targets = config.targets_for(snapshot.ref.environment, snapshot.ref.account_id)
    zone = _zone(inboxes, environment)
    counted = config.service_for(snapshot.ref.environment, snapshot.ref.account_id)
    rules = rules_of(counted, targets, inboxes or (), snapshot.teams.items or (), zone or UTC)
    if zone is None:
        return AccountService(SharedValues(None, rules, None, None))
    day = day_of(now, zone)
    intervals, known = _kept(path, snapshot.key, day)
    quarters, parts = from_midnight(day, intervals, rules, day.quarter(now))
    begins = day.begins(quarters)
    if known is not None and known.so_far.rules == rules.mark and begins <= known.as_of:
        recent = None if known.lately is None else known.lately.tallies
        shared = SharedValues(day.name(zone), rules, 1.0, float(known.as_of))
        return AccountService(shared, known.so_far.tallies, recent)
    if not quarters:
        return AccountService(SharedValues(day.name(zone), rules, None, None))
    return AccountService(SharedValues(day.name(zone), rules, 1.0, float(begins)), parts)


def _zone(inboxes: Sequence[Inbox] | None, environment: Environment) -> tzinfo | None:
    """The contact centre's; None where its inboxes were not asked, and the config does not say."""
    named = zone_named(environment.timezone)
    return named or (None if inboxes is None else zone_of(inboxes) or UTC)


def _server_wall(snapshot: AccountSnapshot, clock: Clock) -> float:
    """The time by the server's clock: this machine's may be another day."""
    call = snapshot.inboxes.call
    return clock.wall() if call is None else call.server_wall + clock.now() - call.asked_at


def _kept(path: Path | None, key: AccountKey, day: Day) -> tuple[dict[int, Interval], KeptNow | None]:
    if path is None or not key.is_settled:
        return {}, None
    try:
        with closing(open_to_read(path)) as connection:
            return kept_quarters(connection, key, day), kept_now(connection, key, day)
    except (OSError, sqlite3.Error, ValueError):
        return {}, None
