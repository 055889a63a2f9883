"""What is wanted of one account, how often, for what is on screen: pure."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from functools import partial
from itertools import chain, islice, zip_longest
from typing import NamedTuple, TypedDict

import msgspec

from tui.monitor.calls import COMMON_STATUSES, Ask, WantedWith, What
from tui.monitor.polling.budget import Group, Priority, Want

COUNTS_ELSEWHERE = 60.0
"""Seconds between two counts of an account that is not on screen."""
AGENTS = 30.0
"""Seconds between two lists of agents."""
AGENTS_IDLE = 60.0
"""The same while nobody touches a key, and of many agents."""
MANY_AGENTS = 100
VERY_MANY_AGENTS = 200
AGENTS_VERY_MANY = 120.0
"""Seconds between two lists of very many agents, each of which takes the server half a second."""
RARELY_ELSEWHERE = 300.0
"""Seconds between two lists of agents, or longest waits, of other accounts."""
ROW = 58.5
"""Seconds between two counts of a row on screen: with the jitter no row gets older than a minute."""
STATUS = 60.0
"""Seconds between two counts of a status."""
ABANDONED = 300.0
"""The same of a status that seldom changes."""
REST_A_MINUTE = 6
"""Calls for the teams and inboxes that are scrolled out of view."""
REST_CREDIT = 60
"""Of them, how many are asked for as soon as the budget has room: the first round."""
MOST_REST = 180
"""Rows out of view that are asked for at all: more would be older than half an hour."""
MEMBERS_GAP = 6.0
"""Seconds between the members of two teams."""
MEMBERS_CREDIT = 4
ALERTS_A_MINUTE = 4
"""Calls of an account on screen for what only alerts look at."""
ALERTS_ELSEWHERE = 6
"""Calls a minute for parts of the accounts of one environment that are not on screen."""
LONGEST = 60.0
"""Seconds between two looks for the longest wait."""
LONGEST_A_PAGE = 30.0
"""Seconds for each page such a look took, where that is longer: pages are dear to the server."""
LONGEST_A_PAGE_IDLE = 60.0
"""The same while nobody touches a key; sooner where somebody may wait longer than the target before."""
AGENTS_A_PAGE = 4.0
"""Seconds for each page of agents, where that is longer."""
REPORTS = What.SUMMARY.call.every
DAY_BEFORE = 300.0
"""Seconds between two reports of the day before."""
MEMBERS = 900.0
"""Seconds between two lists of a team's members."""
MEMBERS_UNSEEN = 3600.0
"""Of teams that only alerts look at: who belongs to a team seldom changes."""
LISTS = 300.0
"""Seconds between two lists of teams and inboxes."""
LISTS_WITH_KEYS = 1800.0
"""The same where the server tells when they have changed."""
PROFILE = 3600.0
"""Seconds between two profiles of who is not on screen."""
PROFILE_SHOWN = 50.0
"""Seconds between two looks whether the role is still the one on screen; with the jitter a minute."""
PROFILE_OF_GONE = 300.0
"""The same where an account is believed gone: until it is back nothing else of it is asked."""
OWN_INBOXES = 50.0
"""Seconds between two looks at the inboxes of somebody who sees only some."""
OWN_INBOXES_ELSEWHERE = 900.0
"""The same of an account that is not on screen."""
IDLE_AFTER = 300.0
"""Seconds without a key after which nobody is taken to be there."""
AGENT_GAP = 45.0
"""Seconds between the own figures of two agents."""
AGENT_CREDIT = 12
LOADS_GAP = 90.0
"""Seconds between two pages of the agents' loads."""
LOADS_CREDIT = 2
ELSEWHERE_IN_ACCOUNT = 4
MOVED_WEIGHT = 2
MOST_ALIKE = 3
"""Answers in a row that are counted as telling the same: four times the period at most."""


class Need(NamedTuple):
    """A call that alerts depend on, of one account."""

    what: What
    number: int = 0
    status: str = ""


Needs = Collection[Need]


