"""Since when an agent is available: only what was really observed."""

import msgspec

from tests.builders import KEY, listing, snapshot
from tui.api.models import Agent
from tui.monitor.presence import Presence
from tui.monitor.reading import AccountSnapshot


def seen(at: float, word: str) -> AccountSnapshot:
    agents = msgspec.structs.replace(listing((Agent(1, "Bo", availability=word),)), asked_at=at, period=30.0)
    return snapshot(agents=agents)


def test_the_first_sight_is_only_at_least() -> None:
    presence = Presence()
    presence.observe(seen(100, "online"))
    since = presence.since(KEY)[1]
    assert (since.at, since.at_least) == (100, True)


def test_a_change_that_was_seen_is_exact_and_stays() -> None:
    presence = Presence()
    for at, word in ((100, "online"), (130, "busy"), (160, "busy")):
        presence.observe(seen(at, word))
    since = presence.since(KEY)[1]
    assert (since.availability, since.at, since.at_least) == ("busy", 130, False)


def test_a_gap_ends_what_was_known() -> None:
    presence = Presence()
    for at, word in ((100, "online"), (130, "busy"), (400, "busy")):
        presence.observe(seen(at, word))
    since = presence.since(KEY)[1]
    assert (since.at, since.at_least) == (400, True)
