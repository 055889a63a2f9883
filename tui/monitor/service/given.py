"""The rules of service level, as the config and the inboxes give them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from typing import TypeVar

from tui.api.models import Inbox, Team
from tui.config.model import Service, Targets
from tui.monitor.service.figures import Rules
from tui.monitor.service.hours import ALWAYS, as_given, of_inbox
from tui.monitor.zones import zone_named

T = TypeVar("T")


def rules_of(
    service: Service, targets: Targets, inboxes: Sequence[Inbox], teams: Iterable[Team], zone: tzinfo
) -> Rules:
    """What the config and the inboxes' own working hours say of how soon customers are to be answered."""
    hours, own = {}, _caseless(service.inboxes)
    for one in inboxes:
        said = _of(own, one.name, one.id) or service.hours
        found = as_given(said, zone)
        if said.kind == "inbox":
            there = zone_named(one.timezone) or zone
            found = of_inbox(one.working_hours, there) if one.working_hours_enabled else ALWAYS
        if not found.always:
            hours[one.id] = found
    channels, named, of_teams = map(_caseless, (targets.channels, targets.inboxes, targets.teams))
    by_channel = {one.id: _of(channels, one.channel.removeprefix("Channel::")) for one in inboxes}
    by_inbox = {one.id: _of(named, one.name, one.id) or by_channel[one.id] for one in inboxes}
    by_team = {one.id: _of(of_teams, one.name, one.id) for one in teams}
    return Rules(
        target=targets.wait,
        inbox_targets={number: wait for number, wait in by_inbox.items() if wait},
        team_targets={number: wait for number, wait in by_team.items() if wait},
        hours=hours,
        closed_missed=service.closed_without_reply == "missed",
    )


def _caseless(named: Mapping[str, T]) -> dict[str, T]:
    return {name.casefold(): said for name, said in named.items()}


def _of(known: Mapping[str, T], name: str, number: int | None = None) -> T | None:
    """What is said of a name, in any case, or of a number; None where nothing is."""
    return known.get(str(number), known.get(name.casefold()))
