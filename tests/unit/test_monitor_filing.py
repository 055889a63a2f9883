"""Each answer goes where it belongs, and says what to ask because of it."""

from collections.abc import Set
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tui.api.call import Answer, CallRecord
from tui.api.errors import NotFoundError, NotPermittedError, RedirectRefusedError, ServerError
from tui.api.models import (
    Agent,
    AgentLoad,
    CacheKeys,
    Conversation,
    ConversationCounts,
    ConversationPage,
    Inbox,
    Profile,
    ProfileAccount,
    ReportPoint,
    Summary,
    Team,
)
from tui.clock import ManualClock
from tui.config.model import Account, Config, Environment, Targets
from tui.config.state import KnownAccount, StateStore
from tui.identity import AccountRef, Measure, ScopeKind, account, agent, inbox, team
from tui.monitor.calls import Ask, Query, What
from tui.monitor.days import day_before, offset_hours, today
from tui.monitor.directory import Directory, Membership
from tui.monitor.polling.capabilities import NOT_OFFERED_FOR
from tui.monitor.polling.ingest import Filing, figures_of
from tui.monitor.polling.outcome import Outcome
from tui.monitor.polling.plan import foreground
from tui.monitor.polling.session import Session
from tui.monitor.reading import Problem, State
from tui.monitor.sources import conversations, slots_of
from tui.monitor.store import Store
from tui.redact import Secret

REF = AccountRef("trial", 1)
NOON = 1_795_348_800.0  # 2026-11-22 12:00 UTC


class Desk:
    """A filing with everything around it, and a session without a client."""

    def __init__(
        self, timezone: str | None = None, targets: Targets | None = None, *, others: bool = True
    ) -> None:
        self.clock = ManualClock(wall=NOON)
        self.environment = Environment(
            "trial",
            "https://one.example",
            timezone=timezone,
            accounts=(Account(1),),
            others=others,
            targets=targets,
        )
        config = Config(environments=(self.environment,))
        self.store = Store()
        self.state = StateStore(None)
        self.directory = Directory(config, self.state)
        self.filing = Filing(config, self.clock, self.store, self.directory)
        client: Any = None
        self.session = Session(self.environment, Secret("a-token-of-length"), client, 3)

    def answer(
        self, what: What, value: Any, number: int = 0, *, status: str = "", page: int = 1, lost: int = 0
    ) -> Outcome:
        now, wall = self.clock.now(), self.clock.wall()
        call = CallRecord("GET", "/x", now, wall, now + 0.1, status=200)
        account_id = 0 if what is What.PROFILE else 1
        return self.filing.answered(
            self.session,
            Ask("trial", 3, account_id, what, number, status, page),
            Answer(value, call, lost),
            60.0,
        )

    def value(self, measure: Measure) -> float | None:
        return self.store.readings(self.session.key(1))[account(measure)].value

    def left_alone(self) -> None:
        """The account is on screen, and nobody has pressed a key for long."""
        view = self.filing.view(REF)
        view.shown = view.idle = True

    def period(self, what: What, status: str = "") -> float:
        """Seconds between two asks for this of the account as it is known now."""
        wants = foreground(REF.environment, 3, REF.account_id, self.filing.view(REF))
        return next(want.period for want in wants if (want.ask.what, want.ask.status) == (what, status))

    def state_of(self, measure: Measure) -> State:
        return self.store.readings(self.session.key(1))[account(measure)].state(self.clock.now())


@pytest.fixture
def desk() -> Desk:
    return Desk()


def profile(*accounts: ProfileAccount, viewer: int = 7) -> Profile:
    return Profile(viewer, "Ada", "Ada", "", accounts)


