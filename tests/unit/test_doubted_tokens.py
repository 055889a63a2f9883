"""What is said of a token where one account is asked, and what stands of the others meanwhile."""

from tests.unit.test_monitor_filing import Desk
from tui.api.errors import AccountSuspendedError, BadTokenError, BotTokenError
from tui.monitor.calls import Ask, What
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
