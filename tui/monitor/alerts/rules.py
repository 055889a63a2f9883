"""Which alert rules hold for an account, what they watch, and what their figures are just now: pure."""

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from tui.config.conditions import DATA_AGE, Comparison
from tui.config.model import AlertRule, Config, Level, Notify, Targets, Where
from tui.identity import (
    ACCOUNT,
    HEADLINE,
    AccountRef,
    Measure,
    Scope,
    ScopeKind,
    Slot,
    account,
    status,
    whole,
)
from tui.measures import ONLINE, STATUSES, WAITS
from tui.monitor.reading import MISSED_PERIODS, AccountSnapshot, Listing, Reading, State

FALLEN: Mapping[str, Slot] = {
    f"{measure}_fallen": account(measure) for measure in ONLINE if measure.is_of_account
}
"""Share of the people online five minutes ago who no longer are, 0 to 1, and what counts them."""
OVER_USUAL = f"{HEADLINE.name}_over_usual"
"""How many times as many wait as usual at this weekday and hour."""
_OWN = (*map(account, Measure), *map(status, STATUSES))
DERIVED: Mapping[str, Slot | None] = {
    **FALLEN,
    OVER_USUAL: HEADLINE,
    DATA_AGE: None,
}
"""Figures that are no reading of their own, and where each of them shows; None: on the account alone."""
FALLEN_WITHIN = 300.0
"""Seconds within which the agents online have become fewer."""
FEW_DECIDED = 10
"""Below so many conversations one more or less moves a level, or a speed, by a tenth and more."""
FEW_AGENTS = 4
"""Below so many agents online, half of them leaving is nothing to alarm anybody with."""

PARTS = frozenset(
    measure
    for measure in Measure
    if not measure.is_status
    and not measure.row.day
    and not {ScopeKind.TEAM, ScopeKind.INBOX}.isdisjoint(measure.row.of)
)
"""Measures that a team or inbox has of its own; the others are the account's there too."""

LONG_WAIT = "long wait"
"""The cause of the alerts on the target: one alert, which escalates."""
MUCH = 3
"""How many times the target a wait is when it becomes critical."""

QUIET = Notify(bell=False)
LOUD = Notify(bell=True, desktop=True)
SOMEONE_WAITS = Comparison(HEADLINE.name, ">", 0)


class Subject(msgspec.Struct, frozen=True):
    """What a rule watches: the account, or one team or inbox of it, and that one's name."""

    scope: Scope
    name: str


class Known(msgspec.Struct, frozen=True):
    """A live figure: its value, when its newest request left, and for how long that makes it live."""

    value: float
    asked_at: float
    live_for: float
    at_least: bool = False
    """Whether it may be more."""
    of_few: bool = False
    """Whether it is of so few conversations that it says nothing: it alarms nobody, and clears."""


def rules_for(config: Config, ref: AccountRef) -> tuple[AlertRule, ...]:
    """The rules of the config and, unless switched off, the built-in ones behind them, for one account."""
    own = tuple(rule for rule in config.alerts if _matches(rule.where.environment, ref.environment))
    if not config.alerting.built_in:
        return own
    return own + built_in(config.targets_for(ref.environment, ref.account_id))


def built_in(targets: Targets) -> tuple[AlertRule, ...]:
    """The rules that are on by default; the longest wait is judged where there is a target for it."""
    rules = [
        AlertRule(
            when=(Comparison(DATA_AGE, ">", 180),),
            text="no fresh data for 3 minutes",
            level="critical",
            notify=LOUD,
        ),
        *map(_nobody, ONLINE),
        *map(_half_left, FALLEN),
        AlertRule(
            when=(Comparison(OVER_USUAL, ">", 2),),
            until=(Comparison(OVER_USUAL, "<", 1.5),),
            text="far more wait than usual at this hour",
            lasting=300.0,
            notify=QUIET,
        ),
    ]
    if targets.wait:
        for wait in WAITS:
            much = targets.wait * MUCH
            rules += [
                _over(wait, targets.wait, f"{wait.heading} over the target", "warning", QUIET),
                _over(wait, much, f"{wait.heading} over {MUCH}× the target", "critical", LOUD),
            ]
    return tuple(rules)


