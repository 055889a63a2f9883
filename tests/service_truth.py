"""What became of the conversations of a day in truth, from the simulator's own books."""

from tui.monitor.service.figures import WHOLE, PartOfAccount, Tally
from tui.monitor.service.states import CountedAs
from tui.simulator.conversations import Cell, Plan
from tui.simulator.ledger import Ledger


def state_in_truth(plan: Plan, cell: Cell, moment: float, target: float) -> CountedAs:
    """The table of states, from what the simulator knows of a conversation."""
    created, replied = int(plan.created), int(plan.first_reply)
    if plan.first_reply and plan.first_reply <= moment:
        if replied - created <= 2:
            return CountedAs.AT_ONCE
        return CountedAs.LATE if replied - created > target else CountedAs.IN_TARGET
    spoken = [written for written in plan.written(moment) if written.kind != "activity"]
    if spoken[-1].kind == "campaign":
        return CountedAs.NO_CUSTOMER
    if cell.status == "pending":
        return CountedAs.HELD
    if cell.status in {"resolved", "abandoned"}:
        return CountedAs.CLOSED_BY_BOT if spoken[-1].kind in {"bot", "automation"} else CountedAs.CLOSED
    return CountedAs.QUEUED_LATE if moment - created > target else CountedAs.QUEUED_IN_TIME


def in_truth(
    ledger: Ledger, seen: frozenset[int] | None, since: float, target: float
) -> dict[PartOfAccount, Tally]:
    """The account and its parts at the ledger's moment, of who came since then; `seen` None: all inboxes."""
    tallies: dict[PartOfAccount, Tally] = {WHOLE: Tally()}
    for id_, plan in ledger.live.items():
        cell = ledger.now[id_]
        if plan.created < since or (seen is not None and cell.inbox not in seen):
            continue
        state = state_in_truth(plan, cell, ledger.moment, target)
        for part in (WHOLE, PartOfAccount("team", cell.team), PartOfAccount("inbox", cell.inbox)):
            tally = tallies.setdefault(part, Tally())
            tally.counts[state] += 1
            if state in (CountedAs.IN_TARGET, CountedAs.LATE):
                tally.speeds.append(float(int(plan.first_reply) - int(plan.created)))
            tally.snoozed += cell.status == "snoozed" and state in (
                CountedAs.QUEUED_IN_TIME,
                CountedAs.QUEUED_LATE,
            )
    return tallies
