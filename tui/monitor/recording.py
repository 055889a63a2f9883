"""What the monitor knows goes into the history: under the reach it was seen with, and no other."""

from tui.identity import AccountKey, AccountRef
from tui.monitor.history.history import History
from tui.monitor.monitor import Monitor
from tui.monitor.reading import AccountSnapshot


def record(history: History, monitor: Monitor, snapshot: AccountSnapshot, now: float) -> None:
    """Keep what is live, and until when the server has confirmed how much of the account that covers."""
    seen = monitor.seen(snapshot.ref)
    if seen is not None:
        since = seen.confirmed if seen.change is None else seen.change.wall
        history.vouch(snapshot.key, seen.reach.name, since, seen.confirmed)
        history.record(snapshot.key, snapshot.readings, now, seen.known_since)


def end_reach(history: History, monitor: Monitor, ref: AccountRef, former: AccountKey) -> None:
    """The reach behind `former` ended at some time after it was last confirmed: keep nothing of that time."""
    seen = monitor.seen(ref)
    if seen is not None and seen.change is not None:
        history.part(former, seen.change.confirmed)
