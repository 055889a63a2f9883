"""Whether the header and the figures are of one reach: whose they are, and nothing is of a former one."""

from collections.abc import Iterator

from tests.truth.answers import OK, Known
from tests.truth.bench import SLACK, UNKNOWN, Bench
from tests.truth.record import AccountRecord
from tests.truth.reports import OF_TODAY
from tests.truth.screen import Screen
from tui.identity import HEADLINE, AccountRef, ScopeKind

RIGHT_WITHIN = 62.0
"""Seconds between two looks at the role of the account on screen: its period, the jitter and an answer."""
UNTOLD = frozenset({"role not told"})
WORDS = frozenset({"not a member", "suspended", "no such account"})
"""What the header says of the account alone, whatever its environment does."""
REFUSED = "—✗"


def judge(screen: Screen, ref: AccountRef, record: AccountRecord, bench: Bench) -> Iterator[str]:
    """What the header says, and what must not stand below it."""
    known = bench.known(ref)
    bench.tally.seen["headers"] += 1
    yield from _roles(screen, known, record, bench)
    yield from _health(screen, known)
    if screen.health[0] == "●" and any(
        shown.text == REFUSED for shown in screen.figures if shown.name == HEADLINE.name
    ):
        yield "the header says ●, and the counts are refused"
    for shown in screen.figures:
        if shown.text in UNKNOWN or not shown.text:
            continue
        kind, _, rest = shown.name.partition(":")
        if kind == ScopeKind.TEAM and int(rest.partition(":")[0]) in known.gone:
            yield f"{shown.name} = {shown.text!r}, and the team is gone"
        if kind == ScopeKind.INBOX and not _is_seen(int(rest.partition(":")[0]), record):
            yield f"{shown.name} = {shown.text!r}, an inbox that is not seen"
        if shown.name.rpartition(":")[2] in OF_TODAY and not _reports(record):
            yield f"{shown.name} = {shown.text!r}, a report that the role forbids"
    if screen.worst is not None and screen.worst.team_id in known.gone:
        yield f"team {screen.worst.team_id} needs help, and is gone"
    for place, moment in (("header", screen.header), *screen.panes.items()):
        if moment.as_of and bench.since(moment.as_of, bench.zone(ref)) < known.began - SLACK:
            yield f"{place} is as of {moment.as_of}, before the change of reach"
    if screen.roles and bench.looked_since(ref) + RIGHT_WITHIN < bench.now:
        bench.tally.seen["headers that must be right by now"] += 1
        if bench.now - known.listed_asked > RIGHT_WITHIN:
            yield f"the role was asked for {bench.now - known.listed_asked:.0f} s ago"


def _roles(screen: Screen, known: Known, record: AccountRecord, bench: Bench) -> Iterator[str]:
    if screen.roles:
        bench.tally.figures += 1
        told = known.may_be("roles", known.roles)
        if "not a member" in known.verdicts:
            told |= {UNTOLD}  # A session that never saw the account is told no role in it.
        if screen.roles not in told:
            yield f"the header says {sorted(screen.roles)}, the server has said {told}"
    if screen.inboxes is not None:
        bench.tally.figures += 1
        seen = {len(sight.view.inboxes) for sight in record.shown}
        if screen.inboxes not in seen:
            yield f"the header says {screen.inboxes} inboxes, they are {sorted(seen)}"


def _health(screen: Screen, known: Known) -> Iterator[str]:
    sign, word = screen.health
    if sign == "●" and OK not in known.verdicts:
        yield f"the header says {sign}, the server has said {sorted(known.verdicts)}"
    if word in WORDS and word not in known.refusals:
        yield f"the header says {word}, the server has said {sorted(known.refusals)}"


def _is_seen(number: int, record: AccountRecord) -> bool:
    return any(number in sight.view.inboxes for sight in record.shown)


def _reports(record: AccountRecord) -> bool:
    return any(sight.view.reports for sight in record.shown)
