"""Whether service level tells the truth: each of its figures, wherever it stands, by design §9."""

import math
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from tests.truth.reports import day_of
from tests.truth.segments import whole
from tests.truth.service import (
    ANSWERED,
    DOUBT,
    FINAL,
    HALF_HOUR,
    LEVEL,
    UNSEEN,
    Case,
    CaseOptions,
    Definitions,
)
from tui.api.call import CLOCKS_AGREE
from tui.identity import AccountKey, AccountRef, Measure, ScopeKind, Slot, account
from tui.monitor.service.given import REFUSED
from tui.monitor.service.level import scope_of
from tui.output.service_values import AccountService
from tui.simulator.conversations import Plan

if TYPE_CHECKING:
    from tests.truth.answers import TimeListed
    from tests.truth.bench import Bench
    from tui.monitor.service.worker import Today

MINUTE, SLACK = 60.0, 1.5
UNSURE = 0.01
"""Seconds by which moments may differ where nobody has set a clock."""
FEW = 20
TODAY, LATELY = account(Measure.SERVICE_LEVEL_TODAY), account(Measure.SERVICE_LEVEL)
_SHARE = re.compile(r"(\d+)(?: %)?$")
_PARTS = re.compile(r"(\d[\d\u202f]*) of (\d[\d\u202f]*)$")
_BOUNDS = re.compile(r"today (\d+) %.*\((\d+) to (\d+)\)")
_SINCE = re.compile(r"known since (\d\d:\d\d)")
_AS_OF = re.compile(r"as of (\d\d:\d\d)$")
_CLOSED = re.compile(r"closed without reply (\d[\d\u202f]*)$")
_WITHIN = re.compile(r"(half|9 of 10) within (.+)$")
STATES = (
    "unknown", "answered_at_once", "in_target", "late", "no_customer_message", "held", "closed_by_bot",
    "closed_without_reply", "queued_in_time", "queued_late", DOUBT, UNSEEN,
)  # fmt: skip
_ANY = re.compile(r"\d %|\d of \d")
_MARGIN = re.compile(r"(?:(\d[\d\u202f]*) more may be late|below the goal)$")


class LevelLook(NamedTuple):
    """One look of the program at an account's conversations, in server time."""

    as_of: float
    until: float
    """When its figures were seen first: they can't be of later."""
    unsure: float
    """Seconds by which the program may be wrong about the server's time."""


class CountedBy(NamedTuple):
    """By which rules the inboxes counted in one telling of a look."""

    bots: frozenset[int]
    """Those that counted as bot first."""
    unlisted: bool
    """Whether the token may not list them, so that each is always open and has no target of its own."""


