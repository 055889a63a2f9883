"""One account at one moment, as the figures, teams, agents and errors that every one-shot format prints."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Literal, NamedTuple

import msgspec

from tui.api.errors import LiveAgentError
from tui.api.models import Agent, Inbox, Team
from tui.identity import Measure, Reach, ScopeKind, Slot, agent, inbox, team, whole
from tui.measures import IN_CONFIG, of
from tui.monitor.calls import What
from tui.monitor.reading import AccountSnapshot, Listing, Reading, State
from tui.monitor.service.figures import WHOLE, PartOfAccount
from tui.monitor.sources import sources_of
from tui.output.service_values import AccountService, ServiceValues
from tui.output.timestamps import timestamp

FIGURES: dict[str, Slot] = {str(measure): whole(measure) for measure in IN_CONFIG if measure.is_of_account}
"""The account's figures by their names, in the order in which they are printed."""

Number = int | float | None
StateWord = Literal["live", "stale", "unknown", "not_permitted"]


class FailedCall(msgspec.Struct, frozen=True):
    """A call that gave nothing, or less than it should: which, the cause's word, and a sentence."""

    call: str
    kind: str
    message: str


class Chosen(msgspec.Struct, frozen=True):
    """Which figures are wanted, of the account and of each of its teams, inboxes and agents."""

    account: tuple[Measure, ...] = ()
    team: tuple[Measure, ...] = ()
    inbox: tuple[Measure, ...] = ()
    agent: tuple[Measure, ...] = ()
    agents: bool = False
    """Whether every agent is listed, with what the agent is doing."""
    named: bool = False
    """Whether somebody named the figures: then each of them counts."""


_AT_ONCE = {**What.INBOX_COUNTS.call.tells, **What.LONGEST.call.makes}
EVERYTHING = Chosen(
    tuple(Measure(name) for name in FIGURES),
    tuple(measure for measure in of(ScopeKind.TEAM) if measure.row.in_config),
    tuple(measure for measure in _AT_ONCE if ScopeKind.INBOX in measure.row.of),
    tuple(What.AGENT_LOADS.call.tells),
    agents=True,
)
"""All of the account and of its teams; of each inbox what takes one call of its own, of each agent none."""


class Taken(msgspec.Struct, frozen=True):
    """What one round of asking brought for one account: the picture, and what failed on the way."""

    snapshot: AccountSnapshot
    chosen: Chosen = EVERYTHING
    failures: tuple[FailedCall, ...] = ()
    refused: tuple[FailedCall, ...] = ()
    """What this server, or this token's role, does not give."""
    untold: tuple[Measure, ...] = ()
    """What there is none of, such as those over a target where there is no target."""
    reach: str | None = None
    """What the figures cover, where the snapshot's viewer does not tell it."""
    service: AccountService | None = None
    """The service level of today, as far as the history has it; None where it was not asked for."""


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
    """A figure, how far to trust it, and when its request left; None where unknown.

    With `at_least` it may be more: some of what it counts could not be read.
    """

    value: Number
    state: StateWord
    asked_at: str | None
    """ISO 8601 in UTC."""
    age_s: float | None
    at_least: bool = False


class TeamRow(msgspec.Struct, frozen=True):
    """A team; `open` and `unassigned` repeat the values among its figures."""

    id: int
    name: str
    open: Number
    unassigned: Number
    figures: dict[str, FigureValue] = {}
    service: ServiceValues | None = None


class InboxRow(msgspec.Struct, frozen=True):
    """An inbox."""

    id: int
    name: str
    figures: dict[str, FigureValue] = {}
    service: ServiceValues | None = None


class AgentRow(msgspec.Struct, frozen=True):
    """An agent and the availability the server gave, whatever its word."""

    id: int
    name: str
    availability: str | None
    figures: dict[str, FigureValue] = {}


class AccountDocument(msgspec.Struct, frozen=True, rename={"seen_as": "as"}):
    """One account; the shape of its JSON."""

    environment: str
    account: AccountName
    seen_as: SeenAs
    reach: str | None
    """What the figures cover, as in `as`."""
    taken_at: str
    figures: dict[str, FigureValue]
    service: ServiceValues | None
    """Of today, from the history; None where figures were named."""
    teams: tuple[TeamRow, ...]
    inboxes: tuple[InboxRow, ...]
    agents: tuple[AgentRow, ...]
    errors: tuple[FailedCall, ...]


class Everything(msgspec.Struct, frozen=True, kw_only=True):
    """The shape of `--format json`, of `--watch` a line."""

    version: Literal[1] = 1
    accounts: tuple[AccountDocument, ...]


