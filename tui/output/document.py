"""One account at one moment, as the figures, teams, agents and errors that every one-shot format prints."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

import msgspec

from tui.api.errors import LiveAgentError
from tui.api.models import Agent
from tui.figures import Measure, Reach, Slot, account, status, team
from tui.monitor.reading import AccountSnapshot, Listing, Reading, State

FIGURES: dict[str, Slot] = {
    "mine": account(Measure.MINE),
    "assigned": account(Measure.ASSIGNED),
    "unassigned": account(Measure.UNASSIGNED),
    "open": account(Measure.OPEN),
    "pending": status("pending"),
    "snoozed": status("snoozed"),
    "resolved": status("resolved"),
    "agents_online": account(Measure.AGENTS_ONLINE),
    "agents_busy": account(Measure.AGENTS_BUSY),
    "agents_away": account(Measure.AGENTS_AWAY),
    "agents_offline": account(Measure.AGENTS_OFFLINE),
}
"""The one-shot's account-wide figures, in the order they are printed."""

TEAM_MEASURES = (Measure.OPEN, Measure.UNASSIGNED)

Number = int | float | None


class Failure(msgspec.Struct, frozen=True):
    """A call that gave nothing, or less than it should: which, the cause's word, and a sentence."""

    call: str
    kind: str
    message: str


class Taken(msgspec.Struct, frozen=True):
    """What one round of asking brought for one account: the picture, and what failed on the way."""

    snapshot: AccountSnapshot
    failures: tuple[Failure, ...] = ()


class Moment(msgspec.Struct, frozen=True):
    """When the output is made, on both clocks; ages are counted to it."""

    now: float
    wall: float


class AccountName(msgspec.Struct, frozen=True):
    """Which account; `id` is None where an environment would not even list its accounts."""

    id: int | None
    name: str | None


class SeenAs(msgspec.Struct, frozen=True):
    """Whose token it is, and that user's roles in this account; None where not told.

    `reach` says what the figures cover: `administrator`, or `agent, 2 inboxes`.
    """

    name: str | None
    role: str | None
    reach: str | None


class FigureValue(msgspec.Struct, frozen=True):
    """A figure, how far to trust it, and the seconds since its request left; None where unknown.

    With `at_least` it may be more: some of what it counts could not be read.
    """

    value: Number
    state: str
    age_s: float | None
    at_least: bool = False


class TeamRow(msgspec.Struct, frozen=True):
    """A team and its counts of open conversations."""

    id: int
    name: str
    open: Number
    unassigned: Number


class AgentRow(msgspec.Struct, frozen=True):
    """An agent and the availability the server gave, whatever its word."""

    id: int
    name: str
    availability: str | None


class Document(msgspec.Struct, frozen=True):
    """An account as `snapshot --format json` prints it; `taken_at` is ISO 8601 in UTC."""

    environment: str
    account: AccountName
    seen_as: SeenAs = msgspec.field(name="as")
    taken_at: str
    figures: dict[str, FigureValue]
    teams: tuple[TeamRow, ...]
    agents: tuple[AgentRow, ...]
    errors: tuple[Failure, ...]


def document(taken: Taken, moment: Moment) -> Document:
    """`taken` as it stands at `moment`."""
    snapshot = taken.snapshot
    viewer = snapshot.viewer
    return Document(
        environment=snapshot.ref.environment,
        account=AccountName(snapshot.ref.account_id or None, snapshot.name or None),
        seen_as=SeenAs(viewer.name or None, ", ".join(viewer.roles) or None, reach_of(snapshot))
        if viewer
        else SeenAs(None, None, None),
        taken_at=timestamp(moment.wall),
        figures={name: _figure(snapshot.reading(slot), moment.now) for name, slot in FIGURES.items()},
        teams=tuple(
            TeamRow(
                one.id,
                one.name,
                number(snapshot.reading(team(one.id, Measure.OPEN)).value),
                number(snapshot.reading(team(one.id, Measure.UNASSIGNED)).value),
            )
            for one in snapshot.teams.items or ()
        ),
        agents=tuple(AgentRow(one.id, one.name, one.availability) for one in snapshot.agents.items or ()),
        errors=taken.failures,
    )


def reach_of(snapshot: AccountSnapshot) -> str | None:
    """What the figures cover: the whole account, or so many inboxes of it; None where not told."""
    viewer, items = snapshot.viewer, snapshot.inboxes.items
    if viewer is None or not (viewer.roles or items is not None):
        return None
    return Reach(viewer.roles, None if items is None else tuple(one.id for one in items)).name


def failure(call: str, error: LiveAgentError) -> Failure:
    """`error` of `call` as data; its text is a sentence and holds no token."""
    return Failure(call, error.kind, str(error))


def to_json(everything: Iterable[Taken], moment: Moment) -> str:
    """A JSON array with one `Document` an account, indented, ending in a newline."""
    body = msgspec.json.encode([document(taken, moment) for taken in everything])
    return msgspec.json.format(body, indent=2).decode() + "\n"


def complete(taken: Taken, moment: Moment) -> bool:
    """Whether every figure is live, every team counted, and nothing failed or was lost."""
    readings = [taken.snapshot.reading(slot) for slot in FIGURES.values()]
    for one in taken.snapshot.teams.items or ():
        readings += [taken.snapshot.reading(team(one.id, measure)) for measure in TEAM_MEASURES]
    return not taken.failures and all(one.state(moment.now) is State.LIVE for one in readings)


def hide_agents(snapshot: AccountSnapshot) -> AccountSnapshot:
    """The same picture with ids in place of agents' names, for `privacy.agents = "always"`."""
    agents = snapshot.agents
    items = agents.items and tuple(
        msgspec.structs.replace(agent, name=f"agent {agent.id}", email="") for agent in agents.items
    )
    return msgspec.structs.replace(snapshot, agents=msgspec.structs.replace(agents, items=items))


def state_word(
    reading: Reading | Listing[Agent], now: float
) -> Literal["live", "stale", "unknown", "not_permitted"]:
    """The state's word; a one-shot has nothing left to load, so what is not there is unknown."""
    match reading.state(now):
        case State.LIVE:
            return "live"
        case State.STALE:
            return "stale"
        case State.NOT_PERMITTED:
            return "not_permitted"
        case _:
            return "unknown"


def number(value: float | None) -> Number:
    """`value` without a needless `.0`."""
    return int(value) if value is not None and value == int(value) else value


def timestamp(wall: float) -> str:
    """Unix time as ISO 8601 in UTC, whole seconds: `2026-11-22T14:05:09Z`."""
    return datetime.fromtimestamp(int(wall), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _figure(reading: Reading, now: float) -> FigureValue:
    if reading.value is None:
        return FigureValue(None, state_word(reading, now), None)
    age = round(reading.age(now), 1)
    return FigureValue(number(reading.value), state_word(reading, now), age, reading.at_least)
