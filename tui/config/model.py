"""What the config holds, checked and with its defaults: the structs that everybody else reads."""

from typing import Annotated, Literal

import msgspec

from tui.actions import DIGITS
from tui.config.conditions import Comparison
from tui.config.hours import WallHours
from tui.identity import AccountRef
from tui.measures import IN_CONFIG
from tui.redact import Secret
from tui.text import safe_line

Hide = Literal["never", "wall", "always"]
Level = Literal["info", "warning", "critical"]
Theme = Literal["dark", "light", "high-contrast", "colour-blind", "ansi", "mono"]
Colour = Literal["red", "orange", "yellow", "green", "cyan", "blue", "magenta", "grey"]


class Refresh(msgspec.Struct, frozen=True):
    """How often to ask."""

    every: Annotated[float, msgspec.Meta(ge=5, le=3600)] = 15.0
    """Seconds between two counts of the account on screen, 5 to 3600."""
    budget: Annotated[int, msgspec.Meta(ge=1, le=3000)] = 60
    """Requests a minute and host, 1 to 3000."""


class Privacy(msgspec.Struct, frozen=True):
    """Where names are hidden: never, on the wall only, always."""

    customers: Hide = "wall"
    agents: Hide = "never"


class Display(msgspec.Struct, frozen=True):
    """How it looks."""

    theme: Theme = "dark"
    privacy: Privacy = Privacy()
    agent_times: bool = True
    """Whether to show how long an agent has been in the present availability."""
    columns: dict[str, tuple[str, ...]] = {}
    """Columns by pane (`teams`, `agents`, `inboxes`, `conversations`), in order."""


class Targets(msgspec.Struct, frozen=True):
    """What is too long and too much; None where nothing was said, so that it can be inherited."""

    wait: float | None = None
    """Seconds a customer may wait."""
    backlog_after: float | None = None
    """Seconds after which a waiting conversation is backlog and no longer counts as waiting."""
    conversations_per_agent: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None
    """How many conversations an agent takes; without it "free" is never claimed."""
    service_level: Annotated[float, msgspec.Meta(gt=0, le=100)] | None = None
    """The percentage that is to be answered within `wait`."""
    channels: dict[str, float] = {}
    """Seconds in place of `wait` for service level, by the channel of the inbox, such as `Email`."""
    inboxes: dict[str, float] = {}
    """The same by the inbox's name or number; before `channels`."""
    teams: dict[str, float] = {}
    """The same by the team's name or number, where neither its inbox nor its channel has one."""

    def over(self, base: "Targets") -> "Targets":
        """These targets, and those of `base` where these say nothing."""
        return Targets(
            wait=base.wait if self.wait is None else self.wait,
            backlog_after=base.backlog_after if self.backlog_after is None else self.backlog_after,
            conversations_per_agent=base.conversations_per_agent
            if self.conversations_per_agent is None
            else self.conversations_per_agent,
            service_level=base.service_level if self.service_level is None else self.service_level,
            channels={**base.channels, **self.channels},
            inboxes={**base.inboxes, **self.inboxes},
            teams={**base.teams, **self.teams},
        )


DEFAULT_TARGETS = Targets(backlog_after=86400.0)


class Where(msgspec.Struct, frozen=True):
    """Which figures an alert watches; names, or ids, with `*` and `?`.

    With neither `team` nor `inbox` it watches the account as a whole.
    """

    environment: str = "*"
    account: str = "*"
    team: str | None = None
    inbox: str | None = None


class Notify(msgspec.Struct, frozen=True):
    """How an alert makes itself known, besides on screen."""

    bell: bool = True
    desktop: bool = False
    command: tuple[str, ...] = ()
    """Run without a shell, the details as JSON on its standard input; empty for none."""


