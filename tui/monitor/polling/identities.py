"""What the profile and the list of inboxes say of who looks: identity, membership and reach."""

from collections.abc import Callable, Mapping
from typing import Any

from tui.api.call import Answer
from tui.clock import Clock
from tui.identity import AccountRef
from tui.monitor.calls import Ask, What
from tui.monitor.directory import Directory, Membership, gone_error, placeholder
from tui.monitor.polling.outcome import NOTHING, Outcome
from tui.monitor.polling.plan import Focus
from tui.monitor.polling.schedule import RETRY_FINAL
from tui.monitor.polling.session import Session
from tui.monitor.reach import Learnt
from tui.monitor.reading import Problem
from tui.monitor.store import Store

TOLD_LATE = 5.0
"""Seconds after a change of role within which the inboxes are told of what was asked meanwhile."""


class Identities:
    """Files what was read under the identity that the server tells for it."""

    def __init__(
        self, clock: Clock, store: Store, directory: Directory, view: Callable[[AccountRef], Focus]
    ) -> None:
        self._clock = clock
        self._store = store
        self._directory = directory
        self._view = view
        self.doubted: dict[Ask, float] = {}
        """Counts that were asked again, and have not answered since, with the `Clock.now` of that."""

    def profile(
        self, session: Session, ask: Ask, answer: Answer[Any], problems: Mapping[Ask, Problem]
    ) -> Outcome:
        """Take over who looks, in which role, and which accounts there are; `problems` are what stands."""
        before = self._directory.profile(ask.environment)
        gone = [ref for ref in self._directory.of(ask.environment) if not self._directory.worth_asking(ref)]
        profile = self._directory.learn(ask.environment, answer.value)
        refs = self._directory.of(ask.environment)
        keys = {ref: session.key(ref.account_id) for ref in refs}
        session.viewer_id = profile.id
        broken = tuple(keys[ref] for ref in refs if self._roles(session, ref, answer) is Learnt.CHANGED)
        ended = set(broken)
        for key in {*keys.values(), *self._store.accounts()} - ended:
            now = session.key(key.account_id)
            unsure = key == placeholder(session.origin, key.account_id, session.generation)
            mine = (key.origin, key.viewer_id) == (session.origin, session.viewer_id)
            if key != now and (unsure or (mine and not key.is_settled)):
                self._store.adopt(key, now)
        back = tuple(ref for ref in gone if self._directory.worth_asking(ref))
        for ref in refs:
            self._membership(session, ref, back=ref in back)
            self._store.touch(session.key(ref.account_id))
        replan = before is None or before.accounts != profile.accounts
        doubted = self._doubted(session, answer.call.asked_at, problems)
        return Outcome(replan=replan, broken=broken, back=back, doubted=doubted)

    def _doubted(self, session: Session, asked_at: float, problems: Mapping[Ask, Problem]) -> tuple[Ask, ...]:
        """The counts that refused an account which the profile, asked later, at `asked_at`, has as active.

        It may be back since. Where they refuse it once more the server contradicts itself, and they are
        tried again as after any refusal.
        """
        now = self._clock.now()
        self.doubted = {ask: at for ask, at in self.doubted.items() if now - at < RETRY_FINAL}
        asks = []
        for ref in self._directory.of(session.environment.name):
            counts = session.ask(What.COUNTS, ref.account_id)
            problem = problems.get(counts)
            if problem is None or problem.error.concerns != "account" or asked_at < problem.at:
                continue
            if counts not in self.doubted and self._directory.entry(ref).status is Membership.MEMBER:
                self.doubted[counts] = now
                asks.append(counts)
        return tuple(asks)

    def _roles(self, session: Session, ref: AccountRef, answer: Answer[Any]) -> Learnt:
        """Take over the roles that the profile names in one account, of a suspended one too.

        The screen says in which role an account is seen: figures of another do not stay beside that.
        """
        viewer, whose = self._directory.viewer(ref), session.whose(ref.account_id)
        left = self._directory.entry(ref).status is Membership.NO_LONGER
        if viewer is None or whose is None or left:
            return Learnt.SAME
        call, now, wall = answer.call, self._clock.now(), self._clock.wall()
        learnt = session.reaches.roles(whose, viewer.roles, call.asked_wall, now, wall)
        self._view(ref).partial = not session.reaches.reach(whose).is_whole
        return learnt

    def _membership(self, session: Session, ref: AccountRef, *, back: bool) -> None:
        """Say of an account that nobody asks why that is, until it is `back`."""
        key, entry = session.key(ref.account_id), self._directory.entry(ref)
        problem = self._store.problem(key)
        if back:
            self._store.account_problem(key, None)
        elif not self._directory.worth_asking(ref):
            error = gone_error(entry.status is Membership.SUSPENDED, ref)
            if problem is None or problem.error.kind != error.kind:
                self._store.account_problem(key, Problem(error, self._clock.now()))

    def inboxes(self, session: Session, ask: Ask, answer: Answer[Any]) -> Outcome:
        """Take over which inboxes the user sees; says which identity ended because of it, or is told late."""
        whose, before = session.whose(ask.account_id), session.key(ask.account_id)
        if whose is None:
            return NOTHING
        numbers = [inbox.id for inbox in answer.value]
        if answer.lost and session.reaches.reach(whose).inboxes is not None:
            return NOTHING  # Those that could not be read may be the ones that were known.
        now, wall = self._clock.now(), self._clock.wall()
        learnt = session.reaches.inboxes(whose, numbers, answer.call.asked_wall, now, wall)
        if learnt is Learnt.CHANGED:
            return Outcome(broken=(before,))
        if learnt is Learnt.SETTLED:
            key = session.key(ask.account_id)
            self._store.adopt(before, key)
            changed = session.reaches.seen(whose).change is not None
            if changed and now - session.reaches.began(whose) > TOLD_LATE:
                return Outcome(told_late=(key,))
        return NOTHING

    def no_inboxes(self, session: Session, ask: Ask) -> Outcome:
        """The server lists no inboxes: neither the day nor the reach will be known better than now."""
        whose, before = session.whose(ask.account_id), session.key(ask.account_id)
        now, wall = self._clock.now(), self._clock.wall()
        settled = whose is not None and session.reaches.no_inboxes(whose, wall, now)
        if settled is Learnt.SETTLED:
            self._store.adopt(before, session.key(ask.account_id))
        known = session.knows_day(ask.account_id)
        session.settle_day(ask.account_id)
        return Outcome(replan=not known)
