"""What to ask a host next, and when: budget, priorities, pauses. Pure; the moment is handed in."""

import math
import random
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from typing import Protocol

from tui.durations import MINUTE
from tui.monitor.calls import Ask, What
from tui.monitor.polling.backoff import FIRST_PAUSE, LONGEST_PAUSE, Backoff, Budget
from tui.monitor.polling.budget import BACKGROUND_CREDIT, CLASSES, Fit, Pace, Priority, Want, fit, reserve
from tui.monitor.reading import REFUSALS

IN_FLIGHT = 4
ONCE = float(MINUTE)
"""Seconds: the period of what is asked once, by which its answer is judged."""
WINDOW = MINUTE + 1.0  # a request leaves a little after it is taken, the server counts when it comes
JITTER = 0.1
"""Share of a period by which it may be shorter or longer."""
ROW_JITTER = 0.02
"""Rows are many and spread by themselves; so none gets older than a minute at hardly more calls."""
RETURN_RATE = 12
"""Requests a second at most to a host that has just come back, besides what a person asks for."""
SERVICE_A_MINUTE = 12
"""Requests for service level at most, of all accounts of a host."""
RETRY_FINAL = 300.0
"""Seconds until what is final is tried again all the same."""
SUSPENDED = 30.0
"""Seconds without a look after which the machine was asleep."""
HOST_FAILURES = 3
GATEWAY = frozenset({502, 503, 504})


class Failure(Protocol):
    """What the schedule has to know of an error."""

    @property
    def kind(self) -> str:
        """The stable word for the cause."""

    @property
    def is_final(self) -> bool:
        """Whether asking again is pointless until something is mended."""

    @property
    def concerns(self) -> str:
        """What failed: `host`, `token`, `account` or `call`."""


class _Job:
    """An ask with its next moment."""

    def __init__(self, want: Want, due: float, order: int, *, once: bool = False) -> None:
        self.want = want
        self.due = due
        self.order = order
        self.once = once
        self.again = False
        """Wanted anew since it left: what is on its way was asked before that, and does not tell."""
        self.urged_at: float | None = None
        self.hastened = False
        self.asked_at = -math.inf
        self.failures = 0


class _Hold:
    """Something that answers finally: left alone for `seconds`, then tried by one probe."""

    def __init__(self, at: float, seconds: float) -> None:
        self.at = at
        self.until = at + seconds
        self.is_long = seconds > RETRY_FINAL
        self.probe: Ask | None = None


class _Left:
    """When requests left within the last minute, oldest first, by what they count among."""

    def __init__(self) -> None:
        self.all: deque[float] = deque()
        self.beside: deque[float] = deque()
        """Those that nobody asked for, headlines apart."""
        self.below: dict[Priority, deque[float]] = {rank: deque() for rank in CLASSES[1:]}
        """The same by class: its own, and those of the classes below it; service level apart."""
        self.rows: deque[float] = deque()
        """Those that were of the account on screen, and no headline."""
        self.service: deque[float] = deque()

    def note(self, job: _Job, now: float) -> None:
        """One leaves."""
        priority, lists = job.want.priority, [self.all]
        if priority is Priority.SERVICE:
            lists.append(self.service)
        if job.urged_at is None and priority > Priority.HEADLINE:
            lists.append(self.beside)
            if priority is not Priority.SERVICE:
                lists += [self.below[rank] for rank in CLASSES[1:] if rank <= priority]
            if priority < Priority.BACKGROUND:
                lists.append(self.rows)
        for left in lists:
            left.append(now)

    def forget(self, now: float) -> None:
        """Those of more than a minute ago count no more."""
        for left in (self.all, self.beside, self.rows, self.service, *self.below.values()):
            while left and now - left[0] >= WINDOW:
                left.popleft()