def test_the_profile_gives_what_was_read_its_real_identity(desk: Desk) -> None:
    desk.answer(What.COUNTS, ConversationCounts(1, 2, 3, 5))
    assert [key.viewer_id for key in desk.store.accounts()] == [-4]
    outcome = desk.answer(What.PROFILE, profile(ProfileAccount(1, "One"), ProfileAccount(2, "Two")))
    assert outcome.replan
    assert {key.viewer_id for key in desk.store.accounts()} == {7}
    assert desk.value(Measure.UNASSIGNED) == 3
    assert desk.directory.refs() == (REF, AccountRef("trial", 2))
    assert not desk.answer(What.PROFILE, desk.directory.profile("trial")).replan


def test_queued_is_unknown_where_the_server_ignores_the_filter(desk: Desk) -> None:
    for _ in range(5):
        desk.answer(What.COUNTS, ConversationCounts(0, 10, 40, 50))
        outcome = desk.answer(What.QUEUED, ConversationCounts(0, 10, 40, 50))
        assert desk.state_of(Measure.QUEUED) is State.UNKNOWN
    assert outcome.replan
    assert desk.filing.view(REF).queued_by_report


def test_queued_is_known_where_nobody_has_been_answered_yet(desk: Desk) -> None:
    """All 769 open ones may wait for a first reply; of the resolved ones some got theirs."""
    desk.answer(What.COUNTS, ConversationCounts(0, 0, 769, 769))
    outcome = desk.answer(What.QUEUED, ConversationCounts(0, 0, 750, 750))
    assert desk.state_of(Measure.QUEUED) is State.UNKNOWN
    assert [ask.what for ask in outcome.follow] == [What.RESOLVED]
    outcome = desk.answer(What.RESOLVED, ConversationCounts(0, 800, 42, 842))
    assert [ask.what for ask in outcome.follow] == [What.RESOLVED_QUEUED]
    outcome = desk.answer(What.RESOLVED_QUEUED, ConversationCounts(0, 20, 30, 50))
    assert [ask.what for ask in outcome.changed] == [What.QUEUED]
    outcome = desk.answer(What.QUEUED, ConversationCounts(0, 0, 750, 750))
    assert (desk.value(Measure.QUEUED), outcome.follow) == (750, ())
    desk.filing.forget("trial")
    desk.answer(What.QUEUED, ConversationCounts(0, 0, 750, 750))
    assert desk.value(Measure.QUEUED) == 750


def test_a_filter_that_equals_all_of_the_resolved_too_is_ignored(desk: Desk) -> None:
    desk.answer(What.COUNTS, ConversationCounts(0, 10, 40, 50))
    desk.answer(What.QUEUED, ConversationCounts(0, 10, 40, 50))
    desk.answer(What.RESOLVED, ConversationCounts(0, 800, 42, 842))
    desk.answer(What.RESOLVED_QUEUED, ConversationCounts(0, 800, 43, 843))
    outcome = desk.answer(What.QUEUED, ConversationCounts(0, 10, 40, 50))
    assert desk.state_of(Measure.QUEUED) is State.UNKNOWN
    assert outcome.replan
    assert desk.filing.view(REF).queued_by_report


def test_too_few_resolved_tell_nothing_and_are_not_asked_for_each_time(desk: Desk) -> None:
    desk.answer(What.COUNTS, ConversationCounts(0, 10, 40, 50))
    assert desk.answer(What.QUEUED, ConversationCounts(0, 10, 40, 50)).follow
    desk.answer(What.RESOLVED, ConversationCounts(0, 4, 0, 4))
    assert desk.answer(What.RESOLVED_QUEUED, ConversationCounts(0, 0, 0, 0)) == Outcome()
    assert not desk.answer(What.QUEUED, ConversationCounts(0, 10, 40, 50)).follow
    assert desk.state_of(Measure.QUEUED) is State.UNKNOWN


