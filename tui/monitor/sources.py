"""Which figures an answer holds, which call tells a figure, and what a screen can ask for: pure."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from tui.api.models import Agent
from tui.identity import ACCOUNT, Measure, Scope, ScopeKind, Slot
from tui.identity import agent as of_agent
from tui.monitor.calls import COMMON_STATUSES, EVERYTHING_OPEN, TRACED, Ask, Query, What

FIRST = (What.COUNTS, What.AGENTS, What.TEAMS)
"""What somebody who looks at an account, or presses the key, wants to see before all else."""


def conversations(page: int = 1, query: Query = EVERYTHING_OPEN) -> Ask:
    """A page of conversations, for `Monitor.ask`; answers a `ConversationPage`."""
    return Ask(what=What.CONVERSATIONS_PAGE, page=page, query=query)


def conversation(conversation_id: int) -> Ask:
    """One conversation with its details, for `Monitor.ask`; answers a `Conversation`."""
    return Ask(what=What.CONVERSATION, number=conversation_id)


def of_one_inbox(inbox_id: int) -> tuple[Ask, ...]:
    """What is asked when one inbox is to stand for the account, for `Monitor.ask`."""
    return (
        Ask(what=What.INBOX_COUNTS, number=inbox_id),
        Ask(what=What.INBOX_QUEUED, number=inbox_id),
        *(Ask(what=What.INBOX_STATUS, number=inbox_id, status=word) for word in COMMON_STATUSES),
    )


def half_read(agents: Iterable[Agent]) -> bool:
    """Whether the availability of some is not known, so that what is counted of it is "at least"."""
    return any(one.availability is None for one in agents)


def _scope(ask: Ask) -> Scope | None:
    """What the figures of an answer cover; None where it is of no one part."""
    call = ask.what.call
    match call.of:
        case ScopeKind.ACCOUNT:
            return ACCOUNT
        case ScopeKind.STATUS:
            return Scope(ScopeKind.STATUS, ask.status or call.statuses[0])
        case kind:
            return Scope(kind, str(ask.number)) if ask.number else None


def _measures(ask: Ask) -> list[Measure]:
    """What an answer tells itself."""
    call = ask.what.call
    if ask.status:
        return [Measure(ask.status)]
    return list(call.tells)


def figures_of(ask: Ask, value: Any) -> dict[Slot, float | None]:
    """The figures that `value`, the answer to `ask`, holds; empty for lists and single items."""
    call = ask.what.call
    if call.each:
        return {
            of_agent(one.agent_id, measure): tell(one)
            for one in value
            for measure, tell in call.tells.items()
        }
    scope = _scope(ask)
    if scope is None:
        return {}
    told = value if call.read is None else call.read(value)
    return {Slot(scope, measure): call.tells[measure](told) for measure in _measures(ask)}


def slots_of(ask: Ask) -> tuple[Slot, ...]:
    """The figures a failure of `ask` concerns, whether they were ever known or not."""
    scope = _scope(ask)
    if scope is None:
        return ()
    return tuple(map(partial(Slot, scope), (*_measures(ask), *ask.what.call.makes)))


def sources_of(slot: Slot) -> tuple[What, ...]:
    """The kinds of call that a figure takes, the one that tells it first; none where nothing does."""
    return TRACED.get((slot.scope.kind, slot.measure), ())


def source_of(slot: Slot) -> What | None:
    """The kind of call that tells a figure; None where nothing does."""
    return next(iter(sources_of(slot)), None)


def ask_for(what: What, slot: Slot) -> Ask:
    """The ask of this kind that tells a figure, or helps with it, for `Monitor.ask`."""
    call, kind = what.call, slot.scope.kind
    number = (
        int(slot.scope.id) if call.of is kind and kind not in {ScopeKind.ACCOUNT, ScopeKind.STATUS} else 0
    )
    if call.each:
        return Ask(what=what)
    return Ask(what=what, number=number, status=str(slot.measure) if len(call.statuses) > 1 else "")
