"""What every screen is handed: the config, the monitor, the clock, and how the program was started."""

import random
from collections.abc import Callable, Mapping
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from tui.clock import Clock
from tui.config.file import Loaded
from tui.config.keys import first_key, spelt_key
from tui.config.model import Config, Targets
from tui.config.preferences import Remembered
from tui.identity import HEADLINE, AccountKey, AccountRef
from tui.monitor.history.comparison import Comparisons
from tui.monitor.history.direction import AccountCourse, Course, NoCourse
from tui.monitor.history.history import History
from tui.monitor.history.retention import retention
from tui.monitor.monitor import Monitor
from tui.monitor.polling.session import TransportFor
from tui.monitor.presence import Presence, Since
from tui.monitor.reading import AccountSnapshot
from tui.monitor.zones import zone_named
from tui.panes.alarms import AlertView
from tui.screens.notices import Notices

if TYPE_CHECKING:
    from tui.monitor.history.backfill import Backfill

UTC = ZoneInfo("UTC")


def as_it_stands(config: Config) -> Config:
    """The config itself, where the command line overrules none of it."""
    return config


class Context(msgspec.Struct):
    """Shared by the screens of one run."""

    config: Config
    monitor: Monitor
    clock: Clock
    state: Remembered
    simulated: bool = False
    """The figures come from the embedded simulator; the screen says so."""
    ascii: bool = False
    """The terminal is sent ASCII alone."""
    unkept: str | None = None
    """The environment of the command line or of variables, which may be kept in the config."""

    warnings: tuple[str, ...] = ()
    """What is worth knowing of the config, told once."""
    loaded: Loaded | None = None
    """Where the config came from; None in the demo."""
    history: History | None = None
    """What the figures were; None where nothing is to be remembered."""
    backfill: "Backfill | None" = None
    """Where the past comes from that the history does not have; None but in the demo."""
    crash_folder: Path | None = None
    """Where the report of a crash goes; None where no file is to be touched."""
    presence: Presence = msgspec.field(default_factory=Presence)
    transport_for: TransportFor | None = None
    """What carries the calls instead of the network; None: the network."""
    overrule: Callable[[Config], Config] = as_it_stands
    """Lays what the command line says over a config that was read again."""
    notices: Notices = msgspec.field(default_factory=Notices)
    alerts: AlertView | None = None
    """What fires; None where nothing is judged."""
    comparisons: Comparisons | None = None
    """What the figures were an hour, a day and a week before; None without a history."""

    def __post_init__(self) -> None:
        if self.history is not None:
            self.comparisons = Comparisons(self.history, self.clock)
        self.notices.warn(self.warnings)

    def take(self, loaded: Loaded) -> None:
        """Use a config that was read again, with a new monitor; the old one must have stopped."""
        config = self.overrule(loaded.config)
        held = self.config.environment(self.unkept or "")
        if held is None or any(environment.url == held.url for environment in config.environments):
            self.unkept = None
        elif config.environment(held.name) is None:
            config = msgspec.structs.replace(config, environments=(*config.environments, held))
        self.config = config
        self.loaded = loaded
        self.warnings = tuple(str(warning) for warning in loaded.warnings)
        self.notices.warn(self.warnings)
        if self.history is not None:
            self.history.keep(retention(config))
        self.monitor = Monitor(
            config,
            self.clock,
            random.Random(),  # noqa: S311 - spreads calls over time
            state=self.state.store,
            transport_for=self.transport_for,
        )

    def listing(self, ref: AccountRef) -> str:
        """Whether the account stands in the config, in words; the demo and the command line keep nothing."""
        shown = self.config.environment(ref.environment)
        if shown is None or shown.account(ref.account_id) is None:
            return "auto-detected"
        kept = self.loaded and self.loaded.config.environment(ref.environment)
        if not kept or ref.environment == self.unkept or kept.account(ref.account_id) is None:
            return "not saved"
        return "in the config"

    def first_key(self, action: str) -> str:
        """The first key of an action, as this terminal can show it."""
        key = first_key(self.config.keys, action)
        return spelt_key(key) if self.ascii else key

    def zone(self, snapshot: AccountSnapshot | None, environment: str) -> tzinfo:
        """The contact centre's zone: the environment's, else the inboxes', else UTC; never this machine's.

        It is the one that "today" is asked for in.
        """
        if snapshot is not None:
            return self.monitor.zone(snapshot.ref) or UTC
        configured = self.config.environment(environment)
        return zone_named(configured.timezone if configured is not None else None) or UTC

    def course(self, key: AccountKey) -> Course:
        """Which way the figures of an account go."""
        return NoCourse() if self.history is None else AccountCourse(self.history, key)

    def fill_past(self, live: AccountSnapshot) -> None:
        """Have the demo's past of an account worked out, once its first figures stand."""
        if self.backfill is not None and live.reading(HEADLINE).value is not None:
            self.backfill.want(live.key)

    def since(self, snapshot: AccountSnapshot) -> Mapping[int, Since]:
        """Since when each agent has its availability; empty where the config says not to show that."""
        return self.presence.since(snapshot.key) if self.config.display.agent_times else {}

    def key_of(self, ref: AccountRef) -> str:
        """The key that jumps to `ref`; empty where it has none."""
        jumps = self.config.jump_keys()
        for key, place in jumps.items():
            if place == ref:
                return key
        others = [shown for shown in self.monitor.refs() if shown not in set(jumps.values())]
        digits = self.config.free_digits()
        index = others.index(ref) if ref in others else len(digits)
        return digits[index] if index < len(digits) else ""

    def targets(self, ref: AccountRef) -> Targets:
        """What is too long and too much for that account."""
        return self.config.targets_for(ref.environment, ref.account_id)
