"""How alerts show: the level's colour and sign on a figure, in the header, and in the line below it."""

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import NamedTuple, Protocol

from tui import wording
from tui.config.conditions import SHARES, TIMES, Comparison
from tui.config.model import Level
from tui.identity import AccountRef, Scope, ScopeKind, Slot
from tui.monitor.alerts.engine import Alert, PastAlert
from tui.monitor.alerts.rules import LONG_WAIT, MUCH
from tui.panes.notice import Notice
from tui.widgets.parts import Line, Part, clip
from tui.widgets.themes import CHANGED

ROLES: dict[Level, str] = {"critical": "critical", "warning": "warning", "info": "accent"}
SIGNS: dict[Level, str] = {"critical": "!!", "warning": "!", "info": "i"}
MARK = "▲"


class Alarm(NamedTuple):
    """That something fires on a figure, a team, an inbox or an account."""

    level: Level
    new: bool
    """Whether somebody has yet to acknowledge it."""

    @property
    def role(self) -> str:
        """The look: the level's colour, bold until acknowledged."""
        return ROLES[self.level] + (CHANGED if self.new else "")

    @property
    def sign(self) -> Part:
        """What stands before the figure, so that colour is never the only sign."""
        return Part(f"{SIGNS[self.level]} ", self.role)


class AlertView(Protocol):
    """What screens ask of the alerts. Without an account, all accounts together are meant."""

    problem: str
    """Why the last command of an alert did not end well, as a sentence; empty when all is well."""

    def active(self, ref: AccountRef | None = None) -> tuple[Alert, ...]:
        """What fires, the worst first, then the oldest."""

    def at(self, ref: AccountRef, wall: float) -> tuple[Alert, ...] | None:
        """What fired at a Unix time; None for a time before this run, of which nothing is known."""

    def past(self) -> tuple[PastAlert, ...]:
        """What is over, the latest first; of this run."""

    def level(self, ref: AccountRef) -> Level | None:
        """The worst level that fires for an account; None for none."""

    def on_figure(self, ref: AccountRef, slot: Slot) -> Level | None:
        """The worst level that a figure has a part in; None for none."""

    def alarm(self, ref: AccountRef, place: Slot | Scope | None = None) -> Alarm | None:
        """What fires on a figure, on a team or inbox, or anywhere in the account; None for nothing."""

    def words(self, ref: AccountRef) -> str:
        """The worst alert of an account in words, and how many more there are; empty for none."""

    def is_fresh(self, alert: Alert) -> bool:
        """Whether the figures behind an alert are live; if not, it can't clear just now."""

    def acknowledge(self, ref: AccountRef | None = None, alert_id: int | None = None) -> int:
        """Stop the ringing of an account's alerts, or of one alert; returns how many it concerned."""

    def on_wall(self, on: bool) -> None:
        """Whether a wall is in front: nobody is there to acknowledge, and the bell rings thrice at most."""

    def on_dark(self, dark: bool) -> None:
        """Whether the wall in front is outside its hours: only the lack of data is heard then."""


AlarmOf = Callable[[Slot | Scope], Alarm | None]


def quiet(_: Slot | Scope) -> Alarm | None:
    """No alarm anywhere."""
    return None


def alarm_of(alerts: AlertView | None, ref: AccountRef) -> AlarmOf:
    """What fires on the figures of one account, for its panes."""
    return quiet if alerts is None else lambda place: alerts.alarm(ref, place)


def where(alert: Alert) -> str:
    """The account's name, or its number while that is not known."""
    return alert.account or f"account {alert.ref.account_id}"


def matter(alert: Alert) -> str:
    """What is the matter; of which team or inbox, unless it is the account as a whole."""
    return alert.rule.text if alert.subject.scope.kind is ScopeKind.ACCOUNT else alert.text


def state(alert: Alert) -> str:
    """The same with the figures as they are now, the limit, and what would clear it.

    `longest wait 26 min, over 20 min, orders`; once it is below the limit and not
    yet cleared `longest wait 19 min, was over 20 min, clears below 18 min`.
    """
    clears = " and ".join(clearing(comparison) for comparison in alert.rule.until)
    limit = alert.rule.when[0]
    if alert.rule.cause != LONG_WAIT or limit.figure not in alert.present:
        over = f" · no longer so, clears when {clears}" if clears and not alert.holds else ""
        return f"{matter(alert)}{over}"
    wait = wording.spell(alert.present[limit.figure], at_least=limit.figure in alert.present_at_least)
    if not alert.holds:
        (least,) = alert.rule.until
        against_limit = f"was over {wording.limit(limit.value)}, clears below {wording.limit(least.value)}"
    elif alert.level == "critical":
        against_limit = f"over {MUCH}× {wording.limit(limit.value / MUCH)}"
    else:
        against_limit = f"over {wording.limit(limit.value)}"
    return ", ".join(part for part in (f"longest wait {wait}", against_limit, alert.place) if part)


def clearing(limit: Comparison) -> str:
    """`unassigned < 15`, as a person writes it."""
    if limit.figure in SHARES:
        value = f"{wording.amount(limit.value)} %"
    else:
        value = wording.limit(limit.value) if limit.figure in TIMES else wording.count(limit.value)
    return f"{limit.figure.replace('_', ' ')} {limit.op} {value}"


def words(alerts: Sequence[Alert]) -> str:
    """The first of `alerts` in words, and how many more there are; empty for none."""
    if not alerts:
        return ""
    more = f" (+{len(alerts) - 1})" if len(alerts) > 1 else ""
    return f"{state(alerts[0])}{more}"


def header(alerts: AlertView | None, ref: AccountRef | None) -> tuple[Line, Line]:
    """`▲ 2 alerts` for the account shown, and `▲ 1 elsewhere` for all others; empty where nothing fires."""
    firing = () if alerts is None else alerts.active()
    here = [alert for alert in firing if alert.ref == ref]
    others = [alert for alert in firing if alert.ref != ref]
    return _told(here, wording.plural(len(here), "alert")), _told(others, f"{len(others)} elsewhere")


def _told(alerts: Sequence[Alert], text: str) -> Line:
    if not alerts:
        return []
    look = Alarm(alerts[0].level, any(not alert.acknowledged for alert in alerts))
    return [Part(f"{MARK} {text}", look.role)]


def notices_of_then(alerts: Sequence[Alert] | None, zone: tzinfo | None, width: int) -> list[Notice]:
    """The alerts that fired at the moment a replay shows; none where nothing is known of it."""
    lines = []
    for alert in alerts or ():
        text = f"{MARK} {alert.level} · {matter(alert)} · since {wording.minute(alert.since_wall, zone)}"
        lines.append(Notice(f"alert {alert.id}", clip(text, width - 2), ROLES[alert.level]))
    return lines


def notices(alerts: Sequence[Alert], zone: tzinfo | None, keys: tuple[str, str], width: int) -> list[Notice]:
    """The alerts of an account for the line under the header, a row at most.

    `keys` are those to acknowledge and to list them.
    """
    more = len(f"  (1 of {len(alerts)})") if len(alerts) > 1 else 0
    lines = []
    for alert in alerts:
        hint = f" · {keys[1]} to list" if alert.acknowledged else f" · {keys[0]} to acknowledge"
        since = f" · since {wording.minute(alert.since_wall, zone)}"
        start = f"{MARK} {alert.level} · {state(alert)}"
        room = width - 2 - more - len(since)
        text = clip(start, room) + since
        if len(text) + len(hint) + more <= width - 2:
            text += hint
        look = Alarm(alert.level, not alert.acknowledged)
        lines.append(Notice(f"alert {alert.id}", text, look.role))
    return lines