def test_queued_is_believed_where_it_differs_and_for_good_once_the_resolved_have_told_it(desk: Desk) -> None:
    desk.answer(What.COUNTS, ConversationCounts(0, 10, 40, 50))
    desk.answer(What.QUEUED, ConversationCounts(0, 4, 20, 24))
    assert desk.value(Measure.QUEUED) == 24
    (compared,) = desk.answer(What.QUEUED, ConversationCounts(0, 10, 40, 50)).follow
    assert compared.what is What.RESOLVED
    assert desk.value(Measure.QUEUED) is None
    desk.answer(What.RESOLVED, ConversationCounts(0, 800, 43, 843))
    desk.answer(What.RESOLVED_QUEUED, ConversationCounts(0, 80, 4, 84))
    for _ in range(2):
        desk.answer(What.QUEUED, ConversationCounts(0, 10, 40, 50))
        assert desk.value(Measure.QUEUED) == 50


def test_an_inbox_is_not_unknown_for_ever_because_two_counts_were_equal_once(desk: Desk) -> None:
    def of_inbox() -> float | None:
        desk.answer(What.INBOX_QUEUED, ConversationCounts(0, 1, 5, 6), number=4)
        return desk.store.readings(desk.session.key(1))[inbox(4, Measure.QUEUED)].value

    desk.answer(What.COUNTS, ConversationCounts(0, 10, 40, 50))
    desk.answer(What.QUEUED, ConversationCounts(0, 10, 40, 50))
    assert of_inbox() is None
    desk.answer(What.QUEUED, ConversationCounts(0, 4, 20, 24))
    assert of_inbox() == 6


def test_an_inbox_that_counts_fewer_shows_that_the_server_heeds_the_filter(desk: Desk) -> None:
    desk.answer(What.COUNTS, ConversationCounts(0, 10, 40, 50))
    desk.answer(What.QUEUED, ConversationCounts(0, 10, 40, 50))
    desk.answer(What.INBOX_COUNTS, ConversationCounts(0, 10, 10, 20), number=4)
    desk.answer(What.INBOX_QUEUED, ConversationCounts(0, 1, 5, 6), number=4)
    assert desk.store.readings(desk.session.key(1))[inbox(4, Measure.QUEUED)].value == 6


def test_another_session_asks_for_queued_again(desk: Desk) -> None:
    for _ in range(5):
        desk.answer(What.COUNTS, ConversationCounts(0, 10, 40, 50))
        desk.answer(What.QUEUED, ConversationCounts(0, 10, 40, 50))
    assert desk.filing.view(REF).queued_by_report
    desk.filing.forget("trial")
    assert not desk.filing.view(REF).queued_by_report
    desk.answer(What.COUNTS, ConversationCounts(0, 10, 40, 50))
    desk.answer(What.QUEUED, ConversationCounts(0, 4, 20, 24))
    assert desk.value(Measure.QUEUED) == 24


def test_changed_cache_keys_name_the_lists_to_read_again(desk: Desk) -> None:
    assert desk.answer(What.CACHE_KEYS, CacheKeys("1", "1", "1")).changed == ()
    changed = desk.answer(What.CACHE_KEYS, CacheKeys("1", "2", "3")).changed
    assert {ask.what for ask in changed} == {What.INBOXES, What.TEAMS}


def test_a_server_without_cache_keys_has_its_lists_read_more_often(desk: Desk) -> None:
    ask = Ask("trial", 3, 1, What.CACHE_KEYS)
    outcome = desk.filing.failed(desk.session, ask, Problem(NotFoundError("No."), 1.0))
    assert outcome.replan
    assert not desk.filing.view(REF).cache_keys


def test_the_inboxes_give_the_time_zone_unless_the_environment_does() -> None:
    inboxes = (Inbox(1, "a", timezone="UTC"), Inbox(2, "b", timezone="Europe/Berlin"))
    desk = Desk()
    assert desk.answer(What.INBOXES, inboxes).replan
    assert desk.session.zone(1) == ZoneInfo("Europe/Berlin")
    named = Desk("Asia/Tokyo")
    assert not named.answer(What.INBOXES, inboxes).changed
    assert named.session.zone(1) == ZoneInfo("Asia/Tokyo")


