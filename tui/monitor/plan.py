"""What is wanted of one account, how often, for what is on screen: pure."""

from collections.abc import Callable, Collection, Iterable, Mapping

import msgspec

from tui.monitor.asks import STATUSES, Ask, What
from tui.monitor.pace import Group, Priority, Want

COUNTS_ELSEWHERE = 60.0
AGENTS = 30.0
AGENTS_IDLE = 60.0
RARELY_ELSEWHERE = 300.0
ROLLING_A_MINUTE = 8
ROLLING_CREDIT = 16
LONGEST = 60.0
LONGEST_A_PAGE = 30.0
REPORTS = 120.0
INCOMING = 300.0
MEMBERS = 900.0
LISTS = 300.0
LISTS_WITH_KEYS = 1800.0
PROFILE = 3600.0
IDLE_AFTER = 300.0
MOVED_WEIGHT = 2


class View(msgspec.Struct):
    """What is shown of one account, and what is known about asking it."""

    shown: bool = True
    teams: tuple[int, ...] | None = None
    """The teams on screen; None: all of them."""
    inboxes: bool = False
    reports: bool = True
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
    every: float = 15.0
    """Seconds between two counts, from the config."""


def profile(environment: str, generation: int) -> Want:
    """Whose token it is and which accounts it sees: hourly."""
    return Want(Ask(environment, generation, 0, What.PROFILE), PROFILE, Priority.VISIBLE)


def foreground(environment: str, generation: int, account_id: int, view: View) -> tuple[Want, ...]:
    """What the account on screen needs, in the order it is wanted at the start."""

    def ask(what: What, arg: object = "") -> Ask:
        return Ask(environment, generation, account_id, what, str(arg))

    slower = view.every / 15.0 if view.every > 15.0 else 1.0
    lists = LISTS_WITH_KEYS if view.cache_keys else LISTS
    wants = [
        Want(ask(What.COUNTS), view.every, Priority.VISIBLE),
        Want(ask(What.AGENTS), (AGENTS_IDLE if view.idle else AGENTS) * slower, Priority.VISIBLE),
        Want(ask(What.TEAMS), lists, Priority.VISIBLE),
        Want(ask(What.INBOXES), lists, Priority.VISIBLE),
        Want(ask(What.LONGEST), max(LONGEST, LONGEST_A_PAGE * view.longest_pages) * slower, Priority.VISIBLE),
        Want(ask(What.CACHE_KEYS), LISTS),
        Want(ask(What.LABELS), lists),
    ]
    wants += _rolling(f"{environment}/{account_id}", _breakdown(ask, view), view.moved, slower)
    if view.reports:
        wants += [
            Want(ask(What.SUMMARY), REPORTS * slower),
            Want(ask(What.AGENT_LOADS), REPORTS * slower),
            Want(ask(What.INCOMING), INCOMING * slower),
        ]
        if view.queued_by_report:
            wants.append(Want(ask(What.ACCOUNT_LOAD), REPORTS * slower))
    return tuple(wants)


def background(environment: str, generation: int, account_id: int, *, thorough: bool) -> tuple[Want, ...]:
    """What an account that is not on screen needs; `thorough` adds who is there and the longest wait."""
    whats: Mapping[What, float] = {What.COUNTS: COUNTS_ELSEWHERE}
    if thorough:
        whats = {**whats, What.AGENTS: RARELY_ELSEWHERE, What.LONGEST: RARELY_ELSEWHERE}
    return tuple(
        Want(Ask(environment, generation, account_id, what), period, Priority.BACKGROUND)
        for what, period in whats.items()
    )


def _breakdown(ask: Callable[..., Ask], view: View) -> Iterable[tuple[Ask, Priority]]:
    if not view.queued_by_report:
        yield ask(What.QUEUED), Priority.VISIBLE
    for word in STATUSES:
        yield ask(What.STATUS_COUNTS, word), Priority.VISIBLE
    on_screen = view.team_ids if view.teams is None else [one for one in view.team_ids if one in view.teams]
    for team_id in on_screen:
        yield ask(What.TEAM_COUNTS, team_id), Priority.VISIBLE
    for inbox_id in view.inbox_ids if view.inboxes else ():
        yield ask(What.INBOX_COUNTS, inbox_id), Priority.VISIBLE
    first = [view.members_of] if view.members_of in view.team_ids else []
    for team_id in dict.fromkeys([*first, *on_screen]):
        yield ask(What.TEAM_MEMBERS, team_id), Priority.FOREGROUND


def _rolling(
    name: str, parts: Iterable[tuple[Ask, Priority]], moved: Collection[Ask], slower: float
) -> list[Want]:
    """Periods such that all parts together make eight calls a minute, what moved twice as often."""
    group = Group(name, 60.0 / ROLLING_A_MINUTE * slower, ROLLING_CREDIT)
    parts = list(parts)
    members = [one for one in parts if one[0].what is What.TEAM_MEMBERS]
    counts = [one for one in parts if one[0].what is not What.TEAM_MEMBERS]
    weights = {ask: MOVED_WEIGHT if ask in moved else 1 for ask, _ in counts}
    left = ROLLING_A_MINUTE - min(ROLLING_A_MINUTE / 2, len(members) * 60.0 / MEMBERS)
    turn = 60.0 / left * sum(weights.values()) * slower
    wants = [Want(ask, max(60.0 / left, turn / weights[ask]), priority, group) for ask, priority in counts]
    return wants + [Want(ask, MEMBERS * slower, priority, group) for ask, priority in members]
