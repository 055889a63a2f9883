"""The rules of service level, as the config and the inboxes give them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo
from typing import TypeVar

from tui.api.models import Inbox, Team
from tui.config.model import Service, Targets
from tui.monitor.service.figures import Rules
from tui.monitor.service.hours import ALWAYS, as_given, of_inbox
from tui.monitor.zones import zone_named
from tui.text import excerpt

T = TypeVar("T")
REFUSED = "The server does not list the inboxes to this token: each of them counts as always open."


def rules_of(
    service: Service, targets: Targets, inboxes: Sequence[Inbox] | None, teams: Iterable[Team], zone: tzinfo
) -> Rules:
    """What the config and the inboxes' own working hours say of how soon customers are to be answered.

    `inboxes` is None where they are not permitted.
    """
    hours, own, strange = {}, _caseless(service.inboxes), []
    refused = (REFUSED,) if inboxes is None and service.hours.kind == "inbox" else ()
    inboxes = inboxes or ()
    for inbox in inboxes:
        said = _of(own, inbox.name, inbox.id) or service.hours
        opening = as_given(said, zone)
        if said.kind == "inbox":
            if has_unknown_zone(inbox):
                strange.append(inbox)
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
        assumed=(*refused, *unknown_zones(strange, str(zone))),
    )


def has_unknown_zone(inbox: Inbox) -> bool:
    """Whether an inbox has opening hours in a time zone that nobody here knows."""
    return bool(inbox.working_hours_enabled and inbox.timezone) and zone_named(inbox.timezone) is None


def unknown_zones(inboxes: Sequence[Inbox], instead: str) -> tuple[str, ...]:
    """A sentence where there are such inboxes: by which zone their hours are counted `instead`."""
    if not inboxes:
        return ()
    first, more = inboxes[0], len(inboxes) - 1
    others = f" and {more} more" if more else ""
    named = f'"{excerpt(first.name)}"{others} ({excerpt(first.timezone or "")})'
    return (f"The time zone of {named} is not known here: opening hours are counted in {instead}.",)


def _caseless(named: Mapping[str, T]) -> dict[str, T]:
    return {name.casefold(): said for name, said in named.items()}


def _of(known: Mapping[str, T], name: str, number: int | None = None) -> T | None:
    """What is said of a name, in any case, or of a number; None where nothing is."""
    return known.get(str(number), known.get(name.casefold()))
