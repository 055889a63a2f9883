"""The monitor as the rest of the program sees it: what is known, what to look at, what to ask."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Iterable, Mapping
from datetime import UTC, tzinfo
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

from tui.api.call import Answer
from tui.api.errors import ConnectionFailedError, LiveAgentError
from tui.clock import Clock
from tui.config.model import Config
from tui.config.secrets import Lend
from tui.config.state import AT_EXIT, StateStore
from tui.identity import HEADLINE, AccountKey, AccountRef
from tui.monitor.calls import Ask, What
from tui.monitor.directory import AccountEntry, Directory, placeholder
from tui.monitor.health import Health, HealthState, health_of, health_of_account
from tui.monitor.housekeeping import Guard
from tui.monitor.listeners import Listeners
from tui.monitor.polling.budget import Priority
from tui.monitor.polling.change_of_reach import ChangeOfReach, OnBreak
from tui.monitor.polling.environments import Places, RunningEnvironment
from tui.monitor.polling.in_flight import Waiting
from tui.monitor.polling.ingest import Filing
from tui.monitor.polling.outcome import Outcome
from tui.monitor.polling.plan import IDLE_AFTER, Needs, ShownParts
from tui.monitor.polling.planner import Agenda
from tui.monitor.polling.poller import Gone, Poller
from tui.monitor.polling.schedule import Schedule
from tui.monitor.polling.session import Session, TransportFor
from tui.monitor.reach import SeenReach
from tui.monitor.reading import AccountSnapshot, Problem
from tui.monitor.sources import FIRST
from tui.monitor.store import Store

if TYPE_CHECKING:
    from tui.api.client import LiveAgentClient

__all__ = ["Health", "HealthState", "Monitor"]

HOUSEKEEPING = 60.0
"""Seconds between two rounds."""
JUST_ASKED = 3.0
"""Seconds for which an answer is new enough for somebody who comes to an account."""
ASKED_LATELY = 10.0
"""The same of what else an account has, at the key that refreshes."""
OTHER_SESSION = "The token has changed meanwhile; ask again."
NOT_THERE = "This environment is no longer in the config."
REMOVED = Problem(ConnectionFailedError(NOT_THERE), 0.0)
"""Why nothing is known of what a screen may still show: it is not about to come."""


class Monitor:
    """Polls every environment of the config and keeps the picture of each account.

    Everything runs on the loop that called `start`; nothing here blocks it. Figures are read
    with `snapshot`, changes heard of with `listen`; screens say what they show with `look_at`
    and `visible`, and what is not shown is not asked for.
    """

    def __init__(
        self,
        config: Config,
        clock: Clock,
        rng: random.Random,
        *,
        state: StateStore,
        transport_for: TransportFor | None = None,
        service_share: float = 0.0,
    ) -> None:
        self.config = config
        self.clock = clock
        self._rng = rng
        self._state = state
        self.store = Store()
        self.directory = Directory(config, state)
        self._filing = Filing(config, clock, self.store, self.directory)
        self._places = Places(config, clock, state, transport_for, opened=self._opened, stuck=self._stuck)
        self._schedule = partial(
            Schedule, config.refresh.budget, identity=self._places.identity, service_share=service_share
        )
        self._pollers: dict[str, Poller] = {}
        self._waiting = Waiting()
        self.overhear = self._waiting.overhear
        self._agenda = Agenda(clock, self._places, self._pollers, self._filing, self.directory)
        self.is_shown = self._agenda.is_shown
        self._running: list[asyncio.Task[None]] = []
        self._paused = False
        self._touched_at = clock.now()
        self._change_of_reach = ChangeOfReach(
            clock,
            self._places,
            self._pollers,
            self._filing,
            self._agenda,
            self.store,
            self._waiting,
            self.directory,
        )
        self._guard = Guard()
        self._listeners = Listeners(self._guard)
        self.store.listen(self._changed)

    def begin(self) -> None:
        """Open every environment's session, and ask what who looks at an account wants before all else.

        What else is asked depends on what is in view: that waits for `start`.
        """
        for place in self._places:
            host = place.host
            if host not in self._pollers:
                # Of its own: what one host draws does not depend on when another one answers.
                schedule = self._schedule(random.Random(self._rng.random()))  # noqa: S311 - it spreads calls
                poller = Poller(
                    host, self.clock, schedule, put=self._put, answered=self._answered, failed=self._failed
                )
                poller.pause(True)
                self._pollers[host] = poller
                self._running.append(asyncio.create_task(poller.run(), name=f"poll {host}"))
            self._places.open(place)
        self.beside(self._keep_house(), "monitor housekeeping")

    async def start(self) -> None:
        """Begin to open every environment's session and to ask, or go on from `begin`; returns at once."""
        if not self._running:
            self.begin()
        for poller in self._pollers.values():
            poller.pause(self._paused)
        self.beside(self._guard.run("the head start", self._agenda.head_start), "head start")

    def beside(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Let `work` run until `stop`."""
        self._running.append(asyncio.create_task(work, name=name))

    async def stop(self) -> None:
        """End all asking, let the connections go, save what is remembered; returns when that is done."""
        for poller in self._pollers.values():
            await poller.stop()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running.clear()
        self._pollers.clear()
        self._waiting.close()
        await self._places.close()
        await self._state.save(AT_EXIT)

    def look_at(self, ref: AccountRef | None) -> None:
        """This account is on screen now: it is asked at once and most often."""
        if ref == self._agenda.looking:
            return
        self._agenda.looking = ref
        self._agenda.replan_all()
        if ref is not None:
            self._agenda.urge(ref, FIRST, JUST_ASKED)

    def look_at_also(self, refs: Iterable[AccountRef]) -> None:
        """These share the screen with the account looked at: a wall's tiles."""
        refs = frozenset(refs)
        if refs != self._agenda.also:
            self._agenda.also = refs
            self._agenda.replan_all()

    @property
    def looking(self) -> AccountRef | None:
        """The account on screen, as `look_at` was told."""
        return self._agenda.looking

    @property
    def watch_all(self) -> bool:
        """Whether accounts not on screen are asked for agents and longest wait too, rarely."""
        return self._agenda.watch_all

    @watch_all.setter
    def watch_all(self, on: bool) -> None:
        if on != self._agenda.watch_all:
            self._agenda.watch_all = on
            self._agenda.replan_all()

    def watch_for_alerts(self, needs: Mapping[AccountRef, Needs]) -> None:
        """What the alerts on each account depend on; not on screen, it is asked besides, more rarely."""
        self._agenda.watch_for_alerts(needs)

    def refresh(self, ref: AccountRef | None = None, lend: Lend | None = None) -> None:
        """Somebody pressed the key: ask at once and lift what was given up; None: every account.

        A token's command that fails without the terminal is given it by `lend`.
        """
        # An environment whose token never worked has no account yet, and is tried again all the same.
        for place in self._places:
            if ref is None or place.name == ref.environment:
                self._open_again(place, lend)
        for account in [ref] if ref else self.refs():
            if self._places.get(account.environment) is None:
                continue
            self._change_of_reach.wanted(account)
            self._agenda.urge(account, FIRST, 0.0, whose=True)
            if ref is not None:
                self._agenda.urge(account, None, ASKED_LATELY)

    def _open_again(self, place: RunningEnvironment, lend: Lend | None) -> None:
        """Where the token is refused or missing, look for it again."""
        poller, session = self._pollers.get(place.host), place.session
        held = poller and session and poller.schedule.held_until(place.name, session.generation)
        if place.problem is not None or held is not None:
            self._places.open(place, lend)

    def pause(self) -> None:
        """Let nothing leave but what `refresh` and `ask` ask for."""
        self._pause(True)

    def resume(self) -> None:
        """Go on asking, what is on screen at once."""
        self._pause(False)

    @property
    def paused(self) -> bool:
        """Whether nothing leaves by itself."""
        return self._paused

    def touched(self) -> None:
        """Somebody pressed a key: agents are asked more often while somebody is there."""
        self._touched_at = self.clock.now()
        self._agenda.set_idle(False)

    def visible(self, ref: AccountRef, **shown: Unpack[ShownParts]) -> None:
        """What the screen shows of an account; `teams` left out means all of them.

        `agents` are those whose own times it shows, `inbox` the one whose figures stand for the
        account's.
        """
        if self._filing.view(ref).take(shown):
            self._agenda.replan(ref.environment)

    def refs(self) -> tuple[AccountRef, ...]:
        """Every known account, in config order."""
        return self.directory.refs()

    def entry(self, ref: AccountRef) -> AccountEntry:
        """Name and membership of an account, as far as is known."""
        return self.directory.entry(ref)

    def key(self, ref: AccountRef) -> AccountKey:
        """The identity under which this account's figures are filed just now."""
        place = self._places.get(ref.environment)
        if place is None or place.session is None:
            # By the environment's own name: another one of that address may have a token.
            return placeholder(ref.environment, ref.account_id, 0)
        return place.session.key(ref.account_id)

    def snapshot(self, ref: AccountRef) -> AccountSnapshot:
        """Everything known of an account; the same object until something changes."""
        if self._places.get(ref.environment) is None:
            self.store.account_problem(self.key(ref), REMOVED)
        days, name, viewer = str(self.zone(ref) or UTC), self.entry(ref).name, self.directory.viewer(ref)
        return self.store.snapshot(ref, self.key(ref), name, viewer, days)

    def zone(self, ref: AccountRef) -> tzinfo | None:
        """The contact centre's time zone; None while unknown, when "today" is UTC's."""
        place = self._places.get(ref.environment)
        return place.zone(ref.account_id) if place else None

    def health(self, environment: str) -> Health:
        """How the environment answers."""
        place = self._places.get(environment)
        poller = self._pollers.get(place.host) if place else None
        return health_of(place, poller, self._filing.standing(environment), self._paused)

    def health_of(self, ref: AccountRef) -> Health:
        """How one account answers: as its environment does, unless it or its counts are kept from that."""
        counts = self.store.readings(self.key(ref)).get(HEADLINE)
        return health_of_account(self.health(ref.environment), self.last_error(ref), counts)

    def last_error(self, ref: AccountRef) -> Problem | None:
        """What is wrong with an account, with the moment of the next try; None where all is well.

        That the token is refused comes first, then what keeps all of the account from answering, then
        what keeps its counts, then the newest failure. What else the role forbids the figure says.
        """
        place = self._places.get(ref.environment)
        return None if place is None else self._change_of_reach.trouble(place, ref, paused=self._paused)

    def listen(self, callback: Callable[[AccountRef], None]) -> Callable[[], None]:
        """Call `callback` on the loop, once for the changes of one turn; returns what ends that.

        Who listens first hears of what changed before, too.
        """
        return self._listeners.add(callback)

    def listen_for_breaks(self, callback: OnBreak) -> None:
        """Call `callback` with the account and its former identity where its reach becomes another one."""
        self._change_of_reach.callbacks.append(callback)

    async def ask(self, ref: AccountRef, ask: Ask, priority: Priority = Priority.USER) -> Answer[Any]:
        """Ask something on demand: see `sources.conversations` and `sources.conversation`.

        First in the queue, or by its `priority`, inside the budget; may be cancelled. Raises LiveAgentError.
        """
        place = self._places.get(ref.environment)
        poller = self._pollers.get(place.host) if place else None
        if place is None:
            raise ConnectionFailedError(NOT_THERE)
        if place.session is None or poller is None:
            not_yet = ConnectionFailedError(f"{ref.environment} is not connected yet.")
            raise place.problem.error if place.problem else not_yet
        full = ask.at(ref.environment, place.session.generation, ref.account_id)
        future = self._waiting.join(full, self.clock.now())
        poller.ask_once(full, priority)
        try:
            return await future
        finally:
            if self._waiting.leave(full, future):
                poller.schedule.cancel(full)

    def client(self, environment: str) -> "LiveAgentClient | None":
        """The environment's client, for what needs no budget; None until its session is open."""
        place = self._places.get(environment)
        return place.session.client if place and place.session else None

    def _opened(self, place: RunningEnvironment, old: Session | None) -> None:
        if old is not None:
            self._filing.forget(place.name)
            self.directory.forget(place.name)
            self._waiting.fail(place.name, ConnectionFailedError(OTHER_SESSION))
        self._agenda.replan(place.name)
        if self._agenda.looking and self._agenda.looking.environment == place.name:
            self._agenda.urge(self._agenda.looking, FIRST, JUST_ASKED)
        for ref in self.directory.of(place.name):
            self._listeners.tell(ref)

    def _stuck(self, place: RunningEnvironment) -> None:
        for ref in self.directory.of(place.name):
            if place.session is None:
                self.store.account_problem(self.key(ref), place.problem)
            self._listeners.tell(ref)

    async def _put(self, ask: Ask) -> Answer[Any]:
        session = self._places.session(ask)
        if session is None:
            raise Gone
        try:
            return await session.put(ask, self.clock)
        except LiveAgentError:
            if self._places.session(ask) is None:
                raise Gone from None
            raise

    def seen(self, ref: AccountRef) -> SeenReach | None:
        """How much of an account the token's user sees, since when; None before the server has said."""
        place = self._places.get(ref.environment)
        whose = place.session.whose(ref.account_id) if place and place.session else None
        return None if whose is None else self._places.reaches.seen(whose)

    def _answered(self, ask: Ask, answer: Answer[Any]) -> None:
        session, place = self._places.session(ask), self._places.get(ask.environment)
        if session is None or place is None:
            return
        place.host_problem = None
        place.last_good_wall = answer.call.asked_wall
        self._places.keep(place)
        if self._change_of_reach.is_of_former(session, ask, answer.call.asked_at):
            return
        self._waiting.settle(ask, answer, answer.call.asked_at)
        if ask.what is What.AGENTS:
            self._agenda.let_others_in()
        before = session.viewer_id
        schedule = self._pollers[place.host].schedule
        period = schedule.period_of(ask if schedule.repeats(ask) else ask.first)
        problem = self.store.problem(session.key(ask.account_id))
        self._follow(ask, self._filing.answered(session, ask, answer, period))
        if ask.what is What.PROFILE and before != session.viewer_id:
            self._keep_viewers(session.origin)
        back = ask.what is What.COUNTS and problem is not None
        if back:
            self._change_of_reach.release(session, ask.account_id)
        # What one environment is answered holds for all of the same user at the same address.
        for _, other in self._places.seeing(session):
            if other is session:
                continue
            also = ask.at(other.environment.name, other.generation, ask.account_id)
            if ask.what is What.PROFILE:
                self._follow(also, self._filing.answered(other, also, answer, period))
            else:
                self._filing.answered_to_another(also)
            if back:
                self._change_of_reach.release(other, ask.account_id)

    def _failed(self, ask: Ask, error: LiveAgentError, asked_at: float) -> None:
        session, place = self._places.session(ask), self._places.get(ask.environment)
        if session is None or place is None or self._change_of_reach.is_of_former(session, ask, asked_at):
            return
        now = self.clock.now()
        problem = Problem(error, now, self._pollers[place.host].schedule.retry_at(ask, now))
        if error.concerns == "host":
            place.host_problem = problem
        self._waiting.settle(ask, error, asked_at)
        self._follow(ask, self._filing.failed(session, ask, problem))

    def _follow(self, ask: Ask, outcome: Outcome) -> None:
        place = self._places.get(ask.environment)
        if place is None:
            return
        poller, now = self._pollers[place.host], self.clock.now()
        self._change_of_reach.follow(place, outcome)
        if outcome.replan or outcome.broken:
            self._agenda.replan(ask.environment)
        for more in outcome.follow:
            shown = AccountRef(more.environment, more.account_id) in self._agenda.shown()
            priority = Priority.VISIBLE if shown else Priority.BACKGROUND
            poller.schedule.follow(more, priority, now + outcome.apart)
        for changed in outcome.changed:
            poller.schedule.bring_forward(changed, now)
        if outcome.again_by is not None:
            poller.schedule.ask_by(ask.first, outcome.again_by)

    def _keep_viewers(self, origin: str) -> None:
        sessions = [
            place.session for place in self._places if place.session and place.session.origin == origin
        ]
        self.store.keep_viewers(origin, [session.key(0).viewer_id for session in sessions])

    def _changed(self, key: AccountKey) -> None:
        for place in self._places:
            if place.environment.url == key.origin:
                ref = AccountRef(place.name, key.account_id)
                if self.key(ref) == key:
                    self._listeners.tell(ref)

    def _pause(self, paused: bool) -> None:
        self._paused = paused
        for poller in self._pollers.values():
            poller.pause(paused)
        if not paused and self._agenda.looking is not None:
            self._agenda.urge(self._agenda.looking, FIRST, self.config.refresh.every)

    async def _keep_house(self) -> None:
        guard = self._guard
        while True:
            await self.clock.sleep(HOUSEKEEPING)
            await guard.run("slowing down", self._slow_down)
            await guard.run("lifting refusals", self._lift_refusals)
            for place in self._places:
                await guard.run(f"the token check of {place.name}", partial(self._places.check, place))
            await guard.run("saving the state", self._state.save)

    def _slow_down(self) -> None:
        self._agenda.set_idle(self.clock.now() - self._touched_at > IDLE_AFTER)

    def _lift_refusals(self) -> None:
        if self._filing.lift(self.clock.now()):
            self._agenda.replan_all()
