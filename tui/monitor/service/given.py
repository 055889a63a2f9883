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
    for inbox in inboxes:
        said = _of(own, inbox.name, inbox.id) or service.hours
        opening = as_given(said, zone)
        if said.kind == "inbox":
            there = zone_named(inbox.timezone) or zone
            opening = of_inbox(inbox.working_hours, there) if inbox.working_hours_enabled else ALWAYS
        if not opening.always:
            hours[inbox.id] = opening
    channels, named, of_teams = map(_caseless, (targets.channels, targets.inboxes, targets.teams))
    by_channel = {inbox.id: _of(channels, inbox.channel.removeprefix("Channel::")) for inbox in inboxes}
    by_inbox = {inbox.id: _of(named, inbox.name, inbox.id) or by_channel[inbox.id] for inbox in inboxes}
    by_team = {team.id: _of(of_teams, team.name, team.id) for team in teams}
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
