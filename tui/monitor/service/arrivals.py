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
    if (page.items or page.lost) and all(one.created_at is None for one in page.items):
        raise UnreadableAnswerError(UNDATED)
    found: list[Arrival] = []
    moment = next((one.created_at for one in page.items if one.created_at is not None), 0)
    for one in page.items:
        odd = one.created_at is None
        moment = moment if one.created_at is None else one.created_at
        found.append(_arrival(one, moment, odd=odd))
    last = found[-1].id if found else 0
    found += (Arrival(-last * 32 - number, moment, odd=True) for number in range(page.lost))
    return tuple(found)


def _arrival(one: Conversation, moment: int, *, odd: bool) -> Arrival:
    return Arrival(
        id=one.id,
        created=moment,
        first_reply=one.first_reply_created_at or 0,
        status=one.status or "open",
        inbox=one.inbox_id or 0,
        team=one.team_id or 0,
        sender=one.last_sender,
        by_customer=one.begun_by_customer,
        odd=odd,
    )