def test_reports_wait_until_the_inboxes_have_told_the_zone_or_never_will() -> None:
    desk = Desk()
    assert not desk.session.knows_day(1)
    refused = NotPermittedError("No.")
    desk.filing.failed(
        desk.session, Ask("trial", 3, 1, What.INBOXES), Problem(ServerError("No.", status=503), 1.0, 9.0)
    )
    # Something on the way says nothing of what this server has.
    elsewhere = Problem(RedirectRefusedError("No."), 1.0, 9.0)
    assert not desk.filing.failed(desk.session, Ask("trial", 3, 1, What.INBOXES), elsewhere).replan
    assert not desk.session.knows_day(1)
    assert desk.filing.failed(desk.session, Ask("trial", 3, 1, What.INBOXES), Problem(refused, 1.0)).replan
    assert desk.session.knows_day(1)
    assert Desk("Asia/Tokyo").session.knows_day(1)


def test_where_the_inboxes_come_to_name_another_zone_todays_figures_are_asked_anew() -> None:
    desk = Desk()
    desk.answer(What.INBOXES, (Inbox(1, "a", timezone="Europe/Berlin"),))
    desk.answer(What.SUMMARY, Summary(conversations=409))
    desk.answer(What.COUNTS, ConversationCounts(1, 2, 3, 4))
    assert desk.value(Measure.TODAY) == 409
    changed = desk.answer(What.INBOXES, (Inbox(1, "a", timezone="Asia/Tokyo"),)).changed
    assert {ask.what for ask in changed} == {What.SUMMARY, What.SUMMARY_BEFORE, What.INCOMING}
    readings = desk.store.readings(desk.session.key(1))
    assert account(Measure.TODAY) not in readings
    assert account(Measure.OPEN) in readings


def test_today_is_the_contact_centres() -> None:
    zone = ZoneInfo("Asia/Kolkata")
    since, until = today(NOON, zone)
    assert (since, until) == (NOON - 17.5 * 3600, NOON + 6.5 * 3600)
    assert offset_hours(NOON, zone) == 5.5


def test_a_day_on_which_the_clocks_change_has_its_own_length() -> None:
    since, until = today(1_792_929_600.0, ZoneInfo("Europe/Berlin"))  # 2026-10-25 12:00 UTC
    assert until - since == 25 * 3600


def test_the_longest_wait_reads_on_and_is_as_old_as_its_first_page() -> None:
    desk = Desk(targets=Targets(wait=300.0))
    desk.answer(What.TEAMS, (Team(1, "A"), Team(2, "B")))
    pages = [
        tuple(
            Conversation(page * 25 + n, status="open", created_at=int(NOON) - 9_000 + page * 10, team_id=1)
            for n in range(25)
        )
        for page in range(2)
    ]
    first = desk.answer(What.LONGEST, ConversationPage(ConversationCounts(), pages[0]))
    assert [(ask.what, ask.page) for ask in first.follow] == [(What.LONGEST, 2)]
    asked_at = desk.clock.now()
    desk.clock.leap(2.0)
    desk.answer(What.LONGEST, ConversationPage(ConversationCounts(), pages[1][:7]), page=2)
    readings = desk.store.readings(desk.session.key(1))
    longest = readings[account(Measure.LONGEST)]
    assert (longest.value, longest.asked_at, longest.at_least) == (9_000.0, asked_at, False)
    assert readings[account(Measure.OVER_TARGET)].value == 32
    assert readings[team(1, Measure.LONGEST)].value == 9_000.0
    assert readings[team(2, Measure.LONGEST)].value == 0.0
    snapshot = desk.store.snapshot(REF, desk.session.key(1), "", None)
    assert snapshot.longest is not None
    assert snapshot.longest.team_id == 1
    assert desk.filing.view(REF).longest_pages == 2


