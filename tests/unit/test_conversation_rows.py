"""The rows of a list of conversations, the words around it, and what is behind a number."""

import shlex

import pytest
from rich.cells import cell_len

from tests.builders import NOW, WALL, listing, reading, snapshot
from tui import identity
from tui.api.call import Answer, CallRecord, HeaderForm
from tui.api.models import Conversation, ConversationCounts, ConversationPage, Inbox, Team
from tui.config.columns import CONVERSATIONS
from tui.config.model import Environment, Privacy, Targets
from tui.identity import Measure, Slot
from tui.monitor.queue.pages import ListedConversation, Narrowing, Pages
from tui.panes import where_from
from tui.panes.conversation_list import conversation_list
from tui.panes.conversation_list.conversation_list import ListProgress
from tui.panes.conversation_list.rows import ListLook, ListRows, kept, list_look, rows
from tui.panes.curl import curl
from tui.panes.drill_down import Behind, behind
from tui.panes.figure_help import meaning, word

LOOK = ListLook(customers_hidden=False, agents_hidden=False, target=300.0, backlog_after=86_400.0)
SNAPSHOT = snapshot(teams=listing((Team(3, "billing"),)), inboxes=listing((Inbox(5, "Website"),)))
UNASSIGNED = identity.account(Measure.UNASSIGNED)
ALL = Behind("Unassigned", UNASSIGNED, Narrowing(assignee_type="unassigned"))


def waits(number: int, seconds: float, **more: object) -> ListedConversation:
    since = int(WALL - seconds)
    waiting = Conversation(number, status="open", created_at=since, waiting_since=since, **more)  # type: ignore[arg-type]
    return ListedConversation(waiting, WALL)


def answered(number: int) -> ListedConversation:
    conversation = Conversation(
        number, status="open", created_at=1, first_reply_created_at=2, spoke_last="person"
    )
    return ListedConversation(conversation, WALL)


def page(numbers: range, unassigned: int, *, asked: float = 0.0, lost: int = 0) -> Answer[ConversationPage]:
    items = tuple(Conversation(number, status="open") for number in numbers)
    call = CallRecord("GET", "/c", NOW + asked, WALL + asked, NOW + asked + 0.1, status=200)
    counts = ConversationCounts(unassigned=unassigned, all=unassigned + 9)
    return Answer(ConversationPage(counts, items), call, lost)


def read(*answers: Answer[ConversationPage]) -> Pages:
    pages = Pages(ALL.narrowing)
    for answer in answers:
        pages.add(answer)
    return pages


def course(pages: Pages, number: float | None, **more: object) -> ListProgress:
    return ListProgress(ALL, reading(number, age=40.0), pages, len(pages.listed), **more)  # type: ignore[arg-type]


CLOSED = read(page(range(25), 27), page(range(26, 27), 26))
MOVED = read(page(range(25), 27), page(range(24, 26), 27), page(range(0), 27))


def text(row_index: int, column: str, *listed: ListedConversation, look: ListLook = LOOK) -> str:
    place = [each.key for each in CONVERSATIONS].index(column)
    return rows(listed, SNAPSHOT, look)[row_index].cells[place].text


def test_longest_waiting_first_and_who_does_not_wait_last() -> None:
    listed = kept([answered(1), waits(2, 60), waits(3, 200_000), waits(4, 900)], "all", LOOK)
    assert [row.conversation.id for row in listed] == [3, 4, 2, 1]


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        (waits(1, 40), "40 s "),
        (waits(1, 900), "15 m!"),
        (waits(1, 200_000), "2 d*"),
        (answered(1), "– "),
        (ListedConversation(Conversation(1, status="open", first_reply_created_at=5), WALL), "— "),
        (ListedConversation(Conversation(1, status="resolved", waiting_since=5), WALL), "– "),
    ],
)
def test_the_wait_says_late_backlog_nobody_and_unknown_each_in_its_way(
    listed: ListedConversation, words: str
) -> None:
    assert text(0, "waiting", listed) == words


@pytest.mark.parametrize(("part", "numbers"), [("waiting", [2]), ("over_target", [2]), ("backlog", [3])])
def test_a_part_of_a_wider_list_is_what_its_number_counts(part: str, numbers: list[int]) -> None:
    listed = kept([answered(1), waits(2, 900), waits(3, 200_000)], part, LOOK)  # type: ignore[arg-type]
    assert [row.conversation.id for row in listed] == numbers


