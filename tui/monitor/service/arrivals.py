"""A page of conversations as the reading of service level takes it: without a word or a name."""

from tui.api.errors import UnreadableAnswerError
from tui.api.models import Conversation, ConversationPage
from tui.monitor.service.states import Arrival

UNDATED = "No conversation on this page says when it was created, so that nothing can be counted by it."


def arrivals_of(page: ConversationPage) -> tuple[Arrival, ...]:
    """Everything on the page, in its order; what can't be read or dated takes its neighbour's moment.

    Where on the page those stood that could not be read at all is not known: they come last. Raises
    UnreadableAnswerError where nothing on it is dated: it may be of any day.
    """
    if (page.items or page.lost) and all(conversation.created_at is None for conversation in page.items):
        raise UnreadableAnswerError(UNDATED)
    arrivals: list[Arrival] = []
    moment = next(
        (conversation.created_at for conversation in page.items if conversation.created_at is not None), 0
    )
    for conversation in page.items:
        odd = conversation.created_at is None
        moment = moment if conversation.created_at is None else conversation.created_at
        arrivals.append(_arrival(conversation, moment, odd=odd))
    last = arrivals[-1].id if arrivals else 0
    arrivals += (Arrival(-last * 32 - number, moment, odd=True) for number in range(page.lost))
    return tuple(arrivals)


def _arrival(conversation: Conversation, moment: int, *, odd: bool) -> Arrival:
    return Arrival(
        id=conversation.id,
        created=moment,
        first_reply=conversation.first_reply_created_at or 0,
        status=conversation.status or "open",
        inbox=conversation.inbox_id or 0,
        team=conversation.team_id or 0,
        sender=conversation.last_sender,
        by_customer=conversation.begun_by_customer,
        odd=odd,
    )