class Schedule:
    """The one schedule of a host, so that its budget is kept whatever is wanted of it.

    `next` hands out an ask and counts it as in flight until `answered`, `failed` or
    `dropped` is told. Every method takes the moment as `now`, in `Clock.now` seconds.
    """

    def __init__(
        self,
        budget: int,
        rng: random.Random,
        *,
        in_flight: int = IN_FLIGHT,
        identity: Callable[[Ask], Hashable] | None = None,
        service_share: float = 0.0,
    ) -> None:
        """`service_share` is the part of the budget kept for service level while something asks for it."""
        self.backoff = Backoff(rng)
        self.budget = Budget(budget)
        self._rng = rng
        self._limit = in_flight
        self._identity = identity or (lambda ask: ask)
        self._jobs: dict[Ask, _Job] = {}
        self._flying: dict[Ask, Hashable] = {}
        self._left = _Left()
        self._holds: dict[tuple[object, ...], _Hold] = {}
        self._groups: dict[str, Pace] = {}
        self._order = 0
        self._server_failures = 0
        self._seen: float | None = None
        self._allowed = budget
        self._fit: Fit = fit((), budget)
        self._returned_at = -math.inf
        self._service_share = service_share
        self._kept = 0
        """Requests a minute that service level is sure of just now."""
        self._rows = Pace(0.0, credit=budget)
        self._background = Pace(0.0, credit=BACKGROUND_CREDIT)

    def want(self, wants: Iterable[Want], now: float) -> None:
        """Replace what is to be asked again and again; what is new is due at once."""
        fresh: dict[Ask, _Job] = {}
        for want in wants:
            job = self._jobs.get(want.ask)
            if job is None:
                job = _Job(want, now, self._order)
                self._order += 1
            else:
                if want.period < job.want.period:
                    job.due = min(job.due, max(now, job.asked_at + want.period))
                if want.priority is Priority.BACKGROUND and job.want.priority is not Priority.BACKGROUND:
                    job.urged_at = None  # the person who wanted it is elsewhere by now
                job.want = want
                job.once = False
            fresh[want.ask] = job
        for ask, job in self._jobs.items():
            if ask not in fresh and (job.once or (job.urged_at is not None and ask in self._flying)):
                job.once = True
                fresh[ask] = job
        self._jobs = fresh
        names = {want.group.name for want in self._wants() if want.group}
        self._groups = {name: pace for name, pace in self._groups.items() if name in names}
        self._refit(now)

    def urge(self, asks: Iterable[Ask], now: float) -> None:
        """Somebody wants these now: first in the queue, holds lifted, still inside the budget.

        What is in flight was asked before: it is asked once more as soon as it is back.
        """
        for ask in asks:
            self._clear_the_way(ask, now)
            job = self._jobs.get(ask)
            if job is None:
                job = self._jobs[ask] = _Job(Want(ask, ONCE, Priority.USER), now, self._order, once=True)
                self._order += 1
            job.urged_at = now
            _make_due(job, now)

    def follow(self, ask: Ask, priority: Priority, now: float) -> None:
        """Ask once, as the continuation of an answer, the next page; sooner what is wanted anyway."""
        self.ask_by(ask, now)
        if ask not in self._jobs:
            self._jobs[ask] = _Job(Want(ask, ONCE, priority), now, self._order, once=True)
            self._order += 1

    def bring_forward(self, ask: Ask, now: float) -> None:
        """Make a wanted ask due now, at its own priority: something says that it has changed."""
        if ask in self._jobs:
            _make_due(self._jobs[ask], now)

    def ask_by(self, ask: Ask, at: float) -> None:
        """Make a wanted ask due at `at` at the latest: what it tells may be something else then."""
        if ask in self._jobs:
            self._jobs[ask].due = min(self._jobs[ask].due, at)

    def hasten(self, asks: Iterable[Ask], now: float) -> None:
        """Make wanted asks due now and let them out of their group's pace; a person looks at them."""
        for ask in asks:
            if ask in self._jobs:
                self._jobs[ask].hastened = True
                _make_due(self._jobs[ask], now)

    def release(self, environment: str, generation: int, account_id: int, now: float) -> None:
        """Believe nothing any more of what an account or its calls refused: ask all of it at once.

        What this version of the server does not offer it offers nobody: that is left.
        """

        def concerned(ask: Ask) -> bool:
            where = (ask.environment, ask.generation, ask.account_id)
            return where == (environment, generation, account_id)

        for key in tuple(self._holds):
            match key:
                case ("account", name, number, account):
                    gone = (name, number, account) == (environment, generation, account_id)
                case ("call", Ask() as ask):
                    gone = concerned(ask) and not self._holds[key].is_long
                case _:
                    gone = False
            if gone:
                del self._holds[key]
        for ask, job in self._jobs.items():
            if concerned(ask):
                job.failures = 0
                _make_due(job, now)

    def doubt(self, ask: Ask, now: float) -> None:
        """What this call refused, counts in the name of their account, may hold no more: ask it now."""
        _, account, call = _hold_keys(ask)
        for key in (account, call) if ask.what is What.COUNTS else (call,):
            if key in self._holds:
                self._holds[key].until = now
        self.bring_forward(ask.first, now)

    def cancel(self, ask: Ask) -> None:
        """Nobody waits for a one-time ask any more; one in flight is left to end."""
        job = self._jobs.get(ask)
        if job is None or not job.once:
            return
        job.again = False
        if ask not in self._flying:
            del self._jobs[ask]

    def next(self, now: float, *, urged_only: bool = False) -> Ask | None:
        """The ask to make now, counted as in flight from here on; None where none may leave.

        `urged_only` leaves out what nobody pressed a key for.
        """
        self._notice(now)
        if self._closed() or now < self.backoff.paused_until:
            return None
        ready = [job for job in self._of(urged_only) if job.due <= now and self._ready_at(job, now) <= now]
        if not ready:
            return None
        job = min(ready, key=lambda job: _rank(job, now, self._period(job), fails=self.backoff.active))
        ask = job.want.ask
        identity = self._identity(ask)
        if job.urged_at is None and Priority.HEADLINE < job.want.priority < Priority.SERVICE:
            self._pace_of(job).take(now)
        if job.want.group is not None:
            self._group(job.want).take(now)
        # From here on nothing of ours can fail: what is in flight is handed out.
        self._flying[ask] = identity
        self._left.note(job, now)
        job.again, job.urged_at, job.hastened = False, None, False
        if self.backoff.active:
            self.backoff.probing = True
        for key in _hold_keys(ask):
            if key in self._holds:
                self._holds[key].probe = ask
        return ask

    def due_at(self, now: float, *, urged_only: bool = False) -> float:
        """The earliest moment `next` could have something; infinite where an answer must come first."""
        self._notice(now)
        if self._closed():
            return math.inf
        at, pause = math.inf, self.backoff.paused_until
        for job in self._of(urged_only):
            if pause < at and job.due < at:  # none is ready in a pause, nor before it is due
                at = min(at, self._ready_at(job, now))
        return at

    def answered(self, ask: Ask, asked_at: float, now: float) -> None:
        """It answered: whatever stood in its way is gone."""
        if self.backoff.active:
            self._returned_at = now
        self.backoff.succeeded(asked_at)
        self._server_failures = 0
        _let_go(self._holds, _hold_keys(ask), ask, asked_at)
        self._landed(ask, asked_at, now, failed=False)

    def failed(
        self,
        ask: Ask,
        error: Failure,
        asked_at: float,
        now: float,
        wall: float,
        *,
        retry_final: float = RETRY_FINAL,
    ) -> None:
        """It failed: pause the host, hold what is final for `retry_final` seconds, or this ask alone."""
        for key in _hold_keys(ask):
            hold = self._holds.get(key)
            if hold is not None and hold.probe == ask:
                hold.probe = None
        if error.kind == "rate_limited":
            if self.backoff.counts(asked_at) or not self.backoff.rate_limited:
                self.budget.halve(now)
            self.backoff.limited(now, wall, getattr(error, "retry_after", None))
        elif error.is_final and error.concerns != "host":
            if error.concerns == "account" or error.kind in REFUSALS:
                # Whom the server refuses an account or a call, it knows by the token.
                _let_go(self._holds, _hold_keys(ask)[:1], ask, asked_at)
            key, seconds = _kept_from(ask, error.concerns, retry_final)
            self._holds[key] = _Hold(now, seconds)
            self.backoff.succeeded(asked_at)
        elif error.concerns == "host" and self._whole_host(error):
            self.backoff.failed(asked_at, now)
        else:
            self.backoff.succeeded(asked_at)
        self._landed(ask, asked_at, now, failed=True)

    def dropped(self, ask: Ask, now: float) -> None:
        """It was given up without an answer: the program stops, or the session is gone."""
        self.backoff.probing = False
        for hold in self._holds.values():
            if hold.probe == ask:
                hold.probe = None
        self._landed(ask, now, now, failed=False)

    def landed(self, ask: Ask) -> None:
        """It is not in flight any more, whatever else is known of it."""
        self._flying.pop(ask, None)

    def period_of(self, ask: Ask) -> float:
        """The real seconds between two asks, stretched by the budget; a minute for one-time asks."""
        job = self._jobs.get(ask)
        return MINUTE if job is None else self._period(job)

    def repeats(self, ask: Ask) -> bool:
        """Whether `ask` is asked again and again by itself."""
        return ask in self._jobs and not self._jobs[ask].once

    def asked_at(self, ask: Ask) -> float:
        """When `ask` last left and came back; minus infinity where it never did."""
        job = self._jobs.get(ask)
        return job.asked_at if job else -math.inf

    def retry_at(self, ask: Ask, now: float) -> float:
        """When `ask` will be tried again, as far as can be said."""
        job = self._jobs.get(ask)
        until = [self._holds[key].until for key in _hold_keys(ask) if key in self._holds]
        return max(now, self.backoff.paused_until, job.due if job else now, *until)

    def held_until(self, environment: str, generation: int) -> float | None:
        """When a token that was refused is tried again; None while it is good."""
        hold = self._holds.get(("token", environment, generation))
        return hold.until if hold else None

    def _closed(self) -> bool:
        """Whether nothing may leave before something has come in."""
        return len(self._flying) >= self._limit or (self.backoff.active and self.backoff.probing)

    def _of(self, urged_only: bool) -> Iterable[_Job]:
        jobs = self._jobs.values()
        return [job for job in jobs if job.urged_at is not None] if urged_only else jobs

    def _ready_at(self, job: _Job, now: float) -> float:
        ask = job.want.ask
        if self._flying and (ask in self._flying or self._identity(ask) in self._flying.values()):
            return math.inf
        full = len(self._flying) >= self._limit - 1 or _waits_for_another(ask, self._flying)
        if job.urged_at is None and full:
            return math.inf  # the last place is kept for what a person wants
        counts = self._jobs.get(ask.other(What.COUNTS))
        if job.want.priority is Priority.SERVICE and counts is not None and counts.failures:
            return math.inf  # what the others need to come back is not spent on it
        at = max(job.due, self.backoff.paused_until)
        for key in _hold_keys(ask) if self._holds else ():
            hold = self._holds.get(key)
            if hold is not None:
                # An account is judged by its own counts: nothing else tries whether it is back.
                other = key[0] == "account" and ask.what is not What.COUNTS and job.urged_at is None
                at = math.inf if hold.probe is not None or other else max(at, hold.until)
        if job.urged_at is None:
            if Priority.HEADLINE < job.want.priority < Priority.SERVICE:
                at = max(at, self._pace_of(job).ready_at())
            if job.want.group is not None and not job.hastened:
                at = max(at, self._group(job.want).ready_at())
        return max(at, self._room_at(now, job))

    def _room_at(self, now: float, job: _Job) -> float:
        """When the budget has room for `job`: others keep theirs, however many rows burst into view."""
        if job.urged_at is not None:
            return _room(self._left.all, self._allowed, now)
        limit = self._allowed - reserve(self._allowed)
        at = _room(self._left.all, limit, now)
        if now - self._returned_at < MINUTE:
            at = max(at, _room(self._left.all, RETURN_RATE, now, 1.0))
        if job.want.priority > Priority.HEADLINE:
            # What stands largest on screen keeps its place in every minute, service level being read or not.
            at = max(at, _room(self._left.beside, limit - self._fit.headline_slots, now))
        if job.want.priority is Priority.SERVICE:
            most = max(self._fit.spare, self._kept)
            return max(at, _room(self._left.service, min(most, SERVICE_A_MINUTE), now))
        limit -= self._kept
        at = max(at, _room(self._left.all, limit + len(self._left.service), now))
        rates = self._fit.rates
        if Priority.HEADLINE < job.want.priority < Priority.BACKGROUND:
            others = self._fit.headline_slots + int(self._fit.elsewhere_kept)
            at = max(at, _room(self._left.rows, limit - others, now))
        limit -= self._fit.headline_slots
        for rank in CLASSES[1:]:
            if rank <= job.want.priority:
                at = max(at, _room(self._left.below[rank], limit, now))
                limit -= int(rates[rank])
        return at

    def _pace_of(self, job: _Job) -> Pace:
        return self._background if job.want.priority is Priority.BACKGROUND else self._rows

    def _group(self, want: Want) -> Pace:
        group = want.group
        if group is None:
            return Pace(0.0)
        pace = self._groups.get(group.name)
        if pace is None:
            pace = self._groups[group.name] = Pace(group.gap, group.credit)
        pace.gap = group.gap * self._fit.factors[want.priority]
        return pace

    def _period(self, job: _Job) -> float:
        return job.want.period if job.once else job.want.period * self._fit.factor(job.want)

    def _landed(self, ask: Ask, asked_at: float, now: float, *, failed: bool) -> None:
        self._flying.pop(ask, None)
        job = self._jobs.get(ask)
        if job is None:
            return
        if job.once and not job.again:
            del self._jobs[ask]
            return
        if job.urged_at is not None:
            self._clear_the_way(ask, now)
        job.asked_at = asked_at
        job.failures = job.failures + 1 if failed else 0
        jitter = ROW_JITTER if job.want.priority is Priority.VISIBLE else JITTER
        wait = self._period(job) * self._rng.uniform(1.0 - jitter, 1.0 + jitter)
        if job.again or (failed and self.backoff.active):
            job.due = now  # it is wanted, or the host's pause is the longer one, and this one is owed
        elif failed:
            pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(job.failures, 10))
            job.due = max(asked_at + min(wait, pause), now + min(pause, wait))
            if job.failures > 1:
                job.due = max(job.due, now + pause)
        else:
            job.due = max(now, asked_at + wait)

    def _clear_the_way(self, ask: Ask, now: float) -> None:
        """Let what a person wants leave in spite of what stands in its way."""
        self.backoff.nudge(now)
        for key in _hold_keys(ask):
            if key in self._holds:
                self._holds[key].until = now

    def _whole_host(self, error: Failure) -> bool:
        status = getattr(error, "status", None)
        if error.kind != "server" or status in GATEWAY:
            return True
        self._server_failures += 1
        return self._server_failures >= HOST_FAILURES

    def _notice(self, now: float) -> None:
        self._left.forget(now)
        if self._seen is not None and now - self._seen > SUSPENDED:
            for job in self._jobs.values():
                if job.want.priority <= Priority.VISIBLE:
                    job.due = min(job.due, now)
        self._seen = now
        if (self.budget.allowed(now), self._service_needs(now)) != (self._allowed, self._kept):
            self._refit(now)

    def _service_needs(self, now: float) -> int:
        """Requests a minute to keep for service level: none while nothing asks for it."""
        if not self._service_share or not (self._left.service or any(map(_is_service, self._jobs.values()))):
            return 0
        return min(SERVICE_A_MINUTE, int(self._service_share * self.budget.allowed(now)))

    def _refit(self, now: float) -> None:
        self._allowed, self._kept = self.budget.allowed(now), self._service_needs(now)
        self._fit = fit(self._wants(), self._allowed - self._kept)
        self._rows.gap = MINUTE / self._fit.rows_rate if self._fit.stretched else 0.0
        self._background.gap = MINUTE / self._fit.background_rate

    def _wants(self) -> tuple[Want, ...]:
        return tuple(job.want for job in self._jobs.values() if not job.once)


