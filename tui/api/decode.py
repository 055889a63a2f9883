"""Answers -> models. Only the fields named here are ever decoded; each is read by itself."""

from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from tui.api import fields
from tui.api.fields import Raw, UnreadableError, is_list, part_of, several, shaped
from tui.api.models import (
    AccountLoad,
    Agent,
    AgentLoad,
    ApiRoot,
    CacheKeys,
    ConversationCounts,
    Inbox,
    Label,
    Profile,
    ProfileAccount,
    ReportPoint,
    Summary,
    Team,
    WorkingHours,
)

ABSENT = msgspec.Raw(b"null")
"""A nested part the server left out."""
MOST_HOURS, LOOKED_AT = 14, 64
"""Working hours of an inbox: at most so many are kept, of so many that are looked at."""
_hour, _minute = partial(fields.within, highest=24), partial(fields.within, highest=59)
HOURS: dict[str, Callable[[object], bool | int | None]] = {
    "closed_all_day": fields.flag, "open_all_day": fields.flag, "open_hour": _hour, "open_minutes": _minute,
    "close_hour": _hour, "close_minutes": _minute,
}  # fmt: skip
"""What a weekday's row of them tells, and how each is read."""


class Envelope(msgspec.Struct):
    """The outer object of an answer."""

    payload: msgspec.Raw = ABSENT
    data: msgspec.Raw = ABSENT
    meta: msgspec.Raw = ABSENT
    cache_keys: msgspec.Raw = ABSENT


class Named(msgspec.Struct):
    """What inboxes, teams, labels and contacts have in common."""

    id: Any = None
    name: Any = None
    title: Any = None
    color: Any = None
    description: Any = None
    is_member: Any = None


class Person(msgspec.Struct):
    """A user, in any of the shapes the API has for one."""

    id: Any = None
    name: Any = None
    available_name: Any = None
    email: Any = None
    role: Any = None
    roles: Any = None
    status: Any = None
    availability: Any = None
    availability_status: Any = None
    auto_offline: Any = None
    metric: msgspec.Raw = ABSENT
    accounts: msgspec.Raw = ABSENT


class Counts(msgspec.Struct):
    """The counts of a `meta`."""

    mine_count: Any = None
    assigned_count: Any = None
    unassigned_count: Any = None
    all_count: Any = None


class _Pages(msgspec.Struct):
    total_count: Any = None
    total: Any = None
    count: Any = None


class _Load(msgspec.Struct):
    open: Any = None
    unattended: Any = None
    queued: Any = None
    unassigned: Any = None


class _Inbox(msgspec.Struct):
    id: Any = None
    name: Any = None
    channel_type: Any = None
    timezone: Any = None
    working_hours_enabled: Any = None
    working_hours: msgspec.Raw = ABSENT


class _Hours(msgspec.Struct):
    day_of_week: Any = None
    closed_all_day: Any = None
    open_all_day: Any = None
    open_hour: Any = None
    open_minutes: Any = None
    close_hour: Any = None
    close_minutes: Any = None


class _Summary(msgspec.Struct):
    conversations_count: Any = None
    incoming_messages_count: Any = None
    outgoing_messages_count: Any = None
    avg_first_response_time: Any = None
    avg_resolution_time: Any = None
    resolutions_count: Any = None
    previous: msgspec.Raw = ABSENT


class _Point(msgspec.Struct):
    value: Any = None
    timestamp: Any = None
    count: Any = None


class _Keys(msgspec.Struct):
    label: Any = None
    inbox: Any = None
    team: Any = None


class _Root(msgspec.Struct):
    version: Any = None
    timestamp: Any = None
    queue_services: Any = None
    data_services: Any = None


class DecodedItems(msgspec.Struct, frozen=True):
    """The items of a list; `lost` could not be read; `paged` where it came wrapped.

    `total` is how many there are on all pages, as far as the wrapping tells.
    """

    items: tuple[Any, ...]
    lost: int = 0
    paged: bool = False
    total: int | None = None


def api_root(data: bytes) -> ApiRoot:
    """`GET /api`."""
    root = shaped(data, _Root)
    version = fields.text(root.version, limit=64)
    if not version:
        raise UnreadableError("no version")
    words = (
        fields.text(word, limit=64) for word in (root.timestamp, root.queue_services, root.data_services)
    )
    return ApiRoot(version, *words)


