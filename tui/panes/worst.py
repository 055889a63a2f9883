"""Which team drowns: the one with most waiting for each member who is online."""

from typing import NamedTuple

from tui import figures, wording
from tui.figures import Measure
from tui.monitor.reading import AccountSnapshot, Reading, State


class WorstTeam(NamedTuple):
    """The team, and why it is the worst."""

    team_id: int
    name: str
    notes: tuple[str, ...]
    """`5 waiting · 1 of 6 online`, `5 waiting 2 m ago` where that is stale; then shorter ones."""
    live: bool


def worst_team(snapshot: AccountSnapshot, now: float) -> WorstTeam | None:
    """The worst team by waiting per online member; None where nothing waits or is known.

    A team with nobody online counts as worse than any other with as many waiting. Where it
    is not known, or no longer, who is there, waiting alone decides. What is no longer live
    counts only where nothing is, and then tells its age.
    """
    best: tuple[tuple[bool, float, float], WorstTeam] | None = None
    for team in snapshot.teams.items or ():
        waiting = snapshot.reading(figures.team(team.id, Measure.UNASSIGNED))
        if not waiting.value:
            continue
        online = snapshot.reading(figures.team(team.id, Measure.MEMBERS_ONLINE))
        members = snapshot.reading(figures.team(team.id, Measure.MEMBERS))
        live = waiting.state(now) is State.LIVE
        load, number = waiting.value, wording.count(waiting.value)
        notes: tuple[str, ...] = (f"{number} waiting",)
        if not live:
            age = f"{wording.age(waiting.age(now))} ago"
            notes = f"{number} waiting {age}", f"{number} {age}"
        elif State.LIVE is online.state(now) is members.state(now) and not _at_least(online, members):
            there = f"{wording.count(online.value)} of {wording.count(members.value)} online"
            notes = f"{notes[0]} · {there}", *notes
            load = waiting.value / max(0.5, online.value or 0.0)
        rank = live, load, waiting.value
        if best is None or rank > best[0]:
            best = rank, WorstTeam(team.id, team.name, notes, live)
    return None if best is None else best[1]


def _at_least(*readings: Reading) -> bool:
    return any(reading.at_least for reading in readings)
