"""How an environment answers, in a word and a sentence: pure."""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from tui.monitor.calls import What
from tui.monitor.polling.environments import RunningEnvironment
from tui.monitor.polling.poller import Poller
from tui.monitor.reading import Problem, Reading


class HealthState(StrEnum):
    """How an environment answers."""

    OK = "ok"
    WAITING = "waiting"
    BACKING_OFF = "backing_off"
    RATE_LIMITED = "rate_limited"
    DEAD_TOKEN = "dead_token"  # noqa: S105 - a state, not a token
    NOT_A_MEMBER = "not_a_member"
    SUSPENDED = "suspended"
    NO_ACCOUNT = "not_found"
    COUNTS_REFUSED = "counts_refused"
    PAUSED = "paused"
    UNKNOWN = "unknown"


WORSE = frozenset(
    {HealthState.DEAD_TOKEN, HealthState.BACKING_OFF, HealthState.RATE_LIMITED, HealthState.PAUSED}
)
"""What is worth saying of an environment before the state of one of its accounts."""


class Health(msgspec.Struct, frozen=True):
    """How an environment answers.

    `retry_at` is `Clock.now` of the next try, `last_good_wall` the Unix time at which the last
    call that was answered left.
    """

    state: HealthState
    message: str = ""
    retry_at: float | None = None
    last_good_wall: float | None = None


STUMBLED = "An error of our own kept this host from being asked; the log says where. It is tried again."
OF_ACCOUNT = frozenset({HealthState.NOT_A_MEMBER, HealthState.SUSPENDED, HealthState.NO_ACCOUNT})
"""States of one account, whatever the others of its environment answer."""


JUDGES = frozenset({"", What.COUNTS.call.name})
"""The calls whose word on a whole account is taken; empty: what the profile, once it is answered, says of it.

A profile that is refused says nothing of any account, whatever words it is refused with.
"""


def health_of_account(
    of_environment: Health, problem: Problem | None, counts: Reading | None = None
) -> Health:
    """The health of an account: what keeps it, or its `counts`, from answering where its environment does.

    Another environment may have the same token: what that was refused is missing here too.
    """
    if of_environment.state in WORSE:
        return of_environment
    state: HealthState | None = None
    if problem is not None and problem.error.concerns == "account" and problem.call in JUDGES:
        state = next((known for known in OF_ACCOUNT if known == problem.error.kind), None)
    refusal = refusal_of(counts)
    if state is None and refusal is not None:
        state, problem = HealthState.COUNTS_REFUSED, refusal
    if state is None or problem is None:
        return of_environment
    return Health(state, str(problem.error), problem.retry_at, of_environment.last_good_wall)


def refusal_of(counts: Reading | None) -> Problem | None:
    """Why counts that are not known can't be had until somebody mends something; None where they may come."""
    problem = None if counts is None or counts.value is not None else counts.problem
    if problem is None or not problem.error.is_final or problem.error.concerns == "host":
        return None
    return problem


def refused_token(standing: Iterable[Problem]) -> Problem | None:
    """The newest of those failures that says something of the token."""
    refused = [problem for problem in standing if problem.error.concerns == "token"]
    return max(refused, key=lambda problem: problem.at, default=None)


def health_of(
    place: RunningEnvironment | None, poller: Poller | None, standing: Iterable[Problem], paused: bool
) -> Health:
    """The one thing to say of `place`: the gravest first."""
    if place is None:
        return Health(HealthState.UNKNOWN, "There is no such environment.")
    last = place.last_good_wall
    if place.problem is not None:
        return Health(HealthState.DEAD_TOKEN, str(place.problem.error), place.problem.retry_at, last)
    session = place.session
    if poller is not None and poller.stumbled_until is not None:
        return Health(HealthState.BACKING_OFF, STUMBLED, poller.stumbled_until, last)
    if poller is None or session is None:
        return Health(HealthState.WAITING, "Connecting.", None, last)
    schedule = poller.schedule
    held = schedule.held_until(place.name, session.generation)
    if held is not None:
        newest = refused_token(standing)
        return Health(HealthState.DEAD_TOKEN, str(newest.error) if newest else "", held, last)
    if paused:
        return Health(HealthState.PAUSED, "Paused.", None, last)
    backoff = schedule.backoff
    if backoff.active:
        state = HealthState.RATE_LIMITED if backoff.rate_limited else HealthState.BACKING_OFF
        message = str(place.host_problem.error) if place.host_problem else ""
        return Health(state, message, backoff.until, last)
    if last is None:
        return Health(HealthState.WAITING, "Waiting for the first answer.")
    return Health(HealthState.OK, "", None, last)