def profile(data: bytes) -> Profile:
    """`GET /api/v1/profile`; its tokens are not read."""
    person = shaped(data, Person)
    number = fields.identity(person.id)
    if number is None:
        raise UnreadableError("a profile without id")
    name = fields.text(person.name)
    available = fields.text(person.available_name) or name
    accounts: tuple[ProfileAccount, ...] = ()
    lost = 0
    if is_list(person.accounts):
        accounts, lost = several(person.accounts, _profile_account)
    return Profile(number, name, available, fields.text(person.email), accounts, lost)


def counts(data: bytes) -> ConversationCounts:
    """`…/conversations/meta`."""
    meta = shaped(shaped(data, Envelope).meta, Counts)
    counts = counts_of(meta)
    if counts == ConversationCounts():
        raise UnreadableError("no counts")
    return counts


def agents(data: bytes) -> DecodedItems:
    """`…/agents` and `…/team_members`, bare or wrapped."""
    return _list(data, _agent)


def teams(data: bytes) -> DecodedItems:
    """`…/teams`."""
    return _list(data, _team)


def inboxes(data: bytes) -> DecodedItems:
    """`…/inboxes`; passwords and keys in it are not read."""
    return _list(data, _inbox)


def labels(data: bytes) -> DecodedItems:
    """`…/labels`."""
    return _list(data, _label)


def agent_loads(data: bytes) -> DecodedItems:
    """`…/reports/conversations?type=agent`."""
    return _list(data, _agent_load)


def report(data: bytes) -> DecodedItems:
    """`…/reports`."""
    return _list(data, _point)


def cache_keys(data: bytes) -> CacheKeys:
    """`…/cache_keys`."""
    keys = shaped(shaped(data, Envelope).cache_keys, _Keys)
    return CacheKeys(*(fields.text(key, limit=64) for key in (keys.label, keys.inbox, keys.team)))


def account_load(data: bytes) -> AccountLoad:
    """`…/reports/conversations?type=account`."""
    load = shaped(data, _Load)
    load_told = AccountLoad(fields.count(load.open), _queued(load), fields.count(load.unassigned))
    if load_told == AccountLoad():
        raise UnreadableError("no counts")
    return load_told


def summary(data: bytes) -> Summary:
    """`…/reports/summary`."""
    raw = shaped(data, _Summary)
    today = _summary(raw, previous=None)
    if today == Summary():
        raise UnreadableError("no figures")
    before = part_of(raw.previous, _Summary)
    return _summary(raw, previous=None if before == _Summary() else _summary(before, previous=None))


def _list(data: bytes, read: Any) -> DecodedItems:
    if is_list(data):
        items, lost = several(data, read)
        return DecodedItems(_each_once(items), lost)
    envelope = shaped(data, Envelope)
    part: Raw = next(
        (candidate for candidate in (envelope.payload, envelope.data) if is_list(candidate)), ABSENT
    )
    meta = envelope.meta
    if not is_list(part) and bytes(envelope.data)[:1] == b"{":
        inner = shaped(envelope.data, Envelope)
        part, meta = inner.payload, inner.meta if meta == ABSENT else meta
    items, lost = several(part, read)
    return DecodedItems(_each_once(items), lost, paged=True, total=_total(meta, len(items) + lost))


def _each_once(items: tuple[Any, ...]) -> tuple[Any, ...]:
    """Without the second of the same id: it would stand there, and count, twice."""
    by_id: dict[Any, Any] = {}
    for at, item in enumerate(items):
        by_id.setdefault(getattr(item, "id", (at,)), item)
    return tuple(by_id.values())


def _total(meta: Raw, rows: int) -> int | None:
    """How many there are on all pages; a `count` that is no larger may be that of the page alone."""
    pages = part_of(meta, _Pages)
    for named in (pages.total_count, pages.total):
        if (total := fields.count(named)) is not None:
            return total
    count = fields.count(pages.count)
    return count if count is not None and count > rows else None


def counts_of(meta: Counts) -> ConversationCounts:
    """The counts in a `meta`; assigned worked out where it is missing."""
    unassigned, total = fields.count(meta.unassigned_count), fields.count(meta.all_count)
    assigned = fields.count(meta.assigned_count)
    if assigned is None and total is not None and unassigned is not None:
        assigned = max(0, total - unassigned)
    return ConversationCounts(fields.count(meta.mine_count), assigned, unassigned, total)


