"""Where an answer or a failure goes: into the store, the directory, and what to ask next."""

from collections.abc import Collection, Iterable
from itertools import pairwise
from typing import Any

import msgspec

from tui.api.call import Answer
from tui.api.errors import UnreadableAnswerError
from tui.api.models import PAGE, Agent, CacheKeys
from tui.api.people_pages import PeoplePages
from tui.clock import Clock
from tui.config.model import Config
from tui.durations import HOUR
from tui.identity import AccountKey, AccountRef, Scope, ScopeKind, Slot, agent
from tui.measures import OF_A_DAY
from tui.monitor.calls import DAYS_OF_ACCOUNT, ENVIRONMENT_WIDE, EVERYTHING, Ask, What
from tui.monitor.directory import Directory
from tui.monitor.polling.capabilities import NOT_HERE, NOT_OFFERED_FOR, refused_for_good
from tui.monitor.polling.identities import Identities
from tui.monitor.polling.outcome import NOTHING, Outcome
from tui.monitor.polling.plan import MANY_AGENTS, Focus, between_looks, size_of
from tui.monitor.polling.queued_filter import QueuedFilter
from tui.monitor.polling.schedule import RETRY_FINAL
from tui.monitor.polling.session import Session
from tui.monitor.polling.signals import Signals
from tui.monitor.polling.waits import waits_of
from tui.monitor.polling.who_waits import EarlierLooks, WhoWaits
from tui.monitor.queue.longest import Waits
from tui.monitor.reading import Problem, refuses
from tui.monitor.sources import measures_of, scope_of, slots_of
from tui.monitor.store import Store

LOAD_PAGES = 8
PAGES_AT_ONCE = 4
PAGES_APART = 2.0
"""Seconds between two further pages."""
ALWAYS = 5
A_MOMENT = 1.0
"""Seconds by which times in whole seconds may be off."""
NOT_BY_HOUR = "This server does not group the report by hour."
UNREACHED = frozenset({"connection", "tls", "proxy", "rate_limited"})
"""Kinds of errors by which a call never came to the server, or was not looked at there."""


class _Notes:
    """What is remembered between answers of one account and session."""

    def __init__(self) -> None:
        self.look: WhoWaits | None = None
        self.awaited: Ask | None = None
        """The page that a look waits for."""
        self.past_looks = EarlierLooks()
        self.cache_keys: CacheKeys | None = None
        self.queued_equal = 0
        self.resolved: int | None = None
        """How many are resolved, counted to compare with those of them that were never answered."""
        self.rolls: dict[Ask, PeoplePages] = {}
        self.alone: dict[Ask, float] = {}


