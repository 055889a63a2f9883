"""Who came while nobody was there to answer: told apart in the rows of a day; pure."""

from collections.abc import Callable, Iterable, Sequence

from tui.durations import QUARTER
from tui.monitor.service.book import Interval
from tui.monitor.service.figures import PartOfAccount, Rules, Tally
from tui.monitor.service.hours import ALWAYS, OpeningHours
from tui.monitor.service.intervals import Day
from tui.monitor.service.states import Arrival
from tui.monitor.service.stretches import AFTER, BEFORE, Extent, Stretch


def outside(hours: OpeningHours, begins: int, until: int, day: Day) -> str:
    """Which of the two a stretch of time is; empty while the inbox was open in any of it."""
    if hours.always or hours.between(begins, until):
        return ""
    return BEFORE if hours.opening(begins) < day.until else AFTER


def with_openings(
    day: Day,
    rows: Sequence[Stretch],
    intervals: Iterable[Interval],
    part: PartOfAccount,
    rules: Rules,
    inboxes: Iterable[int],
) -> list[Stretch]:
    """The rows with those together in which no inbox of the part was open, and who came then to another.

    `inboxes` are all of the account's. What is known of a team does not tell by which inbox: of
    those who came while some were open its rows tell as they are.
    """
    if not rules.hours:
        return list(rows)
    numbers = [part.number] if part.kind == "inbox" else [*inboxes]
    open_at = [rules.hours.get(number, ALWAYS) for number in numbers] or [ALWAYS]
    counted = {interval.begins: interval for interval in intervals if part in interval.tallies}
    known = all(row.tally is not None for row in rows if row.known is not Extent.AHEAD)
    stretches: list[Stretch] = []
    apart = {BEFORE: Tally(), AFTER: Tally()}
    spans: dict[str, list[int]] = {BEFORE: [], AFTER: []}
    for row in rows:
        words = {outside(hours, row.begins, row.until, day) for hours in open_at}
        if "" not in words:
            _join(stretches, row, BEFORE if BEFORE in words else AFTER)
        elif row.tally is None or not known:
            stretches.append(row)
        else:
            inside, apart_here = Tally(), False
            for begins in range(row.begins, row.until, QUARTER):
                if begins not in counted:
                    continue
                for word, tally in _told_apart(counted[begins], day, part, rules, open_at):
                    (apart[word] if word else inside).add(tally)
                    if word and tally.arrived:
                        apart_here = True
                        spans[word] += begins, begins + counted[begins].seconds
            stretches.append(row._replace(tally=inside, apart=apart_here))
    for word in (BEFORE, AFTER):
        if spans[word]:
            _add(stretches, word, apart[word], min(spans[word]), max(spans[word]))
    return stretches


def _told_apart(
    interval: Interval, day: Day, part: PartOfAccount, rules: Rules, open_at: Sequence[OpeningHours]
) -> list[tuple[str, Tally]]:
    begins, until = interval.begins, interval.begins + interval.seconds
    tally = interval.tallies.get(part) or Tally()
    if part.kind:
        words = {outside(hours, begins, until, day) for hours in open_at}
        return [("" if "" in words else BEFORE if BEFORE in words else AFTER, tally)]
    by_inbox = {inbox.number: tally for inbox, tally in interval.tallies.items() if inbox.kind == "inbox"}
    if sum(of_inbox.arrived for of_inbox in by_inbox.values()) != tally.arrived:
        return [("", tally)]  # Of older days inboxes are kept by the hour.
    return [
        (outside(rules.hours.get(number, ALWAYS), begins, until, day), tally)
        for number, tally in by_inbox.items()
    ]


def _join(stretches: list[Stretch], row: Stretch, word: str) -> None:
    """Add a row in which all was closed, to the one before where that was closed, too."""
    joined = ((row.begins, row.until),)
    last = stretches[-1] if stretches else None
    ahead = row.known is Extent.AHEAD
    if last is None or last.closed != word or (last.known is Extent.AHEAD) is not ahead:
        stretches.append(row._replace(closed=word, joined=joined))
        return
    tally = None
    if last.tally is not None and row.tally is not None:
        tally = Tally()
        tally.add(last.tally)
        tally.add(row.tally)
    known = Extent.NOTHING if Extent.NOTHING in (last.known, row.known) else row.known
    stretches[-1] = Stretch(last.begins, row.until, known, tally, word, (*last.joined, *joined))


def _add(stretches: list[Stretch], word: str, tally: Tally, begins: int, until: int) -> None:
    """Add those who came to an inbox that was closed while another was open."""
    places = [
        place for place, row in enumerate(stretches) if row.closed == word and row.known is not Extent.AHEAD
    ]
    if not places:
        row = Stretch(begins, until, Extent.ALL, tally, word)
        stretches.insert(0 if word == BEFORE else len(stretches), row)
        return
    place = places[0] if word == BEFORE else places[-1]
    row = stretches[place]
    if row.tally is not None:
        tally.add(row.tally)
        stretches[place] = row._replace(tally=tally, span=(min(begins, row.begins), max(until, row.until)))


def belongs(row: Stretch, day: Day, rules: Rules) -> Callable[[Arrival], bool]:
    """Whether a conversation that was created within the time, or the span, of a row stands in it."""

    def is_in(arrival: Arrival) -> bool:
        if any(begins <= arrival.created < until for begins, until in row.joined):
            return True
        if not (row.closed or row.apart):
            return True
        begins = day.begins(day.quarter(arrival.created))
        return outside(rules.hours_of(arrival), begins, begins + QUARTER, day) == row.closed

    return is_in
