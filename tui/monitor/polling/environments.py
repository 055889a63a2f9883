"""The environments as they are run: which session speaks for each, or why there is none."""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable, Hashable, Iterator
from datetime import tzinfo

from tui.api.call import HeaderForm
from tui.api.errors import ConnectionFailedError, LiveAgentError, SignInRequiredError
from tui.clock import Clock
from tui.config.model import Config, Environment
from tui.config.secrets import FileMark, Lend, TokenError, token_file_changed, token_mark
from tui.config.state import StateStore
from tui.monitor.calls import Ask
from tui.monitor.polling.schedule import RETRY_FINAL
from tui.monitor.polling.session import Session, TransportFor, host_of, open_session
from tui.monitor.reach import Reaches
from tui.monitor.reading import Problem
from tui.monitor.zones import zone_named

log = logging.getLogger(__name__)

RUN_IT_HERE = " Press r to run it on this terminal."
"""What follows where a token's command failed that may ask for something; not for who has no keys."""
GENERATIONS = itertools.count(1)
"""Of the whole program: what a screen read in one session is not taken for another config's."""


class RunningEnvironment:
    """One environment: its session, or the problem that keeps it from having one."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.host = host_of(environment.url)
        self.session: Session | None = None
        self.problem: Problem | None = None
        self.host_problem: Problem | None = None
        """The last failure of the host as a whole; None after an answer."""
        self.last_good_wall: float | None = None
        self.opening: asyncio.Task[None] | None = None
        self.mark: FileMark | None = None

    @property
    def name(self) -> str:
        """The environment's name."""
        return self.environment.name

    def zone(self, account_id: int) -> tzinfo | None:
        """The time zone that "today" is asked for in; None while unknown, when it is UTC."""
        return self.session.zone(account_id) if self.session else zone_named(self.environment.timezone)


class Places:
    """Opens sessions, and opens them again when a token is replaced.

    `opened` is told of each new session and of the one it replaces; `stuck` of an environment
    that has no usable token.
    """

    def __init__(
        self,
        config: Config,
        clock: Clock,
        state: StateStore,
        transport_for: TransportFor | None,
        *,
        opened: Callable[[RunningEnvironment, Session | None], None],
        stuck: Callable[[RunningEnvironment], None],
    ) -> None:
        self._clock = clock
        self._state = state
        self._transport_for = transport_for
        self._opened = opened
        self._stuck = stuck
        self.reaches = Reaches()
        self._closing: set[asyncio.Task[None]] = set()
        self._places = {
            environment.name: RunningEnvironment(environment) for environment in config.environments
        }

    def __iter__(self) -> Iterator[RunningEnvironment]:
        return iter(self._places.values())

    def get(self, name: str) -> RunningEnvironment | None:
        """The environment called `name`."""
        return self._places.get(name)

    def session(self, ask: Ask) -> Session | None:
        """The session that `ask` belongs to; None where another one has taken its place."""
        place = self._places.get(ask.environment)
        session = place.session if place else None
        return session if session and session.generation == ask.generation else None

    def seeing(self, session: Session) -> "list[tuple[RunningEnvironment, Session]]":
        """The environments whose tokens are of the same user at the same address, with their sessions."""
        return [
            (place, place.session)
            for place in self
            if place.session is not None
            and session.viewer_id is not None
            and (place.session.origin, place.session.viewer_id) == (session.origin, session.viewer_id)
        ]

    def identity(self, ask: Ask) -> Hashable:
        """What makes two asks the same call: address, token's user, path and query."""
        session = self.session(ask)
        who = (session.origin, session.user) if session else ask.generation
        return who, ask.at("", 0, ask.account_id)

    def open(self, place: RunningEnvironment, lend: Lend | None = None) -> None:
        """Resolve the token, and begin a session unless the present one has the same.

        `lend` gives the terminal to a token's command that needs it: only where a person asked.
        """
        if place.opening is None or place.opening.done():
            place.opening = asyncio.create_task(self._open(place, lend), name=f"open {place.name}")

    async def check(self, place: RunningEnvironment) -> None:
        """Once a minute: a replaced token file begins a session, a missing token is looked for again."""
        retry = place.problem is not None and (place.problem.retry_at or 0.0) <= self._clock.now()
        if retry or await token_file_changed(place.environment, place.mark):
            self.open(place)

    def keep(self, place: RunningEnvironment) -> None:
        """Remember how the token's header was spelled when it worked."""
        form = place.session.client.header_form if place.session else None
        if form is not None:
            self._state.state.header_forms[place.name] = form.value

    async def close(self) -> None:
        """End what is being opened, and all sessions."""
        opening = [place.opening for place in self._places.values() if place.opening]
        for task in opening:
            task.cancel()
        await asyncio.gather(*opening, *self._closing, return_exceptions=True)
        for place in self._places.values():
            if place.session is not None:
                with contextlib.suppress(Exception):
                    await place.session.close()

    def _form(self, name: str) -> HeaderForm | None:
        try:
            return HeaderForm(self._state.state.header_forms[name])
        except (KeyError, ValueError):
            return None

    async def _open(self, place: RunningEnvironment, lend: Lend | None) -> None:
        generation = next(GENERATIONS)
        place.mark = await token_mark(place.environment)
        try:
            session = await open_session(
                place.environment,
                self._clock,
                generation,
                transport_for=self._transport_for,
                header_form=self._form(place.name),
                lend=lend,
                reaches=self.reaches,
            )
        except TokenError as error:
            source = place.environment.token
            more = RUN_IT_HERE if source and source.command and not lend else ""
            self._fail(place, SignInRequiredError(f"{error}{more}"))
        except LiveAgentError as error:
            self._fail(place, error)
        except Exception as bug:
            log.exception("no session for %s", place.name)
            self._fail(place, ConnectionFailedError(f"{place.name} can't be opened: {type(bug).__name__}."))
        else:
            old = place.session
            if old is not None and old.token == session.token and place.problem is None:
                await session.close()
                return
            place.session, place.problem = session, None
            self._opened(place, old)
            if old is not None:
                self._closing.add(task := asyncio.create_task(old.close()))
                task.add_done_callback(self._closing.discard)

    def _fail(self, place: RunningEnvironment, error: LiveAgentError) -> None:
        now = self._clock.now()
        place.problem = Problem(error, now, now + RETRY_FINAL)
        self._stuck(place)
