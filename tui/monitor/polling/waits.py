"""The figures of a look at who waits: of the account, its teams and its inboxes."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from tui.api.call import Answer
from tui.identity import Measure, ScopeKind, Slot, account, inbox, team
from tui.monitor.calls import What
from tui.monitor.polling.plan import Focus
from tui.monitor.queue.longest import Waits, WaitsOfPart
from tui.monitor.reading import Reading
from tui.monitor.store import counted, reading_of

MOST_TOLD = 1_000
"""Teams or inboxes up to which each is told after every look for the longest wait whether somebody waits."""


class _Told(NamedTuple):
    """What a survey says of the account, or of a part: what the table of calls picks the figures from."""

    waiting: Reading
    longest: Reading
    over_target: Reading
    backlog: Reading
    """Of the whole account, whichever part it is."""


def waits_of(
    waits: Waits,
    first: Answer[Any],
    period: float,
    view: Focus,
    answered_at: float,
    known: Mapping[Slot, Reading],
) -> dict[Slot, Reading]:
    """The readings of a survey that ended at `answered_at`: as old as its first page.

    Of thousands of teams or inboxes only those are told that are in view, where somebody waits,
    or where somebody waited before, as `known`.
    """

    makes = What.LONGEST.call.makes

    def reading(value: float | None, exact: bool) -> Reading:
        made = reading_of(value, first, period, at_least=value is not None and not exact)
        return msgspec.structs.replace(made, answered_at=answered_at)

    def readings_of(part: WaitsOfPart, kind: ScopeKind) -> dict[Measure, Reading]:
        facts = _Told(
            waiting=reading(part.waiting, part.waiting_exact),
            longest=reading(part.longest, part.longest_exact),
            over_target=reading(
                counted(part.over_target, not part.over_target_exact), part.over_target_exact
            ),
            backlog=backlog,
        )
        return {measure: pick(facts) for measure, pick in makes.items() if kind in measure.row.of}

    backlog = reading(counted(waits.backlog, not waits.backlog_exact), waits.backlog_exact)
    of_account = readings_of(waits.whole, ScopeKind.ACCOUNT)
    readings = {account(measure): made for measure, made in of_account.items()}
    for kind, numbers, by_number, scope, shown in (
        (ScopeKind.TEAM, view.team_ids, waits.by_team, team, view.teams),
        (ScopeKind.INBOX, view.inbox_ids, waits.by_inbox, inbox, view.inboxes),
    ):
        watched: Iterable[int] = numbers
        if len(numbers) > MOST_TOLD and shown is not None:
            before = {
                int(slot.scope.id)
                for slot, was in known.items()
                if slot.measure in makes and slot.scope.kind is kind and was.value
            }
            watched = [number for number in {*shown, *by_number, *before} if number in numbers]
        nobody = readings_of(waits.elsewhere, kind)
        for number in watched:
            part = by_number.get(number)
            for measure, made in (nobody if part is None else readings_of(part, kind)).items():
                readings[scope(number, measure)] = made
    return readings
