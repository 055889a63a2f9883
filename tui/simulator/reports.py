"""The v2 reports of the simulated API: loads, summaries and series, for supervisors and administrators."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from tui.simulator.conversations import LONGEST_LIFE, Cell, Plan
from tui.simulator.daytime import DAY, HOUR
from tui.simulator.replies import Refusal, broken, leading_number, not_allowed, seconds, unprocessable
from tui.simulator.threads import PAGE_SIZE, Query
from tui.simulator.visibility import View
from tui.simulator.world import Account, World

STEPS = {"hour": HOUR, "day": DAY, "week": 7 * DAY, "month": 30 * DAY}
COUNTS = ("conversations_count", "incoming_messages_count", "outgoing_messages_count", "resolutions_count")
AVERAGES = ("avg_first_response_time", "avg_resolution_time")
LONGEST_RANGE = 8 * DAY
"""Nothing is known of what was before."""


class Asked(msgspec.Struct, frozen=True):
    """A call within an account, its asker known and admitted."""

    world: World
    account: Account
    view: View
    query: Query
    body: bytes
    rest: list[str]

    def first(self, name: str) -> str:
        """A query parameter's first value; empty if there is none."""
        return (self.query.get(name) or [""])[0]


async def conversations(asked: Asked) -> object:
    """`reports/conversations`: open conversations of the account, or of each agent."""
    _permit(asked)
    cells = asked.account.ledger.cells
    queued = asked.world.flavour.queued_word
    if asked.first("type") == "account":
        opened = [(cell, number) for cell, number in cells.items() if cell.status == "open"]
        return {
            "open": sum(number for _, number in opened),
            queued: sum(number for cell, number in opened if cell.unanswered),
            "unassigned": sum(number for cell, number in opened if not cell.assignee),
        }
    if asked.first("type") != "agent":
        raise unprocessable()
    loads: dict[int, list[int]] = {agent.id: [0, 0] for agent in asked.account.spec.agents}
    for cell, number in cells.items():
        if cell.status == "open" and cell.assignee in loads:
            loads[cell.assignee][0] += number
            loads[cell.assignee][1] += number if cell.unanswered else 0
    ordered = sorted(asked.account.spec.agents, key=lambda agent: (-loads[agent.id][0], agent.id))
    page = max(1, leading_number(asked.first("page") or "1"))
    return [
        {
            "id": agent.id,
            "name": agent.name,
            "email": agent.email,
            "thumbnail": "",
            "availability": asked.account.ledger.availability.get(agent.id),
            "metric": {"open": loads[agent.id][0], queued: loads[agent.id][1]},
        }
        for agent in ordered[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    ]


async def summary(asked: Asked) -> object:
    """`reports/summary`: a range against the one before it."""
    _permit(asked)
    keep = _kind(asked)
    since, until = seconds(asked.query, "since"), seconds(asked.query, "until")
    shift, now = asked.world.shift, asked.account.ledger.moment
    if since is None or until is None:
        tally = _Tally(now - 2 * DAY, now, now)
        tally.take(keep(await asked.account.arrivals(now - 2 * DAY - LONGEST_LIFE, now)))
        figures = tally.told() | dict.fromkeys(AVERAGES, 0)
        return figures | {"previous": figures}
    since, until = since + shift, until + shift
    since = max(since, until - LONGEST_RANGE)
    width = max(0.0, until - since)
    present, before = _Tally(since, until, now), _Tally(since - width, since, now)
    plans = list(keep(await asked.account.arrivals(since - width - LONGEST_LIFE, until)))
    present.take(plans)
    before.take(plans)
    return present.told() | {"previous": before.told()}


async def series(asked: Asked) -> object:
    """`reports`: one metric in steps of an hour, a day, a week or thirty days."""
    _permit(asked)
    metric = asked.first("metric")
    keep = _kind(asked)
    since, until = seconds(asked.query, "since"), seconds(asked.query, "until")
    if since is None or until is None:
        raise Refusal(broken())
    if metric not in COUNTS + AVERAGES:
        return []
    shift, now = asked.world.shift, asked.account.ledger.moment
    since, until = max(since, until - LONGEST_RANGE) + shift, until + shift
    step = STEPS.get(asked.first("group_by") or "day", DAY)
    zone = _offset(asked.first("timezone_offset"))
    begin = (since + zone - shift) // step * step - zone + shift
    tallies = []
    while begin <= until:
        tallies.append(_Tally(begin, begin + step, min(now, until)))
        begin += step
    if not tallies:
        return []
    first = tallies[0].since
    touched: list[list[Plan]] = [[] for _ in tallies]
    for plan in keep(await asked.account.arrivals(first - LONGEST_LIFE, until)):
        for index in {
            int((moment - first) // step) for moment in (plan.created, plan.first_reply, plan.ended)
        }:
            if 0 <= index < len(touched):
                touched[index].append(plan)
    for tally, plans in zip(tallies, touched, strict=True):
        tally.take(plans)
    return [tally.point(metric, tally.since - shift) for tally in tallies]


class _Tally:
    """What happened in [since, until), as far as it has happened by `now`."""

    def __init__(self, since: float, until: float, now: float) -> None:
        self.since = since
        self._until = min(until, now)
        self._now = now
        self._counts = dict.fromkeys(COUNTS, 0)
        self._times: dict[str, list[float]] = {name: [] for name in AVERAGES}

    def take(self, plans: Iterable[Plan]) -> None:
        """Count conversations; each only once."""
        since, until, counts = self.since, self._until, self._counts
        for plan in plans:
            created, replied, ended = plan.times[0], plan.first_reply, plan.ended
            if since <= created < until:
                counts["conversations_count"] += 1
                counts["incoming_messages_count"] += 1 + plan.turns
                # As a real server does: those created in the time that are resolved by now, whenever.
                counts["resolutions_count"] += plan.resolved_by(self._now)
            if since <= replied < until:
                counts["outgoing_messages_count"] += 1 + plan.turns
                self._times["avg_first_response_time"].append(replied - created)
            if since <= ended < until and replied:
                self._times["avg_resolution_time"].append(ended - created)

    def told(self) -> dict[str, Any]:
        """As a summary: averages are numeric strings, or 0 with nothing to average."""
        return {**self._counts, **{name: _average(times) for name, times in self._times.items()}}

    def point(self, metric: str, timestamp: float) -> dict[str, Any]:
        """As a point of a series; averages come with their count."""
        if metric in self._counts:
            return {"value": self._counts[metric], "timestamp": int(timestamp)}
        times = self._times[metric]
        return {"value": _average(times), "timestamp": int(timestamp), "count": len(times)}


def _average(times: Sequence[float]) -> str | int:
    return str(sum(times) / len(times)) if times else 0


def _permit(asked: Asked) -> None:
    if not asked.view.reports:
        raise not_allowed()


def _kind(asked: Asked) -> Callable[[Iterable[Plan]], Iterable[Plan]]:
    """What `type` and `id` leave of the conversations, by where they stood last."""
    wanted = leading_number(asked.first("id"))
    match asked.first("type"):
        case "account":
            return lambda plans: plans
        case "agent":
            return _keep(lambda cell: cell.assignee == wanted)
        case "team":
            return _keep(lambda cell: cell.team == wanted)
        case "inbox":
            return _keep(lambda cell: cell.inbox == wanted)
        case "label":
            title = asked.first("id")
            return lambda plans: (plan for plan in plans if title in plan.labels)
        case _:
            raise unprocessable()


def _keep(test: Callable[[Cell], bool]) -> Callable[[Iterable[Plan]], Iterable[Plan]]:
    def kept(plans: Iterable[Plan]) -> Iterable[Plan]:
        for plan in plans:
            last = next((cell for cell in reversed(plan.cells) if cell is not None), None)
            if last is not None and test(last):
                yield plan

    return kept


def _offset(text: str) -> float:
    try:
        return float(text or 0) * HOUR
    except ValueError:
        return 0.0
