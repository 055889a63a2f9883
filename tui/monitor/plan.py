"""What is wanted of one account, how often, for what is on screen: pure."""

from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple, TypedDict

import msgspec

from tui.monitor.asks import OF_A_DAY, STATUSES, Ask, What
from tui.monitor.pace import Group, Priority, Want

COUNTS_ELSEWHERE = 60.0
AGENTS = 30.0
AGENTS_IDLE = 60.0
RARELY_ELSEWHERE = 300.0
ROLLING_A_MINUTE = 8
ROLLING_CREDIT = 18
ALERTS_A_MINUTE = 4
"""Calls of an account on screen for what only alerts look at, where nothing else rolls."""
ALERTS_BESIDE = 2
"""The same beside what is on screen, and taken from that."""
ALERTS_ELSEWHERE = 6
"""Calls a minute for parts of the accounts of one environment that are not on screen."""
LONGEST = 60.0
LONGEST_A_PAGE = 30.0
AGENTS_A_PAGE = 4.0
REPORTS = 120.0
INCOMING = 300.0
DAY_BEFORE = 300.0
MEMBERS = 900.0
LISTS = 300.0
LISTS_WITH_KEYS = 1800.0
PROFILE = 3600.0
PROFILE_SHOWN = 50.0
"""Seconds between two looks whether the role is still the one on screen; with the jitter a minute."""
PROFILE_OF_GONE = 300.0
"""The same where an account is believed gone: until it is back nothing else of it is asked."""
OWN_INBOXES = 50.0
"""Seconds between two looks at the inboxes of somebody who sees only some."""
OWN_INBOXES_ELSEWHERE = 900.0
IDLE_AFTER = 300.0
AGENT_GAP = 10.0
AGENT_CREDIT = 12
ELSEWHERE_IN_ACCOUNT = 4
MOVED_WEIGHT = 2


class Need(NamedTuple):
    """A call that alerts depend on, of one account."""

    what: What
    arg: str = ""


Needs = Collection[Need]


class View(msgspec.Struct):
    """What is shown of one account, and what is known about asking it."""

    shown: bool = False
    """Whether the account is on screen."""
    teams: tuple[int, ...] | None = None
    """The teams on screen; None: all of them."""
    inboxes: bool = False
    reports: bool = True
    statuses: bool = True
    """Whether the counts by status are on screen, and how many were never answered."""
    members_of: int | None = None
    team_ids: tuple[int, ...] = ()
    inbox_ids: tuple[int, ...] = ()
    moved: frozenset[Ask] = frozenset()
    """Asks whose figures changed at their last answer."""
    idle: bool = False
    """Nobody has touched a key for a while."""
    cache_keys: bool = True
    """The server tells when its lists change."""
    queued_by_report: bool = False
    """The server does not filter counts by `unattended`: the report knows."""
    longest_pages: int = 1
    """Pages the last look for the longest wait took."""
    agent_pages: int = 1
    """Pages the list of agents took the last time."""
    agents: tuple[int, ...] = ()
    """The agents on screen with their times, each of which costs a call."""
    inbox: int | None = None
    """The inbox whose figures stand for the account's on screen."""
    refused: dict[What, float] = {}
    """Reports this token is refused, and until when that is believed."""
    every: float = 15.0
    """Seconds between two counts, from the config."""
    partial: bool = False
    """The token's user sees some inboxes alone: which, decides what every figure counts."""

    def take(self, shown: "Shown") -> bool:
        """What is on screen now; True where that is something else than before.

        Agents who changed places among themselves are the same agents.
        """
        teams, agents = shown.get("teams"), tuple(shown.get("agents", ()))
        new = (
            None if teams is None else tuple(teams),
            shown.get("inboxes", False),
            shown.get("reports", True),
            shown.get("statuses", True),
            shown.get("members_of"),
            shown.get("inbox"),
        )
        before = (self.teams, self.inboxes, self.reports, self.statuses, self.members_of, self.inbox)
        if new == before and set(agents) == set(self.agents):
            return False
        self.teams, self.inboxes, self.reports, self.statuses, self.members_of, self.inbox = new
        self.agents = agents
        return True


class Shown(TypedDict, total=False):
    """What a screen says it shows of an account; what it leaves out is the default of `View`."""

    teams: Iterable[int] | None
    inboxes: bool
    reports: bool
    statuses: bool
    members_of: int | None
    agents: Iterable[int]
    inbox: int | None


def profile(environment: str, generation: int, *, shown: bool = False, gone: bool = False) -> Want:
    """Whose token it is, in which role, and which accounts it sees.

    `shown`: an account of it is on screen. `gone`: one of them is believed to be gone.
    """
    period = PROFILE_SHOWN if shown else PROFILE_OF_GONE if gone else PROFILE
    return Want(Ask(environment, generation, 0, What.PROFILE), period, Priority.VISIBLE, firm=True)


