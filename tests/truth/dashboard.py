"""Whether the dashboard tells the truth: each figure against what its server held since the time stated."""

import re
from collections.abc import Iterable, Iterator

from tests.truth import changes, header, slopes
from tests.truth.bench import (
    ANSWERED_WITHIN,
    MINUTE,
    RECORDED_WITHIN,
    SLACK,
    UNKNOWN,
    WAITS_SLACK,
    Bench,
    span,
)
from tests.truth.record import AccountRecord
from tests.truth.screen import Reader, Screen, Worst
from tests.truth.segments import Moment, Shown, whole
from tui.identity import AccountRef, Measure, account, team
from tui.measures import SERVICE
from tui.simulator.people import AccountSpec

_SIZE = re.compile(r" (\d[\d\u202f]*)")
COUNTS = frozenset(
    str(measure) for measure in (Measure.UNASSIGNED, Measure.ASSIGNED, Measure.OPEN, Measure.MINE)
)
OWN_TIMES = frozenset(
    str(measure) for measure in (Measure.FIRST_RESPONSE, Measure.RESOLUTION, Measure.RESOLUTIONS)
)
"""Of an agent: asked one agent after the other, they have a moment of their own."""
OF_PEOPLE = frozenset(
    str(measure)
    for measure in (
        Measure.AGENTS_ONLINE,
        Measure.AGENTS_BUSY,
        Measure.AGENTS_AWAY,
        Measure.AGENTS_OFFLINE,
    )
)
"""Figures of the account that stand beside those of one inbox."""
BESIDE_LONGEST = frozenset({str(Measure.BACKLOG), str(Measure.WAITING), str(Measure.OVER_TARGET)})
"""Notes below the longest wait, counted by the same look at the conversations: its age is theirs."""
AVAILABILITY = {
    "online": Measure.AGENTS_ONLINE,
    "busy": Measure.AGENTS_BUSY,
    "away": Measure.AGENTS_AWAY,
    "offline": Measure.AGENTS_OFFLINE,
}


