"""Service level as data: the object that stands under `service` in JSON, every term of it."""

import math
from collections.abc import Mapping

import msgspec

from tui.monitor.service.figures import PartOfAccount, Rules, Tally
from tui.monitor.service.states import CountedAs
from tui.output.timestamps import timestamp


class ServiceValues(msgspec.Struct, frozen=True):
    """What became of the conversations of `of`; None where unknown. Levels are parts of 1, speeds seconds.

    The states from `in_target` to `unknown`, with `answered_at_once`, add up to `arrived`; with the last
    two, where there are any. Then speeds are unknown: they may be longer than what was seen.
    """

    of: str | None
    """The day or week; None where the contact centre's zone is not known."""
    target_s: float | None
    """None where there is none, and where inboxes or teams have their own."""
    arrived: int | None = None
    answered: int | None = None
    in_target: int | None = None
    late: int | None = None
    answered_at_once: int | None = None
    closed_without_reply: int | None = None
    closed_by_bot: int | None = None
    held: int | None = None
    queued_in_time: int | None = None
    queued_late: int | None = None
    no_customer_message: int | None = None
    unknown: int | None = None
    level: float | None = None
    level_low: float | None = None
    level_high: float | None = None
    level_30_min: float | None = None
    speed_mean_s: float | None = None
    speed_p50_s: float | None = None
    speed_p90_s: float | None = None
    coverage: float | None = None
    as_of: str | None = None
    answered_in_doubt: int | msgspec.UnsetType = msgspec.UNSET
    """This and the next only where a bot has conversations first: it is a part of `answered`."""
    handover_unseen: int | msgspec.UnsetType = msgspec.UNSET


class SharedValues(msgspec.Struct, frozen=True):
    """What is the same in all values of one reading."""

    of: str | None
    rules: Rules
    coverage: float | None
    as_of: float | None

    def target(self, part: PartOfAccount) -> float | None:
        """The one target that everything in `part` had; None where they differ."""
        rules = self.rules
        if part.kind == "inbox" and part.number in rules.inbox_targets:
            return rules.inbox_targets[part.number]
        if rules.inbox_targets or (rules.team_targets and part.kind != "team"):
            return None
        return rules.team_targets.get(part.number, rules.target) if part.kind == "team" else rules.target


def values_of(
    span: SharedValues, part: PartOfAccount, tally: Tally | None, recent: Tally | None = None
) -> ServiceValues:
    """The figures of one part of an account; `recent` is of the last half-hour, where it is today's."""
    rules, target = span.rules, span.target(part)
    as_of = None if span.as_of is None else timestamp(span.as_of)
    coverage = None if span.coverage is None else math.floor(span.coverage * 1e4) / 1e4
    if tally is None:
        return ServiceValues(span.of, target, coverage=coverage, as_of=as_of)
    counts, missed = tally.counts, rules.closed_missed
    judged = rules.is_judged
    low, high = tally.bounds(closed_missed=missed)

    def of_target(value: int) -> int | None:
        return value if judged else None

    def of_bots(state: CountedAs) -> int | msgspec.UnsetType:
        return counts[state] if tally.is_bot_first else msgspec.UNSET

    def level(value: float | None) -> float | None:
        return None if value is None or not judged else round(value, 4)

    return ServiceValues(
        of=span.of,
        target_s=target,
        arrived=tally.arrived,
        answered=tally.answered,
        in_target=of_target(counts[CountedAs.IN_TARGET]),
        late=of_target(counts[CountedAs.LATE]),
        answered_at_once=counts[CountedAs.AT_ONCE],
        closed_without_reply=counts[CountedAs.CLOSED],
        closed_by_bot=counts[CountedAs.CLOSED_BY_BOT],
        held=counts[CountedAs.HELD],
        queued_in_time=counts[CountedAs.QUEUED_IN_TIME],
        queued_late=of_target(counts[CountedAs.QUEUED_LATE]),
        no_customer_message=counts[CountedAs.NO_CUSTOMER],
        unknown=counts[CountedAs.UNKNOWN],
        level=level(tally.level(closed_missed=missed)),
        level_low=level(low),
        level_high=level(high),
        level_30_min=None if recent is None else level(recent.level(closed_missed=missed)),
        speed_mean_s=_seconds(tally.mean()),
        speed_p50_s=None if tally.at_least else tally.within(0.5),
        speed_p90_s=None if tally.at_least else tally.within(0.9),
        coverage=coverage,
        as_of=as_of,
        answered_in_doubt=of_bots(CountedAs.IN_DOUBT),
        handover_unseen=of_bots(CountedAs.UNSEEN),
    )


def by_other_target(values: ServiceValues, tally: Tally, target: float, rules: Rules) -> ServiceValues:
    """The same where `tally` was counted by another target than `target`: bounds of its level."""
    bounds = tally.level_within(target, closed_missed=rules.closed_missed)
    low, high = bounds or (None, None)
    return msgspec.structs.replace(
        values,
        in_target=None,
        late=None,
        queued_in_time=None,
        queued_late=None,
        level=None,
        level_low=None if low is None else round(low, 4),
        level_high=None if high is None else round(high, 4),
    )


def _seconds(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


class AccountService(msgspec.Struct, frozen=True):
    """The service level of an account and its parts; `parts` is None where nothing is known of it."""

    shared: SharedValues
    parts: Mapping[PartOfAccount, Tally] | None = None
    recent: Mapping[PartOfAccount, Tally] | None = None
    """Of the half-hour before its as-of; None where that is not known."""

    def values(self, part: PartOfAccount) -> ServiceValues:
        """Of the account, a team or an inbox; where nobody came to one that is known, nought."""
        tally = None if self.parts is None else self.parts.get(part, Tally())
        return values_of(
            self.shared, part, tally, None if self.recent is None else self.recent.get(part, Tally())
        )