def waiting(*since: int) -> ConversationPage:
    """Open ones whose customers wait for a first answer, each for so many seconds."""
    items = tuple(
        Conversation(number, status="open", created_at=int(NOON) - ago, team_id=1)
        for number, ago in enumerate(since)
    )
    return ConversationPage(ConversationCounts(all=len(items)), items)


@pytest.mark.parametrize(
    ("since", "seconds"),
    [((), 301), ((30,), 271), ((290, 30), 60), ((310,), 291), ((1_490, 310), 60), ((1_501,), 300)],
)
def test_a_look_is_repeated_at_the_latest_when_somebody_may_wait_too_long(
    since: tuple[int, ...], seconds: float
) -> None:
    desk = Desk(targets=Targets(wait=300.0))
    desk.left_alone()
    asked_at = desk.clock.now()
    assert desk.answer(What.LONGEST, waiting(*since)).again_by == asked_at + seconds


def test_without_a_target_no_look_is_hurried() -> None:
    desk = Desk()
    desk.filing.view(REF).shown = True
    assert desk.answer(What.LONGEST, waiting(30)).again_by is None


def test_what_tells_the_same_is_asked_half_as_often_until_something_moves() -> None:
    desk = Desk(targets=Targets(wait=300.0))
    desk.left_alone()
    for seconds in (120, 240, 240):
        desk.answer(What.LONGEST, waiting(400, 30))
        assert desk.period(What.LONGEST) == seconds
    desk.answer(What.COUNTS, ConversationCounts(0, 0, 2, 2))
    assert desk.answer(What.COUNTS, ConversationCounts(0, 1, 2, 3)).replan
    assert desk.period(What.LONGEST) == 120
    for seconds in (60, 120, 120):
        desk.answer(What.STATUS_COUNTS, ConversationCounts(0, 0, 7, 7), status="pending")
        assert desk.period(What.STATUS_COUNTS, "pending") == seconds
    assert desk.answer(What.STATUS_COUNTS, ConversationCounts(0, 0, 8, 8), status="pending").replan
    assert desk.period(What.STATUS_COUNTS, "pending") == 60
    desk.filing.view(REF).idle = False
    assert desk.period(What.LONGEST) == 60


def test_members_are_the_same_whoever_of_them_is_online() -> None:
    desk = Desk()
    desk.answer(What.TEAMS, (Team(1, "A"),))
    desk.left_alone()

    def period(*members: Agent) -> float:
        desk.answer(What.TEAM_MEMBERS, members, 1)
        return desk.period(What.TEAM_MEMBERS)

    assert period(Agent(1, "Ada", availability="online")) == 900
    assert period(Agent(1, "Ada", availability="busy")) == 1_800
    assert period(Agent(1, "Ada")) == 3_600
    assert period(Agent(1, "Ada"), Agent(2, "Bo")) == 900


def test_a_report_that_is_refused_makes_no_reading_of_thousands_who_were_never_asked_for(desk: Desk) -> None:
    desk.answer(What.AGENTS, tuple(Agent(number, f"A{number}") for number in range(1, 2_000)))
    desk.answer(What.AGENT_SUMMARY, Summary(1, 2.0, 3.0, 4), 7)
    refused = Problem(NotPermittedError("No."), 1.0)
    desk.filing.failed(desk.session, Ask("trial", 3, 1, What.SUMMARY), refused)
    key = desk.session.key(1)
    assert len(desk.store.readings(key)) < 100
    shown, now = desk.store.snapshot(REF, key, "", None), desk.clock.now()
    for number in (7, 8, 1_999):
        for measure in What.AGENT_SUMMARY.call.tells:
            assert shown.reading(agent(number, measure)).state(now) is State.NOT_PERMITTED


