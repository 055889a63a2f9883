"""One environment with one token: the client, whose token it is, and which generation of it."""

import importlib
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tui.api.call import Answer, HeaderForm
from tui.api.errors import BadRequestError, ServerError
from tui.api.models import Inbox
from tui.aside import in_thread
from tui.clock import Clock
from tui.config.model import Environment
from tui.config.secrets import Lend, resolve
from tui.figures import AccountKey
from tui.monitor.asks import ABANDONED, QUEUED, Ask, What, assigned_to, page_of
from tui.monitor.directory import nobody_yet, placeholder
from tui.monitor.reach import Reaches, Whose
from tui.monitor.trends import same_time
from tui.monitor.zones import end_of_hour, zone_named, zone_of

if TYPE_CHECKING:
    import httpx

    from tui.api.client import LiveAgentClient
    from tui.redact import Secret

TransportFor = Callable[[Environment], "httpx.AsyncBaseTransport | None"]
DAY = timedelta(days=1)
SKIPPED = 26 * 3600
"""Seconds around midnight in which a day begins: a zone that changes sides leaves a whole one out."""
IMPORT_SECONDS = 60.0


def host_of(url: str) -> str:
    """What shares a budget: the host and port of a base URL."""
    return urlsplit(url).netloc.lower()


PLAIN: dict[What, Callable[["LiveAgentClient", Ask], Awaitable[Answer[Any]]]] = {
    What.COUNTS: lambda client, ask: client.counts(ask.account_id),
    What.STATUS_COUNTS: lambda client, ask: client.counts(ask.account_id, status=ask.arg),
    What.QUEUED: lambda client, ask: client.counts(ask.account_id, conversation_type=QUEUED),
    What.RESOLVED: lambda client, ask: client.counts(ask.account_id, status="resolved"),
    What.RESOLVED_QUEUED: lambda client, ask: client.counts(
        ask.account_id, status="resolved", conversation_type=QUEUED
    ),
    What.TEAM_COUNTS: lambda client, ask: client.counts(ask.account_id, team_id=ask.number()),
    What.INBOX_COUNTS: lambda client, ask: client.counts(ask.account_id, inbox_id=ask.number()),
    What.AGENTS: lambda client, ask: client.agents_page(ask.account_id, page_of(ask)),
    What.TEAMS: lambda client, ask: client.teams(ask.account_id),
    What.INBOXES: lambda client, ask: client.inboxes(ask.account_id),
    What.CACHE_KEYS: lambda client, ask: client.cache_keys(ask.account_id),
    What.INBOX_QUEUED: lambda client, ask: client.counts(
        ask.account_id, inbox_id=ask.number(), conversation_type=QUEUED
    ),
    What.INBOX_STATUS: lambda client, ask: client.counts(
        ask.account_id, inbox_id=ask.number(), status=ask.word()
    ),
    What.TEAM_MEMBERS: lambda client, ask: client.team_members_page(
        ask.account_id, ask.number(), page_of(ask)
    ),
    What.LONGEST: lambda client, ask: client.conversations(
        ask.account_id,
        page=ask.number(),
        status="open",
        sort_by="sort_on_created_at",
        conversation_type=ask.word() or None,
    ),
    What.ACCOUNT_LOAD: lambda client, ask: client.account_load(ask.account_id),
    What.AGENT_LOADS: lambda client, ask: client.agent_loads(ask.account_id, page=ask.number()),
    What.CONVERSATION: lambda client, ask: client.conversation(ask.account_id, ask.number()),
}
"""The calls that need nothing but their ask; the others are methods of the session."""