def _nobody(measure: Measure) -> AlertRule:
    """Who waits has nobody to answer, in the whole account or in a team."""
    when = (SOMEONE_WAITS, Comparison(str(measure), "=", 0))
    if measure.is_of_account:
        text = "someone waits and nobody is online"
        return AlertRule(when=when, text=text, lasting=120.0, level="critical", notify=LOUD)
    text = "someone waits for this team and no member is online"
    return AlertRule(when=when, text=text, lasting=300.0, where=Where(team="*"), notify=QUIET)


def _half_left(figure: str) -> AlertRule:
    return AlertRule(
        when=(Comparison(figure, ">=", 0.5),),
        until=(Comparison(figure, "<", 0.25),),
        text="half of the agents online have left within 5 minutes",
        notify=QUIET,
    )


def _over(wait: Measure, limit: float, text: str, level: Level, notify: Notify) -> AlertRule:
    return AlertRule(
        when=(Comparison(str(wait), ">", limit),),
        until=(Comparison(str(wait), "<=", limit * 0.9),),
        text=text,
        level=level,
        notify=notify,
        cause=LONG_WAIT,
    )


def heard_of(snapshot: AccountSnapshot) -> set[Scope]:
    """The teams and inboxes of which anything has been told: of thousands most never are."""
    return {slot.scope for slot in snapshot.readings if slot.scope.kind in {ScopeKind.TEAM, ScopeKind.INBOX}}


def needs_a_part(rule: AlertRule) -> bool:
    """Whether `rule` is on teams or inboxes and can't be judged before something is told of one."""
    if rule.where.team is None and rule.where.inbox is None:
        return False
    plain = [
        comparison.figure
        for comparison in rule.when
        if comparison.figure not in DERIVED and comparison.figure not in STATUSES
    ]
    return any(Measure(figure) in PARTS for figure in plain)


def subjects(
    rule: AlertRule, snapshot: AccountSnapshot, parts: Collection[Scope] | None = None
) -> Iterator[Subject]:
    """What `rule` watches of this account, by its wildcards; nothing where the account is another.

    Where `parts` are given, of the teams and inboxes only those.
    """
    where, ref = rule.where, snapshot.ref
    if not covers(where, snapshot):
        return
    if where.team is None and where.inbox is None:
        yield Subject(ACCOUNT, snapshot.name or str(ref))
    lists: tuple[tuple[ScopeKind, str | None, Listing[Any]], ...] = (
        (ScopeKind.TEAM, where.team, snapshot.teams),
        (ScopeKind.INBOX, where.inbox, snapshot.inboxes),
    )
    for kind, pattern, listed in lists:
        if pattern is None:
            continue
        watched: Collection[Any] = listed.items or ()
        if parts is not None:
            watched = listed.those(scope.id for scope in parts if scope.kind is kind)
        for item in watched:
            if _matches(pattern or "*", item.name) or _matches(pattern or "*", str(item.id)):
                yield Subject(Scope(kind, str(item.id)), item.name or f"{kind} {item.id}")


def covers(where: Where, snapshot: AccountSnapshot) -> bool:
    """Whether `where` means this account, or something in it."""
    ref = snapshot.ref
    return _matches(where.environment, ref.environment) and (
        _matches(where.account, str(ref.account_id)) or _matches(where.account, snapshot.name)
    )


def can_tell(scope: Scope, snapshot: AccountSnapshot) -> bool:
    """Whether the list that `scope` is in is known, so that its absence there means something."""
    match scope.kind:
        case ScopeKind.TEAM:
            return snapshot.teams.items is not None
        case ScopeKind.INBOX:
            return snapshot.inboxes.items is not None
        case _:
            return True


def slot_of(figure: str, scope: Scope) -> Slot:
    """The figure called `figure` in an alert on `scope`; raises ValueError for a derived one."""
    measure = Measure(figure)
    return Slot(scope, measure) if measure in PARTS and scope.kind in measure.row.of else whole(measure)


def shown_on(figure: str, scope: Scope) -> Slot | None:
    """Where an alert on `scope` shows that `figure` has a part in it; None: on the account alone."""
    return DERIVED[figure] if figure in DERIVED else slot_of(figure, scope)