class Focus(msgspec.Struct):
    """What is shown of one account, and what is known about asking it."""

    shown: bool = False
    """Whether the account is on screen."""
    teams: tuple[int, ...] | None = None
    """The teams on screen; None: all of them."""
    inboxes: tuple[int, ...] | None = ()
    """The inboxes on screen; None: all of them."""
    scrolled: bool = True
    """Whether the teams and inboxes of a list that is on screen in part are wanted, too."""
    reports: bool = True
    statuses: bool = True
    """Whether the counts by status are on screen, and how many were never answered."""
    members_of: int | None = None
    team_ids: Collection[int] = ()
    """The teams there are, in the order of the list; of thousands, one is found at once."""
    inbox_ids: Collection[int] = ()
    """The inboxes there are, likewise."""
    moved: frozenset[Ask] = frozenset()
    """Asks whose figures changed at their last answer."""
    heard: dict[Ask, "Heard"] = {}
    """What is asked more rarely where it stays the same."""
    idle: bool = False
    """Nobody has touched a key for a while."""
    cache_keys: bool = True
    """The server tells when its lists change."""
    queued_by_report: bool = False
    """The server does not filter counts by `unattended`: the report knows."""
    longest_pages: int = 1
    """Pages to reckon with for a look for the longest wait."""
    agent_pages: int = 1
    """Pages the list of agents took the last time."""
    people: int = 0
    """How many agents the list had the last time."""
    agents: tuple[int, ...] = ()
    """The agents on screen."""
    times: bool = False
    """Whether their own times are on screen, each of which costs a call."""
    load_pages: dict[int, int] = {}
    """On which page of the report each agent was found."""
    next_load_page: int | None = 1
    """The page of that report to be read next; None once all have been read."""
    inbox: int | None = None
    """The inbox whose figures stand for the account's on screen."""
    refused: dict[What, float] = {}
    """Reports this token is refused, and until when that is believed."""
    every: float = 15.0
    """Seconds between two counts, from the config."""
    partial: bool = False
    """The token's user sees some inboxes alone: which, decides what every figure counts."""

    def take(self, shown: "ShownParts") -> bool:
        """What is on screen now; True where that is something else than before.

        Agents who changed places among themselves are the same agents.
        """
        teams, inboxes = shown.get("teams"), shown.get("inboxes", ())
        agents = tuple(shown.get("agents", ()))
        new = {
            "teams": None if teams is None else tuple(teams),
            "inboxes": None if inboxes is None else tuple(inboxes),
            "scrolled": shown.get("scrolled", True),
            "reports": shown.get("reports", True),
            "statuses": shown.get("statuses", True),
            "members_of": shown.get("members_of"),
            "inbox": shown.get("inbox"),
            "times": shown.get("times", False),
        }
        if set(agents) == set(self.agents) and all(
            getattr(self, name) == value for name, value in new.items()
        ):
            return False
        for name, value in new.items():
            setattr(self, name, value)
        self.agents = agents
        return True

    def loads_stand(self, page: int, agents: Collection[int]) -> bool:
        """Note whose load stands on a page of the report; True where some stood on no page or another."""
        left = [number for number, where in self.load_pages.items() if where == page and number not in agents]
        for number in left:
            del self.load_pages[number]
        moved = any(self.load_pages.get(number) != page for number in agents)
        self.load_pages |= dict.fromkeys(agents, page)
        return moved

    def hear(self, ask: Ask, content: Hashable) -> bool:
        """Note what an answer told; True where that changes how rarely it is asked for."""
        if not ask.what.call.rarest:
            return False
        before = self.heard.get(ask)
        alike = before is not None and before.told == hash(content)
        times = min(before.times + 1, MOST_ALIKE) if before and alike else 1
        self.heard[ask] = Heard(hash(content), times)
        return self.idle and before is not None and before.times != times

    def doubt(self, ask: Ask) -> bool:
        """What it told last may be so no more; True where that changes how rarely it is asked for."""
        before = self.heard.pop(ask, None)
        return self.idle and before is not None and before.times > 1


class Heard(NamedTuple):
    """What an answer told, as a hash, and how many in a row told that."""

    told: int
    times: int


class ShownParts(TypedDict, total=False):
    """What a screen says it shows of an account; what it leaves out is the default of `Focus`."""

    teams: Iterable[int] | None
    inboxes: Iterable[int] | None
    scrolled: bool
    reports: bool
    statuses: bool
    members_of: int | None
    agents: Iterable[int]
    times: bool
    inbox: int | None