def test_names_come_from_the_lists_and_unknown_ones_are_numbers() -> None:
    listed = (waits(1, 1, inbox_id=5, team_id=3), waits(2, 1, inbox_id=6, assignee_id=9))
    assert (text(0, "inbox", *listed), text(0, "team", *listed)) == ("Website", "billing")
    assert (text(1, "inbox", *listed), text(1, "assignee", *listed)) == ("inbox 6", "agent 9")


def test_privacy_hides_customers_only_where_it_says_always() -> None:
    row = waits(1, 1, contact_name="Ida", assignee_id=2, assignee_name="Bo")
    for hide, shown in (("never", "Ida"), ("wall", "Ida"), ("always", "hidden")):
        look = list_look(Privacy(customers=hide), Targets())  # type: ignore[arg-type]
        assert text(0, "contact", row, look=look) == shown
        assert text(0, "assignee", row, look=look) == "Bo"


def test_unread_stops_at_ten() -> None:
    listed = (waits(1, 1, unread_count=10), waits(2, 1, unread_count=3), waits(3, 1))
    assert [text(index, "unread", *listed) for index in range(3)] == ["10+", "3", "—"]


def test_priorities_sort_by_urgency() -> None:
    words = ("escalation", "low", "urgent", None, "medium")
    listed = [waits(number, 1, priority=word) for number, word in enumerate(words)]
    ranks = [row.sort[3] for row in rows(listed, SNAPSHOT, LOOK) if row.sort]
    assert ranks == [4, 0, 3, None, 1]


def test_rows_on_two_pages_are_kept_once() -> None:
    pages = read(page(range(25), 40), page(range(24, 40), 40))
    assert len(pages.listed) == 40
    assert pages.ended


def test_the_end_is_a_short_page_unless_more_are_counted() -> None:
    assert read(page(range(10), 10)).ended
    assert not read(page(range(20), 60)).ended
    assert read(page(range(20), 60), page(range(0), 60)).ended
    assert read(page(range(25), 60), page(range(25), 60)).ended
    assert not read(page(range(25), 60)).ended


def test_pages_are_estimated_from_the_count_that_fits_the_narrowing() -> None:
    pages = read(page(range(25), 261))
    assert pages.expected == 261
    assert pages.about == 11


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (course(read(page(range(10), 10)), 10), []),
        (course(read(page(range(10), 10)), 12), ["counted 40 s earlier"]),
        (course(MOVED, 27), ["1 on no page"]),
        (course(read(page(range(20), 60), page(range(0), 60)), 60), ["40 on no page"]),
        (course(CLOSED, 26), ["some moved between pages"]),
        (course(CLOSED, 27), ["counted 40 s earlier", "some moved between pages"]),
        (course(read(page(range(25), 261)), 261, reading=2), ["page 2 of about 11"]),
        (course(read(page(range(25), 261)), 261), ["only 25 of about 261 loaded, m reads on"]),
        (course(read(page(range(9), 10, lost=1)), 10), ["1 unreadable"]),
        (course(read(page(range(10), 10)), None), ["the number is not known"]),
    ],
)  # fmt: skip
def test_a_difference_between_the_numbers_is_explained(progress: ListProgress, words: list[str]) -> None:
    assert conversation_list.reasons(progress) == words


def test_a_list_that_was_stopped_names_the_key_that_asks_again() -> None:
    progress = course(Pages(Narrowing()), 12)._replace(stopped=True, again="F5")
    assert conversation_list.empty(progress) == "Stopped before the first page. Press F5 to ask again."


def test_the_title_names_list_place_and_both_numbers() -> None:
    progress = course(read(page(range(10), 10)), 12)
    forms = conversation_list.title(progress, SNAPSHOT).forms
    assert forms[0] == "Unassigned · Support EU · trial/12345 · counted 12 · 10 rows"
    assert all(form.startswith("Unassigned") for form in forms)
    assert "Unassigned · counted 12 · 10 rows" in forms


