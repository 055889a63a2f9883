"""Alerts at work: judged on news and on a beat, made heard once a machine, and told to the screens."""

import asyncio
import contextlib
import logging
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from textual.app import App

from tui.aside import in_thread
from tui.config.model import Level
from tui.identity import AccountKey, AccountRef, Scope, Slot
from tui.monitor.alerts.command import run_command
from tui.monitor.alerts.derived import derived, usual_waiting
from tui.monitor.alerts.engine import SILENT, Alert, Alerts, Effect, PastAlert, payload
from tui.monitor.alerts.lock import AlertLock, lock_file
from tui.monitor.alerts.needs import needs_of
from tui.monitor.alerts.rules import rules_for, shown_on
from tui.monitor.directory import Membership
from tui.monitor.polling.plan import Need
from tui.panes import alarms
from tui.panes.alarms import Alarm
from tui.screens.context import Context
from tui.terminal.notify import BELL, notify
from tui.terminal.textual_private import driver_of

BEAT = 5.0
"""Seconds between two judgements without news."""
AWAY = 60.0
"""Seconds without a beat after which the program, or the whole machine, was asleep."""
USUAL_EVERY = 900.0
"""Seconds for which what is usual at this hour holds."""
WALL_RINGS = 3
"""How often an alert rings on a wall, where nobody may be there to acknowledge it."""
MOST_COMMANDS = 4
"""Commands of rules that run at the same time."""
MOST_WAITING = 40
"""Commands that wait for one of the `MOST_COMMANDS` places; further ones are dropped, and that is said."""
MOST_FAULTS = 20
"""Different faults that are logged, each once."""
LOCK_SECONDS = 2.0
"""After that the disk of the lock counts as hung, and everybody rings: better twice than never."""
GONE = {Membership.NO_LONGER: "not a member", Membership.SUSPENDED: "suspended"}
"""Why nothing is judged of an account."""

log = logging.getLogger(__name__)

_Needed = tuple[tuple[object, ...], frozenset[Need]]
"""What it was worked out from, and what the rules of an account depend on."""
_AlarmMarks = Mapping[Slot | Scope | None, Alarm]


class Outlet(Protocol):
    """Where alerts are heard."""

    def ring(self) -> None:
        """Ring the bell."""

    async def show(self, title: str, body: str, *, rang: bool) -> None:
        """A desktop notification; the bell in its place, unless it `rang` just now."""

    async def run(self, command: Sequence[str], details: bytes) -> str:
        """Run a command; a sentence where it did not end well, else empty."""


class TerminalOutlet:
    """The bell and notifications of the terminal, by `write`; commands of the machine."""

    def __init__(self, write: Callable[[str], None], environ: Mapping[str, str]) -> None:
        self._write = write
        self._environ = environ

    def ring(self) -> None:
        """Ring the bell."""
        self._write(BELL)

    async def show(self, title: str, body: str, *, rang: bool) -> None:
        """A desktop notification; the bell in its place, unless it `rang` just now."""

        def write(text: str) -> None:
            if text != BELL or not rang:
                self._write(text)

        await notify(title, body, write, self._environ)

    async def run(self, command: Sequence[str], details: bytes) -> str:
        """Run a command; a sentence where it did not end well, else empty."""
        return await run_command(command, details)


def alerting_for(app: App[Any], context: Context, changed: Callable[[AccountRef], None]) -> "AlertsAtWork":
    """The alerts of an app; what they judge of a simulation is shown and never heard."""

    def write(text: str) -> None:
        if (driver := driver_of(app)) is not None:
            driver.write(text)

    outlet = None if context.simulated else TerminalOutlet(write, os.environ)
    return AlertsAtWork(context, outlet=outlet, lock_folder=context.crash_folder, changed=changed)


