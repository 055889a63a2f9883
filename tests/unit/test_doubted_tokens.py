"""What is said of a token where one account is asked, and what stands of the others meanwhile."""

import pytest

from tests.unit.test_monitor_filing import Desk
from tui.api.call import Answer, CallRecord
from tui.api.errors import (
    AccountSuspendedError,
    BadTokenError,
    BotTokenError,
    LiveAgentError,
    NotAMemberError,
    NotFoundError,
)
from tui.api.models import ConversationCounts
from tui.identity import HEADLINE
from tui.monitor.calls import Ask, What
from tui.monitor.directory import placeholder
from tui.monitor.health import Health, HealthState, health_of_account
from tui.monitor.reading import Problem

SUSPENDED = AccountSuspendedError("It is suspended.")
COUNTS = Ask("trial", 3, 1, What.COUNTS)


@pytest.mark.parametrize("asked", [COUNTS, Ask("trial", 3, 1, What.AGENTS), Ask("trial", 3, 2, What.COUNTS)])
@pytest.mark.parametrize("error", [BotTokenError("It is a bot's."), BadTokenError("It was refused.")])
@pytest.mark.parametrize("later", [False, True])
def test_a_refused_token_takes_no_word_on_an_account_back(
    asked: Ask, error: LiveAgentError, later: bool
) -> None:
    desk = Desk()
    said = [(COUNTS, SUSPENDED), (asked, error)]
    for ask, error in said if later else reversed(said):
        desk.filing.failed(desk.session, ask, Problem(error, desk.clock.now()))
    assert kind_of(desk) == "suspended"
    desk.answer(What.AGENTS, ())
    assert kind_of(desk) == "suspended"
    desk.answer(What.COUNTS, ConversationCounts(1, 2, 3, 5))
    assert kind_of(desk) is None


@pytest.mark.parametrize("refused_by", ["the user", "the placeholder"])
@pytest.mark.parametrize("last", ["refused", "well"])
def test_the_last_word_on_an_account_holds_once_it_is_known_whose_the_token_is(
    refused_by: str, last: str
) -> None:
    desk = Desk()
    known, unsure = desk.session.key(1), placeholder(desk.session.origin, 1, 9)
    first, second = (known, unsure) if (refused_by == "the user") == (last == "well") else (unsure, known)
    for key in (first, second):
        now = desk.clock.now()
        if (refused_by == "the user") == (key == known):
            problem = Problem(SUSPENDED, now)
            desk.store.account_problem(key, problem)
            desk.store.fail(key, problem, slots=[HEADLINE])
        else:
            call = CallRecord("GET", "/x", now, desk.clock.wall(), now, status=200)
            desk.store.put(key, {HEADLINE: 3.0}, Answer(None, call), 60.0)
        desk.clock.leap(1.0)
    desk.store.adopt(unsure, known)
    assert kind_of(desk) == ("suspended" if last == "refused" else None)
    assert desk.store.readings(known)[HEADLINE].value == (None if last == "refused" else 3.0)


def kind_of(desk: Desk) -> str | None:
    """What stands of the account."""
    problem = desk.store.problem(desk.session.key(1))
    return None if problem is None else problem.error.kind


@pytest.mark.parametrize(
    "error",
    [AccountSuspendedError("It is."), NotAMemberError("Who?"), NotFoundError("Where?", concerns="account")],
)
@pytest.mark.parametrize("what", What)
def test_only_its_own_counts_say_that_an_account_is_lost(error: LiveAgentError, what: What) -> None:
    well = Health(HealthState.OK)
    shown = health_of_account(well, Problem(error, 0.0, call=what.call.name))
    assert (shown == well) is (what is not What.COUNTS)
