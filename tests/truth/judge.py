"""Whether what stands on screen is true: each figure against what its server held since the time stated."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from tests.stage import Stage
from tests.truth.record import AccountRecord, slots_of
from tests.truth.screen import Moment, Reader, Screen, Shown, Worst, whole
from tui.config.model import Config
from tui.figures import AccountRef, Measure, ScopeKind, Slot, account, inbox, status, team
from tui.monitor.reading import MISSED_PERIODS
from tui.screens.base import TICK
from tui.simulator.demo import Demo
from tui.simulator.people import AccountSpec

HALF_DAY, DAY = 43_200, 86_400
SLACK = 1.5
"""As-of times are told in whole seconds."""
UNKNOWN = frozenset({"—", "—✗", "…"})
COUNTS = frozenset(str(one) for one in (Measure.UNASSIGNED, Measure.ASSIGNED, Measure.OPEN, Measure.MINE))
NOT_JUDGED = frozenset(
    str(one) for one in (Measure.TODAY, Measure.FIRST_RESPONSE, Measure.RESOLUTION, Measure.RESOLUTIONS)
)
"""Today's reports, also of one agent: the simulator keeps no history of them."""
BESIDE_LONGEST = frozenset({str(Measure.BACKLOG), str(Measure.PAST_TARGET)})
"""Notes below the longest wait, counted by the same look at the conversations: its age is theirs."""
_DURATION = re.compile(r"(?:(\d+) d|(\d+) h (\d\d)|(\d+) m|(\d+) s)$")
AVAILABILITY = {
    "online": Measure.AGENTS_ONLINE,
    "busy": Measure.AGENTS_BUSY,
    "away": Measure.AGENTS_AWAY,
    "offline": Measure.AGENTS_OFFLINE,
}


def span(text: str) -> tuple[float, float] | None:
    """The seconds a told length of time can mean; None where it is none."""
    if text == "none":
        return 0.0, 0.0
    found = _DURATION.match(text)
    if found is None:
        return None
    days, hours, minutes_too, minutes, seconds = (int(one) if one else None for one in found.groups())
    if days is not None:
        return days * DAY, (days + 1) * DAY
    if hours is not None:
        least = hours * 3_600.0 + (minutes_too or 0) * 60
        return least, least + 60
    if minutes is not None:
        return minutes * 60.0, minutes * 60.0 + 60
    return float(seconds or 0), float(seconds or 0) + 1


class Tally:
    """What a run did and found."""

    def __init__(self) -> None:
        self.steps = 0
        self.screens = 0
        self.figures = 0
        self.seen: Counter[str] = Counter()
        """Figures by what became of them: `exact`, `bounded`, `unknown`, …"""
        self.faults: Counter[str] = Counter()
        self.requests = 0
        self.runs = 0
        self.violations: list[str] = []


