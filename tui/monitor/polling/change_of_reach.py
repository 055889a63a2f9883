"""What follows where a token's user sees more or less of an account than a moment ago, or sees it again."""

from collections.abc import Callable, Mapping

import msgspec

from tui.api.errors import ConnectionFailedError
from tui.clock import Clock
from tui.identity import HEADLINE, AccountKey, AccountRef
from tui.monitor.calls import Ask, What
from tui.monitor.directory import Directory
from tui.monitor.health import refusal_of, refused_token
from tui.monitor.polling.environments import Places, RunningEnvironment
from tui.monitor.polling.in_flight import Waiting
from tui.monitor.polling.ingest import Filing
from tui.monitor.polling.outcome import Outcome
from tui.monitor.polling.planner import Agenda
from tui.monitor.polling.poller import Poller
from tui.monitor.polling.session import Session
from tui.monitor.reading import Problem
from tui.monitor.sources import FIRST
from tui.monitor.store import Store

ROLE_CHANGED = "The role of the token's user has changed meanwhile; ask again."

OnBreak = Callable[[AccountRef, AccountKey], object]


class ChangeOfReach:
    """Ends what was read through the former reach, and has everything asked again."""

    def __init__(
        self,
        clock: Clock,
        places: Places,
        pollers: Mapping[str, Poller],
        filing: Filing,
        agenda: Agenda,
        store: Store,
        waiting: Waiting,
        directory: Directory,
    ) -> None:
        self._clock = clock
        self._places = places
        self._pollers = pollers
        self._filing = filing
        self._agenda = agenda
        self._store = store
        self._waiting = waiting
        self._directory = directory
        self.callbacks: list[OnBreak] = []
        """Told the account and its former identity at each change."""
        self._wanted_back: set[AccountRef] = set()
        """Accounts believed gone that somebody pressed the key for."""

    def is_of_former(self, session: Session, ask: Ask, asked_at: float) -> bool:
        """Whether a call left before the reach into its account became another one; then ask it again."""
        whose = session.whose(ask.account_id)
        if not ask.account_id or whose is None or asked_at >= session.reaches.began(whose):
            return False
        self._pollers[session.host].schedule.doubt(ask, self._clock.now())
        self._waiting.settle(ask, ConnectionFailedError(ROLE_CHANGED), asked_at)
        return True

    def follow(self, place: RunningEnvironment, outcome: Outcome) -> None:
        """Do what an answer means for who looks, and for what that user may see."""
        for key in outcome.told_late:
            whose = key.origin, key.account_id, key.viewer_id
            self._places.reaches.begin_anew(whose, self._clock.now())
        for key in (*outcome.broken, *outcome.told_late):
            self.begin_anew(key)
        for ref in outcome.back:
            self.welcome_back(ref)
        if outcome.whose:
            self.ask_whose(place)
        for ask in outcome.doubted:
            self._pollers[place.host].schedule.doubt(ask, self._clock.now())

    def begin_anew(self, ended: AccountKey) -> None:
        """The reach behind `ended` is another one: nothing that was read through it counts any more."""
        self._store.drop(ended)
        whose = ended.origin, ended.account_id, ended.viewer_id
        error = ConnectionFailedError(ROLE_CHANGED)
        for place in self._places:
            session = place.session
            if session is None or session.whose(ended.account_id) != whose:
                continue
            self._filing.begin_anew(session, ended.account_id)
            self._waiting.fail(place.name, error)
            self.release(session, ended.account_id)
            ref = AccountRef(place.name, ended.account_id)
            for callback in self.callbacks:
                callback(ref, ended)
            self._store.touch(session.key(ended.account_id))
            self._agenda.replan(place.name)
            if self._filing.view(ref).partial and ref in self._agenda.shown():
                # What the inboxes tell belongs to the header's reach: before all that is asked anew.
                inboxes = session.ask(What.INBOXES, ended.account_id)
                self._pollers[session.host].schedule.urge((inboxes,), self._clock.now())

    def welcome_back(self, ref: AccountRef) -> None:
        """An account that was believed gone is there: ask all of it, in a pause too if a key was pressed."""
        place = self._places.get(ref.environment)
        if place is None or place.session is None:
            return
        self.release(place.session, ref.account_id)
        self._agenda.replan(place.name)
        if ref in self._wanted_back:
            self._wanted_back.discard(ref)
            self._agenda.urge(ref, FIRST, 0.0)

    def trouble(self, place: RunningEnvironment, ref: AccountRef, *, paused: bool) -> Problem | None:
        """What is wrong with an account, and when what says so is asked again; never, where `paused`."""
        session, poller = place.session, self._pollers.get(place.host)
        if place.problem is not None or session is None or poller is None:
            return place.problem
        held = poller.schedule.held_until(place.name, session.generation) is not None
        refused = refused_token(self._filing.standing(place.name)) if held else None
        key = session.key(ref.account_id)
        problem = refused or self._store.problem(key) or refusal_of(self._store.readings(key).get(HEADLINE))
        ask = session.ask(What.COUNTS, ref.account_id)
        if problem is not None and not self._directory.worth_asking(ref):
            ask = session.ask()
        elif problem is None:
            ask, problem = self._filing.gravest_problem(ref, host_fails=place.host_problem is not None)
        retry_at = None if paused else poller.schedule.retry_at(ask, self._clock.now())
        return problem and msgspec.structs.replace(problem, retry_at=retry_at)

    def wanted(self, ref: AccountRef) -> None:
        """Somebody pressed the key: believe no refusal any more, and ask all once it is known to be there."""
        place = self._places.get(ref.environment)
        if place is None or place.session is None:
            return
        self._filing.forget_refusals(ref)
        self.release(place.session, ref.account_id)
        self._agenda.replan(place.name)
        if not self._directory.worth_asking(ref):
            self._wanted_back.add(ref)

    def release(self, session: Session, account_id: int) -> None:
        """Believe nothing any more of what an account or its calls refused: ask all of it at once."""
        schedule = self._pollers[session.host].schedule
        schedule.release(session.environment.name, session.generation, account_id, self._clock.now())

    def ask_whose(self, place: RunningEnvironment) -> None:
        """Ask at once in which role the token sees its accounts, and which inboxes."""
        session, now = place.session, self._clock.now()
        if session is None:
            return
        schedule = self._pollers[place.host].schedule
        schedule.bring_forward(session.ask(), now)
        for ref in self._agenda.shown():
            if ref.environment == place.name and self._filing.view(ref).partial:
                schedule.bring_forward(session.ask(What.INBOXES, ref.account_id), now)