class Session:
    """A client that speaks for one token. Another token, or address, is another session.

    `generation` grows with every session of the program, so that a late answer of an older
    one is recognised and dropped.
    """

    def __init__(
        self,
        environment: Environment,
        token: "Secret",
        client: "LiveAgentClient",
        generation: int,
        reaches: Reaches | None = None,
    ) -> None:
        self.environment = environment
        self.token = token
        self.client = client
        self.generation = generation
        self.reaches = reaches or Reaches()
        self.viewer_id: int | None = None
        self._zone: tzinfo | None = zone_named(environment.timezone)
        self._zones: dict[int, tzinfo] = {}
        self._settled: set[int] = set()
        """Accounts whose inboxes have said what they know of a zone, or never will."""

    @property
    def host(self) -> str:
        """What shares a budget with others: the host and port of the base URL."""
        return host_of(self.origin)

    @property
    def origin(self) -> str:
        """The base URL: what `AccountKey.origin` is."""
        return self.environment.url

    def key(self, account_id: int) -> AccountKey:
        """Under which identity this session's answers are filed."""
        if self.viewer_id is None:
            return placeholder(self.origin, account_id, self.generation)
        mark = self.reaches.mark((self.origin, account_id, self.viewer_id))
        return AccountKey(self.origin, account_id, self.viewer_id, mark)

    @property
    def user(self) -> int:
        """The id of the token's user, or what stands for it until the server has told it."""
        return nobody_yet(self.generation) if self.viewer_id is None else self.viewer_id

    def ask(self, what: What = What.PROFILE, account_id: int = 0, arg: str = "") -> Ask:
        """What can be asked in this session; of no account it is whose the token is."""
        return Ask(self.environment.name, self.generation, account_id, what, arg)

    def whose(self, account_id: int) -> Whose | None:
        """Under which name the reach into an account is known; None before the viewer is."""
        return None if self.viewer_id is None else (self.origin, account_id, self.viewer_id)

    def zone(self, account_id: int) -> tzinfo | None:
        """The contact centre's time zone: the environment's, else its inboxes'; None while unknown."""
        return self._zone or self._zones.get(account_id)

    def days(self, account_id: int) -> str:
        """The name of the zone whose days the reports of an account are asked for."""
        return str(self.zone(account_id) or UTC)

    def knows_day(self, account_id: int) -> bool:
        """Whether it is known which day "today" is; before that no report is asked for."""
        return self._zone is not None or account_id in self._settled

    def settle_day(self, account_id: int) -> None:
        """The inboxes say no more: what is known of the zone is all there is."""
        self._settled.add(account_id)

    def learn_zone(self, account_id: int, inboxes: Iterable[Inbox]) -> bool:
        """Take over what the inboxes say; True where "today" is another day because of it."""
        self.settle_day(account_id)
        zone = zone_of(inboxes)
        if self._zone is not None or zone is None or self._zones.get(account_id) == zone:
            return False
        self._zones[account_id] = zone
        return True

    async def close(self) -> None:
        """Let the connections go."""
        await self.client.aclose()

    async def put(self, ask: Ask, clock: Clock) -> Answer[Any]:
        """Make the call that `ask` stands for; raises LiveAgentError."""
        return await self._call(ask, clock)

    def _call(self, ask: Ask, clock: Clock) -> Awaitable[Answer[Any]]:
        match ask.what:
            case What.SUMMARY | What.SUMMARY_BEFORE | What.AGENT_SUMMARY | What.INBOX_SUMMARY:
                return self._summary(ask, clock.wall())
            case What.INCOMING:
                return self._incoming(ask, clock.wall())
            case What.ABANDONED:
                return self._abandoned(ask)
            case What.CONVERSATIONS_PAGE:
                return self._page(ask)
            case What.PROFILE:
                return self.client.profile()
            case _:
                return PLAIN[ask.what](self.client, ask)

    async def _abandoned(self, ask: Ask) -> Answer[Any]:
        """Servers without that status fail as if they were broken: ask what surely works, to tell."""
        try:
            return await self.client.counts(ask.account_id, status=ABANDONED)
        except ServerError as error:
            if error.status != HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            await self.client.counts(ask.account_id)
            raise BadRequestError("This server knows no abandoned conversations.", call=error.call) from None

    async def _summary(self, ask: Ask, wall: float) -> Answer[Any]:
        zone = self.zone(ask.account_id) or UTC
        since, until = today(wall, zone) if ask.what is not What.SUMMARY_BEFORE else day_before(wall, zone)
        of = {What.AGENT_SUMMARY: "agent", What.INBOX_SUMMARY: "inbox"}.get(ask.what, "account")
        return await self.client.summary(
            ask.account_id,
            since=since,
            until=until,
            type=of,
            id=None if of == "account" else ask.number(),
            timezone_offset=offset_hours(wall, zone),
        )

    async def _incoming(self, ask: Ask, wall: float) -> Answer[Any]:
        offset = offset_hours(wall, self.zone(ask.account_id) or UTC)
        until = end_of_hour(wall, self.zone(ask.account_id))
        return await self.client.report(
            ask.account_id,
            metric="conversations_count",
            since=until - 24 * 3600,
            until=until,
            group_by="hour",
            timezone_offset=offset,
        )

    async def _page(self, ask: Ask) -> Answer[Any]:
        query = ask.query()

        def number(name: str) -> int | None:
            return int(query[name]) if name in query else None

        page, assignee = number("page") or 1, number("assignee_id")
        if assignee is not None:
            rules = assigned_to(assignee, query.get("status"))
            return await self.client.filter_conversations(ask.account_id, rules, page=page)
        return await self.client.conversations(
            ask.account_id,
            page=page,
            status=query.get("status"),
            assignee_type=query.get("assignee_type"),
            team_id=number("team_id"),
            inbox_id=number("inbox_id"),
            labels=tuple(query["labels"].split("\n")) if "labels" in query else (),
            conversation_type=query.get("conversation_type"),
            sort_by=query.get("sort_by"),
        )