class Filing:
    """Takes each answer apart. Knows nothing of tasks, budgets and screens."""

    def __init__(self, config: Config, clock: Clock, store: Store, directory: Directory) -> None:
        self._config = config
        self._clock = clock
        self._store = store
        self._directory = directory
        self._notes: dict[tuple[str, int, int], _Notes] = {}
        self._signals = Signals()
        self.identities = Identities(clock, store, directory, self.view)
        self._queued_filter = QueuedFilter()
        self.views: dict[AccountRef, Focus] = {}
        self.problems: dict[Ask, Problem] = {}

    def view(self, ref: AccountRef) -> Focus:
        """What is shown of an account and known about asking it."""
        return self.views.setdefault(ref, Focus(every=self._config.refresh.every))

    def forget(self, environment: str) -> None:
        """A session ended: what was noted of it is void."""
        self._notes = {key: notes for key, notes in self._notes.items() if key[0] != environment}
        self.problems = {
            ask: problem for ask, problem in self.problems.items() if ask.environment != environment
        }
        for ref, view in self.views.items():
            if ref.environment == environment:
                view.refused.clear()
                view.queued_by_report = False
                view.load_pages, view.next_load_page, view.people = {}, 1, 0

    def begin_anew(self, session: Session, account_id: int) -> None:
        """The reach into an account is another one: what was noted of the former is void."""
        environment = session.environment.name
        self._notes.pop((environment, session.generation, account_id), None)
        self._signals.forget(session.key(account_id))
        self.forget_refusals(AccountRef(environment, account_id))
        self.problems = {
            ask: problem
            for ask, problem in self.problems.items()
            if (ask.environment, ask.account_id) != (environment, account_id)
        }
        whose = session.whose(account_id)
        change = None if whose is None else session.reaches.seen(whose).change
        if change is not None:
            self._queued_filter.doubt(session.origin, account_id, change.confirmed)
        view = self.view(AccountRef(environment, account_id))
        view.queued_by_report, view.inbox_ids = False, ()
        view.moved, view.heard, view.longest_pages = frozenset(), {}, 1

    def forget_refusals(self, ref: AccountRef) -> None:
        """What the role was refused is worth asking again; what the server does not offer is not."""
        view, soon = self.view(ref), self._clock.now() + RETRY_FINAL
        view.refused = {what: until for what, until in view.refused.items() if until > soon}

    def lift(self, now: float) -> bool:
        """Believe no longer what was refused long ago; True where something is to be tried again."""
        lifted = False
        for view in self.views.values():
            # The account's own report is tried by itself: until that is answered no part of it is.
            over = [what for what, until in view.refused.items() if until <= now and what is not What.SUMMARY]
            for what in over:
                del view.refused[what]
            lifted = lifted or bool(over)
        return lifted

    def keep_problems(self, environments: Collection[str], wanted: Collection[Ask]) -> None:
        """Drop the failures of what is no longer asked of these environments."""
        gone = [ask for ask in self.problems if ask.environment in environments and ask not in wanted]
        for ask in gone:
            del self.problems[ask]

    def gravest_problem(self, ref: AccountRef, *, host_fails: bool = True) -> tuple[Ask, Problem | None]:
        """That of the counts while it stands, else the newest; what else the role forbids the figure says.

        That no answer came at all is over as soon as the host answers anything: then
        `host_fails` is False, and what one call missed is asked again by itself.
        """
        standing = [
            (ask, problem)
            for ask, problem in self.problems.items()
            if ask.environment == ref.environment
            and ask.account_id in {ENVIRONMENT_WIDE, ref.account_id}
            and (problem.error.kind != "role" or ask.what is What.COUNTS)
            and not (ask.what.call.optional and problem.error.is_final)
            and ask.what is not What.ABANDONED
            and (host_fails or problem.error.kind not in UNREACHED)
        ]
        none = Ask(ref.environment), None
        return max(
            standing, key=lambda failure: (failure[0].what is What.COUNTS, failure[1].at), default=none
        )

    def standing(self, environment: str) -> tuple[Problem, ...]:
        """Every failure of an environment that still stands."""
        return tuple(problem for ask, problem in self.problems.items() if ask.environment == environment)

    def answered(self, session: Session, ask: Ask, answer: Answer[Any], period: float) -> Outcome:
        """File one answer; says what to ask because of it."""
        self.problems.pop(ask.first, None)
        self.identities.doubted.pop(ask, None)
        if ask.what is What.PROFILE:
            return self.identities.profile(session, ask, answer, self.problems)
        if ask.what.call.on_demand:
            return NOTHING
        key = session.key(ask.account_id)
        self._store.token_problem(key, None)
        if ask.what is What.COUNTS:
            self._store.account_problem(key, None)
        self._store.refused(key, ask.what, None)
        outcome = self._take_apart(session, key, ask, answer, period)
        odd = self._signals.answered(session, ask, answer.value)
        return msgspec.structs.replace(outcome, whose=True) if odd else outcome

    def _take_apart(
        self, session: Session, key: AccountKey, ask: Ask, answer: Answer[Any], period: float
    ) -> Outcome:
        if ask.what.call.people:
            return self._roll(key, ask, answer, period)
        learnt = NOTHING
        if ask.what is What.INBOXES:
            learnt = self.identities.inboxes(session, ask, answer)
            key = session.key(ask.account_id)
        if ask.what.call.is_summary:
            self._store.days_of(key, session.days(ask.account_id))
        moved = self._file(key, ask, answer, period)
        view = self.view(AccountRef(ask.environment, ask.account_id))
        match ask.what:
            case What.TEAMS:
                return _numbers(view, "team_ids", answer)
            case What.INBOXES:
                outcome = self._inboxes(session, ask, answer)
                return msgspec.structs.replace(outcome, broken=learnt.broken, told_late=learnt.told_late)
            case What.CACHE_KEYS:
                return self._cache_keys(ask, answer.value)
            case What.LONGEST:
                return self._longest(key, view, ask, answer, period)
            case What.AGENT_LOADS:
                return self._next_loads(key, view, ask, answer, period)
            case What.SUMMARY if What.SUMMARY in view.refused:
                view.refused.clear()
                return Outcome(replan=True)
            case What.RESOLVED | What.RESOLVED_QUEUED:
                return self._compare_resolved(key, ask, answer.value.all)
            case what if what.call.weighed:
                return self._weigh(key, ask, moved=moved, replan=view.hear(ask, answer.value))
            case _:  # Where the account's own figures move, others may wait by now.
                return Outcome(replan=moved and view.doubt(ask.other(What.LONGEST)))

    def _inboxes(self, session: Session, ask: Ask, answer: Answer[Any]) -> Outcome:
        """Learn from the inboxes which day "today" is; reports are asked for from then on."""
        view = self.view(AccountRef(ask.environment, ask.account_id))
        outcome, known = _numbers(view, "inbox_ids", answer), session.knows_day(ask.account_id)
        if session.learn_zone(ask.account_id, answer.value) and known:
            self._store.forget(session.key(ask.account_id), OF_A_DAY)
            return msgspec.structs.replace(outcome, changed=tuple(map(ask.other, DAYS_OF_ACCOUNT)))
        return outcome if known else msgspec.structs.replace(outcome, replan=True)

    def answered_to_another(self, ask: Ask) -> None:
        """The same user was answered elsewhere: what failed of `ask` is over, unless it was the token."""
        problem = self.problems.get(ask.first)
        if problem is not None and problem.error.concerns != "token":
            del self.problems[ask.first]

    def failed(self, session: Session, ask: Ask, problem: Problem) -> Outcome:
        """Attach a failure to the figures it concerns."""
        if ask.what.call.on_demand:
            return NOTHING
        problem = msgspec.structs.replace(problem, call=ask.what.call.name)
        self.problems[ask.first] = problem
        self._notes_of(ask).rolls.pop(ask.first, None)
        error = problem.error
        if error.concerns == "token":
            for ref in self._directory.of(ask.environment):
                self._store.token_problem(session.key(ref.account_id), problem)
        if ask.what is What.PROFILE:
            return NOTHING
        if error.concerns == "account" or refuses(error):
            self._store.token_problem(session.key(ask.account_id), None)
        if error.concerns == "account" and ask.what is What.COUNTS:
            self._store.account_problem(session.key(ask.account_id), problem)
        odd = self._signals.failed(session, ask, error)
        outcome = self._failed_of_account(session, ask, problem)
        return msgspec.structs.replace(outcome, whose=True) if odd else outcome

    def _failed_of_account(self, session: Session, ask: Ask, problem: Problem) -> Outcome:
        error, key = problem.error, session.key(ask.account_id)
        self._mark(key, ask, problem)
        if error.kind == "not_found" and ask.what.call.of is ScopeKind.TEAM:
            self._store.void(key, Scope(ScopeKind.TEAM, str(ask.number)), problem)
            return Outcome(changed=(ask.other(What.TEAMS),))
        if refused_for_good(ask.what, error):
            self._store.refused(key, ask.what, problem)
            if ask.what.call.is_summary:
                return self._refuse(key, ask, problem)
        if ask.what is What.CACHE_KEYS and error.is_final:
            view = self.view(AccountRef(ask.environment, ask.account_id))
            replan, view.cache_keys = view.cache_keys, False
            return Outcome(replan=replan)
        if error.concerns == "account" and ask.what is not What.COUNTS:
            return Outcome(changed=(ask.other(What.COUNTS),))
        if ask.what is What.INBOXES and error.kind in NOT_HERE:
            return self.identities.no_inboxes(session, ask)
        return NOTHING

    def _refuse(self, key: AccountKey, ask: Ask, problem: Problem) -> Outcome:
        """Ask no more of its kind: what is refused of one agent is refused of all."""
        view = self.view(AccountRef(ask.environment, ask.account_id))
        again = ask.what in view.refused
        view.refused[ask.what] = problem.retry_at or problem.at + NOT_OFFERED_FOR
        if not again and ask.what not in {What.INBOX_SUMMARY, What.SUMMARY_BEFORE}:
            self._store.refused(key, What.AGENT_SUMMARY, problem)
            # Of thousands few were ever asked for; that it is refused, is said of the others at once.
            self._store.fail(key, problem, slots=_of_agents(self._store.readings(key)))
        return Outcome(replan=not again)

    def _mark(self, key: AccountKey, ask: Ask, problem: Problem) -> None:
        lists = [ask.what.call.items] if ask.what.call.items else []
        members_of = ask.number if ask.what is What.TEAM_MEMBERS else None
        self._store.fail(key, problem, slots=slots_of(ask), lists=lists, members_of=members_of)

    def _file(self, key: AccountKey, ask: Ask, answer: Answer[Any], period: float) -> bool:
        if ask.what is What.INCOMING and not hourly(answer):
            self._mark(key, ask, Problem(UnreadableAnswerError(NOT_BY_HOUR), self._clock.now()))
            return False
        figures = figures_of(ask, answer.value)
        if ask.what.call.unattended:
            figures = self._queued(key, ask, figures)
        known = self._store.readings(key)
        moved = any(slot in known and known[slot].value != value for slot, value in figures.items())
        if ask.what.call.items:
            self._store.put_list(key, ask.what.call.items, answer, period)
        if ask.what is What.TEAM_MEMBERS:
            self._store.put_members(key, ask.number, answer, period)
        if figures:
            least = ask.what is What.AGENTS and (bool(answer.lost) or _half_read(answer.value))
            self._store.put(key, figures, answer, period, at_least=least)
        return moved

    def _cache_keys(self, ask: Ask, keys: CacheKeys) -> Outcome:
        notes = self._notes_of(ask)
        before, notes.cache_keys = notes.cache_keys, keys
        if before is None:
            return NOTHING
        changed = [
            what
            for what in What
            if (name := what.call.kept_by) and getattr(before, name) != getattr(keys, name)
        ]
        return Outcome(changed=tuple(map(ask.other, changed)))

    def _queued(
        self, key: AccountKey, ask: Ask, figures: dict[Slot, float | None]
    ) -> dict[Slot, float | None]:
        """Unknown until it is known that the server heeds the filter: else it just counts everything open.

        Once it surely counts fewer it heeds it, whatever it seemed before.
        """
        notes, works = self._notes_of(ask), self._queued_filter
        (slot, queued), *_ = figures.items()
        if queued is None:
            return figures
        readings = self._store.readings(key)
        for opened in (readings.get(Slot(slot.scope, measure)) for measure in EVERYTHING):
            if opened is not None and opened.value is not None:
                apart = self._clock.now() - opened.asked_at
                works.take(key, slot.scope, queued, opened.value, apart=apart, wall=self._clock.wall())
        if works.heeded(key.origin):
            notes.queued_equal = 0
            self.view(AccountRef(ask.environment, ask.account_id)).queued_by_report = False
            return figures
        if not queued:
            return figures  # Everything open, or everything of it that is queued: none in either case.
        if ask.what is What.QUEUED:
            notes.queued_equal += 1
        return {slot: None}

    def _weigh(self, key: AccountKey, ask: Ask, *, moved: bool, replan: bool) -> Outcome:
        view = self.view(AccountRef(ask.environment, ask.account_id))
        was = ask in view.moved
        view.moved = view.moved | {ask} if moved else view.moved - {ask}
        notes, works = self._notes_of(ask), self._queued_filter
        follow: tuple[Ask, ...] = ()
        ignored = False
        if ask.what is What.QUEUED and notes.queued_equal:
            ignored = works.heeded(key.origin) is False or notes.queued_equal >= ALWAYS
            if works.wants_comparison(key, self._clock.now()):
                follow = (ask.other(What.RESOLVED),)
        # The report counts the whole account, whatever of it the token's user sees.
        view.queued_by_report = view.queued_by_report or (ignored and not view.partial)
        return Outcome(follow=follow, replan=replan or ignored or moved != was)

    def _compare_resolved(self, key: AccountKey, ask: Ask, count: int | None) -> Outcome:
        """Ask for queued again once the resolved ones have told what its count means."""
        notes = self._notes_of(ask)
        if ask.what is What.RESOLVED:
            notes.resolved = count
            return Outcome(follow=(ask.other(What.RESOLVED_QUEUED),))
        decided = self._queued_filter.compare(key, count, notes.resolved, self._clock.wall())
        return Outcome(changed=(ask.other(What.QUEUED),)) if decided else NOTHING

    def _roll(self, key: AccountKey, ask: Ask, answer: Answer[Any], period: float) -> Outcome:
        """File a list of people once all its pages have come; a page of an earlier reading is none of it."""
        notes, first, page = self._notes_of(ask), ask.first, ask.page
        roll = notes.rolls.get(first)
        if page == 1 and (roll is None or not roll.under_way(self._clock.now())):
            roll = notes.rolls[first] = PeoplePages(notes.alone.get(first, 0))
        if roll is None or roll.pages != page - 1:
            return NOTHING
        more = roll.add(answer)
        view = self.view(AccountRef(ask.environment, ask.account_id))
        before = view.agent_pages
        if ask.what is What.AGENTS and (not more or roll.pages > before):
            view.agent_pages = 2 * roll.pages if more else roll.pages
        replan = view.agent_pages != before
        if more:
            apart = PAGES_APART if page >= PAGES_AT_ONCE else 0.0
            return Outcome((ask.at_page(page + 1),), apart, replan=replan)
        del notes.rolls[first]
        notes.alone[first] = roll.alone
        listed = roll.result()
        self._file(key, first, listed, period)
        replan |= view.hear(first, frozenset(person.id for person in listed.value))
        if ask.what is What.AGENTS:
            people = self._store.listing(key, "agents").items or ()
            replan |= size_of(len(people)) != size_of(view.people)
            view.people = len(people)
        return Outcome(replan=replan)

    def _next_loads(
        self, key: AccountKey, view: Focus, ask: Ask, answer: Answer[Any], period: float
    ) -> Outcome:
        """Note on which page each agent stands; of few agents ask for the next page at once."""
        page, listed = ask.page, {load.agent_id for load in answer.value}
        if page == 1 and view.people <= MANY_AGENTS:
            view.load_pages, view.next_load_page = {}, 1
        fresh = listed - view.load_pages.keys()
        moved = view.loads_stand(page, listed)
        last = len(answer.value) + answer.lost < PAGE or (view.next_load_page == page and not fresh)
        if view.people > MANY_AGENTS:
            if view.next_load_page == page:
                view.next_load_page = None if last else page + 1
                moved = True
            if view.next_load_page is None:
                self._without_loads(key, view, answer, period)
            return Outcome(replan=moved)
        view.next_load_page = None if last or page >= LOAD_PAGES else page + 1
        if view.next_load_page is None:
            self._without_loads(key, view, answer, period)
            return NOTHING
        return Outcome(follow=(ask.at_page(page + 1),))

    def _without_loads(self, key: AccountKey, view: Focus, answer: Answer[Any], period: float) -> None:
        """Of whom the report says nothing, or too late, nothing is known."""
        people: tuple[Agent, ...] = self._store.listing(key, "agents").items or ()
        slots = [
            agent(person.id, what)
            for person in people
            if person.id not in view.load_pages
            for what in What.AGENT_LOADS.call.tells
        ]
        if slots:
            self._store.put(key, dict.fromkeys(slots), answer, period)

    def _longest(self, key: AccountKey, view: Focus, ask: Ask, answer: Answer[Any], period: float) -> Outcome:
        notes = self._notes_of(ask)
        if ask == ask.first:
            targets = self._config.targets_for(ask.environment, ask.account_id)
            known = map(self._store.readings(key).get, slots_of(ask.other(What.QUEUED)))
            notes.awaited = ask
            notes.look = WhoWaits(
                notes.past_looks,
                answer,
                target=targets.wait,
                backlog_after=targets.backlog_after or 86400.0,
                whole=view.shown,
                apart=self._queued_filter.heeded(key.origin) is not False,
                idle=view.idle,
                queued=next(
                    (int(reading.value) for reading in known if reading and reading.value is not None), None
                ),
            )
        look = notes.look
        if look is None or notes.awaited != ask:
            return NOTHING  # It belongs to a look that another one has overtaken.
        notes.awaited = look.add(ask, answer)
        if notes.awaited is not None:
            return Outcome(follow=(notes.awaited,))
        notes.look = None
        waits = look.result()
        readings = waits_of(
            waits, look.first, period, view, answer.call.answered_at, self._store.readings(key)
        )
        self._store.put_longest(key, waits.where)
        self._store.put_readings(key, readings)
        return _after(look, waits, ask, view)

    def _notes_of(self, ask: Ask) -> _Notes:
        return self._notes.setdefault((ask.environment, ask.generation, ask.account_id), _Notes())


