"""What every judge works with: the truth by account, moments that are told, one figure against its past."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.stage import Stage
from tests.truth.answers import Answers, Known, TimeListed
from tests.truth.levels import LevelJudge
from tests.truth.record import AccountRecord, mark_of, slots_of
from tests.truth.reports import BEFORE, OF_TODAY, Reports, day_of
from tests.truth.segments import whole
from tui.api.call import CLOCKS_AGREE, CallRecord
from tui.config.model import Config
from tui.identity import AccountKey, AccountRef, Measure, ScopeKind, Slot, account, agent, inbox, status, team
from tui.measures import SERVICE
from tui.monitor.history.trends import gap_of, held_for
from tui.monitor.reading import MISSED_PERIODS
from tui.monitor.service.worker import PATIENCE_ELSEWHERE
from tui.screens.base import SHORT_TICK, TICK
from tui.simulator.demo import Demo

MINUTE, HALF_DAY, DAY, QUARTER = 60, 43_200, 86_400, 900
SLACK = 1.5
"""As-of times are told in whole seconds."""
WAITS_SLACK = 2.0
"""Waits are sampled and told in whole seconds."""
RECORDED_WITHIN = gap_of(300.0)
"""Seconds that a sample may speak for: those of accounts that are not on screen come rarely."""
LEVEL_WITHIN = held_for(PATIENCE_ELSEWHERE) + 120.0
"""Seconds that a sample of service level may speak for, and those in which a replay's minute may begin."""
ANSWERED_WITHIN = 31.0
"""Seconds that an answer may take: what was recorded was held until then."""
Marks = frozenset[str] | None
UNKNOWN = frozenset({"—", "—✗", "…"})
_DURATION = re.compile(r"(?:(\d+) d|(\d+) h (\d\d)|(\d+) m(?:in)?|(\d+) s)$")
_SCOPES = {ScopeKind.TEAM: team, ScopeKind.INBOX: inbox, ScopeKind.AGENT: agent}


class Tally:
    """What a run did and found."""

    def __init__(self) -> None:
        self.steps = 0
        self.screens: Counter[str] = Counter()
        """Screens read, by their name."""
        self.figures = 0
        self.seen: Counter[str] = Counter()
        """Figures by what became of them: `exact`, `bounded`, `unknown`, …"""
        self.faults: Counter[str] = Counter()
        self.requests = 0
        self.runs = 0
        self.violations: list[str] = []


class Book(NamedTuple):
    """The truth of an account as one user sees it."""

    record: AccountRecord
    slots: dict[str, Slot]
    reports: Reports


