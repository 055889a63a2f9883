"""Which team needs help: most customers over the target, then most for each member online."""

from typing import NamedTuple

from tui import identity, wording
from tui.identity import HEADLINE, Measure, ScopeKind
from tui.monitor.reading import AccountSnapshot, Reading, State
from tui.panes import figures as draw

WAITED = frozenset({Measure.WAITING, HEADLINE.measure})


class WorstTeam(NamedTuple):
    """The team, and why it is the one."""

    team_id: int
    name: str
    notes: tuple[str, ...]
    """`3 over · 5 waiting · 2 of 7 online · longest 1 h 02`, `5 waiting (2 min old)`; then shorter ones.

    Of what is old the last one is the age alone.
    """
    live: bool


def worst_team(snapshot: AccountSnapshot, now: float) -> WorstTeam | None:
    """The team that needs help most; None where nobody waits or nothing is known.

    Most over the target comes first, then most waiting for each member online. A team with
    nobody online counts as worse than any other with as many waiting. Where who waits is not
    known of a team, its unassigned count, and are called so; where who is there is not known,
    the number alone decides. What is no longer live counts only where nothing is, and then
    tells its age.
    """
    best: tuple[tuple[bool, float, float, float], WorstTeam] | None = None
    waited_for = {
        slot.scope.id
        for slot, reading in snapshot.readings.items()
        if reading.value and slot.measure in WAITED and slot.scope.kind is ScopeKind.TEAM
    }
    for team in snapshot.teams.those(waited_for):

        def of(measure: Measure, number: int = team.id) -> Reading:
            return snapshot.reading(identity.team(number, measure))

        word = "waiting"
        waiting = of(Measure.WAITING)
        if waiting.value is None:
            waiting, word = of(HEADLINE.measure), HEADLINE.row.word
        if not waiting.value:
            continue
        over = of(Measure.OVER_TARGET)
        live = waiting.state(now) is State.LIVE
        late = over.value or 0.0 if over.state(now) is State.LIVE else 0.0
        load = waiting.value
        number = wording.count(waiting.value, at_least=waiting.at_least)
        notes: tuple[str, ...]
        if live:
            there, load = _there(of(Measure.MEMBERS_ONLINE), of(Measure.MEMBERS), load, now)
            longest = of(Measure.LONGEST)
            reasons = [
                f"{wording.count(late, at_least=over.at_least)} over" if late else "",
                f"{number} {word}",
                there,
                f"longest {wording.spell(longest.value)}"
                if longest.value and longest.state(now) is State.LIVE
                else "",
            ]
            told = [one for one in reasons if one]
            notes = tuple(" · ".join(told[:size]) for size in range(len(told), 0, -1))
        else:
            age = draw.age_beside(waiting, now)
            notes = f"{number} {word} {age}", f"{number} {age}", age
        rank = live, late, load, waiting.value
        if best is None or rank > best[0]:
            best = rank, WorstTeam(team.id, team.name, notes, live)
    return None if best is None else best[1]


def _there(online: Reading, members: Reading, waiting: float, now: float) -> tuple[str, float]:
    """`2 of 7 online`, and how many wait for each; nothing and all of them where that is not known."""
    known = State.LIVE is online.state(now) is members.state(now)
    if not known or online.at_least or members.at_least:
        return "", waiting
    words = f"{wording.count(online.value)} of {wording.count(members.value)} online"
    return words, waiting / max(0.5, online.value or 0.0)