def figures_of(ask: Ask, value: Any) -> dict[Slot, float | None]:
    """The figures that `value`, the answer to `ask`, holds; empty for lists and single items."""
    call = ask.what.call
    if call.each:
        return {
            agent(load.agent_id, measure): tell(load)
            for load in value
            for measure, tell in call.tells.items()
        }
    scope = scope_of(ask)
    if scope is None:
        return {}
    read = value if call.read is None else call.read(value)
    return {Slot(scope, measure): call.tells[measure](read) for measure in measures_of(ask)}


def _half_read(agents: Iterable[Agent]) -> bool:
    """Whether the availability of some is not known, so that what is counted of it is "at least"."""
    return any(person.availability is None for person in agents)


def _numbers(view: Focus, name: str, answer: Answer[Any]) -> Outcome:
    numbers = dict.fromkeys(item.id for item in answer.value)
    if [*getattr(view, name)] == [*numbers]:
        return NOTHING
    setattr(view, name, numbers.keys())
    return Outcome(replan=True)


def _of_agents(known: Iterable[Slot]) -> list[Slot]:
    """Those of `known` that reports of single agents tell."""
    measures = What.AGENT_SUMMARY.call.tells
    return [slot for slot in known if slot.scope.kind is ScopeKind.AGENT and slot.measure in measures]


def _after(look: WhoWaits, waits: Waits, ask: Ask, view: Focus) -> Outcome:
    """When the next look is due, after one that found `waits`."""
    who, whole = waits.where and waits.where.conversation_id, waits.whole
    replan = view.hear(ask.first, (who, whole.waiting, whole.over_target, waits.backlog))
    replan |= view.longest_pages != look.cost
    view.longest_pages = look.cost
    if waits.next_over is None or not view.shown:
        return Outcome(replan=replan)
    # Who begins to wait too long is told no later while nobody touches a key.
    lull = max(between_looks(view, idle=False), waits.next_over + A_MOMENT)
    return Outcome(replan=replan, again_by=look.first.call.asked_at + lull)


def hourly(answer: Answer[Any]) -> bool:
    """Whether the points of a report are hours: some versions ignore what they are asked."""
    times = sorted(point.timestamp for point in answer.value)
    return all(later - earlier <= 1.5 * HOUR for earlier, later in pairwise(times))