class DashboardJudge:
    """Compares the dashboard with the truth of its account, or with the past where it says so."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._reader = Reader(bench.stage)

    def look(self) -> list[str]:
        """What is wrong on the dashboard just now."""
        bench, screen = self._bench, self._reader.read()
        if screen.account_id is None:
            return [f"{shown.name} shown without an account" for shown in screen.figures]
        bench.tally.screens["replay" if screen.replay else "dashboard"] += 1
        ref = AccountRef(screen.environment, screen.account_id)
        if bench.config.environment(ref.environment) is None:
            return [f"the header names no environment: {screen.environment!r}"]
        record = bench.record(ref)
        record.sample()
        bench.look_at(None if screen.replay else ref)
        return [f"{ref}: {wrong}" for wrong in self._wrongs(screen, ref, record)]

    def _wrongs(self, screen: Screen, ref: AccountRef, record: AccountRecord) -> Iterator[str]:
        viewer = record.world.users[record.viewer_id].name
        if screen.viewer and screen.viewer != viewer:
            yield f"the header names {screen.viewer}, the token is {viewer}'s"
        if bool(screen.replay) is not self._bench.stage.dashboard.replay.on:
            yield f"the screen says {f'REPLAY {screen.replay}' if screen.replay else 'nothing of a replay'}"
            return
        if screen.replay:
            yield from self._past(screen, ref)
            return
        yield from header.judge(screen, ref, record, self._bench)
        for place, moment in (("header", screen.header), *screen.panes.items()):
            if moment.as_of and self._since_as_of(moment.as_of, ref) > self._bench.now + SLACK:
                yield f"{place} is as of {moment.as_of}, in the future"
        yield from self._narrowed(screen, record)
        for shown in screen.figures:
            self._bench.tally.figures += 1
            yield from self._figure(shown, screen, ref)
        if screen.service:
            yield from self._service(screen, ref)
        yield from self._rows(screen, ref, record)
        yield from self._titles(screen, ref, record)
        yield from agree(screen.figures, self._bench.target(ref))
        yield from self._notes(screen, ref, record)
        for changed in screen.changes:
            yield from changes.judge(changed, ref, self._bench, screen.figures)
        for reckoned in screen.reckoned:
            yield from slopes.judge(reckoned, ref, self._bench)

    # -- since when, in `Clock.now` -----------------------------------------------------------

    def _since_as_of(self, text: str, ref: AccountRef) -> float:
        return self._bench.since(text, self._bench.zone(ref))

    def _stated(self, stale: bool, own: float | None, pane: Moment, ref: AccountRef) -> float | str:
        """Since when a figure is claimed to hold, or what is missing."""
        bench = self._bench
        if own is not None:
            return bench.by_age(own)
        if stale:
            return bench.by_age(pane.age) if pane.age is not None else "looks old and tells no age"
        if pane.as_of:
            return self._since_as_of(pane.as_of, ref)
        if pane.age is not None:
            return bench.by_age(pane.age)
        return "looks live and no as-of time stands anywhere"

    # -- figures ------------------------------------------------------------------------------

    def _readable(self, shown: Shown) -> bool:
        unknown = shown.text in UNKNOWN
        cut_off = not unknown and (not shown.text or shown.text.endswith("…"))
        self._bench.tally.seen["unknown"] += unknown
        self._bench.tally.seen["cut off"] += cut_off
        return not unknown and not cut_off

    def _figure(self, shown: Shown, screen: Screen, ref: AccountRef) -> Iterator[str]:
        if not self._readable(shown):
            return
        bench, text, where = self._bench, shown.text, f"{shown.pane} {shown.name} = {shown.text!r}"
        slot = bench.slot(shown.name, ref)
        if slot is not None and slot.measure in SERVICE:
            if not shown.stale:
                yield from bench.too_old(shown.name, where, ref)
            minute = screen.levels.get(shown.pane)
            told = None if minute is None else self._since_as_of(minute, ref)
            yield from bench.levels.figure(slot, text, where, ref, told)
            return
        pane, measure = screen.panes[shown.pane], shown.name.rpartition(":")[2]
        if shown.name.startswith("agent:") and measure in OWN_TIMES and screen.times != Moment("", None):
            pane = screen.times
        # Agents offline have the colour of what is old.
        stale = shown.stale and (shown.name != "agents_offline" or not pane.as_of)
        own = shown.age
        if own is None and stale and measure in BESIDE_LONGEST:
            longest = shown.name.removesuffix(measure) + Measure.LONGEST
            own = next((shown.age for shown in screen.figures if shown.name == longest), None)
        since = self._stated(stale, own, pane, ref)
        if isinstance(since, str):
            yield f"{where} {since}"
            return
        if not stale and shown.age is None:
            yield from bench.too_old(shown.name, where, ref)
        yield from bench.value(shown.name, text, where, since, ref)
        if shown.before:
            yield from bench.yesterday(shown.name, shown.before, where, since, ref)
        if measure in COUNTS and screen.header.as_of and shown.pane == "conversations":
            exact = self._since_as_of(screen.header.as_of, ref)
            yield from bench.value(shown.name, text, f"by the header, {where}", exact, ref)

    def _service(self, screen: Screen, ref: AccountRef) -> Iterator[str]:
        """The line of service level, of the account or the inbox that stands in its place."""
        names = [shown.name for shown in screen.figures if shown.pane == "conversations"]
        name = next((name for name in names if name.endswith(str(Measure.SERVICE_LEVEL_TODAY))), None)
        slot = None if name is None else self._bench.slot(name, ref)
        if slot is not None:
            yield from self._bench.levels.line(screen.service, ref, slot)

    def _past(self, screen: Screen, ref: AccountRef) -> Iterator[str]:
        """What a replay shows was recorded: held by the server when a sample of then was asked for."""
        bench = self._bench
        for shown in screen.figures:
            bench.tally.figures += 1
            if not self._readable(shown):
                continue
            if bench.was_set:
                bench.tally.seen["recorded by a clock that was set wrong, not judged"] += 1
                continue
            where = f"replayed {shown.pane} {shown.name} = {shown.text!r}"
            as_of = screen.panes[shown.pane].as_of
            then = self._since_as_of(as_of or screen.replay, ref)
            end = then + ANSWERED_WITHIN + (0 if as_of else 60)
            bench.tally.seen["of a replay"] += 1
            begun = then - RECORDED_WITHIN - SLACK
            marks = bench.marks_between(ref, begun, end)
            yield from bench.value(shown.name, shown.text, where, begun, ref, end, marks)
        yield from self._seen_then(screen, ref)
        yield from agree(screen.figures, bench.target(ref))
        for number, word, _ in screen.agents:
            yield f"a replay shows a row of agent {number}, {word}"

    def _seen_then(self, screen: Screen, ref: AccountRef) -> Iterator[str]:
        """The role in the header of a replay is the one of then, as far as the program can know."""
        bench, record = self._bench, self._bench.record(ref)
        then = self._since_as_of(screen.replay, ref)
        told = any(shown.text not in UNKNOWN for shown in screen.figures)
        sure = then + MINUTE < bench.known(ref).confirmed and bench.kept(ref, then) is not None
        if not screen.roles or bench.was_set or not told or not sure:
            return
        bench.tally.seen["headers of a replay"] += 1
        since, until = record.world.moment(then), record.world.moment(then + MINUTE + SLACK)
        held = [sight.view.member.roles for sight in record.sights(since, until)]
        if screen.roles not in held:
            were = [sorted(roles) for roles in held]
            yield f"the header of a replay says {sorted(screen.roles)}, it was {were}"

    def _narrowed(self, screen: Screen, record: AccountRecord) -> Iterator[str]:
        """One inbox named in the title: its figures alone stand there; none named: the account's."""
        wanted = screen.inbox.rstrip("…")
        ids = {inbox.id for inbox in record.spec.inboxes if wanted and inbox.name.startswith(wanted)}
        for shown in screen.figures:
            kind, _, rest = shown.name.partition(":")
            if shown.pane != "conversations" or shown.name in OF_PEOPLE:
                continue
            if wanted and (kind != "inbox" or int(rest.partition(":")[0]) not in ids):
                yield f"{shown.name} stands under the name of inbox {wanted}"
            elif not wanted and kind == "inbox":
                yield f"{shown.name} stands among the figures of the account"

    # -- what carries no slot of its own ------------------------------------------------------

    def _rows(self, screen: Screen, ref: AccountRef, record: AccountRecord) -> Iterator[str]:
        for number, word, stale in screen.agents:
            self._bench.tally.figures += 1
            pane = screen.panes["agents"]
            # Offline looks old anyway: it may be meant by the age.
            since = self._stated(stale or (word == "offline" and pane.age is not None), None, pane, ref)
            if isinstance(since, str):
                yield f"agent {number} {word} {since}"
                return
            moment = record.kept(record.world.moment(since))
            if moment is None:
                self._bench.tally.seen["older than the history"] += 1
                continue
            self._bench.tally.seen["exact"] += 1
            held = record.availabilities(number, moment)
            if word not in held:
                yield f"agent {number} is shown {word}, was {sorted(held)}"

    def _titles(self, screen: Screen, ref: AccountRef, record: AccountRecord) -> Iterator[str]:
        spec: AccountSpec = record.spec
        sizes = {
            "Teams": self._bench.teams(ref),
            "Inboxes": {len(sight.view.inboxes) for sight in record.shown},
            "Agents": {len(spec.agents)},
        }
        for word, number in screen.sizes:
            self._bench.tally.figures += 1
            self._bench.tally.seen["exact"] += 1
            if number not in sizes[word]:
                yield f"{word} {number} in a title, there are {sorted(sizes[word])}"
        for word, number in screen.totals:
            self._bench.tally.figures += 1
            since = self._stated(screen.totals_stale, None, screen.panes["agents"], ref)
            if isinstance(since, str):
                yield f"{number} {word} in the title {since}"
                return
            where = f"title {number} {word}"
            if screen.members:
                yield from self._of_members(screen, number, word, since, ref)
            else:
                yield from self._bench.value(account(AVAILABILITY[word]).name, str(number), where, since, ref)

    def _of_members(
        self, screen: Screen, number: int, word: str, since: float, ref: AccountRef
    ) -> Iterator[str]:
        """How many of a team's members have an availability, and that the rows are its members alone."""
        record, moment = self._bench.record(ref), self._bench.kept(ref, since)
        named = [team for team in record.spec.teams if screen.members.startswith(team.name)]
        if not named:
            yield f"no team is called {screen.members!r}"
            return
        narrowed = max(named, key=lambda team: len(team.name))
        people = {member.id for member in record.account.roster.members(narrowed.id)}
        strangers = {shown for shown, _, _ in screen.agents} - people
        if strangers:
            yield f"agents {sorted(strangers)} are no members of {narrowed.name}"
        told = _SIZE.match(screen.members[len(narrowed.name) :])
        if told is not None and whole(told[1]) != len(people):
            yield f"{told[1]} members of {narrowed.name} in the title, there are {len(people)}"
        if moment is None:
            return
        self._bench.tally.seen["of members"] += 1
        held = record.held_members(narrowed.id, moment, word)
        if number not in held:
            yield f"{number} members of {narrowed.name} {word}, there were {sorted(held)}"

    def _notes(self, screen: Screen, ref: AccountRef, record: AccountRecord) -> Iterator[str]:
        pane, worst = self._since_anything(screen, ref), screen.worst
        if worst is not None:
            moment = self._told_since(pane if worst.age is None else self._bench.by_age(worst.age), record)
            if moment is None and pane is None:
                yield "the worst team without a moment anywhere in its pane"
            elif moment is not None:
                yield from self._worst_team(worst, moment, ref, record)
        if screen.each:
            moment = self._told_since(pane, record)
            if pane is None:
                yield "the load of each agent without a moment anywhere in its pane"
            elif moment is not None and not self._bench.was_set:
                yield from self._load(screen.each, moment, record)

    def _load(self, text: str, moment: float, record: AccountRecord) -> Iterator[str]:
        """Waiting for each agent online, against the least and most who can have waited."""
        waits = record.counted(account(Measure.WAITING), None, moment - WAITS_SLACK)
        there = {online for online in record.held(account(Measure.AGENTS_ONLINE), moment) if online}
        if waits is None or not there:
            self._bench.tally.seen["before the first sample"] += 1
            return
        least, most = waits[0] / max(there) - 0.5, waits[1] / min(there) + 0.5
        told = float(text.removeprefix("≥ ").replace("\u202f", ""))
        if told > most or (not text.startswith("≥") and told < least):
            yield f"{text} waiting per agent, of {waits} waiting and {sorted(there)} online"

    def _worst_team(
        self, worst: Worst, moment: float, ref: AccountRef, record: AccountRecord
    ) -> Iterator[str]:
        number, since = worst.team_id, self._bench.by_moment(moment, record)
        for measure, text in (
            (Measure.OVER_TARGET, worst.over and f"≥ {worst.over}"),
            (Measure.LONGEST, worst.longest),
            (
                Measure.WAITING if worst.word == "waiting" else Measure.UNASSIGNED,
                f"{'≥ ' if worst.at_least else ''}{worst.number}" if worst.number and worst.word else "",
            ),
        ):
            if text:
                slot = team(number, measure)
                yield from self._bench.value(slot.name, text, f"needs help: {slot.name} {text}", since, ref)
        if worst.online is not None and (
            worst.online not in record.held_members(number, moment) or worst.members != record.members(number)
        ):
            yield f"team {number} is said to have {worst.online} of {worst.members} online"

    def _told_since(self, since: float | None, record: AccountRecord) -> float | None:
        """The moment from which on a note must have been true; None where nobody can know."""
        self._bench.tally.figures += 1
        moment = None if since is None else record.kept(record.world.moment(since))
        self._bench.tally.seen["older than the history" if moment is None else "exact"] += 1
        return moment

    def _since_anything(self, screen: Screen, ref: AccountRef) -> float | None:
        """The oldest moment told in the pane of conversations; a note is as old as what it is made of."""
        pane = screen.panes["conversations"]
        told = [self._bench.by_age(shown.age) for shown in screen.figures if shown.age is not None]
        if pane.age is not None:
            told.append(self._bench.by_age(pane.age))
        if pane.as_of:
            told.append(self._since_as_of(pane.as_of, ref))
        return min(told, default=None)