@pytest.mark.parametrize(
    ("slot", "title", "narrowing"),
    [
        (identity.account(Measure.MINE), "Mine", Narrowing(assignee_type="me")),
        (identity.account(Measure.QUEUED), "Queued", Narrowing(conversation_type="unattended")),
        (identity.status("snoozed"), "Snoozed", Narrowing(status="snoozed")),
        (identity.team(3, Measure.OPEN), "Open in team billing", Narrowing(team_id=3)),
        (
            identity.inbox(5, Measure.UNASSIGNED),
            "Unassigned in inbox Website",
            Narrowing(assignee_type="unassigned", inbox_id=5),
        ),
        (
            identity.inbox(5, Measure.SNOOZED),
            "Snoozed in inbox Website",
            Narrowing(status="snoozed", inbox_id=5),
        ),
        (identity.agent(9, Measure.OPEN), "Open of agent 9", Narrowing(assignee_id=9)),
    ],
)
def test_what_is_behind_a_number(slot: Slot, title: str, narrowing: Narrowing) -> None:
    behind_it = behind(slot, SNAPSHOT)
    assert isinstance(behind_it, Behind)
    assert (behind_it.title, behind_it.narrowing) == (title, narrowing)


@pytest.mark.parametrize("measure", [Measure.TODAY, Measure.FIRST_RESPONSE, Measure.RESOLUTION])
def test_a_report_has_no_list_behind_it(measure: Measure) -> None:
    assert "no list" in str(behind(identity.account(measure), SNAPSHOT))


def test_every_measure_has_words() -> None:
    for measure in Measure:
        slot = identity.account(measure)
        assert meaning(slot)
        assert word(slot)


CALL = CallRecord("GET", "/api/v1/accounts/1/conversations?labels%5B%5D=it's&page=2", 1.0, WALL, 1.5, 200)


def test_a_curl_line_survives_every_quote_and_holds_no_token() -> None:
    environment = Environment("x", "https://host.example/sub", ca_file="/a b/c'd.pem", proxy="http://u:p@p:1")
    words = shlex.split(curl(CALL, environment, form=HeaderForm.HYPHENATED))
    assert words == [
        "curl", "-sS", "--cacert", "/a b/c'd.pem", "-H", "Api-Access-Token: $LIVEAGENT_TOKEN",
        f"https://host.example/sub{CALL.path}",
    ]  # fmt: skip


def test_folding_loses_nothing_and_fits() -> None:
    line = curl(CALL, Environment("x", "https://host.example")) + " 日本語日本語日本語"
    pieces = where_from.folded(line, 17)
    assert "".join(pieces).replace(" ", "") == line.replace(" ", "")
    assert all(cell_len(piece) <= 17 for piece in pieces)


def test_an_unchanged_list_is_the_same_list_and_a_new_name_is_told_in_its_rows_alone() -> None:
    pages, kept_rows = read(page(range(25), 60)), ListRows()
    pages.listed |= {
        listed.conversation.id: listed for listed in (waits(70, 9, team_id=3), waits(71, 9, team_id=4))
    }
    first = kept_rows.rows(pages, "all", SNAPSHOT, LOOK)
    same = snapshot({UNASSIGNED: reading(7)}, teams=SNAPSHOT.teams, inboxes=SNAPSHOT.inboxes)
    assert kept_rows.rows(pages, "all", same, LOOK) is first
    renamed = snapshot(teams=listing((Team(3, "invoices"),)), inboxes=SNAPSHOT.inboxes)
    told = kept_rows.rows(pages, "all", renamed, LOOK)
    assert [row.key for row, before in zip(told, first, strict=True) if row is not before] == [70]
    assert "invoices" in {cell.text for cell in next(row for row in told if row.key == 70).cells}


def test_rows_read_before_stay_as_they_are_while_pages_come() -> None:
    pages, kept_rows = read(page(range(25), 60)), ListRows()
    first = kept_rows.rows(pages, "all", SNAPSHOT, LOOK)
    pages.add(page(range(25, 50), 60))
    more = kept_rows.rows(pages, "all", SNAPSHOT, LOOK)
    assert len(more) == 50
    assert all(row is before for row, before in zip(more, first, strict=False))


def test_everything_is_drawn_anew_once_the_list_is_stale() -> None:
    pages, kept_rows = read(page(range(25), 60)), ListRows()
    kept_rows.rows(pages, "all", SNAPSHOT, LOOK)
    stale = kept_rows.rows(pages, "all", SNAPSHOT, LOOK._replace(stale=True))
    assert {row.cells[0].style for row in stale} == {"stale"}
