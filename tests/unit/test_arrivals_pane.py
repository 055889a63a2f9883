"""The list behind a row of the day says what each conversation counts as, and why the numbers differ."""

from typing import NamedTuple

import pytest

from tests.builders import listing, snapshot
from tests.kept_weeks import BERLIN
from tui.api.models import Conversation, Inbox, Team
from tui.monitor.queue.pages import ListedConversation
from tui.monitor.service.bots import NO_BOTS, BotWatch
from tui.monitor.service.figures import WHOLE, PartOfAccount, Rules, Tally, tallies
from tui.monitor.service.hours import OpeningHours, OpenSpan
from tui.monitor.service.intervals import Day
from tui.monitor.service.listing import Came, CreatedWithin
from tui.monitor.service.states import OF_BOTS, Arrival, CountedAs
from tui.panes.conversation_list.rows import ListLook
from tui.panes.day.arrivals import (
    COLUMNS,
    STATES,
    ArrivalsProgress,
    ArrivedIn,
    empty,
    reasons,
    rows,
    title,
)

EIGHT = 1_795_762_800
"""2026-11-27 08:00 in Berlin, a Friday."""
RULES = Rules(target=300.0)
LOOK = ListLook(customers_hidden=False, agents_hidden=False, target=300.0, backlog_after=86_400.0)
KEYS = [column.key for column in COLUMNS]
TEAM = PartOfAccount("team", 3)
CUT = "only the newest 1\u202f000 read: shorter rows hold fewer"


class Read(NamedTuple):
    """What is read of the list, as far as the pane asks."""

    whole: bool = True
    ended: bool = True
    cut: bool = False
    lost: int = 0
    calls: tuple[object, ...] = (1, 2)

    def unreadable(self) -> int:
        return self.lost


def came(*arrivals: Arrival, at: float = EIGHT + 3_000) -> list[Came]:
    return [
        Came(
            ListedConversation(
                Conversation(
                    arrival.id,
                    status=arrival.status,
                    team_id=arrival.team or None,
                    inbox_id=arrival.inbox,
                    assignee_id=7,
                ),
                at,
            ),
            arrival,
        )
        for arrival in arrivals
    ]


def counted(number: int) -> Tally:
    tally = Tally()
    tally.counts[CountedAs.IN_TARGET] = number
    return tally


def progress(rows: int, tally: int | None, read: Read | None = None, **how: object) -> ArrivalsProgress:
    part = how.pop("part", WHOLE)
    opened = ArrivedIn(
        EIGHT,
        EIGHT + 1_800,
        part,  # type: ignore[arg-type]
        "Support EU",
        "Fri 2026-11-27 08:00–08:30",
        RULES,
        None if tally is None else counted(tally),
        how.pop("as_of", None),  # type: ignore[arg-type]
    )
    came_then = came(*(Arrival(number, EIGHT + 60 * number) for number in range(rows)))
    made: CreatedWithin = read or Read()  # type: ignore[assignment]
    return ArrivalsProgress(opened, made, came_then, **how)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (progress(5, 5), []),
        (progress(5, None), ["the day has no number for it yet"]),
        (progress(5, 7), ["2 deleted since they were counted"]),
        (progress(5, 7, part=TEAM), ["2 deleted or moved since they were counted"]),
        (progress(5, 4), ["1 more than were counted then"]),
        (progress(5, 4, part=TEAM), ["1 moved here since"]),
        (progress(5, 3, as_of=EIGHT + 150.0), ["2 came after 08:02"]),
        (progress(5, 4, as_of=EIGHT + 150.0), ["2 came after 08:02", "1 deleted since they were counted"]),
        (progress(5, 6, Read(lost=1)), ["1 unreadable"]),
        (progress(5, 5, asking=True), ["being read: call 3"]),
        (progress(5, 9, Read(whole=False, ended=False)), ["not read to its end: r begins anew"]),
        (
            progress(5, 9, Read(whole=False, cut=True)),
            [CUT],
        ),
        (
            progress(5, 9, Read(whole=False)),
            ["the list moved, some may be missing: r reads it anew"],
        ),
    ],
)
def test_a_number_that_differs_says_why(shown: ArrivalsProgress, words: list[str]) -> None:
    assert reasons(shown, BERLIN) == words


