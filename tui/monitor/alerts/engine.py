"""Rules and snapshots in, alerts and what should ring out: pure, on whatever clock it is given."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Literal

import msgspec

from tui.config.conditions import DATA_AGE
from tui.config.model import AlertRule, Level
from tui.identity import AccountRef, Scope, ScopeKind
from tui.measures import WAITS
from tui.monitor.alerts.rules import (
    DERIVED,
    Known,
    Subject,
    can_tell,
    data_age,
    heard_of,
    known,
    needs_a_part,
    newest_data,
    subjects,
)
from tui.monitor.alerts.state import Evidence, RuleWatch, weigh
from tui.monitor.reading import AccountSnapshot

SILENT = 60.0
"""Seconds from the start in which nothing fires: the first answers come in one by one."""
REPEAT = 120.0
"""Seconds after which an alert that nobody acknowledged rings again."""
APART = 3.0
"""Seconds between two rings, whatever fires at once."""
REMEMBERED = 500
"""Alerts that are over and still listed."""
RANKS: dict[Level, int] = {"critical": 0, "warning": 1, "info": 2}

EffectKind = Literal["bell", "desktop", "command"]
RulesFor = Callable[[AccountRef], tuple[AlertRule, ...]]


class Alert(msgspec.Struct, frozen=True):
    """A rule that holds for a subject."""

    id: int
    """Of this run; grows."""
    rule: AlertRule
    ref: AccountRef
    account: str
    """The account's name; empty while unknown."""
    subject: Subject
    since: float
    """`Clock.now` when it fired."""
    since_wall: float
    values: Mapping[str, float]
    """The figures that made it fire, by their names."""
    fired_wall: float = 0.0
    """When its own rule fired, in Unix time; `since` is that of the first rule of its cause."""
    present: Mapping[str, float] = {}
    """The same figures as they were last known, fresh."""
    present_at_least: frozenset[str] = frozenset()
    """The names of those that may be more."""
    holds: bool = True
    """Whether its condition held then; where not, it waits for what clears it."""
    place: str = ""
    """The team of the longest wait, where that is what it is about."""
    acknowledged: bool = False
    at_least: frozenset[str] = frozenset()
    """The names of those figures that may have been more."""

    @property
    def level(self) -> Level:
        """How bad."""
        return self.rule.level

    @property
    def text(self) -> str:
        """One line for the header and a notification: which subject, and what is the matter."""
        where = self.subject.name
        return f"{where}: {self.rule.text}"


