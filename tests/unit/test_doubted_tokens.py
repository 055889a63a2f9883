"""What is said of a token where one account is asked, and what stands of the others meanwhile."""

import pytest

from tests.unit.test_monitor_filing import Desk
from tui.api.errors import (
    AccountSuspendedError,
    BadTokenError,
    BotTokenError,
    LiveAgentError,
    NotAMemberError,
    NotFoundError,
)
from tui.monitor.calls import Ask, What
from tui.monitor.health import Health, HealthState, health_of_account
from tui.monitor.reading import Problem


def test_a_token_refused_in_one_account_hides_no_other_that_is_suspended() -> None:
    desk = Desk()
    now, key = desk.clock.now(), desk.session.key(1)
    out = Problem(AccountSuspendedError("It is suspended."), now)
    desk.filing.failed(desk.session, Ask("trial", 3, 1, What.COUNTS), out)
    for error in (BotTokenError("It is a bot's."), BadTokenError("It was refused.")):
        desk.filing.failed(desk.session, Ask("trial", 3, 2, What.COUNTS), Problem(error, now))
        standing = desk.store.problem(key)
        assert standing is not None
        assert standing.error is out.error
    desk.filing.failed(desk.session, Ask("trial", 3, 1, What.COUNTS), Problem(BotTokenError("A bot's."), now))
    standing = desk.store.problem(key)
    assert standing is not None
    assert standing.error.kind == "bot_token"


@pytest.mark.parametrize(
    "error",
    [AccountSuspendedError("It is."), NotAMemberError("Who?"), NotFoundError("Where?", concerns="account")],
)
@pytest.mark.parametrize("what", What)
def test_only_its_own_counts_say_that_an_account_is_lost(error: LiveAgentError, what: What) -> None:
    well = Health(HealthState.OK)
    shown = health_of_account(well, Problem(error, 0.0, call=what.call.name))
    assert (shown == well) is (what is not What.COUNTS)