def document(taken: Taken, moment: Moment) -> AccountDocument:
    """`taken` as it stands at `moment`."""
    snapshot, chosen = taken.snapshot, taken.chosen
    viewer, reach = snapshot.viewer, taken.reach or reach_of(snapshot)

    def figures(slot: Callable[[Measure], Slot], measures: Iterable[Measure]) -> dict[str, FigureValue]:
        return {
            str(measure): figure_value(snapshot.reading(slot(measure)), moment.now) for measure in measures
        }

    def value(number_: int, measure: Measure) -> Number:
        return number(snapshot.reading(team(number_, measure)).value)

    def service(part: PartOfAccount) -> ServiceValues | None:
        return None if taken.service is None else taken.service.values(part)

    return AccountDocument(
        environment=snapshot.ref.environment,
        account=AccountName(snapshot.ref.account_id or None, snapshot.name or None),
        seen_as=SeenAs(viewer.name or None, ", ".join(viewer.roles) or None, reach)
        if viewer
        else SeenAs(None, None, None),
        reach=reach,
        taken_at=timestamp(moment.wall),
        figures=figures(whole, chosen.account),
        service=service(WHOLE),
        teams=tuple(
            TeamRow(
                each_team.id,
                each_team.name,
                value(each_team.id, Measure.OPEN),
                value(each_team.id, Measure.UNASSIGNED),
                figures(partial(team, each_team.id), chosen.team),
                service(PartOfAccount("team", each_team.id)),
            )
            for each_team in (snapshot.teams.items or () if chosen.team else ())
        ),
        inboxes=tuple(
            InboxRow(
                each_inbox.id,
                each_inbox.name,
                figures(partial(inbox, each_inbox.id), chosen.inbox),
                service(PartOfAccount("inbox", each_inbox.id)),
            )
            for each_inbox in (snapshot.inboxes.items or () if chosen.inbox else ())
        ),
        agents=tuple(
            AgentRow(
                each_agent.id,
                each_agent.name,
                each_agent.availability,
                figures(partial(agent, each_agent.id), chosen.agent),
            )
            for each_agent in (snapshot.agents.items or () if chosen.agents else ())
        ),
        errors=(*taken.failures, *taken.refused),
    )


def reach_of(snapshot: AccountSnapshot) -> str | None:
    """What the figures cover: the whole account, or so many inboxes of it; None where not told."""
    viewer, items = snapshot.viewer, snapshot.inboxes.items
    if viewer is None or not (viewer.roles or items is not None):
        return None
    return Reach(viewer.roles, None if items is None else tuple(item.id for item in items)).name


def failure(call: str, error: LiveAgentError) -> FailedCall:
    """`error` of `call` as data; its text is a sentence and holds no token."""
    return FailedCall(call, error.kind, str(error))


def to_json(everything: Iterable[Taken], moment: Moment) -> str:
    """`Everything`, indented, ending in a newline."""
    return msgspec.json.format(_encoded(everything, moment), indent=2).decode() + "\n"


def to_json_line(everything: Iterable[Taken], moment: Moment) -> str:
    """The same on one line."""
    return _encoded(everything, moment).decode() + "\n"


def _encoded(everything: Iterable[Taken], moment: Moment) -> bytes:
    return msgspec.json.encode(Everything(accounts=tuple(document(taken, moment) for taken in everything)))


class Parts(NamedTuple):
    """The teams, the inboxes or the agents of an account, and which figures of each are wanted."""

    kind: ScopeKind
    items: Sequence[Team | Inbox | Agent]
    slot: Callable[[int, Measure], Slot]
    measures: tuple[Measure, ...]


def parts_of(snapshot: AccountSnapshot, chosen: Chosen) -> tuple[Parts, ...]:
    """What has figures of its own, in the order in which they are printed."""
    return (
        Parts(ScopeKind.TEAM, snapshot.teams.items or (), team, chosen.team),
        Parts(ScopeKind.INBOX, snapshot.inboxes.items or (), inbox, chosen.inbox),
        Parts(ScopeKind.AGENT, snapshot.agents.items or (), agent, chosen.agent),
    )


def slots_of(taken: Taken) -> Iterator[tuple[Slot, str]]:
    """Every figure that is wanted, in the order in which they are printed, and the name of what it is of."""
    yield from ((whole(measure), "") for measure in taken.chosen.account)
    for part in parts_of(taken.snapshot, taken.chosen):
        for item in part.items:
            yield from ((part.slot(item.id, measure), item.name) for measure in part.measures)


def complete(taken: Taken, moment: Moment) -> bool:
    """Whether nothing failed or was lost, and every figure is live that each server tells each token.

    What was asked for by name is live, or the picture is not complete.
    """
    chosen = taken.chosen

    def matters(slot: Slot) -> bool:
        sure = all(is_sure(what) for what in sources_of(slot))
        return slot.measure not in taken.untold and (chosen.named or sure)

    live = (
        taken.snapshot.reading(slot).state(moment.now) is State.LIVE
        for slot, _ in slots_of(taken)
        if matters(slot)
    )
    return not taken.failures and all(live)


def is_sure(what: What) -> bool:
    """Whether its figures are known of every server, with every token, however much there is."""
    return not (what.call.optional or what.call.unattended or what.call.makes)


def hide_agents(snapshot: AccountSnapshot) -> AccountSnapshot:
    """The same picture with ids in place of agents' names, for `privacy.agents = "always"`."""
    agents = snapshot.agents
    items = agents.items and tuple(
        msgspec.structs.replace(agent, name=f"agent {agent.id}", email="") for agent in agents.items
    )
    return msgspec.structs.replace(snapshot, agents=msgspec.structs.replace(agents, items=items))


def state_word(reading: Reading | Listing[Agent], now: float) -> StateWord:
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


def figure_value(reading: Reading, now: float) -> FigureValue:
    """`reading` as it is printed at `now`; empty but for its state where its value is unknown."""
    state = state_word(reading, now)
    if reading.value is None:
        return FigureValue(None, state, None, None)
    age, at = round(reading.age(now), 1), timestamp(reading.asked_wall)
    return FigureValue(number(reading.value), state, at, age, reading.at_least)
