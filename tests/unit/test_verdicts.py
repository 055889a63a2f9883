"""What is said of a token and of an account, in any order, by either of two environments that share both."""

from collections.abc import Iterator, Sequence
from itertools import product

from tests.unit.test_monitor_runs import HERE, NEAR, Bench
from tui.api.call import Answer, CallRecord
from tui.api.errors import (
    AccountSuspendedError,
    BadTokenError,
    BotTokenError,
    LiveAgentError,
    NotAMemberError,
    NotFoundError,
    NotPermittedError,
)
from tui.api.models import ConversationCounts
from tui.identity import HEADLINE, AccountRef
from tui.monitor.calls import What
from tui.monitor.health import HealthState
from tui.monitor.reading import State

TRIAL, TWIN = HERE, AccountRef("twin", HERE.account_id)
WELL = "well"
SAID: tuple[tuple[What, str | LiveAgentError], ...] = (
    (What.COUNTS, WELL),
    (What.AGENTS, WELL),
    (What.COUNTS, BadTokenError("It was refused.")),
    (What.AGENTS, BotTokenError("It is a bot's.")),
    (What.COUNTS, NotAMemberError("Who?")),
    (What.COUNTS, NotFoundError("Where?", concerns="account")),
    (What.COUNTS, NotPermittedError("Not you.")),
    (What.AGENTS, AccountSuspendedError("It is, says another call.")),
)
Event = tuple[AccountRef, tuple[What, str | LiveAgentError]]


class Told:
    """What the servers have said by now, by the rules that a header has to keep."""

    def __init__(self) -> None:
        self.refused: set[str] = set()
        """Environments whose token was refused since it was good for anything."""
        self.verdict: str | None = None
        """What the counts said last of the account itself, whoever asked for them."""
        self.missing = False
        """Whether the counts are not shown, since somebody was refused them."""

    def take(self, event: Event) -> None:
        ref, (what, said) = event
        if isinstance(said, str):
            self.refused.discard(ref.environment)
            if what is What.COUNTS:
                self.verdict, self.missing = None, False
            return
        match said.concerns:
            case "token":
                self.refused.add(ref.environment)
            case "account" if what is What.COUNTS:
                self.verdict = said.kind
        if said.concerns != "token":  # it is said to somebody whom the server knows
            self.refused.discard(ref.environment)
        self.missing |= what is What.COUNTS and said.kind in {"role", "not_a_member", "suspended"}

    def state(self, ref: AccountRef) -> HealthState:
        if ref.environment in self.refused:
            return HealthState.DEAD_TOKEN
        if self.verdict is not None:
            return HealthState(self.verdict)
        return HealthState.COUNTS_REFUSED if self.missing else HealthState.OK


async def say(bench: Bench, event: Event) -> None:
    """Have a call of one environment answered so, as the poller tells it."""
    ref, (what, said) = event
    place = bench.monitor._places.get(ref.environment)
    assert place is not None
    assert place.session is not None
    poller, now = bench.monitor._pollers[place.host], bench.clock.now()
    ask = place.session.ask(what, ref.account_id)
    if isinstance(said, LiveAgentError):
        poller._fail(ask, said, now)
        return
    value = ConversationCounts(1, 2, 3, 5) if what is What.COUNTS else ()
    poller.schedule.answered(ask, now, now)
    poller._answered(ask, Answer(value, CallRecord("GET", "/x", now, bench.clock.wall(), now, status=200)))


def sequences() -> Iterator[Sequence[Event]]:
    """Every three answers, each to either environment."""
    events = [(ref, said) for ref in (TRIAL, TWIN) for said in SAID]
    return product(events, repeat=3)


async def test_the_mark_is_that_of_what_was_said_whatever_came_in_between() -> None:
    bench = Bench(NEAR, also=["twin"])
    await bench.open()
    await bench.run(70.0)
    monitor = bench.monitor
    for events in sequences():
        told = Told()
        for ref in (TRIAL, TWIN):
            await say(bench, (ref, (What.COUNTS, WELL)))
        for event in events:
            await say(bench, event)
            told.take(event)
            for ref in (TRIAL, TWIN):
                state, problem = monitor.health_of(ref).state, monitor.last_error(ref)
                assert state is told.state(ref), (str(ref), events)
                counts = monitor.snapshot(ref).reading(HEADLINE).state(bench.clock.now())
                assert (counts is State.NOT_PERMITTED) <= (state is not HealthState.OK), events
                if state is HealthState.OK:
                    continue
                assert problem is not None, events
                # The line below the figures gives the reason for the mark above them.
                if state is HealthState.DEAD_TOKEN:
                    assert problem.error.concerns == "token", events
                elif state is not HealthState.COUNTS_REFUSED:
                    assert problem.error.kind == state, events
    await bench.monitor.stop()