def foreground(
    environment: str, generation: int, account_id: int, view: View, needs: Needs = ()
) -> tuple[Want, ...]:
    """What the account on screen needs, in the order it is wanted at the start.

    `needs` are what its alerts depend on; what of it is not on screen anyway is asked more rarely.
    """

    def ask(what: What, arg: object = "") -> Ask:
        return Ask(environment, generation, account_id, what, str(arg))

    slower = view.every / 15.0 if view.every > 15.0 else 1.0
    lists = LISTS_WITH_KEYS if view.cache_keys else LISTS
    wants = [
        *_counts(ask, view),
        Want(ask(What.AGENTS), _agents(view) * slower, Priority.VISIBLE),
        Want(ask(What.TEAMS), lists, Priority.VISIBLE),
        Want(
            ask(What.INBOXES),
            OWN_INBOXES if view.partial else lists,
            Priority.VISIBLE,
            firm=view.partial,
        ),
        Want(ask(What.LONGEST), max(LONGEST, LONGEST_A_PAGE * view.longest_pages) * slower, Priority.VISIBLE),
        Want(ask(What.CACHE_KEYS), LISTS),
    ]
    name = f"{environment}/{account_id}"
    on_screen = tuple(_breakdown(ask, view))
    unseen = _unseen(ask, view, needs, {one for one, _ in on_screen} | {want.ask for want in wants})
    rate = min(ALERTS_BESIDE if on_screen else ALERTS_A_MINUTE, _demand(unseen))
    wants += _rolling(
        Group(name, 60.0 / (ROLLING_A_MINUTE - rate) * slower, ROLLING_CREDIT), on_screen, view.moved, slower
    )
    wants += _rolling(
        Group(f"{name} alerts", 60.0 / (ALERTS_BESIDE if on_screen else ALERTS_A_MINUTE) * slower),
        ((one, Priority.FOREGROUND) for one in unseen),
        (),
        slower,
        COUNTS_ELSEWHERE,
    )
    if not view.reports:
        wants += [Want(ask(what), REPORTS * slower) for what in _reported(view, needs)]
    if view.reports:
        wants += [
            Want(ask(What.SUMMARY), REPORTS * slower),
            Want(ask(What.AGENT_LOADS), REPORTS * slower),
            Want(ask(What.INCOMING), INCOMING * slower),
        ]
        if view.queued_by_report:
            wants.append(Want(ask(What.ACCOUNT_LOAD), REPORTS * slower))
        wants += _summaries(name, ask, view, slower)
    return tuple(wants)


def _agents(view: View) -> float:
    return max(AGENTS_IDLE if view.idle else AGENTS, AGENTS_A_PAGE * view.agent_pages)


def _counts(ask: Callable[..., Ask], view: View) -> Iterable[Want]:
    """The counts that stand largest; with one inbox in view the account's are only for alerts."""
    if view.inbox in view.inbox_ids:
        yield Want(ask(What.INBOX_COUNTS, view.inbox), view.every, Priority.VISIBLE)
        yield Want(ask(What.COUNTS), view.every * ELSEWHERE_IN_ACCOUNT, Priority.VISIBLE)
    else:
        yield Want(ask(What.COUNTS), view.every, Priority.VISIBLE)


def _summaries(name: str, ask: Callable[..., Ask], view: View, slower: float) -> Iterable[Want]:
    """Reports of the day before, of one inbox, and of the agents on screen one after the other."""
    if What.SUMMARY in view.refused:
        return
    if What.SUMMARY_BEFORE not in view.refused:
        yield Want(ask(What.SUMMARY_BEFORE), DAY_BEFORE * slower)
    if view.inbox in view.inbox_ids and What.INBOX_SUMMARY not in view.refused:
        yield Want(ask(What.INBOX_SUMMARY, view.inbox), REPORTS * slower)
    if What.AGENT_SUMMARY not in view.refused:
        group = Group(f"{name} agents", AGENT_GAP * slower, AGENT_CREDIT)
        period = max(REPORTS, AGENT_GAP * len(view.agents)) * slower
        for agent_id in view.agents:
            yield Want(ask(What.AGENT_SUMMARY, agent_id), period, Priority.FOREGROUND, group)


def before_the_day_is_known(wants: Iterable[Want]) -> tuple[Want, ...]:
    """Of `wants` what can be asked without knowing the zone; the inboxes, which tell it, are among them.

    A report of another zone's day would stand there as today's.
    """
    wants = tuple(wants)
    found = [want for want in wants if want.ask.what not in OF_A_DAY]
    if len(found) < len(wants) and all(want.ask.what is not What.INBOXES for want in found):
        ask = msgspec.structs.replace(wants[0].ask, what=What.INBOXES, arg="")
        found.append(Want(ask, LISTS_WITH_KEYS, Priority.BACKGROUND))
    return tuple(found)