class AlertsAtWork:
    """Owns the alerts of one run; implements what screens ask of them (`panes.alarms.AlertView`).

    `outlet` None keeps all of it silent. `lock_folder` is where the instances on this machine
    agree who is heard, for each address they watch; None: nobody is asked. `changed` is called
    for an account whose alerts are others than before.
    """

    def __init__(
        self,
        context: Context,
        *,
        outlet: Outlet | None,
        lock_folder: Path | None,
        changed: Callable[[AccountRef], None],
    ) -> None:
        self.problem = ""
        self.outlet = outlet
        self._context = context
        self._lock_folder = lock_folder
        self._changed = changed
        self._started = self._beat_at = context.clock.now()
        self._started_wall = context.clock.wall()
        self._alerts = Alerts(lambda ref: rules_for(self._context.config, ref), self._beat_at)
        self._was_paused = False
        self._judged: dict[AccountRef, tuple[Alert, ...]] = {}
        self._marks: dict[AccountRef, _AlarmMarks] = {}
        self._usual: dict[AccountKey, tuple[float, float | None]] = {}
        self._locks: dict[str, AlertLock] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._running = asyncio.Semaphore(MOST_COMMANDS)
        self._deciding = asyncio.Lock()
        self._needed: dict[AccountRef, _Needed] = {}
        self._faults: set[str] = set()
        """What has gone wrong in judging, so that each is logged once and not at every beat."""

    # -- what screens ask ---------------------------------------------------------------------

    def active(self, ref: AccountRef | None = None) -> tuple[Alert, ...]:
        """What fires, the worst first, then the oldest."""
        return self._alerts.active() if ref is None else self._judged.get(ref, ())

    def at(self, ref: AccountRef, wall: float) -> tuple[Alert, ...] | None:
        """What fired at a Unix time; None for a time before this run, of which nothing is known."""
        return None if wall < self._started_wall else self._alerts.at(ref, wall)

    def past(self) -> tuple[PastAlert, ...]:
        """What is over, the latest first; of this run."""
        return self._alerts.past()

    def level(self, ref: AccountRef) -> Level | None:
        """The worst level that fires for an account; None for none."""
        alarm = self.alarm(ref)
        return None if alarm is None else alarm.level

    def on_figure(self, ref: AccountRef, slot: Slot) -> Level | None:
        """The worst level that a figure has a part in; None for none."""
        alarm = self.alarm(ref, slot)
        return None if alarm is None else alarm.level

    def alarm(self, ref: AccountRef, place: Slot | Scope | None = None) -> Alarm | None:
        """What fires on a figure, on a team or inbox, or anywhere in the account; None for nothing."""
        marks = self._marks.get(ref)
        return None if marks is None else marks.get(place)

    def words(self, ref: AccountRef) -> str:
        """The worst alert of an account in words, and how many more there are; empty for none."""
        return alarms.words(self.active(ref))

    def is_fresh(self, alert: Alert) -> bool:
        """Whether the figures behind an alert are live; if not, it can't clear just now."""
        snapshot = self._context.monitor.snapshot(alert.ref)
        return self._alerts.is_fresh(alert, snapshot, self._context.clock.now())

    def acknowledge(self, ref: AccountRef | None = None, alert_id: int | None = None) -> int:
        """Stop the ringing of an account's alerts, or of one alert; returns how many it concerned."""
        wanted = [alert for alert in self.active(ref) if alert_id is None or alert.id == alert_id]
        count = self._alerts.acknowledge(alert.id for alert in wanted)
        for concerned in {alert.ref for alert in wanted}:
            self._look(concerned)
        return count

    def on_wall(self, on: bool) -> None:
        """Whether a wall is in front: nobody is there to acknowledge, and the bell rings thrice at most."""
        self._alerts.most_rings = WALL_RINGS if on else None

    def on_dark(self, dark: bool) -> None:
        """Whether the wall in front is outside its hours: only the lack of data is heard then.

        What else is known to fire is kept and shown once it is bright, and rings then unless it is over.
        """
        self._alerts.only_silence = dark

    # -- judging ------------------------------------------------------------------------------

    async def run(self) -> None:
        """Judge on a beat, so that silence is noticed too; until cancelled."""
        clock = self._context.clock
        while True:
            with self._going_on():
                self._beat()
            await clock.sleep(BEAT)

    async def learn(self) -> None:
        """Ask the history, now and then and for one account at a time, what is usual at this hour."""
        clock = self._context.clock
        while True:
            await clock.sleep(BEAT)
            with self._going_on(), contextlib.suppress(sqlite3.Error, OSError):
                await self._learn_one()

    def heard(self, ref: AccountRef) -> None:
        """The store knows something new of `ref`."""
        with self._going_on():
            if self._may_judge():
                self._judge(ref)

    def reach_changed(self, ref: AccountRef) -> None:
        """What fires was judged by figures of another reach: it ends, and is judged anew by those of this."""
        if ref in self._judged:
            self._forget(ref, "role changed")

    def start_over(self) -> None:
        """The config is another: end what fires and judge by its rules."""
        self._needed.clear()
        for ref in tuple(self._judged):
            self._forget(ref)

    def close(self) -> None:
        """Stop what is still being run, and let another instance be heard."""
        for task in self._tasks:
            task.cancel()
        self._release()

    def _beat(self) -> None:
        monitor = self._context.monitor
        monitor.watch_for_alerts(self._needs())
        if not self._may_judge():
            return
        now = self._beat_at = self._context.clock.now()
        refs = monitor.refs()
        for ref in self._judged.keys() - set(refs):
            self._forget(ref)
        for ref in refs:
            with self._going_on():
                self._judge(ref)
        self._carry_out(self._alerts.repeats(now))

    def _needs(self) -> dict[AccountRef, frozenset[Need]]:
        """What the rules depend on, of every account that has any; nothing for a dark wall.

        Nothing fires in the first minute; until then the screen has the budget to itself.
        """
        if self._alerts.only_silence:
            return {}
        early = self._context.clock.now() - self._started < SILENT
        known, self._needed = self._needed, {}
        for ref in self._context.monitor.refs():
            with self._going_on():
                self._need(ref, known.get(ref))
        return {ref: frozenset() if early else needs for ref, (_, needs) in self._needed.items()}

    def _need(self, ref: AccountRef, before: _Needed | None) -> None:
        snapshot = self._context.monitor.snapshot(ref)
        of = snapshot.name, snapshot.teams.items, snapshot.inboxes.items
        if before is not None and all(was is given for was, given in zip(before[0], of, strict=True)):
            self._needed[ref] = before
        elif rules := rules_for(self._context.config, ref):
            self._needed[ref] = of, needs_of(rules, snapshot)

    @contextlib.contextmanager
    def _going_on(self) -> Iterator[None]:
        """Log what goes wrong, each fault once, and go on: no rule is worth the whole program."""
        try:
            yield
        except Exception as error:
            fault = f"{type(error).__name__}: {error}"
            if fault not in self._faults and len(self._faults) < MOST_FAULTS:
                self._faults.add(fault)
                log.exception("An alert could not be judged.")
            self.problem = "An alert could not be judged; the log says why."

    def _may_judge(self) -> bool:
        """Whether anything is being asked; what was missed while nothing was is nobody's alarm."""
        now = self._context.clock.now()
        if self._context.monitor.paused:
            self._was_paused = True
            self._release()
            return False
        if self._was_paused or now - self._beat_at > AWAY:
            self._was_paused = False
            self._beat_at = now
            self._alerts.watch_anew(now)
        return True

    def _judge(self, ref: AccountRef) -> None:
        monitor, clock = self._context.monitor, self._context.clock
        status = monitor.entry(ref).status
        if status in GONE:
            if ref in self._judged:
                self._forget(ref, GONE[status])
            return
        snapshot, now = monitor.snapshot(ref), clock.now()
        known = {}
        if self._context.history is not None:
            _, usual = self._usual.get(snapshot.key, (0.0, None))
            known = derived(self._context.history, snapshot, usual, now)
        effects = self._alerts.judge(snapshot, now, clock.wall(), known)
        self._look(ref)
        self._carry_out(effects)

    def _forget(self, ref: AccountRef, why: str = "") -> None:
        self._alerts.forget(ref, self._context.clock.wall(), why)
        self._look(ref)
        del self._judged[ref]

    def _look(self, ref: AccountRef) -> None:
        """Mark what fires now on the account's figures; the worst of each comes first."""
        before, firing = self._judged.get(ref, ()), self._alerts.active(ref)
        self._judged[ref] = firing
        if firing == before:
            return
        marks: dict[Slot | Scope | None, Alarm] = {}
        for alert in firing:
            slots = [shown_on(figure, alert.subject.scope) for figure in alert.values]
            for place in dict.fromkeys((None, alert.subject.scope, *slots)):
                worst = marks.get(place)
                level = alert.level if worst is None else worst.level
                marks[place] = Alarm(level, not alert.acknowledged or (worst is not None and worst.new))
        self._marks[ref] = marks
        self._changed(ref)

    async def _learn_one(self) -> None:
        history, clock = self._context.history, self._context.clock
        if history is None:
            return
        for ref in self._context.monitor.refs():
            snapshot = self._context.monitor.snapshot(ref)
            asked_at, _ = self._usual.get(snapshot.key, (float("-inf"), None))
            if snapshot.key.is_settled and clock.now() - asked_at >= USUAL_EVERY:
                # Before the answer: a disk that fails is not asked at each beat.
                self._usual[snapshot.key] = clock.now(), None
                zone = self._context.zone(snapshot, ref.environment)
                usual = await usual_waiting(history, snapshot, clock.wall(), zone)
                self._usual[snapshot.key] = clock.now(), usual
                return

    # -- being heard --------------------------------------------------------------------------

    def _carry_out(self, effects: Sequence[Effect]) -> None:
        if self.outlet is None or not effects:
            return
        if len(self._tasks) >= MOST_WAITING:
            self._complain("Too many alert commands are running; further ones were left out.")
            effects = [effect for effect in effects if effect.kind == "bell"]
        rang = any(effect.kind == "bell" for effect in effects)
        for effect in effects:
            task = asyncio.create_task(self._do(self.outlet, effect, rang), name=f"alert {effect.kind}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _do(self, outlet: Outlet, effect: Effect, rang: bool) -> None:
        alert = effect.alert
        if not await self._is_ours(alert.ref.environment):
            return
        match effect.kind:
            case "bell":
                outlet.ring()
            case "desktop":
                title = f"{alert.ref.environment}, {alarms.where(alert)}: {alert.level}"
                await outlet.show(title, alarms.matter(alert), rang=rang)
            case "command":
                async with self._running:
                    problem = await outlet.run(effect.command, payload(alert))
                self._complain(problem)

    def _complain(self, problem: str) -> None:
        self.problem = problem
        if problem:
            log.warning("%s", problem)

    async def _is_ours(self, environment: str) -> bool:
        """Whether this instance is the one that is heard of an environment's alerts."""
        configured = self._context.config.environment(environment)
        if self._lock_folder is None or configured is None:
            return True
        lock = self._locks.setdefault(configured.url, AlertLock(lock_file(self._lock_folder, configured.url)))
        async with self._deciding:
            try:
                return await in_thread(lock, lock.mine, LOCK_SECONDS)
            except TimeoutError:
                return True

    def _release(self) -> None:
        for lock in self._locks.values():
            lock.release()
