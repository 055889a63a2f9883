"""Which question about service level comes next, and when: an account's reading, paced, outliving faults."""

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo

import msgspec

from tui.durations import DAY
from tui.monitor.service.book import Book, Interval, bot_first, restored
from tui.monitor.service.bots import NO_BOTS, BotWatch
from tui.monitor.service.figures import RECENT, PartOfAccount, Rules, Tally, recent, total
from tui.monitor.service.intervals import Day, before, day_of
from tui.monitor.service.reading import REFRESH, DayReading, LookAtDay
from tui.monitor.service.roll import DayQuestion, IgnoredError, One, Queue, Told, Total

HASTE = 300.0
"""Seconds from the start in which the account on screen may be read faster."""
FIRST_GAP = 1.0
"""Seconds between two questions until the last half-hour is known, for the account on screen."""
GAPS = (5.0, 15.0, 60.0)
"""Seconds between two questions: at the start, later, and of an account that no screen shows."""
PAST_GAP = 60.0
"""Seconds between two questions about a day that is over."""
LOOK_EVERY = 840.0
"""Seconds after a look until the next one, which reads pages where many are new; of the account on screen."""
AT_LATEST = 1_200.0
"""Seconds after a look until the next one that reads pages in any case."""
DOUBTFUL_AGAIN = 60.0
"""Seconds until the next look after one at whose end the day did not add up."""
BRIEF_GAP = 5.0
"""Seconds after a count or a conversation alone, which cost a tenth of a page, where the account on screen
was asked nothing for a while."""
CREDIT = 300.0
"""Seconds without a question that are made up for so at most."""
PATIENCE = 900.0
"""Seconds after which a look reads its pages however little is new; of the account on screen."""
PATIENCE_ELSEWHERE = 1_800.0
"""The same of an account that no screen shows; it is looked at no more often either."""
SLOW = 3.0
"""Seconds of an answer above which the server is left alone for a while."""
LEFT_ALONE = 900.0
"""Seconds for which a slow server is left alone."""
NOT_HEEDED = 3_600.0
"""Seconds until a server that ignored what it was asked is tried again."""
RETRIES = (30.0, 60.0, 120.0, 300.0, 900.0)
"""Seconds until the same is asked again: after one failure, two, and so on."""
NIGHT = 2
"""Hour of the contact centre from which on the two days before are read once more, for what was reopened."""
REREAD_DAYS = 2
WATCHED_DAYS = 3
"""Days for which is remembered what was seen of bots: until they have been read again."""


class Today(msgspec.Struct, frozen=True):
    """Service level as it was at `as_of`, by the server's clock; `parts` is of what is known of the day."""

    day: Day
    as_of: float
    since: float
    """The day is known from here on; its beginning once it is whole."""
    coverage: float | None
    parts: Mapping[PartOfAccount, Tally]
    recent: Mapping[PartOfAccount, Tally]
    """Of the last half-hour."""
    rules: Rules
    quarters: Mapping[int, Mapping[PartOfAccount, Tally]] = {}
    """The same by quarter of arrival; of one without anybody nothing stands there."""
    answered: Mapping[int, Mapping[PartOfAccount, int]] = {}
    """By quarter, how many of the day's conversations had their first reply in it."""
    answers_whole: bool = True
    """Whether all of these are known: of what an earlier run had read it is not known when."""
    numbers_until: int = 0
    """Up to this second an earlier run may have left numbers alone, and nobody to be counted anew."""
    bots: BotWatch = NO_BOTS
    """What was seen of the day's conversations that a bot has first."""

    @property
    def whole(self) -> bool:
        """Whether all of the day is known."""
        return self.since <= self.day.since and self.coverage == 1.0

    @property
    def so_far(self) -> Interval:
        """All of it as one stretch, as it is kept."""
        seconds = int(self.as_of) - self.day.since
        return Interval(self.day.since, self.parts, complete=False, seconds=seconds, rules=self.rules.mark)

    @property
    def lately(self) -> Interval | None:
        """The last half-hour the same way; None where it is not known."""
        if not self.knows_half_hour:
            return None
        seconds, begins = int(RECENT), int(self.as_of) - int(RECENT)
        return Interval(begins, self.recent, complete=False, seconds=seconds, rules=self.rules.mark)

    @property
    def knows_half_hour(self) -> bool:
        """Whether the last half-hour is known.

        Who came before an opening counts in the half-hour after it: nobody of whom nothing is known,
        of today or of yesterday, may be one of those. Nor may anybody of whom an earlier run left a
        number alone: it may have taken another moment for now, by a clock that was wrong.
        """
        begins, since = self.as_of - RECENT, max(self.since, self.numbers_until)
        for hours in self.rules.hours.values():
            opens = hours.opening(begins)
            if begins < opens <= self.as_of and hours.opening(since - 1) == opens:
                return False
        return since <= begins