def _rank(job: _Job, now: float, period: float, *, fails: bool) -> tuple[float, float, int]:
    """Who goes first, the least one; `fails`: the host did not answer the last time."""
    if job.urged_at is not None:
        return (0.0, job.urged_at, job.order)
    doubtful = 1.0 if fails and job.failures else 0.0
    if job.want.priority is Priority.SERVICE:
        doubtful += 2.0  # however long it has waited
    lateness = (now - job.due) / period
    if not math.isfinite(job.asked_at):
        lateness += 1.0  # it is missing on screen, however rarely it is to be asked again
    return (1.0 + doubtful, job.want.priority - lateness, job.order)


def _waits_for_another(ask: Ask, flying: Iterable[Ask]) -> bool:
    """Whether it is dear, and another such one is in flight."""
    return ask.what.call.dear and any(ask.what.call.dear for ask in flying)


def _is_service(job: _Job) -> bool:
    return job.want.priority is Priority.SERVICE


def _make_due(job: _Job, now: float) -> None:
    job.due, job.again = min(job.due, now), True


def _room(left: deque[float], limit: int, now: float, window: float = WINDOW) -> float:
    """When one more may leave, of which `limit` may within `window` seconds; always one."""
    surplus = len(left) - max(1, limit)
    return left[surplus] + window if surplus >= 0 else now


def _hold_keys(ask: Ask) -> tuple[tuple[object, ...], tuple[object, ...], tuple[object, ...]]:
    return (
        ("token", ask.environment, ask.generation),
        ("account", ask.environment, ask.generation, ask.account_id),
        ("call", ask),
    )


def _let_go(
    holds: dict[tuple[object, ...], _Hold], keys: Iterable[tuple[object, ...]], ask: Ask, asked_at: float
) -> None:
    """What `ask` was told, asked at `asked_at`, ends those of the holds that did not begin later."""
    for key in keys:
        hold = holds.get(key)
        if hold is not None and (hold.probe == ask or asked_at >= hold.at):
            del holds[key]


def _kept_from(ask: Ask, concerns: str, seconds: float) -> tuple[tuple[object, ...], float]:
    """What a final failure keeps from being asked, and for how many seconds; of a call alone, `seconds`."""
    token, account, call = _hold_keys(ask)
    match concerns:
        case "token":
            return token, RETRY_FINAL
        case "account" if ask.what is What.COUNTS:
            return account, RETRY_FINAL
        case _:
            return call, seconds