def test_of_twenty_thousand_teams_a_survey_tells_those_that_matter() -> None:
    desk = Desk(targets=Targets(wait=300.0))
    desk.answer(What.TEAMS, tuple(Team(number, f"T{number}") for number in range(20_000)))
    view = desk.filing.view(REF)
    assert isinstance(view.team_ids, Set), "one is found without going through all of them"
    view.teams = (5, 6)

    def surveyed(*waited_for: int) -> dict[int, float | None]:
        items = tuple(
            Conversation(place, status="open", created_at=int(NOON) - 900, team_id=number)
            for place, number in enumerate(waited_for)
        )
        desk.answer(What.LONGEST, ConversationPage(ConversationCounts(), items))
        readings = desk.store.readings(desk.session.key(1))
        told = [slot for slot in readings if slot.scope.kind is ScopeKind.TEAM]
        return {int(slot.scope.id): readings[slot].value for slot in told if slot.measure is Measure.WAITING}

    assert surveyed(9_000, 9_000, 5) == {5: 1, 6: 0, 9_000: 2}
    assert surveyed(77) == {5: 0, 6: 0, 77: 1, 9_000: 0}


def test_a_late_page_of_a_survey_that_was_overtaken_is_no_survey_of_its_own() -> None:
    desk = Desk()
    begun = int(NOON) - 9_000
    old = tuple(Conversation(n, status="open", created_at=begun + n) for n in range(25))
    young = tuple(Conversation(n, status="open", created_at=begun + 8_000 + n) for n in range(90, 115))
    desk.answer(What.LONGEST, ConversationPage(ConversationCounts(), old[:7]))
    desk.answer(What.LONGEST, ConversationPage(ConversationCounts(), young), page=4)
    longest = desk.store.readings(desk.session.key(1))[account(Measure.LONGEST)]
    assert (longest.value, longest.at_least) == (9_000.0, False)


def test_loads_are_read_page_by_page_until_one_repeats(desk: Desk) -> None:
    page = tuple(AgentLoad(number, f"A{number}", "online", 3, 1) for number in range(25))
    assert desk.answer(What.AGENT_LOADS, page).follow[0].page == 2
    assert desk.answer(What.AGENT_LOADS, page, page=2).follow == ()


def test_a_report_that_is_not_by_the_hour_is_unknown(desk: Desk) -> None:
    days = tuple(ReportPoint(86_400 * day, 5.0) for day in range(3))
    desk.answer(What.INCOMING, days)
    listing = desk.store.listing(desk.session.key(1), "incoming_by_hour")
    assert listing.items is None
    assert listing.state(desk.clock.now()) is State.UNKNOWN
    hours = tuple(ReportPoint(3_600 * hour, 5.0) for hour in range(24))
    desk.answer(What.INCOMING, hours)
    assert desk.store.listing(desk.session.key(1), "incoming_by_hour").items == hours


def test_today_is_compared_with_as_much_of_the_day_before(desk: Desk) -> None:
    """What the server sends along of the whole day before is no match for a part of today."""
    desk.answer(What.SUMMARY, Summary(9, 60.0, None, 4, previous=Summary(40, 70.0, 80.0, 5)))
    desk.answer(What.SUMMARY_BEFORE, Summary(12, 70.0, 80.0, 5))
    assert desk.value(Measure.TODAY) == 9
    assert desk.value(Measure.TODAY_BEFORE) == 12
    assert desk.state_of(Measure.RESOLUTION) is State.UNKNOWN


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York"])
def test_the_day_before_goes_to_the_same_time_of_day(zone: str) -> None:
    """Also over a change of the clocks: 25 October 2026 has 25 hours in Berlin."""
    for wall in (NOON, 1_792_929_600.0, 1_792_929_600.0 + 86_400):
        here = ZoneInfo(zone)
        since, until = day_before(wall, here)
        now, then = datetime.fromtimestamp(wall, here), datetime.fromtimestamp(until, here)
        assert (then.hour, then.minute, then.second) == (now.hour, now.minute, now.second)
        assert (now.date() - then.date()).days == 1
        assert since == today(until, here)[0]