def test_the_title_has_both_numbers_at_any_width() -> None:
    forms = title(progress(5, 7)).forms
    assert forms[0] == "Created Fri 2026-11-27 08:00–08:30 · Support EU · counted 7 · 5 rows"
    assert all("counted 7 · 5 rows" in form for form in forms)
    assert "counted — · 5 rows" in title(progress(5, None)).forms[0]


def test_an_empty_list_says_whether_nobody_came_or_nothing_is_known() -> None:
    assert empty(progress(0, 0)) == "Nobody came then, or they are deleted."
    assert "Looking" in empty(progress(0, 3, asking=True))
    assert "did not answer" in empty(progress(0, 3, Read(ended=False), failed=True))
    assert "Press r to read it anew." in empty(progress(0, 3, Read(ended=False)))


STRANGE = [
    Arrival(1, EIGHT, EIGHT + 200, "resolved", 1, 3),
    Arrival(2, EIGHT, EIGHT + 400, "open", 1, 3),
    Arrival(3, EIGHT, 0, "resolved", 1, 3),
    Arrival(4, EIGHT, 0, "open", 1, 3),
    Arrival(5, EIGHT + 2_900, 0, "open", 2),
    Arrival(6, EIGHT, 0, "pending", 2),
    Arrival(7, EIGHT, 0, "resolved", 2, sender="program"),
    Arrival(8, EIGHT, EIGHT + 1, "resolved", 2),
    Arrival(9, EIGHT, 0, "open", 2, sender="campaign"),
    Arrival(10, EIGHT, EIGHT - 9, "open", 2),
]


def cells(arrivals: list[Arrival], rules: Rules = RULES, bots: BotWatch = NO_BOTS) -> list[dict[str, str]]:
    seen = snapshot(teams=listing([Team(3, "orders")]), inboxes=listing([Inbox(1, "Web"), Inbox(2, "Mail")]))
    opened = ArrivedIn(EIGHT, EIGHT + 1_800, WHOLE, "", "", rules, bots=bots)
    made = rows(came(*arrivals), opened, seen, LOOK, BERLIN)
    return [dict(zip(KEYS, (cell.plain for cell in row.cells), strict=True)) for row in made]


def test_each_conversation_counts_as_the_day_counts_it() -> None:
    """Every state once: as many rows of each word as the tally says."""
    words = [row["counted"] for row in cells(STRANGE)]
    tally = tallies(STRANGE, RULES, EIGHT + 3_000)[WHOLE]
    for state, (word, _) in STATES.items():
        assert words.count(word) == tally.counts[state] == (state not in OF_BOTS)


def test_one_that_a_bot_had_first_counts_by_what_was_seen_of_it() -> None:
    day = Day(EIGHT - 28_800, EIGHT + 57_600)
    bots = BotWatch(day, {1})
    bots.see([Arrival(1, EIGHT, status="pending", inbox=1)], EIGHT + 60, EIGHT + 61)
    bots.see([Arrival(1, EIGHT, inbox=1)], EIGHT + 120, EIGHT + 121)
    both = [Arrival(1, EIGHT, EIGHT + 400, inbox=1), Arrival(2, EIGHT, EIGHT + 100, inbox=1)]
    late, unseen = cells(both, bots=bots)
    assert (late["counted"], late["reply"]) == ("late or not: bot", "≥ 4 m ")
    assert (unseen["counted"], unseen["reply"]) == ("after a bot", "– ")


def test_how_long_the_first_reply_took_or_how_long_there_is_none() -> None:
    replies = [row["reply"] for row in cells(STRANGE)]
    assert replies == ["3 m ", "6 m ", "– ", "50 m+", "1 m+", "50 m+", "– ", "1 s ", "– ", "— "]
    first = cells(STRANGE)[0]
    assert (first["created"], first["team"], first["inbox"]) == ("08:00:00", "orders", "Web")


def test_what_came_before_the_opening_waits_from_then_on() -> None:
    hours = OpeningHours((OpenSpan(day, 8 * 60 + 30, 20 * 60) for day in range(7)), BERLIN)
    rules = Rules(target=300.0, hours={1: hours})
    early = [Arrival(1, EIGHT, EIGHT + 2_000, "resolved", 1), Arrival(2, EIGHT, 0, "open", 1)]
    assert [(row["reply"], row["counted"]) for row in cells(early, rules)] == [
        ("3 m ", "in target"),
        ("20 m+", "waits, late"),
    ]
