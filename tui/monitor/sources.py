"""Which call tells a figure, which figures a call concerns, and what a screen can ask for: pure."""

from functools import partial

from tui.identity import ACCOUNT, Measure, Scope, ScopeKind, Slot
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


def scope_of(ask: Ask) -> Scope | None:
    """What the figures of an answer cover; None where it is of no one part."""
    call = ask.what.call
    match call.of:
        case ScopeKind.ACCOUNT:
            return ACCOUNT
        case ScopeKind.STATUS:
            return Scope(ScopeKind.STATUS, ask.status or call.statuses[0])
        case kind:
            return Scope(kind, str(ask.number)) if ask.number else None


def measures_of(ask: Ask) -> list[Measure]:
    """What an answer tells itself."""
    call = ask.what.call
    if ask.status:
        return [Measure(ask.status)]
    return list(call.tells)


def slots_of(ask: Ask) -> tuple[Slot, ...]:
    """The figures a failure of `ask` concerns, whether they were ever known or not."""
    scope = scope_of(ask)
    if scope is None:
        return ()
    return tuple(map(partial(Slot, scope), (*measures_of(ask), *ask.what.call.makes)))


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