class LevelJudge:
    """Compares figures of service level with what the conversations that were listed come to."""

    def __init__(self, bench: "Bench") -> None:
        self.bench = bench
        self._definitions: dict[tuple[AccountRef, bool], Definitions] = {}
        self._judged: set[tuple[object, ...]] = set()
        self._options: tuple[tuple[AccountRef, LevelLook], CaseOptions] | None = None
        self._looks: dict[tuple[str, int, int], list[LevelLook]] = {}
        """Every look of which figures were filed, by address, account and whose token it was."""
        self._counted_by: dict[tuple[str, int, int], dict[float, list[CountedBy]]] = {}
        """The rules of each telling of these, by the moment of the look."""
        self._told: Today | None = None

    # -- of when, and of whom -----------------------------------------------------------------

    def _look(self, slot: Slot, text: str, ref: AccountRef) -> LevelLook | None:
        """The look that a figure comes from; None for a figure that was judged when it was seen first."""
        bench = self.bench
        reading, record = bench.stage.monitor.snapshot(ref).reading(slot), bench.record(ref)
        as_of = record.world.moment(reading.asked_at)
        claim = (*bench.whose(ref), ref.account_id, slot, text, round(as_of, 3))
        if claim in self._judged:
            return None
        self._judged.add(claim)
        call = reading.call
        unsure = CLOCKS_AGREE + 2 * (call.server_unsure if call else 0.0) if bench.was_set else UNSURE
        return LevelLook(as_of, record.world.moment(), unsure)

    def _of(self, ref: AccountRef, look: LevelLook) -> CaseOptions:
        """What every conversation of the account can have counted as in a look."""
        if self._options is None or self._options[0] != (ref, look):
            self._options = (ref, look), CaseOptions(self._each(ref, look))
        return self._options[1]

    def _each(self, ref: AccountRef, look: LevelLook) -> Iterator[frozenset[Case | None]]:
        bench = self.bench
        record = bench.record(ref)
        record.plans.update(record.account.ledger.live)
        definitions = self._defined(ref, look)
        listed = bench.listed(ref)
        views = [sight.view.inboxes for sight in record.seen(look.as_of, look.until)]
        midnight = day_of(look.as_of, bench.zone_there(ref))[0]
        surely, maybe = self._bots(ref, look)
        for plan in record.plans.values():
            if not midnight <= int(plan.created) or plan.created > look.until:
                continue
            cases: frozenset[Case | None] = frozenset()
            for defined in definitions:
                by_these = frozenset(_cases(plan, listed.get(plan.id, []), look, defined))
                if maybe:
                    by_these = after_bots(by_these, plan, defined, look.as_of + look.unsure, surely, maybe)
                cases |= by_these
            if not all(case is None or case.inbox in seen for seen in views for case in cases):
                cases |= {None}
                if not any(case is not None and case.inbox in seen for seen in views for case in cases):
                    continue
            yield cases

    def _bots(self, ref: AccountRef, look: LevelLook) -> tuple[frozenset[int], frozenset[int]]:
        """The inboxes that counted as bot first in a look for sure, and those that may have."""
        told = self._counted_by.get(self._whose_of(ref), {}).get(look.as_of)
        if told is None:
            return frozenset(), self.bots_ever(ref)
        firsts = [counted.bots for counted in told]
        return frozenset.intersection(*firsts), frozenset.union(*firsts)

    def _defined(self, ref: AccountRef, look: LevelLook) -> list[Definitions]:
        """What may define the cases of a look: the inboxes' own hours and targets, or none of these."""
        told = self._counted_by.get(self._whose_of(ref), {}).get(look.as_of)
        if told is None:
            return self.definitions_ever(ref)
        return [self._definition(ref, unlisted=unlisted) for unlisted in {each.unlisted for each in told}]

    def definitions_ever(self, ref: AccountRef) -> list[Definitions]:
        """What may define the cases of any look."""
        unlisted = any(counted.unlisted for counted in self._all_counted(ref))
        return [self._definition(ref, unlisted=each) for each in ((False, True) if unlisted else (False,))]

    def _definition(self, ref: AccountRef, *, unlisted: bool) -> Definitions:
        if (ref, unlisted) not in self._definitions:
            record, targets = (
                self.bench.record(ref),
                self.bench.config.targets_for(ref.environment, ref.account_id),
            )
            self._definitions[ref, unlisted] = Definitions(
                record.spec, targets, record.gone, unlisted=unlisted
            )
        return self._definitions[ref, unlisted]

    def _all_counted(self, ref: AccountRef) -> Iterator[CountedBy]:
        for told in self._counted_by.get(self._whose_of(ref), {}).values():
            yield from told

    def bots_ever(self, ref: AccountRef) -> frozenset[int]:
        """The inboxes that counted as bot first in any look."""
        return frozenset().union(*(counted.bots for counted in self._all_counted(ref)))

    def _whose_of(self, ref: AccountRef) -> tuple[str, int, int]:
        return self.bench.origin(ref), ref.account_id, self.bench.record(ref).viewer_id

    # -- one figure ---------------------------------------------------------------------------

    def figure(
        self, slot: Slot, text: str, where: str, ref: AccountRef, told: float | None = None
    ) -> Iterator[str]:
        """A figure's text; `told` is when the minute beside it began, on `Clock.now`."""
        bench = self.bench
        reading = bench.stage.monitor.snapshot(ref).reading(slot)
        if told is not None and not bench.was_set and reading.asked_at < told - SLACK:
            yield f"{where} is said to be {told - reading.asked_at:.0f} s younger than it is"
            return
        if reading.asked_at < bench.known(ref).began - SLACK:
            yield f"{where} is of before the change of reach"
            return
        look = self._look(slot, text, ref)
        if look is None:
            return
        options = part_of(self._of(ref, look), slot)
        if slot.measure is not Measure.SERVICE_LEVEL_TODAY:
            options = _recent(options, look)
        bench.tally.seen["of service level"] += 1
        yield from _compared(slot, options, text, where)

    def note(self, key: AccountKey) -> None:
        """Something of an account is filed: of when its service level is, where that is another look's."""
        bench = self.bench
        reading = bench.stage.monitor.store.readings(key).get(TODAY)
        if reading is None or reading.call is None:
            return
        ref = next((ref for ref in bench.refs if _is_of(key, ref, bench)), None)
        if ref is None:
            return
        world, looks = bench.record(ref).world, self._looks.setdefault(_whose(key), [])
        as_of = world.moment(reading.asked_at)
        if not looks or looks[-1].as_of != as_of:
            looks.append(LevelLook(as_of, world.moment(), UNSURE))
        level = bench.stage.monitor.snapshot(ref).service
        # What is overheard later changes the next figures, and not those that are told.
        if level is not None and level.today is not None and level.today is not self._told:
            self._told = level.today
            told = CountedBy(level.today.bots.first, REFUSED in level.today.rules.assumed)
            self._counted_by.setdefault(_whose(key), {}).setdefault(as_of, []).append(told)

    def replayed(
        self, slot: Slot, text: str, where: str, ref: AccountRef, since: float, until: float
    ) -> Iterator[str]:
        """A figure as it was recorded at some server time of these: one look then must have told it."""
        whose = (self.bench.origin(ref), ref.account_id, self.bench.record(ref).viewer_id)
        looks = [look for look in self._looks.get(whose, ()) if since <= look.as_of <= until]
        wrong = [f"{where}, and no look of then is known"]
        for look in reversed(looks):
            options = part_of(self._of(ref, look), slot)
            if slot.measure is not Measure.SERVICE_LEVEL_TODAY:
                options = _recent(options, look)
            wrong = list(_compared(slot, options, text, where, few=0))
            if not wrong:
                self.bench.tally.seen["of service level in a replay"] += 1
                return
        yield from wrong

    def _look_told(self, slot: Slot, text: str, ref: AccountRef, as_of: str) -> LevelLook | str | None:
        """The look of which the screen names the minute; in words what is wrong with that. None as above."""
        bench = self.bench
        reading = bench.stage.monitor.snapshot(ref).reading(slot)
        told = bench.since(as_of, bench.zone(ref))
        if not bench.was_set and not told - SLACK <= reading.asked_at <= told + MINUTE + SLACK:
            return f"service level is as of {as_of}, and was asked {bench.now - reading.asked_at:.0f} s ago"
        return self._look(slot, text, ref)

    def options_of(self, slot: Slot, text: str, ref: AccountRef, as_of: str) -> CaseOptions | str | None:
        """What each conversation of a part can have counted as at that minute; in words what is wrong.

        None where that was judged already.
        """
        look = self._look_told(slot, text, ref, as_of)
        return part_of(self._of(ref, look), slot) if isinstance(look, LevelLook) else look

    def values(self, service: AccountService, ref: AccountRef) -> Iterator[str]:
        """What `snapshot` tells of today, by what was kept at the last look."""
        bench, as_of = self.bench, service.shared.as_of
        if as_of is None or service.parts is None:
            return
        record = bench.record(ref)
        look = LevelLook(as_of, record.world.moment(), MINUTE if bench.was_set else 1.0)
        everybody = self._of(ref, look)
        for part in service.parts:
            slot = Slot(scope_of(part), Measure.SERVICE_LEVEL_TODAY)
            options, values = part_of(everybody, slot), service.values(part)
            bench.tally.seen["values of a snapshot"] += 1
            for name in STATES:
                told = 0 if getattr(values, name) is msgspec.UNSET else getattr(values, name)
                yield from number(options.count(name), str(told), f"snapshot {slot.scope} {name} {told}")
            lately = (_recent(options, look), values.level_30_min)
            for judged, level_of in ((options, values.level), lately):
                bounds = judged.level() or ((0.0, 1.0) if judged.count(*LEVEL)[1] else None)
                if level_of is not None and not (bounds and bounds[0] - 1e-4 <= level_of <= bounds[1] + 1e-4):
                    yield f"snapshot {slot.scope} level {level_of}, in truth {bounds}"

    def line(self, text: str, ref: AccountRef, part: Slot) -> Iterator[str]:
        """The line on the dashboard: what stands beside its two levels; `part` is today's of those."""
        bench, pieces = self.bench, text.split(" · ")
        as_of = next((match[1] for piece in pieces if (match := _AS_OF.match(piece))), None)
        if as_of is None:
            if _ANY.search(text):
                yield f"figures of service level without their moment: {text}"
            return
        look = self._look_told(part, text, ref, as_of)
        if not isinstance(look, LevelLook):
            yield from () if look is None else (look,)
            return
        options = part_of(self._of(ref, look), part)
        goal = bench.config.targets_for(ref.environment, ref.account_id).service_level
        since = _SINCE.search(text)
        if since is not None:
            yield from self._known_since(since[1], look, ref)
            return
        for each in pieces:
            yield from piece(each, options, goal)

    def _known_since(self, text: str, look: LevelLook, ref: AccountRef) -> Iterator[str]:
        """Everything that came from that minute on, and is there, has been listed."""
        bench, listed = self.bench, self.bench.listed(ref)
        begins = bench.record(ref).world.moment(bench.since(text, bench.zone(ref))) + MINUTE
        bench.tally.seen["known since"] += 1
        plans = bench.record(ref).plans.values()
        missing = [
            plan for plan in plans if begins <= plan.created < look.as_of - UNSURE and plan.id not in listed
        ]
        missing = [plan for plan in missing if plan.times[-1] > look.until and self._is_seen(plan, ref, look)]
        if missing and not bench.was_set:
            yield f"known since {text}, and {len(missing)} since then were never listed"

    def _is_seen(self, plan: Plan, ref: AccountRef, look: LevelLook) -> bool:
        sights = self.bench.record(ref).seen(look.as_of, look.until)
        return all(plan.last.inbox in sight.view.inboxes for sight in sights)