def worst_of_each(alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """One alert for each cause on a subject, the worst; the worst of all first, then the oldest."""
    worst: dict[object, Alert] = {}
    for alert in sorted(alerts, key=lambda alert: (RANKS[alert.level], alert.since, alert.id)):
        cause = alert.rule.cause
        worst.setdefault((alert.ref, alert.subject.scope, cause) if cause else alert.id, alert)
    return tuple(worst.values())


class PastAlert(msgspec.Struct, frozen=True):
    """An alert that is over, and when it ended, in Unix time."""

    alert: Alert
    ended_wall: float
    why: str = ""
    """What ended it, where its figures did not."""


class Effect(msgspec.Struct, frozen=True):
    """Something to be done about an alert, by whoever holds the machine's alert lock."""

    kind: EffectKind
    alert: Alert
    command: tuple[str, ...] = ()


_Key = tuple[Scope, AlertRule]
"""What an account is watched for."""


class Alerts:
    """Judges snapshots and remembers what fires. Call `judge` after each change and now and then.

    `most_rings` bounds the bell for each alert: three on a wall, where nobody acknowledges.
    """

    def __init__(self, rules_for: RulesFor, now: float, *, most_rings: int | None = None) -> None:
        self._rules_for = rules_for
        self._started = now
        self.most_rings = most_rings
        self.only_silence = False
        """Whether nothing but the lack of data is heard; the rest is judged and kept all the same."""
        self._rules: dict[AccountRef, tuple[AlertRule, ...]] = {}
        self._data_since: dict[AccountRef, float] = {}
        self._watches: dict[AccountRef, dict[_Key, RuleWatch]] = {}
        self._firing: dict[AccountRef, dict[_Key, Alert]] = {}
        self._rings: dict[int, tuple[int, float]] = {}
        """By alert: how often it has rung, and when last."""
        self._last_ring = float("-inf")
        self._ended: deque[PastAlert] = deque(maxlen=REMEMBERED)
        self._episodes: deque[PastAlert] = deque(maxlen=REMEMBERED)
        """The same by each rule, also of those that are one alert."""
        self._worst: dict[tuple[AccountRef, Scope, str], Alert] = {}
        """The worst that a cause has come to since it began."""
        self._next_id = 1

    def judge(
        self, snapshot: AccountSnapshot, now: float, wall: float, derived: Mapping[str, Known] | None = None
    ) -> list[Effect]:
        """Weigh every rule against `snapshot` as it is at `now`; returns what is to be done at once.

        `derived` holds figures that only the history knows, by `alert_rules`' names; those left
        out are unknown.
        """
        ref = snapshot.ref
        # Kept here, as a figure that is no longer permitted no longer says when it was known.
        since = self._data_since[ref] = max(self._data_since.get(ref, now), newest_data(snapshot))
        figures = {**(derived or {}), DATA_AGE: data_age(snapshot, since, now)}
        if ref not in self._rules:
            self._rules[ref] = self._rules_for(ref)
        fired: list[Alert] = []
        watched: set[_Key] = set()
        parts: set[Scope] = set()
        if any(map(needs_a_part, self._rules[ref])):
            parts = heard_of(snapshot) | {scope for scope, _ in self._watches.get(ref, {})}
        for rule in self._rules[ref]:
            for subject in subjects(rule, snapshot, parts if needs_a_part(rule) else None):
                watched.add((subject.scope, rule))
                alert = self._weigh(rule, subject, snapshot, figures, now, wall)
                if alert is not None:
                    fired.append(alert)
        watches = self._watches.get(ref, {})
        for key in [key for key in watches if key not in watched and can_tell(key[0], snapshot)]:
            self._end(ref, key, wall, f"{key[0].kind} is gone")
            del watches[key]
        return [effect for alert in fired for effect in self._announce(alert, now)]

    def repeats(self, now: float) -> list[Effect]:
        """The bell again, for what nobody has acknowledged; call it every few seconds."""
        return [
            effect
            for alert in self.active()
            if alert.rule.notify.bell and not alert.acknowledged and self._is_heard(alert.rule)
            for effect in self._ring(alert, now)
        ]

    def active(self, ref: AccountRef | None = None) -> tuple[Alert, ...]:
        """What fires, of one account or of all: the worst first, then the oldest."""
        firing = self._firing.values() if ref is None else (self._firing.get(ref, {}),)
        return worst_of_each(alert for of_one in firing for alert in of_one.values())

    def at(self, ref: AccountRef, wall: float) -> tuple[Alert, ...]:
        """What fired at a Unix time of this run, the worst first, then the oldest."""
        over = (
            episode.alert
            for episode in self._episodes
            if episode.alert.ref == ref and wall < episode.ended_wall
        )
        known = (*self._firing.get(ref, {}).values(), *over)
        return worst_of_each(alert for alert in known if alert.fired_wall <= wall)

    def level(self, ref: AccountRef, scope: Scope | None = None) -> Level | None:
        """The worst level that fires for an account, or for one scope of it; None for none."""
        for alert in self.active(ref):
            if scope is None or alert.subject.scope == scope:
                return alert.level
        return None

    def on_figure(self, ref: AccountRef, scope: Scope, figure: str) -> Level | None:
        """The worst level that a figure, by its name in conditions, is part of; None for none."""
        for alert in self.active(ref):
            if alert.subject.scope == scope and figure in alert.values:
                return alert.level
        return None

    def is_fresh(self, alert: Alert, snapshot: AccountSnapshot, now: float) -> bool:
        """Whether the figures that made `alert` fire are live at `now`; else it can't clear either.

        What only the history knows counts as fresh.
        """
        plain = [comparison for comparison in alert.rule.when if comparison.figure not in DERIVED]
        return known(plain, alert.subject.scope, snapshot, {}, now) is not None

    def past(self) -> tuple[PastAlert, ...]:
        """What is over, the latest first; bounded."""
        return tuple(reversed(self._ended))

    def acknowledge(self, ids: Iterable[int]) -> int:
        """Stop the ringing of these alerts, not their display; returns how many it concerned."""
        wanted = set(ids)
        count = 0
        for firing in self._firing.values():
            causes = {
                (alert.subject.scope, alert.rule.cause) for alert in firing.values() if alert.id in wanted
            }
            for key, alert in firing.items():
                same = alert.rule.cause and (alert.subject.scope, alert.rule.cause) in causes
                if (same or alert.id in wanted) and not alert.acknowledged:
                    firing[key] = msgspec.structs.replace(alert, acknowledged=True)
                    count += alert.id in wanted
        return count

    def watch_anew(self, now: float) -> None:
        """Nothing was asked for a while, on purpose or in a suspend: the lack of data counts from `now`.

        Where the lack of data has been alarming already, it stays so.
        """
        silent = {alert.ref for alert in self.active() if DATA_AGE in alert.values}
        self._data_since = {ref: since if ref in silent else now for ref, since in self._data_since.items()}

    def forget(self, ref: AccountRef, wall: float, why: str = "") -> None:
        """Let go of an account that is no longer watched, or whose rules or reach have changed."""
        for key in self._watches.pop(ref, {}):
            self._end(ref, key, wall, why)
        self._data_since.pop(ref, None)
        self._rules.pop(ref, None)

    def _weigh(
        self,
        rule: AlertRule,
        subject: Subject,
        snapshot: AccountSnapshot,
        figures: Mapping[str, Known],
        now: float,
        wall: float,
    ) -> Alert | None:
        key, watches = (subject.scope, rule), self._watches.setdefault(snapshot.ref, {})
        watch = watches.get(key)
        if watch is None:
            watch = watches[key] = RuleWatch(rule.lasting)

        def evidence(of_until: bool) -> Evidence | None:
            comparisons = rule.until if of_until else rule.when
            judged = known(comparisons, subject.scope, snapshot, figures, now)
            return weigh(comparisons, judged, clearing=of_until)

        when = evidence(False)
        until = evidence(True) if watch.firing and rule.until else None
        changed = watch.see(
            when, until, clears_by_when=not rule.until, may_fire=now - self._started >= SILENT
        )
        if not changed:
            if watch.firing and when is not None:
                self._renew(snapshot, key, when)
            return None
        if not watch.firing:
            self._end(snapshot.ref, key, wall)
            return None
        values = when.values if when else {}
        before = self._same_cause(snapshot.ref, subject.scope, rule)
        alert = Alert(
            self._next_id,
            rule,
            snapshot.ref,
            snapshot.name,
            subject,
            before.since if before else now,
            before.since_wall if before else wall,
            values,
            fired_wall=wall,
            present=values,
            present_at_least=when.at_least if when else frozenset(),
            place=_place(values, subject, snapshot),
            at_least=when.at_least if when else frozenset(),
        )
        self._next_id += 1
        self._firing.setdefault(snapshot.ref, {})[key] = alert
        if rule.cause:
            cause = (snapshot.ref, subject.scope, rule.cause)
            self._worst[cause] = worst_of_each([alert, *filter(None, [self._worst.get(cause)])])[0]
            if before is not None and RANKS[before.level] <= RANKS[alert.level]:
                return None  # What is worse than this has been announced.
        return alert

    def _renew(self, snapshot: AccountSnapshot, key: _Key, when: Evidence) -> None:
        """Note what the figures of an alert are now; of what only the history knows nothing is told."""
        if any(comparison.figure in DERIVED for comparison in key[1].when):
            return
        alert = self._firing[snapshot.ref][key]
        place = _place(when.values, alert.subject, snapshot)
        renewed = msgspec.structs.replace(
            alert, present=when.values, present_at_least=when.at_least, holds=when.holds, place=place
        )
        if renewed != alert:
            self._firing[snapshot.ref][key] = renewed

    def _same_cause(self, ref: AccountRef, scope: Scope, rule: AlertRule) -> Alert | None:
        """The worst alert of the same cause that fires, this rule's own left out."""
        if not rule.cause:
            return None
        firing = self._firing.get(ref, {})
        same = [
            alert for (where, other), alert in firing.items() if where == scope and other.cause == rule.cause
        ]
        return next(iter(worst_of_each(same)), None)

    def _announce(self, alert: Alert, now: float) -> list[Effect]:
        notify = alert.rule.notify
        if not self._is_heard(alert.rule):
            return []
        effects = self._ring(alert, now) if notify.bell else []
        if notify.desktop:
            effects.append(Effect("desktop", alert))
        if notify.command:
            effects.append(Effect("command", alert, notify.command))
        return effects

    def _is_heard(self, rule: AlertRule) -> bool:
        return not self.only_silence or any(comparison.figure == DATA_AGE for comparison in rule.when)

    def _ring(self, alert: Alert, now: float) -> list[Effect]:
        count, last = self._rings.get(alert.id, (0, float("-inf")))
        if now - last < REPEAT or (self.most_rings is not None and count >= self.most_rings):
            return []
        self._rings[alert.id] = (count + 1, now)
        if now - self._last_ring < APART:
            return []
        self._last_ring = now
        return [Effect("bell", alert)]

    def _end(self, ref: AccountRef, key: _Key, wall: float, why: str = "") -> None:
        firing = self._firing.get(ref, {})
        alert = firing.pop(key, None)
        if not firing:
            self._firing.pop(ref, None)
        if alert is None:
            return
        self._rings.pop(alert.id, None)
        self._episodes.append(PastAlert(alert, wall, why))
        if self._same_cause(ref, *key) is None:
            worst = self._worst.pop((ref, key[0], alert.rule.cause), alert)
            self._ended.append(PastAlert(worst, wall, why))


def _place(values: Mapping[str, float], subject: Subject, snapshot: AccountSnapshot) -> str:
    """The team of the account's longest wait, where that is among the figures of an alert."""
    wait = snapshot.longest
    of_wait = any(measure in values for measure in WAITS)
    if not of_wait or subject.scope.kind is not ScopeKind.ACCOUNT or wait is None:
        return ""
    team = snapshot.teams.get(wait.team_id)
    return team.name if team else ""


def payload(alert: Alert) -> bytes:
    """The details of an alert as JSON, for a command's standard input; no customer, no token."""
    kind, number = alert.subject.scope.kind, alert.subject.scope.id
    return msgspec.json.encode(
        {
            "alert": alert.rule.text,
            "level": alert.level,
            "environment": alert.ref.environment,
            "account": {"id": alert.ref.account_id, "name": alert.account or None},
            "subject": {
                "kind": str(kind),
                "id": int(number) if kind is not ScopeKind.ACCOUNT and number.isdecimal() else None,
                "name": alert.subject.name,
            },
            "figures": dict(alert.values),
            "at_least": sorted(alert.at_least),
            "since": datetime.fromtimestamp(int(alert.since_wall), UTC).isoformat(),
        }
    )
