"""What a service level is made of, as `i` and the day's screen tell it."""

from tui import wording
from tui.identity import ACCOUNT, Measure, Slot, account
from tui.monitor.reading import AccountSnapshot
from tui.monitor.service.figures import Rules, Tally
from tui.monitor.service.states import CountedAs
from tui.monitor.service.words import bounds_of, within
from tui.panes.level_cells import UNREAD

NO_TARGET = "no target: set wait under [targets]"
LEVEL = (
    "answered in target, of those answered, closed without reply, or waiting longer than the target; "
    "new ones count by when they were created"
)
BOTS = (
    "inboxes whose conversations begin with a bot count from the first answer that showed them handed over; "
    "who was answered between two is in the bounds where that decides, and who was never seen handed over is "
    "in no level and no speed"
)
SERVERS_MEAN = (
    "it counts replies given today, each from the creation on, also closed hours, those at once, and while a "
    "bot had it"
)
STATES = {
    CountedAs.IN_TARGET: "answered in target",
    CountedAs.LATE: "answered late",
    CountedAs.CLOSED: "closed without reply",
    CountedAs.QUEUED_LATE: "waiting longer than the target",
    CountedAs.QUEUED_IN_TIME: "waiting, still in time",
    CountedAs.HELD: "with a bot",
    CountedAs.CLOSED_BY_BOT: "closed by a bot",
    CountedAs.AT_ONCE: "answered at once, begun by agents",
    CountedAs.NO_CUSTOMER: "campaigns without an answer",
    CountedAs.IN_DOUBT: "answered after a bot, late or not is not known",
    CountedAs.UNSEEN: "handed over by a bot unseen",
    CountedAs.UNKNOWN: "without usable times",
}


def facts_of(tally: Tally, rules: Rules, goal: float | None) -> list[tuple[str, str]]:
    """The target, what is counted, what the level can become, and how fast they were answered."""
    facts: list[tuple[str, str]] = []
    if rules.target is None:
        facts.append(("target", NO_TARGET))
    else:
        aim = "" if goal is None else f", goal {wording.amount(goal)} %"
        own = f"; {rules.own_targets} where there are any" if rules.own_targets else ""
        facts.append(("target", f"answered within {wording.limit(rules.target)}{own}{aim}"))
    if rules.assumed:
        facts.append(("hours", " ".join(rules.assumed)))
    counts = [
        f"{wording.count(tally.counts[state])} {word}"
        for state, word in STATES.items()
        if tally.counts[state]
    ]
    facts.append(("counts", f"{wording.count(tally.arrived)} new: {', '.join(counts) or 'none'}"))
    left_out = "" if rules.closed_missed else "those closed without reply are left out"
    outside = "who waits in time or with a bot, and what agents, bots and campaigns did, is in no level"
    facts.append(("level", "; ".join(filter(None, (LEVEL, left_out, outside)))))
    bounds = bounds_of(tally, closed_missed=rules.closed_missed)
    if bounds:
        facts.append(
            ("open", f"{bounds} % possible, unless some are moved, reopened, handed over or deleted")
        )
    if tally.answered:
        facts.append(("speed", f"half within {within(tally, 0.5)}, 9 of 10 within {within(tally, 0.9)}"))
    if tally.is_bot_first:
        facts.append(("bots", BOTS))
    return facts


def made_of(snapshot: AccountSnapshot, slot: Slot) -> list[tuple[str, str]]:
    """What `i` says of a level besides: the target, what it counts, what it can become, what is known."""
    from tui.monitor.service.level import part_of

    known, part = snapshot.service, part_of(slot.scope)
    today = None if known is None else known.today
    if known is None or today is None or part is None:
        return [("known", known.problem if known and known.problem else UNREAD)]
    lately = slot.row.lately
    tally = known.of_part(part).tally(today.recent if lately else today.parts)
    facts = facts_of(tally, today.rules, known.goal)
    if today.coverage is None:
        facts.append(("read", "how much of today's conversations is not known yet"))
    else:
        facts.append(("read", f"{wording.share(100.0 * today.coverage)} of today's conversations"))
    if slot.scope == ACCOUNT and not lately:
        facts += _of_the_server(snapshot, tally)
    if known.problem:
        facts.append(("now", known.problem))
    return facts


def _of_the_server(snapshot: AccountSnapshot, tally: Tally) -> list[tuple[str, str]]:
    """Why the mean that the server's own report tells is another one; nothing where it tells none."""
    theirs, ours = snapshot.reading(account(Measure.FIRST_RESPONSE)).value, tally.mean()
    if theirs is None or (ours is not None and abs(theirs - ours) < 1.0):
        return []
    mean = "" if ours is None else f", ours {wording.spell(ours)}"
    return [("report", f"its mean is {wording.spell(theirs)}{mean}: {SERVERS_MEAN}")]
