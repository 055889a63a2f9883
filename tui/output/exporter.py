"""What `liveagent-tui metrics` has asked, and what it serves of that."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Future
from operator import is_
from typing import Any, NamedTuple

import msgspec

from tui import __version__
from tui.config.model import Config
from tui.identity import ScopeKind, account
from tui.monitor.alerts.needs import MOST_PARTS
from tui.monitor.calls import What
from tui.monitor.monitor import Monitor
from tui.monitor.polling.plan import Need
from tui.monitor.polling.session import host_of
from tui.monitor.reading import MISSED_PERIODS, AccountSnapshot, State, but_unseen
from tui.monitor.service.completions import Completions, CompletionsByKey
from tui.output.openmetrics import PREFIX, Shown, gauges, infos, where
from tui.output.service_metrics import groups_of, seen_of, service_metrics
from tui.text import safe_line

LEAST_EVERY = 30.0
"""Seconds between two counts, at least: what is scraped twice a minute needs no more."""
WHOLE = 6
"""Requests a minute that an account takes, at least, of which every team and inbox is counted.

One of them is for service level.
"""
PATIENCE = 5.0
"""Seconds in which the event loop hands over what is known, however busy it is."""
WHOLE_NEEDS = frozenset(map(Need, (What.QUEUED, What.SUMMARY, What.SUMMARY_BEFORE)))
"""What is asked besides all that a screen of teams and inboxes shows."""
OUTLINE_NEEDS = frozenset(
    map(Need, (What.AGENTS, What.LONGEST, What.TEAMS, What.INBOXES, What.QUEUED, What.SUMMARY))
)
"""What is asked, besides the counts, of accounts too many for that: one call each, no more."""
UP = f"{PREFIX}_up"
BUILD = f"{PREFIX}_build"
OWN = {
    UP: ("", "1 while the counts of an account are known, 0 while they are not"),
    f"{BUILD}_info": ("`version`", "the version of the exporter; its value is 1"),
}
"""What is told besides the figures: its own labels, and what it means."""


def slowed(config: Config) -> Config:
    """`config`, with no account asked more often than is scraped."""
    every = max(LEAST_EVERY, config.refresh.every)
    return msgspec.structs.replace(config, refresh=msgspec.structs.replace(config.refresh, every=every))


def watch(monitor: Monitor) -> None:
    """Have every account that is known by now asked for all its figures, as far as the budgets go.

    Of an address with too many accounts to count every team and inbox, only what one call tells of
    each account: it would be hours old else, and the counts as well.
    """
    config, refs = monitor.config, monitor.refs()
    hosts = {environment.name: host_of(environment.url) for environment in config.environments}
    there = Counter(hosts[ref.environment] for ref in refs)
    whole = [ref for ref in refs if there[hosts[ref.environment]] * WHOLE <= config.refresh.budget]
    monitor.look_at_also(whole)
    monitor.watch_for_alerts(dict.fromkeys(refs, OUTLINE_NEEDS) | dict.fromkeys(whole, WHOLE_NEEDS))
    for ref in whole:
        snapshot = monitor.snapshot(ref)
        teams, inboxes = (
            [item.id for item in (listing.items or ())[:MOST_PARTS]]
            for listing in (snapshot.teams, snapshot.inboxes)
        )
        monitor.visible(ref, teams=teams, inboxes=inboxes, reports=False)


class Seen(NamedTuple):
    """All that is known at a moment; nothing in it changes any more."""

    snapshots: tuple[AccountSnapshot, ...]
    environments: tuple[str, ...]
    now: float
    completions: tuple[Completions | None, ...] = ()
    """Of each snapshot; none at all where nothing is counted."""


class MetricsPage:
    """What is served: made anew once something has changed, or a figure has gone out of date.

    The event loop only hands over the snapshots. The metrics are made in the thread that serves
    them: of an account with 20,000 teams that takes seconds.
    """

    def __init__(
        self, monitor: Monitor, completed: CompletionsByKey, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._monitor = monitor
        self._completed = completed
        self._loop = loop
        self._lock = threading.Lock()
        self._of: Seen | None = None
        self._until = 0.0
        self._metrics: list[Any] = []

    def collect(self) -> list[Any]:
        """The metrics as they are now; for any thread but the loop's. Raises TimeoutError."""
        with self._lock:
            future: Future[Seen] = Future()
            # A coroutine would be left over, and complain, where the loop ends before its turn.
            self._loop.call_soon_threadsafe(self._look, future)
            seen = future.result(PATIENCE)
            before = self._of
            same = (
                before is not None
                and len(before.snapshots) == len(seen.snapshots)
                and all(map(is_, before.snapshots, seen.snapshots))
                and all(map(is_, before.completions, seen.completions))
            )
            if not same or seen.now >= self._until:
                self._metrics, self._until = drawn(seen)
                self._of = seen
            return self._metrics

    def _look(self, future: "Future[Seen]") -> None:
        monitor = self._monitor
        try:
            names = tuple(environment.name for environment in monitor.config.environments)
            snapshots = tuple(map(monitor.snapshot, monitor.refs()))
            completions = tuple(self._completed.of(snapshot.key) for snapshot in snapshots)
            future.set_result(Seen(snapshots, names, monitor.clock.now(), completions))
        except Exception as error:
            future.set_exception(error)


def drawn(seen: Seen) -> tuple[list[Any], float]:
    """The metrics of a moment, and the `Clock.now` from which they are others though nothing changes.

    Of an account that is down there is no figure, however rarely some of them are asked for.
    """
    there = [
        snapshot for snapshot in seen.snapshots if snapshot.key.is_settled and _is_up(snapshot, seen.now)
    ]
    completions = {
        snapshot.ref: completions
        for snapshot, completions in zip(seen.snapshots, seen.completions, strict=False)
    }
    service = [
        known
        for snapshot in there
        if (known := seen_of(snapshot, completions.get(snapshot.ref), seen.now)) is not None
    ]
    live = [
        Shown(snapshot, slot, reading)
        for snapshot in map(but_unseen, there)
        for slot, reading in snapshot.readings.items()
        if slot.scope.kind is not ScopeKind.AGENT and reading.state(seen.now) is State.LIVE
    ]
    ends = [figure.reading.asked_at + MISSED_PERIODS * figure.reading.period for figure in live]
    until = min((*ends, *(known.until for known in service)), default=float("inf"))
    made = (*gauges(live, groups_of(service)), *service_metrics(service))
    return [*_own(seen), *infos(seen.snapshots), *made], until


def _own(seen: Seen) -> Iterable[Any]:
    from prometheus_client.core import Metric

    up, build = Metric(UP, OWN[UP][1], "gauge"), Metric(BUILD, "the version of the exporter", "info")
    build.add_sample(f"{BUILD}_info", {"version": __version__}, 1.0)
    for snapshot in seen.snapshots:
        up.add_sample(UP, where(snapshot.ref), float(_is_up(snapshot, seen.now)))
    there = {snapshot.ref.environment for snapshot in seen.snapshots}
    for name in seen.environments:
        if name not in there:
            # None of its accounts is known yet, as where its token was never accepted.
            up.add_sample(UP, {"environment": safe_line(name), "account": ""}, 0.0)
    return up, build


def _is_up(snapshot: AccountSnapshot, now: float) -> bool:
    slots = map(account, What.COUNTS.call.tells)
    return any(snapshot.reading(slot).state(now) is State.LIVE for slot in slots)