def today(wall: float, zone: tzinfo | None) -> tuple[int, int]:
    """The day in `zone` that holds `wall`, midnight to midnight, in Unix seconds."""
    shown = datetime.fromtimestamp(wall, zone).date()
    # The clock may go back over midnight: the date it shows is then the day before's once more.
    starts = sorted({first_instant(shown + days * DAY, zone) for days in range(-2, 4)})
    place = bisect_right(starts, wall)
    return starts[place - 1], starts[place]


def first_instant(day: date, zone: tzinfo | None) -> int:
    """The first second of `day` in `zone`, Unix time; midnight may be there twice, or not at all."""

    def begun(moment: int) -> bool:
        return datetime.fromtimestamp(moment, zone).date() >= day

    midnight = int(datetime.combine(day, time.min, zone).timestamp())
    if begun(midnight) and not begun(midnight - 1):
        return midnight
    before, after = midnight - SKIPPED, midnight + SKIPPED
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if begun(middle) else (middle, after)
    return after


def day_before(wall: float, zone: tzinfo) -> tuple[int, int]:
    """The day before, from midnight to the same time of day: as much of it as there is of today."""
    then = same_time(wall, zone, 1)
    return today(then, zone)[0], int(then)


def offset_hours(wall: float, zone: tzinfo | None) -> float:
    """How far `zone` is from UTC at `wall`, in hours, as reports take it."""
    offset = datetime.fromtimestamp(wall, zone).utcoffset()
    return offset.total_seconds() / 3600 if offset else 0.0


async def open_session(
    environment: Environment,
    clock: Clock,
    generation: int,
    *,
    transport_for: TransportFor | None,
    header_form: HeaderForm | None,
    lend: Lend | None = None,
    reaches: Reaches | None = None,
) -> Session:
    """Resolve the token, with the terminal where `lend` gives it, and make a client.

    Raises TokenError and LiveAgentError.
    """
    token = await resolve(environment, lend=lend)
    client = await client_for(environment, token, clock, transport_for, header_form)
    return Session(environment, token, client, generation, reaches)


def _import_client() -> None:
    importlib.import_module("tui.api.client")
    # Else httpx would import them on the event loop: one with its first client, one at its first connection.
    for name in ("httpcore", "anyio._backends._asyncio"):
        with suppress(ImportError):
            importlib.import_module(name)


async def client_for(
    environment: Environment,
    token: "Secret",
    clock: Clock,
    transport_for: TransportFor | None = None,
    header_form: HeaderForm | None = None,
) -> "LiveAgentClient":
    """A client that reaches `environment` as the config says.

    httpx is imported here and in a thread, so that the first picture does not wait for it.
    """
    await in_thread("the client's modules", _import_client, IMPORT_SECONDS)
    from tui.api.client import Connection, LiveAgentClient

    connection = Connection(
        base_url=environment.url,
        token=token,
        environment=environment.name,
        alternative=environment.alternative,
        ca_file=environment.ca_file,
        client_cert=environment.client_cert,
        proxy=environment.proxy,
        verify=environment.verify,
        transport=transport_for(environment) if transport_for else None,
    )
    return LiveAgentClient(connection, clock, header_form=header_form)