def agree(figures: Iterable[Shown], target: float | None) -> Iterator[str]:
    """Waiting, over the target and the longest wait count the same people, wherever they stand together."""
    parts: dict[tuple[str, str], dict[str, Shown]] = {}
    for figure in figures:
        scope, _, measure = figure.name.rpartition(":")
        parts.setdefault((figure.pane, scope), {})[measure] = figure
    for (pane, scope), told in parts.items():
        shown = {name: told[name].text for name in ALIKE if name in told and readable(told[name].text)}
        where = f"{pane} {scope or 'account'}: {shown}"
        waiting, over, longest = (shown.get(name) for name in ALIKE)
        if waiting and over and count_of(waiting) < count_of(over) and not waiting.startswith("≥"):
            yield f"{where}: fewer wait than are over the target"
        if waiting and longest and (count_of(waiting) == 0) != (longest == "none"):
            yield f"{where}: nobody waits and somebody does"
        lasting = span(longest.removeprefix("≥ ")) if longest else None
        if over and lasting and target is not None and lasting[0] > target and count_of(over) < 1:
            yield f"{where}: the longest wait is over the target and nobody is"


ALIKE = (str(Measure.WAITING), str(Measure.OVER_TARGET), str(Measure.LONGEST))


def readable(text: str) -> bool:
    """Whether it is a whole figure."""
    return bool(text) and text not in UNKNOWN and not text.endswith("…")


def count_of(text: str) -> int:
    """A count, whether or not it may be more."""
    return whole(text.removeprefix("≥").strip())
