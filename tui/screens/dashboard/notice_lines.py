"""What is said below the dashboard's header, and in place of an account that is not there yet."""

from datetime import tzinfo

from tui.identity import AccountRef
from tui.panes import alarms
from tui.panes.notice import Notice
from tui.screens.context import Context
from tui.screens.dashboard.replay import Replay
from tui.screens.notices import key_of, of_files, of_reach


def alert_notices(
    context: Context, ref: AccountRef | None, replay: Replay, zone: tzinfo | None, width: int
) -> list[Notice]:
    """What fires on the account, or fired at the moment a replay shows."""
    if context.alerts is None or ref is None:
        return []
    if replay.on:
        return alarms.notices_of_then(context.alerts.at(ref, replay.wall), zone, width)
    keys = key_of(context.config, "acknowledge"), key_of(context.config, "alerts")
    return alarms.notices(context.alerts.active(ref), zone, keys, width)


def notices(context: Context, ref: AccountRef | None) -> list[Notice]:
    """What is worth knowing besides, until somebody dismisses it."""
    snapshot = None if ref is None else context.monitor.snapshot(ref)
    files = of_files(context.history, context.state.store)
    if ref is not None:
        zone = context.zone(snapshot, ref.environment)
        files += of_reach(context.monitor.seen(ref), context.clock.wall(), zone)
    return context.notices.current(context.config, context.unkept, snapshot, files)


def why_nothing(context: Context, environment: str) -> str:
    """Why there is no account to show."""
    if not context.config.environments:
        settings, quitting = (key_of(context.config, name) for name in ("settings", "quit"))
        return f"There is no environment yet. Press {settings} to add one, {quitting} to quit."
    health = context.monitor.health(environment) if environment else None
    reason = "" if health is None else health.message
    return reason or "Looking up the accounts of this token…"