def profile(environment: str, generation: int, *, shown: bool = False, gone: bool = False) -> Want:
    """Whose token it is, in which role, and which accounts it sees.

    `shown`: an account of it is on screen. `gone`: one of them is believed to be gone.
    """
    period = PROFILE_SHOWN if shown else PROFILE_OF_GONE if gone else PROFILE
    return Want(Ask(environment, generation, 0, What.PROFILE), period, Priority.HEADLINE, firm=True)


def foreground(
    environment: str, generation: int, account_id: int, view: Focus, needs: Needs = ()
) -> tuple[Want, ...]:
    """What the account on screen needs, in the order it is wanted at the start.

    `needs` are what its alerts depend on; what of it is not on screen anyway is asked more rarely.
    """
    ask = partial(Ask, environment, generation, account_id)
    slower = _slower(view)
    lists = LISTS_WITH_KEYS if view.cache_keys else LISTS
    wants = [
        *_counts(ask, view),
        Want(ask(What.AGENTS), _agents(view) * slower, Priority.HEADLINE),
        Want(ask(What.TEAMS), lists, Priority.HEADLINE),
        Want(
            ask(What.INBOXES),
            OWN_INBOXES if view.partial else lists,
            Priority.HEADLINE,
            firm=view.partial,
        ),
        Want(ask(What.LONGEST), between_looks(view, idle=view.idle), Priority.HEADLINE),
        *(Want(part, _status(part) * slower, Priority.VISIBLE) for part in _by_status(ask, view)),
        *(Want(part, ROW * slower, Priority.VISIBLE) for part in _rows(ask, view)),
        Want(ask(What.CACHE_KEYS), LISTS),
    ]
    name = f"{environment}/{account_id}"
    rest = Group(f"{name} scrolled", 60.0 / REST_A_MINUTE * slower, REST_CREDIT)
    wants += _rolling(rest, _scrolled(ask, view), view.moved, slower)
    group = Group(f"{name} members", MEMBERS_GAP * slower, MEMBERS_CREDIT)
    wants += [
        Want(ask(What.TEAM_MEMBERS, team_id), MEMBERS * slower, Priority.FOREGROUND, group)
        for team_id in _members(view)
    ]
    unseen = _unseen(ask, view, needs, {want.ask for want in wants})
    alerts = Group(f"{name} alerts", 60.0 / ALERTS_A_MINUTE * slower)
    wants += _rolling(alerts, unseen, (), slower, COUNTS_ELSEWHERE)
    with_it: dict[WantedWith, bool] = {"": True, "statuses": view.statuses, "reports": view.reports}
    wants += [
        Want(ask(what), what.call.every * slower)
        for what in What
        if what.call.every and with_it[what.call.wanted]
    ]
    if not view.reports:
        wants += [Want(ask(what), REPORTS * slower) for what in _reported(view, needs)]
    else:
        wants += _loads(name, ask, view, slower)
        if view.queued_by_report:
            wants.append(Want(ask(What.ACCOUNT_LOAD), REPORTS * slower))
        wants += _summaries(name, ask, view, slower)
    return tuple(_rarer(want, view.heard) for want in wants) if view.idle else tuple(wants)


def _slower(view: Focus) -> float:
    """How many times longer than by default all periods are, as the config has it."""
    return max(1.0, view.every / 15.0)


def between_looks(view: Focus, *, idle: bool) -> float:
    """Seconds between two looks at who waits: the more pages one takes, the rarer it is."""
    pages = view.longest_pages
    period = max(LONGEST, LONGEST_A_PAGE * pages)
    if idle:
        period = max(period, min(LONGEST_A_PAGE_IDLE * max(2, pages), What.LONGEST.call.rarest))
    return period * _slower(view)


def _rarer(want: Want, heard: Mapping[Ask, Heard]) -> Want:
    """What told the same again and again is asked half as often each time, up to its call's bound."""
    last = heard.get(want.ask)
    if last is None:
        return want
    period = min(want.ask.what.call.rarest, want.period * 2.0 ** (last.times - 1))
    return msgspec.structs.replace(want, period=period) if period > want.period else want


def size_of(people: int) -> int:
    """0 for few agents, 1 for many, 2 for very many: how rarely their list is asked for."""
    return (people > MANY_AGENTS) + (people > VERY_MANY_AGENTS)


def _agents(view: Focus) -> float:
    """Seconds between two lists of agents: the more there are, the dearer one is."""
    if view.people > VERY_MANY_AGENTS and view.idle:
        period = AGENTS_VERY_MANY
    else:
        period = AGENTS_IDLE if view.idle or view.people > MANY_AGENTS else AGENTS
    return max(period, AGENTS_A_PAGE * view.agent_pages)