class AlertRule(msgspec.Struct, frozen=True):
    """One rule of `[[alerts]]`."""

    when: tuple[Comparison, ...]
    text: str
    """`when` as it was written."""
    lasting: float = 0.0
    """Seconds it must hold in fresh data: `for` in the file."""
    until: tuple[Comparison, ...] = ()
    """What clears it; empty: as soon as `when` no longer holds."""
    level: Level = "warning"
    where: Where = Where()
    notify: Notify = Notify()
    cause: str = ""
    """Rules of one cause are one alert that escalates: the worst that holds stands for all of them."""


class Alerting(msgspec.Struct, frozen=True):
    """What holds for alerts as a whole."""

    built_in: bool = True
    """Whether the rules that come with the program are judged beside those of `[[alerts]]`."""


class HistoryKept(msgspec.Struct, frozen=True):
    """How much of the past is kept; what is older or more is dropped, the oldest first."""

    days_full: Annotated[float, msgspec.Meta(gt=0, le=366)] = 1.0
    """Days for which every sample is kept."""
    days_minutes: Annotated[float, msgspec.Meta(gt=0, le=3660)] = 30.0
    """Days for which the minimum, mean and maximum of each minute are kept."""
    size: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 512
    """Megabytes at most."""


class Wall(msgspec.Struct, frozen=True):
    """What the wall shows."""

    accounts: tuple[str, ...] = ()
    """Patterns of `environment/account`; empty: the account shown first."""
    seconds: Annotated[float, msgspec.Meta(ge=3, le=3600)] = 20.0
    """How long a page of accounts stands before the next."""
    figures: tuple[str, ...] = tuple(str(measure) for measure in IN_CONFIG if measure.row.on_wall)
    """One to five figures, by their names in alerts and JSON."""
    hours: WallHours = WallHours()


class TokenSource(msgspec.Struct, frozen=True):
    """Where a token comes from; exactly one of the first four and `held` is set."""

    env: str | None = None
    """A variable of the program's environment."""
    file: str | None = None
    """An absolute path."""
    command: tuple[str, ...] = ()
    """Run without a shell; its first line of output."""
    keyring: str | None = None
    """The user name under the service `liveagent-tui`, or `service/user name`."""
    timeout: float | None = None
    """Seconds it may take to get; None: 10, or 60 for a command that has the terminal."""
    held: Secret | None = None
    """The token itself, given for this run only; never written anywhere."""
    typed: bool = False
    """Whether `file` is our own, of a token that was typed."""

    def describe(self) -> str:
        """Where from, in words for a person; never the token itself."""
        if self.env is not None:
            return f"the environment variable {self.env}"
        if self.file is not None:
            kind = "the file of the typed token," if self.typed else "the file"
            return f"{kind} {safe_line(self.file)}"
        if self.command:
            return f'the command "{safe_line(self.command[0])}"'
        if self.keyring is not None:
            return f'the keyring entry "{safe_line(self.keyring)}"'
        return "what was typed"


class Service(msgspec.Struct, frozen=True):
    """How service level is counted."""

    closed_without_reply: Literal["missed", "left out"] = "missed"
    """Whether who was closed without a reply counts against the level."""
    hours: WallHours = WallHours()
    """When the clock of a waiting customer runs; "inbox" is that inbox's working hours."""
    days: Annotated[int, msgspec.Meta(ge=0, le=400)] = 35
    """Past days that are read of the account on screen, and kept of every account."""
    inboxes: dict[str, WallHours] = {}
    """In place of `hours`, by the inbox's name or number."""


class OwnService(msgspec.Struct, frozen=True):
    """The same of one environment or account; None where nothing was said, so that it is inherited."""

    closed_without_reply: Literal["missed", "left out"] | None = None
    hours: WallHours | None = None
    inboxes: dict[str, WallHours] = {}

    def over(self, base: Service) -> Service:
        """How it is counted here, where `base` is how it is counted elsewhere."""
        return Service(
            self.closed_without_reply or base.closed_without_reply,
            self.hours or base.hours,
            base.days,
            {**base.inboxes, **self.inboxes},
        )


AccountId = Annotated[int, msgspec.Meta(ge=1, lt=10**18)]
"""As SQLite can keep it."""


