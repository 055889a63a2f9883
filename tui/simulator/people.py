"""Who works in a simulated account, and when: agents, teams, inboxes, shifts and breaks."""

import random
from bisect import bisect_right
from collections.abc import Sequence

import msgspec

from tui.simulator.daytime import DAY, HOUR, local_offset
from tui.simulator.names import FIRST, INBOXES, LABELS, LAST, TEAMS, UNUSUAL

ONLINE, BUSY, AWAY, OFFLINE = "online", "busy", "away", "offline"
SHIFTS = (7.0, 8.0, 9.0, 10.0, 12.0, 14.0, 15.0, 22.0)
QUARTER = 900
QUARTERS_KEPT = 400
# Of seven, on different days for each agent: the centre never closes.
WORKDAYS = 6


class Agent(msgspec.Struct, frozen=True):
    """A user as a member of one account; `id` is the user's, the same in every account.

    `role` may hold several words joined by commas. `shift` is the local hour work begins,
    `hours` how long it lasts. `fixed` pins the availability for fixtures.
    """

    id: int
    name: str
    role: str = "agent"
    shift: float = 8.0
    hours: float = 8.0
    inboxes: frozenset[int] = frozenset()
    teams: frozenset[int] = frozenset()
    auto_offline: bool = True
    email: str = ""
    available_name: str = ""
    fixed: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def roles(self) -> frozenset[str]:
        """The roles held, one word each."""
        return frozenset(word.strip() for word in self.role.split(","))


class Team(msgspec.Struct, frozen=True):
    """A group of agents; `share` of the conversations is theirs, taken up `slowness` times later."""

    id: int
    name: str
    description: str | None = None
    share: float = 1.0
    slowness: float = 1.0
    allow_auto_assign: bool = True


class Inbox(msgspec.Struct, frozen=True):
    """Where conversations come in."""

    id: int
    name: str
    channel: str = "Channel::WebWidget"
    share: float = 1.0
    opens: int | None = None
    """Hour of the working day's start; None where working hours are not switched on."""
    closes: int = 20
    bot: bool = False
    """Whether a bot has every conversation first: it hands most of them over, and closes the others."""


class Label(msgspec.Struct, frozen=True):
    """A word put on conversations."""

    id: int
    title: str
    color: str


class AccountSpec(msgspec.Struct, frozen=True, cache_hash=True):
    """All that is fixed about an account.

    `hourly` is the number of conversations that arrive in the busiest hour, `wait` the mean
    time in the queue in seconds, `keep` how long closed ones stay before the server deletes
    them, `standing` a number of conversations that never move, for tests of scale.
    """

    id: int
    name: str
    timezone: str = "Europe/Berlin"
    agents: tuple[Agent, ...] = ()
    teams: tuple[Team, ...] = ()
    inboxes: tuple[Inbox, ...] = ()
    labels: tuple[Label, ...] = ()
    hourly: float = 60.0
    wait: float = 300.0
    keep: float = 12 * HOUR
    standing: int = 0
    backlog: float = 0.75
    """Chance a day that somebody opens a conversation which then lies for days."""
    status: str = "active"
    abandons: bool = True


def staff(
    seed: int, account_id: int, *, agents: int, teams: int, inboxes: int, first_user: int
) -> tuple[tuple[Agent, ...], tuple[Team, ...], tuple[Inbox, ...], tuple[Label, ...]]:
    """Draw the people, teams and inboxes of an account; users get ids from `first_user` on."""
    rng = random.Random(seed * 7_919 + account_id)
    made_inboxes = tuple(
        Inbox(
            number + 1,
            INBOXES[number % len(INBOXES)][0]
            + ("" if number < len(INBOXES) else f" {number // len(INBOXES) + 1}"),
            INBOXES[number % len(INBOXES)][1],
            share=1.0 / (number + 1) ** 0.6,
            opens=8 if number % 3 == 1 else None,
        )
        for number in range(inboxes)
    )
    offset = rng.randrange(len(TEAMS))
    worst = rng.randrange(teams) if teams else 0
    made_teams = tuple(
        Team(
            number + 1,
            TEAMS[(number + offset) % len(TEAMS)][0]
            + ("" if number < len(TEAMS) else f" {number // len(TEAMS) + 1}"),
            TEAMS[(number + offset) % len(TEAMS)][1],
            share=rng.uniform(0.6, 1.4),
            slowness=2.7 if number == worst else rng.uniform(0.6, 1.1),
        )
        for number in range(teams)
    )
    made_agents = tuple(
        _agent(rng, number, first_user + number, made_teams, made_inboxes) for number in range(agents)
    )
    labels = tuple(Label(number + 1, title, color) for number, (title, color) in enumerate(LABELS))
    return made_agents, made_teams, made_inboxes, labels