def _counts(ask: Callable[..., Ask], view: Focus) -> Iterable[Want]:
    """The counts that stand largest; with one inbox in view the account's are only for alerts."""
    if view.inbox in view.inbox_ids:
        yield Want(ask(What.INBOX_COUNTS, view.inbox), view.every, Priority.HEADLINE)
        yield Want(ask(What.COUNTS), view.every * ELSEWHERE_IN_ACCOUNT, Priority.HEADLINE)
    else:
        yield Want(ask(What.COUNTS), view.every, Priority.HEADLINE)


def _status(ask: Ask) -> float:
    return ABANDONED if ask.what is What.ABANDONED else STATUS


def _loads(name: str, ask: Callable[..., Ask], view: Focus, slower: float) -> Iterable[Want]:
    """The open conversations of each agent: of many agents only the pages with those on screen.

    Which page that is, is known once all have been read, one after the other.
    """
    if view.people <= MANY_AGENTS:
        yield Want(ask(What.AGENT_LOADS), REPORTS * slower)
        return
    pages = {view.load_pages[number] for number in view.agents if number in view.load_pages}
    if view.next_load_page is not None:
        pages.add(view.next_load_page)
    group = Group(f"{name} loads", LOADS_GAP * slower, LOADS_CREDIT)
    for page in sorted(pages):
        period = max(REPORTS, LOADS_GAP * len(pages)) * slower
        yield Want(ask(What.AGENT_LOADS).at_page(page), period, Priority.FOREGROUND, group)


def _summaries(name: str, ask: Callable[..., Ask], view: Focus, slower: float) -> Iterable[Want]:
    """Reports of the day before, of one inbox, and of the agents on screen one after the other."""
    if What.SUMMARY in view.refused:
        return
    if What.SUMMARY_BEFORE not in view.refused:
        yield Want(ask(What.SUMMARY_BEFORE), DAY_BEFORE * slower)
    if view.inbox in view.inbox_ids and What.INBOX_SUMMARY not in view.refused:
        yield Want(ask(What.INBOX_SUMMARY, view.inbox), REPORTS * slower)
    if view.times and What.AGENT_SUMMARY not in view.refused:
        group = Group(f"{name} agents", AGENT_GAP * slower, AGENT_CREDIT)
        period = max(REPORTS, AGENT_GAP * len(view.agents)) * slower
        for agent_id in view.agents:
            yield Want(ask(What.AGENT_SUMMARY, agent_id), period, Priority.FOREGROUND, group)


def before_the_day_is_known(wants: Iterable[Want]) -> tuple[Want, ...]:
    """Of `wants` what can be asked without knowing the zone; the inboxes, which tell it, are among them.

    A report of another zone's day would stand there as today's.
    """
    wants = tuple(wants)
    kept = [want for want in wants if not want.ask.what.call.of_day]
    if len(kept) < len(wants) and all(want.ask.what is not What.INBOXES for want in kept):
        kept.append(Want(wants[0].ask.other(What.INBOXES), LISTS_WITH_KEYS, Priority.BACKGROUND))
    return tuple(kept)


def background(
    environment: str, generation: int, account_id: int, view: Focus, needs: Needs = (), *, thorough: bool
) -> tuple[Want, ...]:
    """What an account that is not on screen needs; `thorough` adds who is there and the longest wait.

    What alerts `needs` of its parts shares one queue with all such accounts of the environment,
    so that many teams make each other rarer and not the counts of the accounts.
    """
    ask = partial(Ask, environment, generation, account_id)
    whats: dict[What, float] = {What.COUNTS: COUNTS_ELSEWHERE}
    if view.partial:
        whats[What.INBOXES] = OWN_INBOXES_ELSEWHERE
    if thorough:
        whats |= {What.AGENTS: RARELY_ELSEWHERE, What.LONGEST: RARELY_ELSEWHERE}
    for need in needs:
        if need.what.call.kept_by:
            whats.setdefault(need.what, LISTS_WITH_KEYS)
        elif need.what in {What.AGENTS, What.LONGEST}:
            whats[need.what] = RARELY_ELSEWHERE
    whats |= dict.fromkeys(_reported(view, needs), RARELY_ELSEWHERE)
    group = Group(f"{environment} alerts elsewhere", 60.0 / ALERTS_ELSEWHERE)
    wants = [Want(ask(what), period, Priority.BACKGROUND) for what, period in whats.items()]
    for unseen in _unseen(ask, view, needs, {want.ask for want in wants}):
        period = MEMBERS if unseen.what is What.TEAM_MEMBERS else RARELY_ELSEWHERE
        wants.append(Want(unseen, period, Priority.BACKGROUND, group))
    return tuple(wants)