def _whose(key: AccountKey) -> tuple[str, int, int]:
    return key.origin, key.account_id, key.viewer_id


def _is_of(key: AccountKey, ref: AccountRef, bench: "Bench") -> bool:
    return _whose(key) == (bench.origin(ref), ref.account_id, bench.record(ref).viewer_id)


def part_of(options: CaseOptions, slot: Slot) -> CaseOptions:
    """Those of the figure's team or inbox alone."""
    kind = slot.scope.kind
    if kind is ScopeKind.ACCOUNT:
        return options
    number = int(slot.scope.id)
    return options.of(lambda case: (case.team if kind is ScopeKind.TEAM else case.inbox) == number)


def _cases(
    plan: Plan, listed: "list[TimeListed]", look: LevelLook, defined: Definitions
) -> Iterator[Case | None]:
    """What one counts as: as it was listed in the look; else as before, if that was final; else anything."""
    inside = [reading for reading in listed if look.as_of <= reading.read <= look.until]
    moments = [reading.read for reading in inside]
    if not any(reading.sure for reading in inside):
        before: list[float] = []
        for reading in reversed(listed):
            if reading.read < look.as_of:
                before.append(reading.read)
                if reading.sure:
                    break
        final = all((case := defined.case(plan, at, at)) is not None and case.state in FINAL for at in before)
        moments += before if final else []
        if not before or not final:
            events = (*plan.times, *(written.at for written in plan.written(look.until)))
            moments += [look.as_of, look.until, *(at for at in events if look.as_of < at < look.until)]
    # It counts for the team it had when it became complete, wherever it was handed since.
    told = (reading.read for reading in listed if reading.read <= look.until)
    moments += [at for at in told if (case := defined.case(plan, at, at)) and case.state in FINAL]
    if plan.created >= look.as_of - look.unsure:
        yield None
    if plan.times[-1] <= look.until and plan.cells[-1] is None:
        yield None
        if plan.times[-1] <= look.as_of:
            return
    for at in moments:
        for moment in {look.as_of - look.unsure, look.as_of + look.unsure, at}:
            yield defined.case(plan, at, moment)


