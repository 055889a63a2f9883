"""Which account comes next: by key, by environment, by what was seen last; pure but for what it reads."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.config.preferences import Remembered
from tui.identity import AccountRef
from tui.monitor.monitor import Monitor

if TYPE_CHECKING:  # A start looks for its account before it reads the app.
    from tui.screens.context import Context


def following_account(refs: Sequence[AccountRef], here: AccountRef | None, step: int) -> AccountRef | None:
    """The account `step` places on, round the end; None where there is no other."""
    if not refs:
        return None
    if here not in refs:
        return refs[0]
    return refs[(refs.index(here) + step) % len(refs)]


def following_environment(context: "Context", here: AccountRef | None, step: int) -> AccountRef | None:
    """The account last seen in the environment `step` places on; one without accounts is passed over."""
    refs = context.monitor.refs()
    names = list(dict.fromkeys(ref.environment for ref in refs))
    if not names:
        return None
    index = names.index(here.environment) + step if here is not None and here.environment in names else 0
    return in_environment(context.monitor, context.state, names[index % len(names)])


def in_environment(monitor: Monitor, state: Remembered, name: str) -> AccountRef | None:
    """The account last seen in that environment, else its first; None while none is known."""
    refs = [ref for ref in monitor.refs() if ref.environment == name]
    last = state.last_in(name)
    return last if last in refs else (refs[0] if refs else None)


def by_key(context: "Context", key: str) -> AccountRef | None:
    """Where a key jumps to: the config's own keys first, else the free digits in the accounts' order."""
    jump = context.config.jump_keys().get(key)
    if isinstance(jump, AccountRef):
        return jump
    if jump is not None:
        return in_environment(context.monitor, context.state, jump)
    digits = context.config.free_digits()
    taken = set(context.config.jump_keys().values())
    refs = [ref for ref in context.monitor.refs() if ref not in taken]
    if key not in digits or digits.index(key) >= len(refs):
        return None
    return refs[digits.index(key)]


def first_ref(
    monitor: Monitor, state: Remembered, ref: AccountRef | None, environment: str | None
) -> AccountRef | None:
    """What to show first: what was asked for, `start`, what was seen last, else the first known account."""
    refs = monitor.refs()
    if ref is not None:
        return ref
    if environment is not None:
        return in_environment(monitor, state, environment)
    start = monitor.config.start
    if start is not None:
        name, _, number = start.rpartition("/")
        if name and number.isdecimal():
            return AccountRef(name, int(number))
        return in_environment(monitor, state, start)
    last = state.last
    if last is not None and monitor.config.environment(last.environment) is not None:
        return last
    return refs[0] if refs else None
