"""The past of an account: two days of its figures, as somebody would have seen them, and who came before."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain

import msgspec

from tui.identity import Measure, Slot, account, inbox, team
from tui.measures import Kept, ScopeKind, of
from tui.simulator.conversations import Plan, Planner
from tui.simulator.daytime import DAY, HOUR
from tui.simulator.ledger import Ledger
from tui.simulator.people import Roster
from tui.simulator.threads import Threads
from tui.simulator.visibility import View
from tui.simulator.world import Follower, World

SPANS = ((2 * HOUR, 0.0, 60.0), (DAY, 2 * HOUR, 60.0), (2 * DAY, DAY, 120.0))
"""From and to how long ago, and the seconds between two moments."""
LONGEST_EVERY = 120.0
"""Seconds; the longest wait is looked for less often, as each open conversation is looked at."""
WAITING = tuple(measure for measure in Measure if measure.row.listed and measure.row.listed.kept != "all")
"""What is worked out from how long the customers wait."""
OF_TEAM = tuple(measure for measure in of(ScopeKind.TEAM) if measure.row.of_people)
"""What counts the people of a team."""


def past_days(
    world: World, account_id: int, viewer_id: int, target: float | None = None
) -> Iterator[tuple[float, Mapping[Slot, float]]]:
    """(Unix time, figures) in spans, the latest first, as that is what is looked at first.

    Within a span time runs forward. `target` is how long a customer may wait, in seconds.
    KeyError for somebody who is no member.
    """
    end = world.moment()
    for oldest, newest, step in SPANS:
        yield from _span(world, world.view(account_id, viewer_id), end - oldest, end - newest, step, target)


def conversations_then(
    world: World, account_id: int, viewer_id: int, since: float, until: float
) -> Iterator[bytes]:
    """Each created in [since, until), Unix seconds, as a server would list it now that forgot none."""
    view, account = world.view(account_id, viewer_id), world.account(account_id)
    planner = Planner(world.seed, view.spec, Roster(world.seed, view.spec))
    threads, moment = Threads(world, account, view), world.moment()
    begins, ends = since + world.shift, min(until + world.shift, moment)
    for plan in chain.from_iterable(planner.arrived(begins, ends)):
        cell = plan.cells[plan.stage(moment)] or plan.last
        if begins <= plan.created < ends and cell.inbox in view.inboxes:
            yield msgspec.json.encode(threads.item(plan, cell))


def _span(
    world: World, view: View, start: float, end: float, step: float, target: float | None
) -> Iterator[tuple[float, Mapping[Slot, float]]]:
    moment = start
    ledger = world.begun(view.spec.id, moment)
    slots = view.slots(world.flavour.statuses)
    values = [view.value(ledger, slot) for slot in slots]
    follow = Follower(view, slots, values)
    members = _members(view)
    looked = float("-inf")
    while moment < end:
        while ledger.moment < moment:
            # A ledger forgets what is older than it must know, so no stride is longer.
            ledger.advance(min(moment, ledger.moment + HOUR))
            follow.take(ledger)
        figures = dict(zip(slots, values, strict=True))
        for team_id, people in members.items():
            for measure in OF_TEAM:
                there = measure.row.availability
                counted = [
                    agent_id for agent_id in people if not there or ledger.availability.get(agent_id) == there
                ]
                figures[team(team_id, measure)] = float(len(counted))
        if moment - looked >= LONGEST_EVERY:
            looked = moment
            figures.update(_waits(ledger, view, moment, target))
        yield moment, figures
        moment += step


def _members(view: View) -> dict[int, list[int]]:
    return {
        group.id: [agent.id for agent in view.spec.agents if group.id in agent.teams]
        for group in view.spec.teams
    }


def _waits(ledger: Ledger, view: View, moment: float, target: float | None) -> dict[Slot, float]:
    """Who waits at most a day: how many, how long, how many over the target; and how many wait longer."""
    parts: dict[Callable[[Measure], Slot], list[float]] = {account: []}
    by_team = {group.id: partial(team, group.id) for group in view.spec.teams}
    by_inbox = {number: partial(inbox, number) for number in view.inboxes}
    parts |= {part: [] for part in (*by_team.values(), *by_inbox.values())}
    backlog: list[float] = []
    opened = [(id_, cell) for id_, cell in ledger.now.items() if cell[0] == "open" and cell.inbox in by_inbox]
    for id_, cell in opened:
        wait = _wait(ledger.live[id_], moment, unanswered=cell.unanswered)
        if wait > DAY:
            backlog.append(wait)
        elif wait:
            parts[account].append(wait)
            parts[by_inbox[cell.inbox]].append(wait)
            if cell.team in by_team:
                parts[by_team[cell.team]].append(wait)
    figures: dict[Slot, float] = {}
    for part, waits in parts.items():
        lists: dict[Kept, list[float]] = {"waiting": waits}
        if part is account:
            lists["backlog"] = backlog
        if target is not None:
            lists["over_target"] = [wait for wait in waits if wait > target]
        for measure in WAITING:
            kept = None if measure.row.listed is None else lists.get(measure.row.listed.kept)
            if kept is not None:
                figures[part(measure)] = max(kept, default=0.0) if measure.row.is_time else float(len(kept))
    return figures


def _wait(plan: Plan, moment: float, *, unanswered: bool) -> float:
    """Seconds since the first thing the customer wrote that nobody has answered."""
    if unanswered:
        return moment - plan.created
    since = moment
    for at, agent in reversed(plan.messages(moment)):
        if agent:
            break
        since = at
    return moment - since