def background(
    environment: str, generation: int, account_id: int, view: View, needs: Needs = (), *, thorough: bool
) -> tuple[Want, ...]:
    """What an account that is not on screen needs; `thorough` adds who is there and the longest wait.

    What alerts `needs` of its parts shares one queue with all such accounts of the environment,
    so that many teams make each other rarer and not the counts of the accounts.
    """

    def ask(what: What, arg: object = "") -> Ask:
        return Ask(environment, generation, account_id, what, str(arg))

    whats: dict[What, float] = {What.COUNTS: COUNTS_ELSEWHERE}
    if view.partial:
        whats[What.INBOXES] = OWN_INBOXES_ELSEWHERE
    if thorough:
        whats |= {What.AGENTS: RARELY_ELSEWHERE, What.LONGEST: RARELY_ELSEWHERE}
    for need in needs:
        if need.what in {What.TEAMS, What.INBOXES}:
            whats.setdefault(need.what, LISTS_WITH_KEYS)
        elif need.what in {What.AGENTS, What.LONGEST}:
            whats[need.what] = RARELY_ELSEWHERE
    whats |= dict.fromkeys(_reported(view, needs), RARELY_ELSEWHERE)
    group = Group(f"{environment} alerts elsewhere", 60.0 / ALERTS_ELSEWHERE)
    wants = [Want(ask(what), period, Priority.BACKGROUND) for what, period in whats.items()]
    for one in _unseen(ask, view, needs, {want.ask for want in wants}):
        period = MEMBERS if one.what is What.TEAM_MEMBERS else RARELY_ELSEWHERE
        wants.append(Want(one, period, Priority.BACKGROUND, group))
    return tuple(wants)


def _reported(view: View, needs: Needs) -> list[What]:
    """The reports among `needs`."""
    by_report = {What.QUEUED: What.ACCOUNT_LOAD} if view.queued_by_report else {}
    whats = {by_report.get(need.what, need.what) for need in needs}
    return [what for what in (What.SUMMARY, What.SUMMARY_BEFORE, What.ACCOUNT_LOAD) if what in whats]


def _unseen(ask: Callable[..., Ask], view: View, needs: Needs, asked: Collection[Ask]) -> list[Ask]:
    """The parts among `needs` that are not `asked` for anything else."""
    reported = {What.SUMMARY, What.SUMMARY_BEFORE, *([What.QUEUED] if view.queued_by_report else [])}
    parts = [ask(*need) for need in sorted(needs) if need.what not in reported]
    return [one for one in parts if one not in asked]


def _demand(parts: Collection[Ask]) -> float:
    """Calls a minute that `parts` make where nothing stretches their periods."""
    members = sum(one.what is What.TEAM_MEMBERS for one in parts)
    return (len(parts) - members) * 60.0 / COUNTS_ELSEWHERE + members * 60.0 / MEMBERS


def _breakdown(ask: Callable[..., Ask], view: View) -> Iterable[tuple[Ask, Priority]]:
    if view.inbox in view.inbox_ids:
        if not view.queued_by_report:
            yield ask(What.INBOX_QUEUED, view.inbox), Priority.VISIBLE
        for word in STATUSES:
            yield ask(What.INBOX_STATUS, f"{view.inbox} {word}"), Priority.VISIBLE
    elif view.statuses:
        if not view.queued_by_report:
            yield ask(What.QUEUED), Priority.VISIBLE
        for word in STATUSES:
            yield ask(What.STATUS_COUNTS, word), Priority.VISIBLE
        yield ask(What.ABANDONED), Priority.VISIBLE
    on_screen = view.team_ids if view.teams is None else [one for one in view.team_ids if one in view.teams]
    for team_id in on_screen:
        yield ask(What.TEAM_COUNTS, team_id), Priority.VISIBLE
    for inbox_id in view.inbox_ids if view.inboxes else ():
        if inbox_id != view.inbox:
            yield ask(What.INBOX_COUNTS, inbox_id), Priority.VISIBLE
    first = [view.members_of] if view.members_of in view.team_ids else []
    for team_id in dict.fromkeys([*first, *on_screen]):
        yield ask(What.TEAM_MEMBERS, team_id), Priority.VISIBLE


def _rolling(
    group: Group,
    parts: Iterable[tuple[Ask, Priority]],
    moved: Collection[Ask],
    slower: float,
    least: float = 0.0,
) -> list[Want]:
    """Periods such that all parts together fill the pace of `group`, what moved twice as often.

    `least` is the shortest period, in seconds, of any of them.
    """
    rate = 60.0 / group.gap * slower
    parts = list(parts)
    members = [one for one in parts if one[0].what is What.TEAM_MEMBERS]
    counts = [one for one in parts if one[0].what is not What.TEAM_MEMBERS]
    weights = {ask: MOVED_WEIGHT if ask in moved else 1 for ask, _ in counts}
    left = rate - min(rate / 2, len(members) * 60.0 / MEMBERS)
    turn = 60.0 / left * sum(weights.values()) * slower
    wants = [
        Want(ask, max(60.0 / left, turn / weights[ask], least * slower), priority, group)
        for ask, priority in counts
    ]
    return wants + [Want(ask, MEMBERS * slower, priority, group) for ask, priority in members]
