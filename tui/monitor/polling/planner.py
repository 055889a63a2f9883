"""What is wanted of every host just now, from what is on screen."""

from collections.abc import Iterable, Mapping

from tui.clock import Clock
from tui.identity import AccountRef
from tui.monitor.calls import What
from tui.monitor.directory import Directory
from tui.monitor.polling import plan
from tui.monitor.polling.budget import Priority, Want
from tui.monitor.polling.environments import Places, RunningEnvironment
from tui.monitor.polling.ingest import Filing
from tui.monitor.polling.poller import Poller
from tui.monitor.polling.session import Session

HEAD_START = 2.0
"""Seconds that accounts on screen go before all others at the start, unless they have answered sooner."""


class Agenda:
    """Tells the schedules what is wanted, and what a person wants at once."""

    def __init__(
        self,
        clock: Clock,
        places: Places,
        pollers: Mapping[str, Poller],
        filing: Filing,
        directory: Directory,
    ) -> None:
        self._clock = clock
        self._places = places
        self._pollers = pollers
        self._filing = filing
        self._directory = directory
        self.looking: AccountRef | None = None
        self.also: frozenset[AccountRef] = frozenset()
        self.watch_all = False
        self._others_wait = True
        self._needs: Mapping[AccountRef, plan.Needs] = {}
        """What the alerts on each account depend on; those left out are not judged."""

    def watch_for_alerts(self, needs: Mapping[AccountRef, plan.Needs]) -> None:
        """What alerts depend on, by account."""
        if needs != self._needs:
            self._needs = dict(needs)
            self.replan_all()

    def urge(
        self,
        ref: AccountRef,
        whats: Iterable[What] | None,
        unless_asked_within: float,
        *,
        whose: bool = False,
    ) -> None:
        """Ask at once what is wanted of an account; all that is on screen where `whats` is None.

        `whose` asks first in which role the token sees it.
        """
        place = self._places.get(ref.environment)
        poller = self._pollers.get(place.host) if place else None
        if place is None or place.session is None or poller is None:
            return
        session, now = place.session, self._clock.now()
        if whats is None:
            asks = [
                want.ask for want in self._wants_of(place, session, ref) if want.priority <= Priority.VISIBLE
            ]
        else:
            asks = [session.ask(what, ref.account_id) for what in whats]
            if self._filing.view(ref).partial:
                asks.append(session.ask(What.INBOXES, ref.account_id))
            if not self._directory.worth_asking(ref):
                asks = [session.ask()]
            elif whose or self._directory.profile(ref.environment) is None:
                asks.insert(0, session.ask())
        due = [due for due in asks if now - poller.schedule.asked_at(due) >= unless_asked_within]
        if whats is None:
            poller.schedule.hasten(due, now)
        else:
            poller.schedule.urge(due, now)
        poller.wake()

    async def head_start(self) -> None:
        """Let what is on screen be asked alone until it has answered, but not for long."""
        await self._clock.sleep(HEAD_START)
        self.let_others_in()

    def let_others_in(self) -> None:
        """What is on screen has been answered, or long enough waited for: now all others are asked too."""
        if self._others_wait:
            self._others_wait = False
            self.replan_all()

    def replan_all(self) -> None:
        """What is on screen has changed."""
        for host in self._pollers:
            self._replan_host(host)

    def replan(self, environment: str) -> None:
        """What is known of an environment's accounts has changed."""
        place = self._places.get(environment)
        if place is not None and place.host in self._pollers:
            self._replan_host(place.host)

    def _replan_host(self, host: str) -> None:
        """Tell the host's schedule everything that is wanted of it, what is shown first."""
        wants: list[Want] = []
        for place in self._places:
            session = place.session
            if place.host != host or session is None:
                continue
            shown = [ref for ref in self.shown() if ref.environment == place.name]
            gone = any(not self._directory.worth_asking(ref) for ref in self._directory.of(place.name))
            wants.append(plan.profile(place.name, session.generation, shown=bool(shown), gone=gone))
            others = () if self._others_wait and self.shown() else self._directory.of(place.name)
            for ref in dict.fromkeys([*shown, *others]):
                if self._directory.worth_asking(ref):
                    wants += self._wants_of(place, session, ref)
        poller = self._pollers[host]
        self._filing.keep_problems(
            {place.name for place in self._places if place.host == host}, {want.ask for want in wants}
        )
        poller.schedule.want(wants, self._clock.now())
        poller.wake()

    def _wants_of(self, place: RunningEnvironment, session: Session, ref: AccountRef) -> tuple[Want, ...]:
        view = self._filing.view(ref)
        where = place.name, session.generation, ref.account_id, view
        needs, view.shown = self._needs.get(ref, ()), ref in self.shown()
        if view.shown:
            wants = plan.foreground(*where, needs)
        else:
            wants = plan.background(*where, needs, thorough=self.watch_all or ref in self._needs)
        return wants if session.knows_day(ref.account_id) else plan.before_the_day_is_known(wants)

    def is_shown(self, ref: AccountRef) -> bool:
        """Whether the account is on screen."""
        return ref in self.shown()

    def shown(self) -> frozenset[AccountRef]:
        """The accounts on screen."""
        return self.also if self.looking is None else self.also | {self.looking}

    def set_idle(self, idle: bool) -> None:
        """Whether nobody has touched a key for a while."""
        views = [self._filing.view(ref) for ref in self.shown()]
        if any(view.idle is not idle for view in views):
            for view in views:
                view.idle = idle
            self.replan_all()