def _reported(view: Focus, needs: Needs) -> list[What]:
    """The reports among `needs`."""
    by_report = {What.QUEUED: What.ACCOUNT_LOAD} if view.queued_by_report else {}
    whats = {by_report.get(need.what, need.what) for need in needs}
    return [what for what in (What.SUMMARY, What.SUMMARY_BEFORE, What.ACCOUNT_LOAD) if what in whats]


def _unseen(ask: Callable[..., Ask], view: Focus, needs: Needs, asked: Collection[Ask]) -> list[Ask]:
    """The parts among `needs` that are not `asked` for anything else."""
    reported = {What.SUMMARY, What.SUMMARY_BEFORE, *([What.QUEUED] if view.queued_by_report else [])}
    parts = [ask(*need) for need in sorted(needs) if need.what not in reported]
    return [part for part in parts if part not in asked]


def _by_status(ask: Callable[..., Ask], view: Focus) -> Iterable[Ask]:
    """The counts by status and of the queued: of the inbox in view, else of the account."""
    if view.inbox in view.inbox_ids:
        if not view.queued_by_report:
            yield ask(What.INBOX_QUEUED, view.inbox)
        for word in COMMON_STATUSES:
            yield ask(What.INBOX_STATUS, view.inbox, word)
    elif view.statuses:
        if not view.queued_by_report:
            yield ask(What.QUEUED)
        for word in COMMON_STATUSES:
            yield ask(What.STATUS_COUNTS, status=word)
        yield ask(What.ABANDONED)


def _teams_in_view(view: Focus) -> list[int]:
    return list(view.team_ids if view.teams is None else filter(view.team_ids.__contains__, view.teams))


def _rows(ask: Callable[..., Ask], view: Focus) -> Iterable[Ask]:
    """The counts of the teams and inboxes on screen, in turn: both panes fill together."""
    there = view.inbox_ids
    inboxes = list(there if view.inboxes is None else filter(there.__contains__, view.inboxes))
    for team_id, inbox_id in zip_longest(_teams_in_view(view), inboxes):
        if team_id is not None:
            yield ask(What.TEAM_COUNTS, team_id)
        if inbox_id is not None and inbox_id != view.inbox:
            yield ask(What.INBOX_COUNTS, inbox_id)


def _scrolled(ask: Callable[..., Ask], view: Focus) -> list[Ask]:
    """The counts of the teams and inboxes out of view, as far as they could be asked in half an hour."""
    if not view.scrolled:
        return []
    rows = set(_rows(ask, view))
    inboxes = view.inbox_ids if view.inboxes is None or view.inboxes else ()
    of_all = chain(
        (ask(What.TEAM_COUNTS, number) for number in view.team_ids),
        (ask(What.INBOX_COUNTS, number) for number in inboxes if number != view.inbox),
    )
    return list(islice((part for part in of_all if part not in rows), MOST_REST))


def _members(view: Focus) -> Iterable[int]:
    """The teams on screen, whose members are counted; first the one whose members are listed."""
    team_id = view.members_of
    first = [] if team_id is None or team_id not in view.team_ids else [team_id]
    return dict.fromkeys([*first, *_teams_in_view(view)])


def _rolling(
    group: Group, parts: Collection[Ask], moved: Collection[Ask], slower: float, least: float = 0.0
) -> list[Want]:
    """Periods such that all parts together fill the pace of `group`, what moved twice as often.

    `least` is the shortest period, in seconds, of any of them.
    """
    weights = {ask: MOVED_WEIGHT if ask in moved else 1 for ask in parts}
    turn = group.gap * sum(weights.values())

    def period(ask: Ask) -> float:
        rarest = MEMBERS_UNSEEN if ask.what is What.TEAM_MEMBERS else least
        return max(group.gap, turn / weights[ask], rarest * slower)

    return [Want(ask, period(ask), Priority.FOREGROUND, group) for ask in parts]