def test_a_breakdown_that_moves_is_asked_more_often(desk: Desk) -> None:
    desk.answer(What.TEAM_COUNTS, ConversationCounts(0, 1, 1, 2), number=4)
    assert desk.answer(What.TEAM_COUNTS, ConversationCounts(0, 1, 2, 3), number=4).replan
    assert desk.filing.view(REF).moved == {Ask("trial", 3, 1, What.TEAM_COUNTS, 4)}
    assert desk.answer(What.TEAM_COUNTS, ConversationCounts(0, 1, 2, 3), number=4).replan
    assert not desk.filing.view(REF).moved


@pytest.mark.parametrize("what", [What.AGENTS, What.CACHE_KEYS, What.TEAMS])
def test_what_keeps_the_counts_is_told_before_newer_failures(desk: Desk, what: What) -> None:
    for moment, failing in ((5.0, What.COUNTS), (9.0, what)):
        failed = Problem(ServerError("It failed.", status=500), moment)
        desk.filing.failed(desk.session, Ask("trial", 3, 1, failing), failed)
    assert desk.filing.gravest_problem(REF)[0].what is What.COUNTS
    desk.answer(What.COUNTS, ConversationCounts(0, 0, 0, 0))
    assert desk.filing.gravest_problem(REF)[0].what is what


def test_the_gravest_problem_leaves_out_what_the_role_forbids(desk: Desk) -> None:
    counts, summary = Ask("trial", 3, 1, What.COUNTS), Ask("trial", 3, 1, What.SUMMARY)
    desk.filing.failed(desk.session, counts, Problem(ServerError("It failed.", status=500), 5.0))
    desk.filing.failed(desk.session, summary, Problem(NotPermittedError("No."), 9.0))
    ask, problem = desk.filing.gravest_problem(REF)
    assert ask == counts
    assert problem is not None
    assert problem.at == 5.0
    desk.answer(What.COUNTS, ConversationCounts(0, 0, 0, 0))
    assert desk.filing.gravest_problem(REF)[1] is None


def test_agents_that_could_not_be_read_leave_at_least_those_that_could(desk: Desk) -> None:
    people = (Agent(1, "Ada", availability="offline"), Agent(2, "Bo", availability="busy"))
    desk.answer(What.AGENTS, people, lost=3)
    readings = desk.store.readings(desk.session.key(1))
    assert desk.state_of(Measure.AGENTS_ONLINE) is State.UNKNOWN
    for measure in (Measure.AGENTS_OFFLINE, Measure.AGENTS_BUSY):
        assert (readings[account(measure)].value, readings[account(measure)].at_least) == (1, True)
    desk.answer(What.AGENTS, people)
    assert (desk.value(Measure.AGENTS_ONLINE), desk.state_of(Measure.AGENTS_ONLINE)) == (0, State.LIVE)
    desk.answer(What.AGENT_LOADS, (AgentLoad(1, "Ada", open=0, queued=2),), lost=1)
    load = desk.store.readings(desk.session.key(1))[agent(1, Measure.OPEN)]
    assert (load.value, load.at_least) == (0, False), "what is told of one agent is not less for the others"


def test_an_unknown_availability_counts_in_none(desk: Desk) -> None:
    counted = figures_of(Ask(what=What.AGENTS), [])
    assert set(counted.values()) == {0}
    assert set(counted) == set(slots_of(Ask(what=What.AGENTS)))


def test_a_page_keeps_its_query_through_the_ask() -> None:
    query = Query(team_id=4, labels=("a b", "ü&="))
    ask = conversations(3, query).at("trial", 1, 9)
    assert (ask.page, ask.query, ask.account_id) == (3, query, 9)


