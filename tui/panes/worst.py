"""Which team drowns: the one with most waiting for each member who is online."""

from typing import NamedTuple

from tui import figures, wording
from tui.figures import Measure
from tui.monitor.reading import AccountSnapshot, State


class WorstTeam(NamedTuple):
    """The team, and why it is the worst."""

    team_id: int
    name: str
    waiting: str
    """`5 waiting`."""
    there: str
    """`1 of 6 online`; empty where the members are not known."""
    live: bool

    @property
    def note(self) -> str:
        """Both."""
        return f"{self.waiting} · {self.there}" if self.there else self.waiting


def worst_team(snapshot: AccountSnapshot, now: float) -> WorstTeam | None:
    """The worst team by waiting per online member; None where nothing waits or is known.

    A team with nobody online counts as worse than any other with as many waiting. Where the
    members of a team are not known, waiting alone decides.
    """
    best: tuple[tuple[float, float], WorstTeam] | None = None
    for team in snapshot.teams.items or ():
        waiting = snapshot.reading(figures.team(team.id, Measure.UNASSIGNED))
        if not waiting.value:
            continue
        online = snapshot.reading(figures.team(team.id, Measure.MEMBERS_ONLINE))
        members = snapshot.reading(figures.team(team.id, Measure.MEMBERS))
        words, there = f"{wording.count(waiting.value)} waiting", ""
        live = waiting.state(now) is State.LIVE
        load = waiting.value
        if online.value is not None and members.value is not None:
            there = f"{wording.count(online.value)} of {wording.count(members.value)} online"
            live = live and online.state(now) is State.LIVE
            load = waiting.value / max(0.5, online.value)
        rank = (load, waiting.value)
        if best is None or rank > best[0]:
            best = rank, WorstTeam(team.id, team.name, words, there, live)
    return None if best is None else best[1]