class Judge:
    """Compares one stage's screen with the truth of its worlds."""

    def __init__(self, stage: Stage, demo: Demo, config: Config, tally: Tally) -> None:
        self._stage = stage
        self._demo = demo
        self._config = config
        self._tally = tally
        self._reader = Reader(stage)
        self._records: dict[AccountRef, AccountRecord] = {}
        self._slots: dict[AccountRef, dict[str, Slot]] = {}
        self._now = self._wall = 0.0
        self.set_wrong = 0.0
        """Seconds by which somebody has set this machine's clock wrong."""

    def look(self) -> list[str]:
        """What is wrong on screen just now."""
        screen = self._reader.read()
        self._now, self._wall = self._stage.clock.now(), self._stage.clock.wall()
        if screen is None:
            self._tally.seen["covered"] += 1
            return []
        if screen.account_id is None:
            return [f"{one.name} shown without an account" for one in screen.figures]
        self._tally.screens += 1
        ref = AccountRef(screen.environment, screen.account_id)
        if self._config.environment(ref.environment) is None:
            return [f"the header names no environment: {screen.environment!r}"]
        record = self._record(ref)
        record.sample()
        return [f"{ref}: {wrong}" for wrong in self._wrongs(screen, ref, record)]

    def _record(self, ref: AccountRef) -> AccountRecord:
        record = self._records.get(ref)
        if record is None:
            found = self._config.environment(ref.environment)
            assert found is not None
            assert found.token is not None
            assert found.token.held is not None
            world = self._demo.world(found.url)
            viewer = world.by_token[found.token.held.reveal()]
            record = self._records[ref] = AccountRecord(world, ref.account_id, viewer.id)
            self._slots[ref] = slots_of(record)
        return record

    def _wrongs(self, screen: Screen, ref: AccountRef, record: AccountRecord) -> Iterator[str]:
        viewer = record.world.users[record.viewer_id].name
        if screen.viewer and screen.viewer != viewer:
            yield f"the header names {screen.viewer}, the token is {viewer}'s"
        for place, moment in (("header", screen.header), *screen.panes.items()):
            if moment.as_of and self._since_as_of(moment.as_of, ref) > self._now + SLACK:
                yield f"{place} is as of {moment.as_of}, in the future"
        for shown in screen.figures:
            self._tally.figures += 1
            yield from self._figure(shown, screen, ref, record)
        yield from self._rows(screen, ref, record)
        yield from self._titles(screen, ref, record)
        yield from self._notes(screen, ref, record)

    # -- since when, in `Clock.now` -----------------------------------------------------------

    def _zone(self, ref: AccountRef) -> tzinfo:
        found = self._config.environment(ref.environment)
        return ZoneInfo(found.timezone) if found is not None and found.timezone else UTC

    def _since_as_of(self, text: str, ref: AccountRef) -> float:
        """The moment `text` names, as somebody understands it who looks at the clock beside it."""
        hours, minutes, seconds = (int(part) for part in text.split(":"))
        here = datetime.fromtimestamp(self._wall, self._zone(ref))
        behind = (here.hour - hours) * 3_600 + (here.minute - minutes) * 60 + here.second - seconds
        behind = (behind + HALF_DAY) % DAY - HALF_DAY
        return self._now - behind - self._wall % 1

    def _stated(self, stale: bool, own: float | None, pane: Moment, ref: AccountRef) -> float | str:
        """Since when a figure is claimed to hold, or what is missing."""
        if own is not None:
            return self._now - own - TICK
        if stale:
            return self._now - pane.age - TICK if pane.age is not None else "looks old and tells no age"
        if pane.as_of:
            return self._since_as_of(pane.as_of, ref)
        if pane.age is not None:
            return self._now - pane.age - TICK
        return "looks live and no as-of time stands anywhere"

    # -- figures ------------------------------------------------------------------------------

    def _figure(self, shown: Shown, screen: Screen, ref: AccountRef, record: AccountRecord) -> Iterator[str]:
        text, seen = shown.text, self._tally.seen
        if text in UNKNOWN:
            seen["unknown"] += 1
            return
        if not text or text.endswith("…"):
            seen["cut off"] += 1
            return
        where = f"{shown.pane} {shown.name} = {text!r}"
        pane = screen.panes[shown.pane]
        # Agents offline have the colour of what is old.
        stale = shown.stale and (shown.name != "agents_offline" or not pane.as_of)
        own = shown.age
        if own is None and stale and shown.name in BESIDE_LONGEST:
            own = next((one.age for one in screen.figures if one.name == str(Measure.LONGEST)), None)
        since = self._stated(stale, own, pane, ref)
        if isinstance(since, str):
            yield f"{where} {since}"
            return
        if not stale and shown.age is None:
            yield from self._too_old(shown.name, where, ref)
        if shown.name.rpartition(":")[2] in NOT_JUDGED:
            seen["of today's reports, not judged"] += 1
            return
        yield from self._value(shown.name, text, where, since, ref, record)
        if shown.name in COUNTS and screen.header.as_of and shown.pane == "conversations":
            exact = self._since_as_of(screen.header.as_of, ref)
            yield from self._value(shown.name, text, f"by the header, {where}", exact, ref, record)

    def _too_old(self, name: str, where: str, ref: AccountRef) -> Iterator[str]:
        slot = self._slots[ref].get(name) or slot_named(name)
        if slot is None:
            return
        reading = self._stage.monitor.snapshot(ref).reading(slot)
        age = self._now - reading.asked_at
        if reading.value is not None and age > MISSED_PERIODS * reading.period + TICK + SLACK:
            yield f"{where} looks live, and was asked {age:.0f} s ago, period {reading.period:.0f} s"

    def _value(
        self, name: str, text: str, where: str, since: float, ref: AccountRef, record: AccountRecord
    ) -> Iterator[str]:
        moment = record.kept(record.world.moment(since))
        if moment is None:
            self._tally.seen["older than the history"] += 1
            return
        exact = self._slots[ref].get(name)
        slot = exact or slot_named(name)
        if slot is not None and slot.measure in {Measure.LONGEST, Measure.BACKLOG}:
            yield from self._bounded(slot, text, where, moment, record)
            return
        if slot is not None and slot.measure is Measure.MEMBERS_ONLINE:
            yield from self._members(slot, text, where, moment, record)
            return
        if exact is None:
            yield f"{where} is a figure the server has not"
            return
        self._tally.seen["exact"] += 1
        held = record.held(exact, moment)
        if whole(text) not in held:
            yield f"{where}, since {record.world.moment() - moment:.1f} s the server held {sorted(held)}"

    def _members(
        self, slot: Slot, text: str, where: str, moment: float, record: AccountRecord
    ) -> Iterator[str]:
        self._tally.seen["exact"] += 1
        online, _, members = text.partition("/")
        number = int(slot.scope.id)
        held = record.held_online(number, moment)
        if whole(online) not in held or (members not in UNKNOWN and whole(members) != record.members(number)):
            yield f"{where}, {sorted(held)} of {record.members(number)} were online"

    def _bounded(
        self, slot: Slot, text: str, where: str, moment: float, record: AccountRecord
    ) -> Iterator[str]:
        if self.set_wrong and slot.measure is Measure.LONGEST:
            self._tally.seen["waits while this clock is set wrong, not judged"] += 1
            return
        at_least, told = text.startswith("≥"), text.removeprefix("≥ ").removeprefix("backlog ")
        lying = slot.measure is Measure.BACKLOG
        bounds = record.backlog(moment) if lying else record.waits(slot, moment)
        if lying:
            number = float(whole(told.removeprefix("≥ ")))
            least, most, at_least = number, number, at_least or told.startswith("≥")
        else:
            found = span(told)
            if found is None:
                yield f"{where} is no length of time"
                return
            least, most = found
        if bounds is None:
            self._tally.seen["before the first sample"] += 1
            return
        self._tally.seen["bounded"] += 1
        if least > bounds[1] + 2 or (not at_least and most + 2 < bounds[0]):
            yield f"{where}, the truth lies in {bounds[0]:.0f} to {bounds[1]:.0f}"

    # -- what carries no slot of its own ------------------------------------------------------

    def _rows(self, screen: Screen, ref: AccountRef, record: AccountRecord) -> Iterator[str]:
        for number, word, stale in screen.agents:
            self._tally.figures += 1
            since = self._stated(stale, None, screen.panes["agents"], ref)
            if isinstance(since, str):
                yield f"agent {number} {word} {since}"
                return
            moment = record.kept(record.world.moment(since))
            if moment is None:
                self._tally.seen["older than the history"] += 1
                continue
            self._tally.seen["exact"] += 1
            held = record.availabilities(number, moment)
            if word not in held:
                yield f"agent {number} is shown {word}, was {sorted(held)}"

    def _titles(self, screen: Screen, ref: AccountRef, record: AccountRecord) -> Iterator[str]:
        spec: AccountSpec = record.view.spec
        sizes = {"Teams": len(spec.teams), "Inboxes": len(record.view.inboxes), "Agents": len(spec.agents)}
        for word, number in screen.sizes:
            self._tally.figures += 1
            self._tally.seen["exact"] += 1
            if number != sizes[word]:
                yield f"{word} {number} in a title, there are {sizes[word]}"
        for word, number in screen.totals:
            self._tally.figures += 1
            since = self._stated(screen.totals_stale, None, screen.panes["agents"], ref)
            if isinstance(since, str):
                yield f"{number} {word} in the title {since}"
                return
            slot = account(AVAILABILITY[word])
            yield from self._value(slot.name, str(number), f"title {number} {word}", since, ref, record)

    def _notes(self, screen: Screen, ref: AccountRef, record: AccountRecord) -> Iterator[str]:
        pane, worst = self._since_anything(screen, ref), screen.worst
        if worst is not None:
            moment = self._told_since(pane if worst.age is None else self._now - worst.age - TICK, record)
            if moment is None and pane is None:
                yield "the worst team without a moment anywhere in its pane"
            elif moment is not None:
                yield from _worst_team(worst, moment, record)
        if screen.each:
            moment = self._told_since(pane, record)
            if pane is None:
                yield "the load of each agent without a moment anywhere in its pane"
            elif moment is not None:
                waits = record.held(account(Measure.UNASSIGNED), moment)
                there = record.held(account(Measure.AGENTS_ONLINE), moment)
                if screen.each not in {_each(one / other) for one in waits for other in there if other}:
                    yield f"{screen.each} per agent, of {sorted(waits)} waiting and {sorted(there)} online"

    def _told_since(self, since: float | None, record: AccountRecord) -> float | None:
        """The moment from which on a note must have been true; None where nobody can know."""
        self._tally.figures += 1
        moment = None if since is None else record.kept(record.world.moment(since))
        self._tally.seen["older than the history" if moment is None else "exact"] += 1
        return moment

    def _since_anything(self, screen: Screen, ref: AccountRef) -> float | None:
        """The oldest moment told in the pane of conversations; a note is as old as what it is made of."""
        pane = screen.panes["conversations"]
        told = [self._now - one.age - TICK for one in screen.figures if one.age is not None]
        if pane.age is not None:
            told.append(self._now - pane.age - TICK)
        if pane.as_of:
            told.append(self._since_as_of(pane.as_of, ref))
        return min(told, default=None)


def _worst_team(worst: Worst, moment: float, record: AccountRecord) -> Iterator[str]:
    number = worst.team_id
    if worst.waiting not in record.held(team(number, Measure.UNASSIGNED), moment):
        yield f"worst team {number} is said to have {worst.waiting} waiting"
    if worst.online is not None and (
        worst.online not in record.held_online(number, moment) or worst.members != record.members(number)
    ):
        yield f"worst team {number} is said to have {worst.online} of {worst.members} online"


def _each(load: float) -> str:
    return f"{load:.1f}" if load < 10 else f"{round(load):,}".replace(",", "\u202f")


def slot_named(name: str) -> Slot | None:
    """The slot of that name; None where there is none such."""
    kind, _, rest = name.partition(":")
    if not rest:
        return account(Measure(name)) if name in set(Measure) else status(name)
    number, _, measure = rest.partition(":")
    if not number.isdecimal() or measure not in set(Measure):
        return None
    return (
        {ScopeKind.TEAM: team, ScopeKind.INBOX: inbox}[ScopeKind(kind)](int(number), Measure(measure))
        if (kind in {"team", "inbox"})
        else None
    )