def after_bots(
    cases: frozenset[Case | None],
    plan: Plan,
    defined: Definitions,
    moment: float,
    surely: frozenset[int],
    maybe: frozenset[int],
) -> frozenset[Case | None]:
    """The same where a bot has the conversations of some inboxes first, for sure or maybe."""
    others: set[Case | None] = {case for case in cases if case is None or case.inbox not in surely}
    for case in cases:
        if case is not None and case.inbox in maybe:
            others |= {*defined.after_bot(plan, case, moment)}
    return frozenset(others)


def _recent(options: CaseOptions, look: LevelLook) -> CaseOptions:
    """Those whose clock began in the half-hour before the look."""
    edge = look.as_of - HALF_HOUR

    def may(case: Case) -> bool:
        return edge - look.unsure <= case.begins <= look.until

    def must(case: Case) -> bool:
        return edge + look.unsure <= case.begins <= look.as_of - look.unsure

    return options.of(may, must)


def _compared(slot: Slot, options: CaseOptions, text: str, where: str, few: int = FEW) -> Iterator[str]:
    if slot.measure is Measure.SPEED_P90:
        yield from within(options, 0.9, text, where)
    elif slot.measure is Measure.CLOSED_WITHOUT_REPLY:
        yield from number(options.count("closed_without_reply"), text, where)
    else:
        yield from level(options, text, where, few)