class Account(msgspec.Struct, frozen=True):
    """An account listed in the file; the token may see more."""

    id: AccountId
    name: str | None = None
    key: str | None = None
    """The key that jumps here, by the screens' name."""
    targets: Targets | None = None
    service: OwnService | None = None


class Environment(msgspec.Struct, frozen=True):
    """One Live Agent installation, with one token."""

    name: str
    url: str
    """Base address: scheme, host, port, and the path before the first known marker."""
    alternative: str | None = None
    """The address as it was documented, to be tried once where `url` is not the API."""
    key: str | None = None
    timezone: str | None = None
    """An IANA name; None: the inboxes', never silently the machine's."""
    token: TokenSource | None = None
    """`load` puts the file of a typed token here where the config names none."""
    ca_file: str | None = None
    client_cert: str | None = None
    """One PEM file with certificate and key."""
    proxy: str = ""
    """Empty: what the program's environment says; `none`; or an http(s) address."""
    verify: bool = True
    insecure_http: bool = False
    """Whether plain http to another machine is allowed; marked on screen."""
    badge: str | None = None
    """A short word before the name, so that production is never mistaken for trial."""
    colour: Colour | None = None
    targets: Targets | None = None
    service: OwnService | None = None
    accounts: tuple[Account, ...] = ()
    """In the file's order; empty: those the token sees."""
    others: bool = False
    """Whether those the token sees come after the listed ones: so where an address named just one."""

    def account(self, account_id: int) -> Account | None:
        """The listed account of that id, if it is listed."""
        return next((account for account in self.accounts if account.id == account_id), None)


class Config(msgspec.Struct, frozen=True):
    """The whole config; the defaults are what an empty file means."""

    start: str | None = None
    """`environment` or `environment/account id` shown first; None: the last one used."""
    refresh: Refresh = Refresh()
    display: Display = Display()
    keys: dict[str, tuple[str, ...]] = {}
    """The keys of remapped actions, by the screens' names; all others keep their defaults."""
    targets: Targets = DEFAULT_TARGETS
    alerts: tuple[AlertRule, ...] = ()
    alerting: Alerting = Alerting()
    history: HistoryKept = HistoryKept()
    service: Service = Service()
    wall: Wall = Wall()
    environments: tuple[Environment, ...] = ()

    def environment(self, name: str) -> Environment | None:
        """The environment called `name`, if there is one."""
        return next((environment for environment in self.environments if environment.name == name), None)

    def targets_for(self, environment: str, account_id: int) -> Targets:
        """The targets of one account: its own, over its environment's, over the general ones."""
        targets = self.targets.over(DEFAULT_TARGETS)
        configured = self.environment(environment)
        if configured is None:
            return targets
        if configured.targets is not None:
            targets = configured.targets.over(targets)
        account = configured.account(account_id)
        return account.targets.over(targets) if account and account.targets else targets

    def service_for(self, environment: str, account_id: int) -> Service:
        """How service level is counted in one account: its own way, its environment's, the general one."""
        configured = self.environment(environment)
        if configured is None:
            return self.service
        service = configured.service.over(self.service) if configured.service else self.service
        account = configured.account(account_id)
        return account.service.over(service) if account and account.service else service

    def jump_keys(self) -> dict[str, str | AccountRef]:
        """What the config's own `key` settings jump to: key to environment name or account."""
        jumps: dict[str, str | AccountRef] = {}
        for environment in self.environments:
            if environment.key is not None:
                jumps[environment.key] = environment.name
            for account in environment.accounts:
                if account.key is not None:
                    jumps[account.key] = AccountRef(environment.name, account.id)
        return jumps

    def free_digits(self) -> tuple[str, ...]:
        """The digits left for the accounts in their order: no `key` and no action has them."""
        used = {key for keys in self.keys.values() for key in keys} | self.jump_keys().keys()
        return tuple(digit for digit in DIGITS if digit not in used)
