"""The rules of service level, as the config and the inboxes give them."""

from datetime import tzinfo

from tui.api.models import Inbox
from tui.config.model import Config, Targets
from tui.monitor.service.figures import Rules
from tui.monitor.service.hours import ALWAYS, as_given, of_inbox
from tui.monitor.zones import zone_named


def rules_of(config: Config, targets: Targets, inboxes: tuple[Inbox, ...], zone: tzinfo) -> Rules:
    """What the config and the inboxes' own working hours say of how soon customers are to be answered."""
    service, hours = config.service, {}
    for one in inboxes:
        found = as_given(service.hours, zone)
        if service.hours.kind == "inbox":
            there = zone_named(one.timezone) or zone
            found = of_inbox(one.working_hours, there) if one.working_hours_enabled else ALWAYS
        if not found.always:
            hours[one.id] = found
    return Rules(target=targets.wait, hours=hours, closed_missed=service.closed_without_reply == "missed")