def level(options: CaseOptions, text: str, where: str, least_of_share: int = FEW) -> Iterator[str]:
    """A level's text; below `least_of_share` conversations it is to be told as `7 of 9`."""
    least, most = options.count("in_target", "late", "closed_without_reply", "queued_late")
    few, share, bounds = _PARTS.match(text), _SHARE.match(text), options.level()
    if few is not None:
        met, decided = whole(few[1]), whole(few[2])
        low, high = options.count("in_target")
        if not (least <= decided <= most and low <= met <= high) or decided >= FEW:
            yield f"{where}, in truth {low} to {high} of {least} to {most}"
    elif share is None:
        yield f"{where} is no level"
    elif bounds is None or most < least_of_share or not _told(int(share[1]), bounds):
        yield f"{where}, in truth {bounds} of {least} to {most}"


def _told(percent: int, bounds: tuple[float, float]) -> bool:
    """Whether a level within `bounds` is told as that many percent: never rounded up."""
    return percent <= 100 * bounds[1] + 1e-6 and percent + 1 > 100 * bounds[0] - 1e-6


def number(bounds: tuple[int, int], text: str, where: str) -> Iterator[str]:
    if not bounds[0] <= whole(text) <= bounds[1]:
        yield f"{where}, in truth {bounds[0]} to {bounds[1]}"


def within(options: CaseOptions, part: float, text: str, where: str) -> Iterator[str]:
    from tests.truth.bench import span

    told, bounds = span(text.removeprefix("≥ ").replace(" min", " m")), options.within(part)
    if text.startswith("≥ ") and told is not None and bounds is not None:
        if told[0] > bounds[1]:
            yield f"{where}, in truth {bounds} at most"
    elif told is None or bounds is None:
        surely = options.count(*ANSWERED)[0] and not options.count(DOUBT, UNSEEN)[1]
        if text != "—" or (bounds is not None and surely):
            yield f"{where}, in truth {bounds}"
    elif bounds[0] >= told[1] or bounds[1] < told[0]:
        yield f"{where}, in truth {bounds}"


def count_of_level(piece: str) -> str:
    """`312 of 371 answered in 5 min` as it stands on the dashboard."""
    return re.sub(r"^(\d[\d\u202f]* of \d[\d\u202f]*) answered.*", r"\1", piece)


def piece(text: str, options: CaseOptions, goal: float | None) -> Iterator[str]:
    """What stands beside the levels."""
    met, decided = (
        options.count("in_target"),
        options.count("in_target", "late", "closed_without_reply", "queued_late"),
    )
    where = f"service level: {text!r}"
    if match := _BOUNDS.match(text):
        yield from _possible(options, (int(match[2]), int(match[3])), where)
    if match := _PARTS.match(text):
        if not (met[0] <= whole(match[1]) <= met[1] and decided[0] <= whole(match[2]) <= decided[1]):
            yield f"{where}, in truth {met[0]} to {met[1]} of {decided[0]} to {decided[1]}"
    elif match := _WITHIN.match(text):
        yield from within(options, 0.5 if match[1] == "half" else 0.9, match[2], where)
    elif match := _CLOSED.match(text):
        yield from number(options.count("closed_without_reply"), match[1], where)
    elif (match := _MARGIN.match(text)) and goal is not None:
        least = math.floor(met[0] / (goal / 100) - options.count(*LEVEL, DOUBT)[1] + 1e-9)
        most = math.floor(met[1] / (goal / 100) - decided[0] + 1e-9)
        if not (least <= whole(match[1]) <= most if match[1] else least < 0):
            yield f"{where}, in truth {least} to {most}"


def _possible(options: CaseOptions, told: tuple[int, int], where: str) -> Iterator[str]:
    """What the level can become: those who wait in time all late, or all in time."""

    def turned(state: str) -> Callable[[Case], Case]:
        return lambda case: case._replace(state=state) if case.state in {"queued_in_time", DOUBT} else case

    low, high = options.turned(turned("queued_late")).level(), options.turned(turned("in_target")).level()
    if low is None or high is None or not _told(told[0], low) or not _told(told[1], high):
        yield f"{where}, in truth {low} to {high}"