class _Line:
    """A reading and the question it waits to have answered."""

    def __init__(self, reading: DayReading | None = None) -> None:
        self.reading = reading
        self.ask: DayQuestion | None = None
        self._course: LookAtDay | None = None

    def begin(self, patience: float = 0.0) -> None:
        """One look; after less than `patience` seconds only where something is new."""
        if self.reading is not None:
            self._course = self.reading.course(patience)
            self.ask = next(self._course)

    def send(self, told: Told) -> None:
        """The answer; raises IgnoredError."""
        if self._course is not None:
            try:
                self.ask = self._course.send(told)
            except StopIteration:
                self.ask = self._course = None


class Worker:
    """The reading of one account as one user sees it: today first, then the past, day by day.

    `kept` is what an earlier run wrote: the intervals that were complete are not read again.
    `days` is how far back the past is read; None where nothing is kept: then the two days before are
    read again each night after the first, for what became complete, and no others. With another reach
    another worker begins.
    """

    def __init__(
        self, zone: tzinfo, rules: Rules, kept: Iterable[Interval] = (), days: int | None = 0
    ) -> None:
        self.rules = rules
        self.problem = ""
        """Why nothing is read just now, as a sentence; empty where all is well."""
        self.answers = 0
        """Questions answered so far."""
        self.rests = False
        """Whether the answer before was the last of a look at some day: then there may be more to keep."""
        self.looked = False
        """Whether that was today: then there are new figures."""
        self._zone = zone
        self._days = days
        self._kept = {interval.begins: interval for interval in kept}
        self._today = _Line()
        self._yesterday = _Line()
        """The day of the past that is being read."""
        self._asked = self._today
        self._look_at = float("-inf")
        self._began_at = self._read_at = 0.0
        """When the last look at today began, and the last one that read pages."""
        self._read_as_of: float | None = None
        """`as_of` after the latter."""
        self._was_shown = True
        """Whether a screen showed the account when the last look began."""
        self._ask_at = float("-inf")
        self._paced_until = float("-inf")
        """How far all that was asked reaches at the later pace."""
        self._begun: float | None = None
        self._begun_on: Day | None = None
        self._failures = 0
        self._past: list[DayReading] = []
        self._seen_days: set[int] = set()
        self._come_since: dict[int, int] = {}
        """About how many have come since each day that was read began, by its first second."""
        self._reread: set[tuple[int, int]] = set()
        self._books: dict[int, Book] = {}
        self._watches: dict[int, BotWatch] = {}
        """By the first second of their day."""

    def next(self, now: float, wall: float, *, shown: bool = True) -> DayQuestion | None:
        """What to ask now; None where nothing is due.

        `wall` is the time by the server's clock, `now` by one that never jumps.
        """
        if self._begun is None:
            self._begun, self._begun_on = now, day_of(wall, self._zone)
        if now < self._ask_at:
            return None
        line = self._line(now, wall, shown=shown)
        if line is None:
            self._ask_at = max(now + 1.0, min(self._look_at, now + PAST_GAP))
            return None
        self._asked = line
        self._ask_at = now + self._gap(now, shown=shown)
        return line.ask

    @property
    def due_at(self) -> float:
        """When `next` may have something to ask, on the clock of `now`."""
        return self._ask_at

    def take(self, told: Told, now: float, duration: float = 0.0) -> None:
        """The answer to what was asked last, which took `duration` seconds."""
        self._failures = 0
        self.answers += 1
        self.problem = ""
        if duration > SLOW:
            self.problem = f"A page took {duration:.1f} s: the server is left alone for 15 min."
            self._ask_at = now + LEFT_ALONE
        ask = self._asked.ask
        self.overhear(told, duration, ask.number if isinstance(ask, Queue) else None)
        try:
            self._asked.send(told)
        except IgnoredError as error:
            self.problem = str(error)
            self._today, self._yesterday = _Line(), _Line()
            self._books.clear()
            self._ask_at = now + NOT_HEEDED
        self.rests = self._asked.ask is None
        self.looked = self.rests and self._asked is self._today and not self.problem
        if self.looked:
            self._look_at = self._next_look(now)

    def _next_look(self, now: float) -> float:
        """When to look at today again; after a look of which all that was worth asking was a count, too."""
        read = self.as_of != self._read_as_of
        if read:
            self._read_at, self._read_as_of = self._began_at, self.as_of
        if not self.is_sound:
            return now + DOUBTFUL_AGAIN
        if not self.is_whole:
            return self._began_at + REFRESH
        if not self._was_shown:
            return self._read_at + PATIENCE_ELSEWHERE
        return self._read_at + (LOOK_EVERY if read else AT_LATEST)

    def overhear(self, told: Told, duration: float, open_page: int | None = None) -> None:
        """What any answer told, whoever asked for it; the page's number where it lists all that wait."""
        since, until = told.asked - told.unsure, told.asked + duration + told.unsure
        for reading in self._readings:
            book = self._book(reading)
            if book.bots.see(told.arrivals, since, until, open_page, told.total):
                book.count_anew()

    @property
    def watches(self) -> Iterable[BotWatch]:
        """What was seen of bots, each of another day."""
        return self._watches.values()

    @property
    def _readings(self) -> list[DayReading]:
        today = self._today.reading
        return self._past if today is None else [*self._past, today]

    @property
    def as_of(self) -> float | None:
        """When the last complete look at today began, by the server's clock."""
        return None if self._today.reading is None else self._today.reading.as_of

    @property
    def is_sound(self) -> bool:
        """Whether what is known of today adds up to what there is."""
        reading = self._today.reading
        return reading is not None and reading.sound

    @property
    def is_whole(self) -> bool:
        """Whether today is known from its beginning."""
        reading = self._today.reading
        return reading is not None and reading.roll.whole

    def failed(self, now: float, problem: str) -> None:
        """The question asked last was not answered: the same one again, later and later."""
        self.problem = problem
        self._ask_at = now + RETRIES[min(self._failures, len(RETRIES) - 1)]
        self._failures += 1

    def _gap(self, now: float, *, shown: bool) -> float:
        if self._asked is self._yesterday:
            return PAST_GAP
        hasty = shown and self._begun is not None and now - self._begun < HASTE
        if hasty and self.as_of is None:
            return FIRST_GAP
        self._paced_until = max(self._paced_until, now) + GAPS[1]
        gap = GAPS[0] if hasty else GAPS[1] if shown else GAPS[2]
        if shown and isinstance(self._asked.ask, One | Total):
            return min(gap, max(BRIEF_GAP, self._paced_until - now - CREDIT))
        return gap

    def _line(self, now: float, wall: float, *, shown: bool) -> "_Line | None":
        """Whose question is next: today's while there is one or a look is due, else one of the past.

        The past of an account is read while a screen shows it.
        """
        day = day_of(wall, self._zone)
        reading = self._today.reading
        if reading is None or reading.day != day:
            if reading is not None:
                self._past.insert(0, reading)
            self._today = _Line(DayReading(day, restored(day, self._kept, self.rules, wall)))
            first = day.since - WATCHED_DAYS * DAY
            self._watches = {since: watch for since, watch in self._watches.items() if since >= first}
            if not self._left_of(day):  # Until enough is seen it is as it was yesterday.
                yesterday = self._bots_of(before(day, self._zone))
                self._watches[day.since] = BotWatch(day, yesterday.first)
            self._look_at = now
        if self._today.ask is None and now >= self._look_at:
            self._began_at, self._was_shown = now, shown
            self._today.begin(PATIENCE if shown else PATIENCE_ELSEWHERE)
        if self._today.ask is not None:
            return self._today
        if not shown:
            return None
        if self._yesterday.ask is None:
            self._yesterday.reading = self._next_past(wall)
            self._yesterday.begin()
        return None if self._yesterday.ask is None else self._yesterday

    def _next_past(self, wall: float) -> DayReading | None:
        """The day of the past that is to be read on; None where all is known that is wanted."""
        today = day_of(wall, self._zone)
        for reading in self._readings:
            self._come_since[reading.day.since] = reading.come_since
        just = self._today.reading
        while self._past and self._is_done(self._past[0]):
            just = self._past.pop(0)
            self._let_go(just.day)
        if self._past:
            return self._past[0]
        hour = datetime.fromtimestamp(wall, self._zone).hour
        nothing_kept = self._days is None
        for back in range(1, (REREAD_DAYS if self._days is None else self._days) + 1):
            day = before(today, self._zone, back)
            again = back <= REREAD_DAYS and hour >= NIGHT and not (nothing_kept and today == self._begun_on)
            later = 0, self._come_since.get(day.until, 0)
            if again and (today.since, day.since) not in self._reread:
                self._reread.add((today.since, day.since))
                # What an earlier run saw of bots, no second reading can tell.
                left = restored(day, self._kept, self.rules, wall) if self._bots_of(day).is_hearsay else {}
                self._past.append(DayReading(day, left, later, counted=False, after=just))
                return self._past[0]
            if not nothing_kept and day.since not in self._seen_days and not self._is_kept(day):
                self._seen_days.add(day.since)
                left = restored(day, self._kept, self.rules, wall)
                self._past.append(DayReading(day, left, later, counted=False, after=just))
                return self._past[0]
        return None

    def _is_done(self, reading: DayReading) -> bool:
        over = reading.as_of is not None and reading.as_of >= reading.day.until
        return over and reading.roll.whole and reading.sound

    def _let_go(self, day: Day) -> None:
        """A day that is over and written needs no memory; only that it is kept is remembered."""
        self._books.pop(day.since, None)
        if self._bots_of(day).first:
            return  # What was seen of bots shows in the counts alone.
        for begins in map(day.begins, range(day.quarters)):
            if begins in self._kept:
                self._kept[begins] = Interval(begins, {}, complete=False)

    def _is_kept(self, day: Day) -> bool:
        return all(day.begins(quarter) in self._kept for quarter in range(day.quarters))

    def today(self) -> Today | None:
        """The figures of today, as of the last complete look; None before the first."""
        reading = self._today.reading
        if reading is None or reading.as_of is None:
            return None
        book = self._book(reading)
        quarters = book.quarters()
        parts = total(quarters.values())
        for tally in parts.values():
            tally.speeds.sort()  # a screen asks for the median at each drawing
        return Today(
            day=reading.day,
            as_of=reading.as_of,
            since=max(reading.roll.since, reading.day.since),
            coverage=reading.coverage if reading.sound else None,
            parts=parts,
            recent=recent(reading.roll.arrivals, self.rules, reading.as_of, book.bots),
            rules=self.rules,
            bots=book.bots,
            quarters=dict(quarters),
            answered=book.answered(),
            answers_whole=reading.roll.whole and not reading.roll.sealed,
            numbers_until=max(
                (reading.day.begins(quarter + 1) for quarter in reading.roll.sealed), default=0
            ),
        )

    def finished(self) -> list[Interval]:
        """What is to be kept and was not handed out before: of days that are whole and add up."""
        intervals = []
        for reading in self._readings:
            intervals += self._book(reading).finished()
        self._kept |= {interval.begins: interval for interval in intervals}
        return intervals

    def _book(self, reading: DayReading) -> Book:
        book = self._books.get(reading.day.since)
        if book is None or book.reading is not reading:
            bots = self._bots_of(reading.day)
            book = self._books[reading.day.since] = Book(reading, self.rules, self._kept, bots)
        return book

    def _bots_of(self, day: Day) -> BotWatch:
        watch = self._watches.get(day.since)
        if watch is None:
            watch = self._watches[day.since] = BotWatch(day, bot_first(self._left_of(day)))
        return watch

    def _left_of(self, day: Day) -> list[Interval]:
        left = (self._kept.get(day.begins(quarter)) for quarter in range(day.quarters))
        return [interval for interval in left if interval is not None]
