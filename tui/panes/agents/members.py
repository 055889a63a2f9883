"""The members of one team, in the agents pane: its title, its totals, its moment."""

from collections import Counter
from collections.abc import Iterable
from datetime import tzinfo

from tui import wording
from tui.api.models import Agent
from tui.identity import ScopeKind
from tui.monitor.reading import AccountSnapshot, Listing, Reading, State, lacks
from tui.panes import figures as draw
from tui.panes.agents import agents
from tui.widgets.parts import Line, Part


def of_team(snapshot: AccountSnapshot, team_id: int) -> Listing[Agent]:
    """The team's members as last asked; one without items where they never were."""
    return snapshot.team_members.get(team_id, NEVER)


def title(snapshot: AccountSnapshot, team_id: int) -> str:
    """`Members of billing 6`."""
    from tui.panes.drill_down import name_of  # Not before: a start would read what keys alone lead to.

    members = of_team(snapshot, team_id)
    name = name_of(snapshot, ScopeKind.TEAM, team_id)
    number = "" if members.items is None else f" {wording.count(len(members.items))}"
    return f"Members of {name}{number}"


def totals(people: Iterable[Agent], *, stale: bool) -> Line:
    """`● 1 online  ○ 5 offline`: how many of them have each availability, those with none left out."""
    line: list[Part] = []
    for availability, number in Counter(person.availability for person in people).items():
        look = "stale" if stale else agents.look(availability)
        symbol, _, word = agents.availability_text(availability).partition(" ")
        line += [Part("  ")] if line else []
        line += [Part(f"{symbol} ", look), Part(wording.count(number), look)]
        line.append(Part(f" {word or 'not told'}", "dim"))
    return line


def as_of(
    snapshot: AccountSnapshot,
    team_id: int,
    loads: Iterable[Reading],
    now: float,
    wall: float,
    zone: tzinfo | None,
    times: Iterable[Reading] = (),
) -> tuple[str, ...]:
    """The moment of the agents, and that of the list of members, which is read rarely."""
    moments = agents.as_of(snapshot, loads, now, wall, zone, times)
    members = of_team(snapshot, team_id)
    if members.items is None:
        return moments
    when = wording.minute(draw.asked(members, now, wall), zone)
    return tuple(f"{moment} · members of {when}" if moment else f"members of {when}" for moment in moments)


def empty(snapshot: AccountSnapshot, team_id: int, now: float, key: str) -> str:
    """Why there is no row; `key` asks for the members again."""
    members = of_team(snapshot, team_id)
    if members.items is None and lacks(snapshot.teams, team_id):
        return "This team is no longer there. Escape is back to all agents."
    match members.state(now):
        case State.LOADING:
            return "Asking who belongs to this team…"
        case State.NOT_PERMITTED:
            return "This token may not see the members of a team. Escape is back to all agents."
        case State.UNKNOWN:
            return f"Who belongs to this team is not known. Press {key} to ask again, escape for all agents."
        case _:
            return "Nobody belongs to this team. Escape is back to all agents."


NEVER: Listing[Agent] = Listing(items=None, asked_at=0.0, asked_wall=0.0, answered_at=0.0, period=60.0)