class Bench:
    """One stage, the truth of its worlds, and the moment of the look."""

    def __init__(self, stage: Stage, demo: Demo, config: Config, tally: Tally, answers: Answers) -> None:
        self.stage = stage
        self.config = config
        self.tally = tally
        self.now = self.wall = 0.0
        self.begun = stage.clock.now()
        """When the run began: nothing is recorded of the time before."""
        self.set_wrong = 0.0
        """Seconds by which somebody has set this machine's clock wrong."""
        self.was_set = False
        self.was_wrong: list[tuple[float, float]] = []
        """By how much the clock was wrong before it was set, and up to which `Clock.now`."""
        self.swapped: dict[str, float] = {}
        """When an environment's token became another user's, by its name."""
        self.gone_teams: dict[tuple[str, int], dict[int, float]] = {}
        """Server time at which each team of an address and account was deleted."""
        self._in_front: AccountRef | None = None
        self._calm_since = self.begun
        self.answers = answers
        self.levels = LevelJudge(self)
        self._demo = demo
        self._specs = {
            (environment.url, demo_account.id): demo.world(environment.url).specs[demo_account.id]
            for environment in demo.environments
            for demo_account in environment.accounts
        }
        self._books: dict[tuple[str, int, str], Book] = {}
        """By address, account and token: whose it is may change, and environments may share it."""
        self.listen()

    def listen(self) -> None:
        """Hear what the program files: another config begins another store."""
        self.stage.monitor.store.listen(self._note)

    def _note(self, key: AccountKey) -> None:
        self.levels.note(key)  # Which may be that of the program's run before.

    def looked_since(self, ref: AccountRef) -> float:
        """`Clock.now` since which this account's dashboard is in front and nothing disturbs the asking."""
        calm = self._in_front == ref and not self.stage.monitor.paused
        return self._calm_since if calm else self.now

    def look_at(self, ref: AccountRef | None) -> None:
        """This account's dashboard is in front now; None for another screen."""
        if ref != self._in_front:
            self._in_front, self._calm_since = ref, max(self._calm_since, self.now)

    def disturb(self, until: float | None = None) -> None:
        """Something keeps the program from asking; `until` a `Clock.now`, by default now."""
        self._calm_since = max(self._calm_since, until or self.stage.clock.now())

    def teams(self, ref: AccountRef) -> set[int]:
        """How many teams a title may name: as many as were told, less those that are gone since."""
        known, record = self.known(ref), self.record(ref)
        told = known.may_be("teams", known.teams) - {None}
        least = len(record.account.spec.teams)
        return set(range(least, max([least, *map(len, told)]) + 1))

    def set_clock(self, seconds: float) -> None:
        """Somebody has set the clock by so much."""
        self.was_wrong.append((self.stage.clock.now(), self.set_wrong))
        self.set_wrong += seconds
        self.was_set = True

    def take_over(self, earlier: "Bench") -> None:
        """Go on with what is known of the worlds: the program alone has begun again."""
        self._books, self.gone_teams, self.levels = earlier._books, earlier.gone_teams, earlier.levels
        self.was_set, self.set_wrong = earlier.was_set, earlier.set_wrong
        self.was_wrong = earlier.was_wrong
        self.levels.bench = self

    def look(self) -> None:
        """A new look begins."""
        self.now, self.wall = self.stage.clock.now(), self.stage.clock.wall()

    @property
    def refs(self) -> tuple[AccountRef, ...]:
        """Every account of the config."""
        return tuple(
            AccountRef(environment.name, configured.id)
            for environment in self.config.environments
            for configured in environment.accounts
        )

    def record(self, ref: AccountRef) -> AccountRecord:
        """The truth of an account as its token sees it."""
        return self._book(ref).record

    def known(self, ref: AccountRef) -> Known:
        """What the servers have told the program of an account's reach, so that it must be on screen."""
        url, token = self.whose(ref)
        return self.answers.known(url, token, ref.account_id, self.now)

    def whose(self, ref: AccountRef) -> tuple[str, str]:
        """The address and the token through which an account is seen."""
        environment = self.config.environment(ref.environment)
        assert environment is not None
        assert environment.token is not None
        assert environment.token.held is not None
        return environment.url, environment.token.held.reveal()

    def listed(self, ref: AccountRef) -> dict[int, list[TimeListed]]:
        """When each conversation was listed for service level, by its number."""
        url, token = self.whose(ref)
        return self.answers.listed.get((url, token, ref.account_id), {})

    def _book(self, ref: AccountRef) -> "Book":
        url, token = self.whose(ref)
        book = self._books.get((url, ref.account_id, token))
        if book is None:
            world, spec = self._demo.world(url), self._specs[url, ref.account_id]
            gone = self.gone_teams.setdefault((url, ref.account_id), {})
            record = AccountRecord(world, ref.account_id, world.by_token[token].id, spec, gone)
            book = self._books[url, ref.account_id, token] = Book(record, slots_of(record), Reports(record))
        book.record.known_since = self.known(ref).read
        return book

    def sample(self) -> None:
        """Note who waits now, in every account and to every user who has looked."""
        for ref in self.refs:
            self._book(ref)
        for book in self._books.values():
            book.record.sample()

    # -- since when, in `Clock.now` -----------------------------------------------------------

    def zone(self, ref: AccountRef) -> tzinfo:
        """The zone that an account's times are told in: the config's, else what the inboxes have told."""
        environment = self.config.environment(ref.environment)
        if environment is not None and environment.timezone:
            return ZoneInfo(environment.timezone)
        return self.stage.monitor.zone(ref) or UTC

    def zone_there(self, ref: AccountRef) -> tzinfo:
        """The zone whose days are the account's: the config's, else its inboxes', else UTC.

        Inboxes that are refused tell none, and the screen's clock is one of UTC then.
        """
        environment = self.config.environment(ref.environment)
        named = environment.timezone if environment is not None else None
        known = named or self.stage.monitor.zone(ref) is not None
        return ZoneInfo(named or self.record(ref).spec.timezone) if known else UTC

    def zone_of_clock(self, text: str) -> tzinfo:
        """The zone of the clock that stands on screen, `14:05`, so that a moment is read beside it."""
        hours, minutes = (int(part) for part in text.split(":"))
        here = datetime.fromtimestamp(self.wall, UTC)
        ahead = (hours - here.hour) * 3_600 + (minutes - here.minute) * 60
        ahead = (round(ahead / QUARTER) * QUARTER + HALF_DAY) % DAY - HALF_DAY
        return timezone(timedelta(seconds=ahead))

    def since(self, text: str, zone: tzinfo) -> float:
        """The moment `14:05:09` or `14:05` names, as somebody understands it who looks at the clock."""
        hours, minutes, seconds = (int(part) for part in f"{text}:00".split(":")[:3])
        here = datetime.fromtimestamp(self.wall, zone)
        behind = (here.hour - hours) * 3_600 + (here.minute - minutes) * 60 + here.second - seconds
        behind = (behind + HALF_DAY) % DAY - HALF_DAY
        return self.now - behind - self.wall % 1

    def by_age(self, age: float) -> float:
        """The moment that lies so far back, told at the last heartbeat."""
        return self.now - age - (SHORT_TICK if age <= MINUTE else TICK)

    def by_moment(self, moment: float, record: AccountRecord) -> float:
        """`Clock.now` at a moment of the server's."""
        return self.now - (record.world.moment() - moment)

    def slot(self, name: str, ref: AccountRef) -> Slot | None:
        """The slot of that name in an account; None where there is none such."""
        return self._book(ref).slots.get(name) or slot_named(name)

    # -- one figure ---------------------------------------------------------------------------

    def too_old(self, name: str, where: str, ref: AccountRef) -> Iterator[str]:
        """What looks live must have been asked for within two periods."""
        slot = self.slot(name, ref)
        if slot is None:
            return
        reading = self.stage.monitor.snapshot(ref).reading(slot)
        age = self.now - reading.asked_at
        if reading.value is not None and age > MISSED_PERIODS * reading.period + TICK + SLACK:
            yield f"{where} looks live, and was asked {age:.0f} s ago, period {reading.period:.0f} s"

    def kept(self, ref: AccountRef, since: float) -> float | None:
        """The server's time at `since`; None where nothing is kept of it."""
        record = self.record(ref)
        reached = record.kept(record.world.moment(since))
        if reached is None:
            self.tally.seen["older than the history"] += 1
        return reached

    def origin(self, ref: AccountRef) -> str:
        """The address that the account's figures are kept under."""
        environment = self.config.environment(ref.environment)
        assert environment is not None
        return environment.url

    def marks_between(self, ref: AccountRef, since: float, until: float) -> Marks:
        """Every reach through which the account was seen between two `Clock.now`s."""
        record = self.record(ref)
        sights = record.sights(record.world.moment(since), record.world.moment(until))
        return frozenset(mark_of(sight.view) for sight in sights)

    def marks_untold(self, ref: AccountRef, moment: float, mark: str) -> frozenset[str]:
        """What stood in for `mark` at a server time, where it was back before any answer told of that."""
        url, token = self.whose(ref)
        sights = self.record(ref).sights(float("-inf"), float("inf"))
        own = [sight for sight in sights if mark_of(sight.view) == mark]
        left = max((sight.until for sight in own if sight.until <= moment), default=None)
        back = min((sight.since for sight in own if sight.since > moment), default=None)
        if left is None or back is None or self.answers.told(url, token, ref.account_id, left, back):
            return frozenset()
        return frozenset(mark_of(sight.view) for sight in sights if left <= sight.since < back)

    def held(
        self,
        name: str,
        ref: AccountRef,
        since: float,
        until: float | None = None,
        marks: Marks = None,
    ) -> set[float] | None:
        """Every value a figure had since then, up to `until` or now; None where that is not known exactly.

        `marks` are the reaches it may be of; by default those that may be on screen now.
        """
        record, moment = self.record(ref), self.kept(ref, since)
        slot = self._book(ref).slots.get(name) or slot_named(name)
        if moment is None or slot is None:
            return None
        end = None if until is None else record.world.moment(until)
        if slot.measure is Measure.MEMBERS_ONLINE:
            return record.held_members(int(slot.scope.id), moment, until=end)
        if slot.measure is Measure.MEMBERS:
            return {float(record.members(int(slot.scope.id)))}
        return record.held(slot, moment, end, marks) if name in self._book(ref).slots else None

    def value(
        self,
        name: str,
        text: str,
        where: str,
        since: float,
        ref: AccountRef,
        until: float | None = None,
        marks: Marks = None,
    ) -> Iterator[str]:
        """A figure's text against what its server held since then, up to `until` or now."""
        record, moment = self.record(ref), self.kept(ref, since)
        if moment is None:
            return
        end = None if until is None else record.world.moment(until)
        exact = self._book(ref).slots.get(name)
        slot = exact or slot_named(name)
        if slot is not None and slot.measure in {Measure.LONGEST, Measure.BACKLOG}:
            yield from self._bounded(slot, text, where, moment, ref, end, marks)
        elif slot is not None and slot.measure in {Measure.WAITING, Measure.OVER_TARGET}:
            yield from self._counted(slot, text, where, moment, ref, end, marks)
        elif slot is not None and slot.measure is Measure.MEMBERS_ONLINE:
            yield from self._members(slot, text, where, moment, record, end)
        elif slot is not None and slot.measure in OF_TODAY:
            yield from self._of_today(slot, text, where, moment, ref)
        elif slot is not None and slot.measure in SERVICE:
            if end is None:
                yield from self.levels.figure(slot, text, where, ref)
            else:
                yield from self.levels.replayed(slot, text, where, ref, moment - LEVEL_WITHIN, end)
        elif exact is None:
            yield f"{where} is a figure the server has not"
        else:
            self.tally.seen["exact"] += 1
            held = record.held(exact, moment, end, marks)
            number = whole(text.removeprefix("≥").strip())
            if number not in held and not (text.startswith("≥") and number < max(held, default=0)):
                ago = record.world.moment() - moment
                yield f"{where}, since {ago:.1f} s the server held {sorted(held)}"

    def yesterday(self, name: str, text: str, where: str, since: float, ref: AccountRef) -> Iterator[str]:
        """The value of the day before that stands beside a figure."""
        slot, moment = slot_named(name), self.kept(ref, since)
        if slot is None or slot.measure not in BEFORE:
            yield f"{where} has no yesterday"
        elif moment is not None:
            by, _, told = text.partition(": ")
            asked = self.since(by.removeprefix("by "), self.zone(ref))
            if self.was_set or self.kept(ref, asked) is None:
                self.tally.seen["yesterday's, too old or by a clock set wrong, not judged"] += 1
                return
            then, asked_wall = self.record(ref).world.moment(asked), self.wall - (self.now - asked)
            until = min(then + MINUTE + ANSWERED_WITHIN, self.record(ref).world.moment())
            before = Slot(slot.scope, BEFORE[slot.measure])
            self.tally.seen["of yesterday's reports"] += 1
            reports = self._book(ref).reports
            zone = self.zone_there(ref)
            # What was asked for in the first minute of a day is of that day, however times are rounded.
            begins, _ = day_of(asked_wall, zone)
            held = reports.held_before(before, max(then - SLACK, then - (asked_wall - begins)), until, zone)
            known = span(told)
            least, most = known if known is not None else (whole(told), whole(told) + 1)
            if not any(least <= value < most for value in held):
                yield f"yesterday's {where}, the report can only tell {sorted(held)[:8]}"

    def _of_today(self, slot: Slot, text: str, where: str, moment: float, ref: AccountRef) -> Iterator[str]:
        record = self.record(ref)
        zone, shift = self.zone_there(ref), self.wall - record.world.moment()
        days = {day_of(self.wall, zone), day_of(moment + shift, zone)}
        asked, right = self.now - (record.world.moment() - moment), moment + shift - self.set_wrong
        # It was asked for the day that the clock of then told.
        others = {day_of(right + wrong, zone) for until, wrong in self.was_wrong if until >= asked - SLACK}
        if self.was_set and len(days | others | {day_of(self.wall - self.set_wrong, zone)}) > 1:
            self.tally.seen["reports by a clock set wrong over midnight, not judged"] += 1
            return
        self.tally.seen["of today's reports"] += 1
        held = self._book(ref).reports.held(slot, moment, days)
        told = span(text)
        least, most = told if told is not None else (whole(text), whole(text) + 1)
        if not any(least <= value < most for value in held):
            yield f"{where}, the report can only tell {sorted(held)[:8]}"

    def _members(
        self, slot: Slot, text: str, where: str, moment: float, record: AccountRecord, until: float | None
    ) -> Iterator[str]:
        self.tally.seen["exact"] += 1
        online, _, members = text.partition("/")
        number = int(slot.scope.id)
        held = record.held_members(number, moment, until=until)
        if whole(online) not in held or (members not in UNKNOWN and whole(members) != record.members(number)):
            yield f"{where}, {sorted(held)} of {record.members(number)} were online"

    def _bounded(
        self,
        slot: Slot,
        text: str,
        where: str,
        moment: float,
        ref: AccountRef,
        until: float | None,
        marks: Marks,
    ) -> Iterator[str]:
        record = self.record(ref)
        at_least, told = text.startswith("≥"), text.removeprefix("≥ ").removeprefix("backlog ")
        lying = slot.measure is Measure.BACKLOG
        bounds = record.backlog(moment, until, marks) if lying else record.waits(slot, moment, until, marks)
        if lying:
            number = float(whole(told.removeprefix("≥ ")))
            least, most, at_least = number, number, at_least or told.startswith("≥")
        else:
            length = span(told)
            if length is None:
                yield f"{where} is no length of time"
                return
            least, most = length
        if bounds is None:
            self.tally.seen["before the first sample"] += 1
            return
        self.tally.seen["bounded"] += 1
        # Of a count, one may be just past the limit by one clock and not yet by the other.
        call = self.stage.monitor.snapshot(ref).reading(slot).call
        unsure = float(self.was_set) if lying else WAITS_SLACK + self.clock_unsure(call)
        if least > bounds[1] + unsure or (not at_least and most + unsure < bounds[0]):
            yield f"{where}, the truth lies in {bounds[0]:.0f} to {bounds[1]:.0f}"

    def target(self, ref: AccountRef) -> float | None:
        """The seconds that a customer of this account may wait."""
        return self.config.targets_for(ref.environment, ref.account_id).wait

    def _counted(
        self,
        slot: Slot,
        text: str,
        where: str,
        moment: float,
        ref: AccountRef,
        until: float | None,
        marks: Marks,
    ) -> Iterator[str]:
        """Who waits, or longer than the target, against the least and most who can have."""
        if self.was_set:
            self.tally.seen["who waits by a clock that was set wrong, not judged"] += 1
            return
        limit = self.target(ref) if slot.measure is Measure.OVER_TARGET else None
        bounds = self.record(ref).counted(slot, limit, moment - WAITS_SLACK, until, marks)
        if bounds is None:
            self.tally.seen["before the first sample"] += 1
            return
        self.tally.seen["who waits"] += 1
        number = whole(text.removeprefix("≥").strip())
        if number > bounds[1] or (not text.startswith("≥") and number < bounds[0]):
            yield f"{where}, the truth lies in {bounds[0]:.0f} to {bounds[1]:.0f}"

    def clock_unsure(self, call: CallRecord | None) -> float:
        """By how many seconds the answers up to this one leave open how wrong this machine's clock is set."""
        return CLOCKS_AGREE + 2 * (call.server_unsure if call else 0.0) if self.was_set else 0.0


def span(text: str) -> tuple[float, float] | None:
    """The seconds a told length of time can mean; None where it is none."""
    if text == "none":
        return 0.0, 0.0
    match = _DURATION.match(text)
    if match is None:
        return None
    days, hours, minutes_too, minutes, seconds = (
        int(number) if number else None for number in match.groups()
    )
    if days is not None:
        return days * DAY, (days + 1) * DAY
    if hours is not None:
        least = hours * 3_600.0 + (minutes_too or 0) * 60
        return least, least + 60
    if minutes is not None:
        return minutes * 60.0, minutes * 60.0 + 60
    return float(seconds or 0), float(seconds or 0) + 1


def slot_named(name: str) -> Slot | None:
    """The slot of that name; None where there is none such."""
    kind, _, rest = name.partition(":")
    if not rest:
        return account(Measure(name)) if name in set(Measure) else status(name)
    number, _, measure = rest.partition(":")
    if not number.isdecimal() or measure not in set(Measure) or kind not in {*_SCOPES}:
        return None
    return _SCOPES[ScopeKind(kind)](int(number), Measure(measure))