def _agent(
    rng: random.Random, number: int, user: int, teams: Sequence[Team], inboxes: Sequence[Inbox]
) -> Agent:
    unusual = number % 9 == 4 and number // 9 < len(UNUSUAL)
    name = UNUSUAL[number // 9] if unusual else f"{rng.choice(FIRST)} {rng.choice(LAST)}"
    role = "administrator" if number % 25 == 24 else "supervisor" if number % 11 == 10 else "agent"
    own = {teams[number % len(teams)].id} if teams else set()
    if teams and rng.random() < 0.3:
        own.add(rng.choice(teams).id)
    seen = [inbox.id for inbox in inboxes if role != "agent" or rng.random() < 0.7]
    return Agent(
        user,
        name,
        role,
        shift=SHIFTS[(number * 5 + number // 8) % len(SHIFTS)] + rng.uniform(-0.25, 0.25),
        hours=8.0 + rng.uniform(-0.5, 0.7),
        inboxes=frozenset(seen or [inbox.id for inbox in inboxes[:1]]),
        teams=frozenset(own),
        auto_offline=rng.random() < 0.9,
        email=f"agent{user}@contact-centre.example",
    )


class Roster:
    """When each agent of an account is there: the same for a seed, whoever asks and when."""

    def __init__(self, seed: int, spec: AccountSpec) -> None:
        self._seed = seed
        self._spec = spec
        self._members: dict[int, list[Agent]] = {team.id: [] for team in spec.teams}
        self._at_work: dict[tuple[int | None, int], list[int]] = {}
        self._drawn: dict[tuple[int, int], tuple[list[float], list[str]]] = {}
        for agent in spec.agents:
            for team_id in agent.teams:
                self._members.setdefault(team_id, []).append(agent)

    def members(self, team_id: int) -> Sequence[Agent]:
        """The agents of a team."""
        return self._members.get(team_id, ())

    def on_shift(self, agent: Agent, moment: float) -> bool:
        """Whether `agent` is at work, breaks included, at a server time."""
        return self._works(agent, moment + local_offset(self._spec.timezone, moment))

    def _works(self, agent: Agent, local: float) -> bool:
        """Whether `agent` is at work at a local time; asked for everybody, many times an hour."""
        if agent.fixed is not None:
            return agent.fixed != OFFLINE
        day, rest = divmod(local - agent.shift * HOUR, DAY)
        return rest < agent.hours * HOUR and (int(day) + agent.id * 3) % 7 < WORKDAYS

    def pick(self, rng: random.Random, team_id: int, moment: float) -> int:
        """Somebody at work to take a conversation: of the team, else of the account; 0 if nobody is."""
        there = self._there(team_id, int(moment // QUARTER)) or self._there(None, int(moment // QUARTER))
        return there[int(rng.random() * len(there))] if there else 0

    def _there(self, team_id: int | None, quarter: int) -> list[int]:
        """The ids of those at work at the beginning of a quarter of an hour."""
        known = self._at_work.get((team_id, quarter))
        if known is None:
            if len(self._at_work) > QUARTERS_KEPT * (len(self._spec.teams) + 2):
                self._at_work.clear()
            pool = self._spec.agents if team_id is None else self.members(team_id)
            moment = quarter * QUARTER
            local = moment + local_offset(self._spec.timezone, moment)
            known = [agent.id for agent in pool if self._works(agent, local)]
            self._at_work[team_id, quarter] = known
        return known

    def changes(self, since: float, until: float) -> list[tuple[float, int, str]]:
        """Every change of availability in (since, until], in order: time, user id, availability."""
        changes = []
        for agent in self._spec.agents:
            if agent.fixed is None:
                for day in self._days(agent, since, until):
                    times, words = self._day(agent, day)
                    for index in range(bisect_right(times, since), bisect_right(times, until)):
                        changes.append((times[index], agent.id, words[index]))
        changes.sort()
        return changes

    def availability(self, agent: Agent, moment: float) -> str:
        """The availability of `agent` at a server time."""
        if agent.fixed is not None:
            return agent.fixed
        times, words = self._day(agent, self._days(agent, moment, moment)[-1])
        index = bisect_right(times, moment) - 1
        return words[index] if index >= 0 else OFFLINE

    def _days(self, agent: Agent, since: float, until: float) -> range:
        offset = local_offset(self._spec.timezone, until) - agent.shift * HOUR
        return range(int((since + offset) // DAY), int((until + offset) // DAY) + 1)

    def _day(self, agent: Agent, day: int) -> tuple[list[float], list[str]]:
        drawn = self._drawn.get((agent.id, day))
        if drawn is None:
            if len(self._drawn) > 4 * len(self._spec.agents):
                self._drawn.clear()
            drawn = self._drawn[agent.id, day] = self._draw(agent, day)
        return drawn

    def _draw(self, agent: Agent, day: int) -> tuple[list[float], list[str]]:
        """One working day: from logging on to going home, with busy times and breaks."""
        if (day + agent.id * 3) % 7 >= WORKDAYS:
            return [], []
        rng = random.Random((self._seed * 1_000_003 + self._spec.id * 7_919 + agent.id) * 100_003 + day)
        begin = day * DAY + agent.shift * HOUR
        begin -= local_offset(self._spec.timezone, begin)
        end = begin + agent.hours * HOUR
        times, words = [], []
        moment = begin + rng.uniform(0, 240)
        word = ONLINE
        while moment < end - 300:
            times.append(moment)
            words.append(word)
            if word == ONLINE:
                moment += rng.uniform(420, 2_700)
                word = rng.choices((BUSY, AWAY, OFFLINE), (60, 35, 5))[0]
            else:
                moment += rng.uniform(25, 90) if word == OFFLINE else rng.uniform(180, 1_100)
                word = ONLINE
        times.append(end - rng.uniform(0, 200))
        words.append(OFFLINE)
        return times, words