def known(
    comparisons: Sequence[Comparison],
    scope: Scope,
    snapshot: AccountSnapshot,
    derived: Mapping[str, Known],
    now: float,
) -> dict[str, Known] | None:
    """The figures of `comparisons`, if all of them are live at `now` and can be judged; else None."""
    figures: dict[str, Known] = {}
    for comparison in comparisons:
        if comparison.figure in derived:
            value = derived[comparison.figure]
        elif comparison.figure in DERIVED:
            return None
        else:
            slot = slot_of(comparison.figure, scope)
            reading = snapshot.reading(slot)
            few = is_of_few(snapshot, slot)
            if not few and (reading.value is None or reading.state(now) is not State.LIVE):
                return None
            known_value = reading.value or 0.0
            if reading.at_least and not decided(comparison, known_value):
                return None
            renewal = reading.renewed
            live_for = MISSED_PERIODS * renewal.period
            value = Known(known_value, renewal.asked_at, live_for, reading.at_least, few)
        if now - value.asked_at > value.live_for:
            return None
        figures[comparison.figure] = value
    return figures


def is_of_few(snapshot: AccountSnapshot, slot: Slot) -> bool:
    """Whether a level or a speed is known to be of fewer than `FEW_DECIDED` conversations."""
    row = slot.row
    if snapshot.service is None or not (row.of_service and (row.is_share or row.is_time)):
        return False
    tally = snapshot.service.behind(slot)
    if tally is None:
        return False
    if row.is_time:
        return tally.answered < FEW_DECIDED
    return tally.decided(closed_missed=snapshot.service.closed_missed) < FEW_DECIDED


def decided(comparison: Comparison, at_least: float) -> bool:
    """Whether `comparison` comes out the same for every figure that is at least `at_least`."""
    if comparison.op in {">=", "<"}:
        return at_least >= comparison.value
    return at_least > comparison.value


def newest_data(snapshot: AccountSnapshot) -> float:
    """When the newest of the account's own figures left; minus infinity where none is known."""
    return max((reading.asked_at for reading in _own(snapshot)), default=-math.inf)


def data_age(snapshot: AccountSnapshot, last: float, now: float) -> Known:
    """The seconds since `last`, when there was data; nought while none is due.

    What is asked for most often says how soon one is due: a report may count as live for
    minutes in which nothing else has come.
    """
    due = MISSED_PERIODS * min((reading.period for reading in _own(snapshot)), default=0.0)
    age = max(0.0, now - last)
    return Known(age if age > due else 0.0, now, math.inf)


def _own(snapshot: AccountSnapshot) -> list[Reading]:
    """The account's own figures that are known: found one by one, as those of its parts may be thousands."""
    own = map(snapshot.readings.get, _OWN)
    return [reading for reading in own if reading is not None and reading.value is not None]


def fallen(reading_now: Known, change: float | None) -> Known | None:
    """A figure of `FALLEN`, from those online and their change within `FALLEN_WITHIN`."""
    if change is None:
        return None
    before = reading_now.value - change
    share = max(0.0, -change / before) if before >= FEW_AGENTS else 0.0
    return msgspec.structs.replace(reading_now, value=share)


def over_usual(reading_now: Known, usual: float | None) -> Known | None:
    """`OVER_USUAL`, from those waiting and their mean at the same weekday and hour of earlier weeks.

    A usual of below five counts as five: three waiting instead of one are no alarm.
    """
    if usual is None:
        return None
    return msgspec.structs.replace(reading_now, value=reading_now.value / max(usual, 5.0))


@lru_cache(maxsize=512)
def _pattern(pattern: str) -> "re.Pattern[str]":
    """Between stars the first place that fits is as good as any: the rest never looks for another."""
    pieces = [re.escape(piece).replace(r"\?", ".") for piece in pattern.casefold().split("*")]
    first, middle, last = pieces[0], pieces[1:-1], pieces[1:][-1:]
    parts = [first, *(f"(?>.*?{piece})" for piece in middle), *(f".*{piece}" for piece in last)]
    return re.compile("".join(parts), re.DOTALL)


def _matches(pattern: str, name: str) -> bool:
    return pattern == "*" or _pattern(pattern).fullmatch(name.casefold()) is not None
