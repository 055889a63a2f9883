"""One environment with one token: the client, whose token it is, and which generation of it."""

import importlib
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tui.api.call import Answer, HeaderForm
from tui.api.models import Inbox
from tui.aside import in_thread
from tui.clock import Clock
from tui.config.model import Environment
from tui.config.secrets import Lend, resolve
from tui.identity import AccountKey
from tui.monitor.calls import Ask, Caller, What
from tui.monitor.directory import nobody_yet, placeholder
from tui.monitor.reach import AccountUser, Reaches
from tui.monitor.zones import zone_named, zone_of

if TYPE_CHECKING:
    from tui.api.client import LiveAgentClient
    from tui.api.transport import AnyTransport
    from tui.redact import Secret

TransportFor = Callable[[Environment], "AnyTransport | None"]
IMPORT_SECONDS = 60.0


def host_of(url: str) -> str:
    """What shares a budget: the host and port of a base URL."""
    return urlsplit(url).netloc.lower()


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

    def ask(self, what: What = What.PROFILE, account_id: int = 0) -> Ask:
        """What can be asked in this session; of no account it is whose the token is."""
        return Ask(self.environment.name, self.generation, account_id, what)

    def whose(self, account_id: int) -> AccountUser | None:
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

    def put(self, ask: Ask, clock: Clock) -> Awaitable[Answer[Any]]:
        """The call that `ask` stands for, to be awaited; that raises LiveAgentError."""
        return ask.what.call.put(Caller(self.client, clock.wall(), self.zone(ask.account_id)), ask)


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


def import_client() -> None:
    """Read the client's modules, all that a first request needs; from disk, so never on the event loop."""
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

    httpx is imported in a thread where no start has done so: the first environment may come later.
    """
    await in_thread("the client's modules", import_client, IMPORT_SECONDS)
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