def test_an_account_that_is_gone_is_told_so_and_keeps_its_name(desk: Desk) -> None:
    desk.state.state.accounts["trial"] = (KnownAccount(5, "Old"),)
    assert desk.directory.entry(AccountRef("trial", 5)).name == "Old"
    assert desk.directory.entry(REF).status is Membership.UNKNOWN
    desk.answer(What.PROFILE, profile(ProfileAccount(1, "One"), ProfileAccount(2, "Two", "suspended")))
    assert desk.directory.entry(REF).status is Membership.MEMBER
    assert desk.directory.entry(AccountRef("trial", 2)).status is Membership.SUSPENDED
    gone = desk.directory.entry(AccountRef("trial", 5))
    assert (gone.name, gone.status) == ("Old", Membership.NO_LONGER)
    assert not desk.directory.worth_asking(gone.ref)
    assert [known.id for known in desk.state.state.accounts["trial"]] == [1, 2]


def test_a_refusal_is_forgotten_at_a_key_and_what_the_server_does_not_offer_is_not(desk: Desk) -> None:
    now, view = desk.clock.now(), desk.filing.view(REF)
    role, absent = NotPermittedError("No."), NotFoundError("It is not offered.")
    for what, error, wait in ((What.SUMMARY, role, 300.0), (What.INBOX_SUMMARY, absent, NOT_OFFERED_FOR)):
        problem = Problem(error, now, now + wait)
        desk.filing.failed(desk.session, Ask("trial", 3, 1, what, 4), problem)
    assert set(view.refused) == {What.SUMMARY, What.INBOX_SUMMARY}
    assert not desk.filing.lift(now + 301.0), "the account's own report is tried by itself"
    desk.filing.forget_refusals(REF)
    assert set(view.refused) == {What.INBOX_SUMMARY}
    assert desk.filing.lift(now + NOT_OFFERED_FOR + 1.0)


def test_where_the_config_lists_accounts_only_those_are_watched() -> None:
    desk = Desk(others=False)
    desk.answer(What.PROFILE, profile(ProfileAccount(1, "One"), ProfileAccount(2, "Two")))
    assert desk.directory.refs() == (REF,)


def test_agents_whom_the_report_of_loads_leaves_out_are_unknown(desk: Desk) -> None:
    desk.answer(What.AGENTS, (Agent(1, "Ada"), Agent(2, "Bo")))
    desk.answer(What.AGENT_LOADS, (AgentLoad(1, "Ada", open=3, queued=1),))
    readings = desk.store.readings(desk.session.key(1))
    assert readings[agent(1, Measure.OPEN)].value == 3
    assert readings[agent(2, Measure.OPEN)].state(desk.clock.now()) is State.UNKNOWN


@pytest.mark.parametrize("opened", [None, 6, 20])
def test_queued_is_unknown_until_the_server_is_known_to_heed_the_filter(
    desk: Desk, opened: int | None
) -> None:
    """After a change of role the count of all open ones comes later, and a small reach holds few."""
    if opened is not None:
        desk.answer(What.COUNTS, ConversationCounts(0, 0, opened, opened))
    count = opened or 20
    outcome = desk.answer(What.QUEUED, ConversationCounts(0, 0, count, count))
    assert desk.state_of(Measure.QUEUED) is State.UNKNOWN
    assert [ask.what for ask in outcome.follow] == [What.RESOLVED]
    desk.answer(What.RESOLVED, ConversationCounts(0, 800, 42, 842))
    desk.answer(What.RESOLVED_QUEUED, ConversationCounts(0, 20, 30, 50))
    desk.answer(What.QUEUED, ConversationCounts(0, 0, count, count))
    assert desk.value(Measure.QUEUED) == count


def test_none_queued_is_told_before_anything_is_compared(desk: Desk) -> None:
    desk.answer(What.QUEUED, ConversationCounts(0, 0, 0, 0))
    assert desk.value(Measure.QUEUED) == 0
