"""Who waits, told from whatever messages come with a conversation, against a plain reading of all of them."""

import itertools
import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui.api.decode_conversations import conversation
from tui.monitor.queue.longest import unsure, waits_since

BEGUN = 1_700_000_000
KINDS: dict[str, dict[str, Any]] = {
    "customer": {"message_type": 0, "sender_type": "Contact"},
    "person": {"message_type": 1, "sender_type": "User"},
    "note": {"message_type": 1, "sender_type": "User", "private": True},
    "template": {"message_type": 3, "sender_type": None},
    "activity": {"message_type": 2, "sender_type": None},
    "bot": {"message_type": 1, "sender_type": "AgentBot"},
    "nobody": {"message_type": 1, "sender_type": None},
    "automation": {
        "message_type": 1,
        "sender_type": "User",
        "content_attributes": {"automation_rule_id": 4},
    },
    "automation as text": {
        "message_type": 1,
        "sender_type": "User",
        "content_attributes": '{"automation_rule_id": 4}',
    },
    "campaign": {"message_type": 1, "sender_type": "User", "additional_attributes": {"campaign_id": 2}},
}


def sent(kinds: list[str], gaps: list[int]) -> list[dict[str, Any]]:
    """What was written, the first at the beginning of the conversation."""
    times = itertools.accumulate([0, *gaps])
    return [
        {"id": number, "created_at": BEGUN + at, "kind": kind, **KINDS[kind]}
        for number, (kind, at) in enumerate(zip(kinds, times, strict=False), 1)
    ]


def told(messages: list[dict[str, Any]], window: int, *, with_last: bool) -> dict[str, Any]:
    """The conversation as a 2.x server lists it: with its last messages, and the last that is no activity."""
    replies = [message["created_at"] for message in messages if message["kind"] == "person"]
    spoken = [message for message in messages if message["kind"] != "activity"]
    item = {
        "id": 1,
        "status": "open",
        "created_at": BEGUN,
        "first_reply_created_at": replies[0] if replies else 0,
        "messages": messages[-window:],
    }
    return item | {"last_non_activity_message": spoken[-1] if spoken else None} if with_last else item


def waits_in_truth(messages: list[dict[str, Any]]) -> int | None:
    """The plain rule: the customer's last message, unless a person has written since; before any
    person has, the beginning, unless a campaign began it and no customer has written."""
    if not any(message["kind"] == "person" for message in messages):
        customers = any(message["kind"] == "customer" for message in messages)
        spoken = [message for message in messages if message["kind"] != "activity"]
        campaign = bool(spoken) and spoken[-1]["kind"] == "campaign"
        return None if campaign and not customers else BEGUN
    decisive = [message for message in messages if message["kind"] in {"customer", "person"}][-1]
    return int(decisive["created_at"]) if decisive["kind"] == "customer" else None


@settings(max_examples=400, deadline=None)
@example(kinds=["campaign", "activity"], gaps=[0] * 12, window=1, with_last=False)
@given(
    kinds=st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=12),
    gaps=st.lists(st.integers(0, 900), min_size=12, max_size=12),
    window=st.integers(1, 12),
    with_last=st.booleans(),
)
def test_what_is_told_of_a_wait_is_true_or_open(
    kinds: list[str], gaps: list[int], window: int, with_last: bool
) -> None:
    messages = sent(kinds, gaps)
    listed = conversation(json.dumps(told(messages, window, with_last=with_last)).encode())
    truth = waits_in_truth(messages)
    if not unsure(listed):
        begun_by_campaign = listed.campaign_at is not None and listed.campaign_at - BEGUN <= 60
        assert waits_since(listed) == truth or begun_by_campaign
    else:
        assert waits_since(listed) is None


@settings(max_examples=200, deadline=None)
@given(
    kinds=st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=10),
    gaps=st.lists(st.integers(1, 900), min_size=10, max_size=10),
)
def test_with_all_messages_at_hand_it_is_told_who_waits(kinds: list[str], gaps: list[int]) -> None:
    messages = sent(kinds, gaps)
    listed = conversation(json.dumps(told(messages, len(messages), with_last=True)).encode())
    if any(kind in {"customer", "person"} for kind in kinds):
        assert not unsure(listed)
        assert waits_since(listed) == waits_in_truth(messages)


@settings(max_examples=100, deadline=None)
@given(after=st.lists(st.sampled_from(sorted(set(KINDS) - {"person", "customer"})), max_size=8))
def test_nothing_but_a_person_answers_a_customer(after: list[str]) -> None:
    """A private note made 23 h 10 of waiting vanish: whatever is written for the file answers nobody."""
    kinds = ["customer", "person", "customer", *after]
    messages = sent(kinds, [60] * len(kinds))
    listed = conversation(json.dumps(told(messages, len(messages), with_last=True)).encode())
    assert waits_since(listed) == BEGUN + 120
    last_alone = conversation(json.dumps(told(messages, 1, with_last=True)).encode())
    assert waits_since(last_alone) == BEGUN + 120 if not set(after) - {"activity"} else unsure(last_alone)


def test_a_campaign_that_nobody_has_answered_keeps_no_customer_waiting() -> None:
    opened = conversation(json.dumps(told(sent(["campaign"], []), 1, with_last=True)).encode())
    assert waits_since(opened) is None
    assert not unsure(opened)
    later = sent(["customer", "campaign"], [9_000])
    assert unsure(conversation(json.dumps(told(later, 1, with_last=True)).encode()))
    answered = conversation(
        json.dumps(told(sent(["campaign", "customer"], [70]), 1, with_last=True)).encode()
    )
    assert waits_since(answered) == BEGUN


def test_a_reply_noted_late_by_the_server_is_seen_among_the_messages() -> None:
    """`first_reply_created_at` is set by a background job, minutes after the answer."""
    for kinds, since in ((["customer", "person"], None), (["customer", "person", "customer"], BEGUN + 120)):
        item = told(sent(kinds, [60, 60]), 3, with_last=True) | {"first_reply_created_at": 0}
        listed = conversation(json.dumps(item).encode())
        assert waits_since(listed) == since
        assert not unsure(listed)


def test_what_a_newer_server_says_of_the_wait_counts() -> None:
    answered = told(sent(["customer", "person", "note"], [60, 60]), 1, with_last=True)
    nobody = conversation(json.dumps(answered | {"waiting_since": 0}).encode())
    assert waits_since(nobody) is None
    assert not unsure(nobody)
    assert unsure(conversation(json.dumps(answered).encode()))
    somebody = conversation(json.dumps(answered | {"waiting_since": BEGUN + 61}).encode())
    assert waits_since(somebody) == BEGUN + 61