def _queued(load: _Load) -> int | None:
    return fields.count(load.unattended if load.queued is None else load.queued)


def _roles(person: Person) -> tuple[str, ...]:
    return fields.roles(person.role, person.roles)


def _availability(person: Person) -> str | None:
    return fields.word(person.availability_status) or fields.word(person.availability)


def _profile_account(part: Raw) -> ProfileAccount | None:
    raw = shaped(part, Person)
    number = fields.identity(raw.id)
    if number is None:
        return None
    status, name = fields.word(raw.status), fields.text(raw.name)
    return ProfileAccount(number, name, status, _roles(raw), _availability(raw))


def _agent(part: Raw) -> Agent | None:
    raw = shaped(part, Person)
    number = fields.identity(raw.id)
    if number is None:
        return None
    name = fields.text(raw.available_name) or fields.text(raw.name)
    online = fields.flag(raw.auto_offline)
    return Agent(number, name, fields.text(raw.email), _roles(raw), _availability(raw), online)


def _agent_load(part: Raw) -> AgentLoad | None:
    raw = shaped(part, Person)
    number = fields.identity(raw.id)
    if number is None:
        return None
    load = part_of(raw.metric, _Load)
    name = fields.text(raw.name) or fields.text(raw.available_name)
    return AgentLoad(number, name, _availability(raw), fields.count(load.open), _queued(load))


def _team(part: Raw) -> Team | None:
    raw = shaped(part, Named)
    number = fields.identity(raw.id)
    if number is None:
        return None
    return Team(number, fields.text(raw.name), fields.text(raw.description), fields.flag(raw.is_member))


def _label(part: Raw) -> Label | None:
    raw = shaped(part, Named)
    number = fields.identity(raw.id)
    if number is None:
        return None
    return Label(number, fields.text(raw.title), fields.text(raw.color, limit=32))


def _inbox(part: Raw) -> Inbox | None:
    raw = shaped(part, _Inbox)
    number = fields.identity(raw.id)
    if number is None:
        return None
    name, kind = fields.text(raw.name), channel(raw.channel_type)
    enabled, zone = fields.flag(raw.working_hours_enabled), fields.word(raw.timezone)
    hours: tuple[WorkingHours, ...] = ()
    lost = int(bool(enabled))
    if is_list(raw.working_hours):
        hours, lost = several(raw.working_hours, _working_hours, most=LOOKED_AT)
    told = (raw.working_hours_enabled, enabled), (raw.timezone or None, zone)
    unread = lost or any(said is not None and read is None for said, read in told)
    return Inbox(number, name, kind, zone, enabled, hours[:MOST_HOURS], hours_told=not unread)


def _working_hours(part: Raw) -> WorkingHours | None:
    raw = shaped(part, _Hours)
    day = fields.within(raw.day_of_week, 6)
    read: dict[str, Any] = {name: parse(getattr(raw, name)) for name, parse in HOURS.items()}
    unread = any(value is None and getattr(raw, name) is not None for name, value in read.items())
    if day is None or unread:
        return None
    return WorkingHours(day, **{name: value for name, value in read.items() if value is not None})


def channel(value: object) -> str:
    """`WebWidget` out of `Channel::WebWidget`."""
    return fields.text(value, limit=64).removeprefix("Channel::")


def _summary(raw: _Summary, *, previous: Summary | None) -> Summary:
    return Summary(
        conversations=fields.count(raw.conversations_count),
        first_response=_length(raw.avg_first_response_time),
        resolution=_length(raw.avg_resolution_time),
        resolutions=fields.count(raw.resolutions_count),
        incoming=fields.count(raw.incoming_messages_count),
        outgoing=fields.count(raw.outgoing_messages_count),
        previous=previous,
    )


def _length(value: object) -> float | None:
    """Seconds; None also where they are fewer than none."""
    seconds = fields.number(value)
    return None if seconds is None or seconds < 0 else seconds


def _point(part: Raw) -> ReportPoint | None:
    raw = shaped(part, _Point)
    timestamp = fields.moment(raw.timestamp)
    return (
        None
        if timestamp is None
        else ReportPoint(timestamp, fields.number(raw.value), fields.count(raw.count))
    )
