"""What the servers have answered about reach, membership and teams: the program knows that and no more."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

import httpx
import msgspec

from tui.simulator.app import App
from tui.simulator.faults import Fault, Kind, account_in
from tui.simulator.transport import SimulatorTransport

DRAWN_WITHIN = 1.0
"""Seconds after which the screen must show what an answer has said."""
PROMPT = 15.0
"""Seconds after which the program may have given an answer up."""
SHARED_BY = 3
"""Environments of a run that may have the same token: each session has to be told whose it is."""
HARMLESS = frozenset({Kind.DELAY, Kind.STRIP, Kind.SLOW})
SPOILT = frozenset({Kind.CUT_JSON, Kind.WRONG_TYPES})
"""What leaves no answer that can be read. What comes slowly is one, once its last piece has come."""
VERDICTS = {
    "You are not authorized to access this account": "not a member",
    "Account is suspended": "suspended",
    "Resource could not be found": "no such account",
}
"""What an answer says of a whole account, by the header's words."""
BY_CREATION, UNANSWERED = "sort_by=sort_on_created_at", "conversation_type=unattended"
OK = "ok"
_READ, _ACCOUNTS = "read_at", "accounts"


class Event(NamedTuple):
    """One thing that one answer has said of an account."""

    kind: str
    """`roles`, `inboxes`, `teams`, `team gone`, or a verdict: of the `counts`, `listed` by the profile."""
    value: Any
    asked: float
    came: float
    """`Clock.now`, as `asked`."""
    read: float
    """Server time at which the server looked."""
    sure: bool
    """Whether the program has surely taken it in."""


class TimeListed(NamedTuple):
    """One conversation on a page by creation, or among those that wait for a first reply."""

    read: float
    """Server time at which the server looked."""
    sure: bool
    """Whether the program has surely taken it in."""


class _Row(msgspec.Struct):
    id: int
    first_reply_created_at: int


class _Rows(msgspec.Struct):
    payload: list[_Row]


class _Page(msgspec.Struct):
    data: _Rows


class Known:
    """What the program knows of one account through one token."""

    def __init__(self) -> None:
        self.roles: frozenset[str] | None = None
        self.inboxes: frozenset[int] | None = None
        self.began = float("-inf")
        """`Clock.now` since which the reach is this one: what was asked before is of the former."""
        self.read = 0.0
        """Server time of the answer that told it."""
        self.roles_asked = float("-inf")
        """`Clock.now` of the newest call that told the roles."""
        self.listed_asked = float("-inf")
        """The same of one that told whether the user is a member: it tells the roles of members alone."""
        self._inboxes_asked = float("-inf")
        self.teams: frozenset[int] | None = None
        self.gone: frozenset[int] = frozenset()
        """Teams of which an answer has said that they are gone."""
        self.verdict = OK
        """What the last answer on the whole account said of it, its counts' or the profile's."""
        self.counts = OK
        """What its own counts said last, unless the profile has said something else since than before."""
        self._listed = OK
        self._said: set[str] = set()
        """What its counts have said to sessions that may not know yet that they are of one user."""
        self._profiles = 0
        """Answered to these sessions."""
        self.coming: list[Event] = []
        """What has come, and need not be on screen yet."""
        self._skipped: list[Event] = []
        """What the program may have taken in, or given up, before it learnt it for sure."""

    def may_take(self, event: Event) -> None:
        """Count an answer that the program may have given up."""
        self._skipped.append(event)

    def take(self, event: Event) -> None:
        """Count an answer that must be on screen by now."""
        of_kind = [skipped for skipped in self._skipped if skipped.kind == event.kind]
        self._skipped = [skipped for skipped in self._skipped if skipped.kind != event.kind]
        first = next((skipped for skipped in of_kind if skipped.value == event.value), event)
        self._take(first._replace(asked=event.asked))

    def _take(self, event: Event) -> None:
        match event.kind:
            case "roles":
                self.roles_asked = event.asked
                if self.roles not in {None, event.value}:
                    self._begin(event)
                self.roles = event.value
            case "inboxes" if event.asked >= self.began:
                whole = "administrator" in (self.roles or ())
                if self.roles is not None and not whole and self.inboxes not in {None, event.value}:
                    self._begin(event)
                self.inboxes, self._inboxes_asked = event.value, event.asked
            case "teams":
                self.teams, self.gone = event.value, self.gone - event.value
            case "team gone":
                self.gone |= {event.value}
            case "counts":
                self.verdict = self.counts = event.value
                if self._profiles < SHARED_BY:
                    self._said.add(event.value)
            case "listed":
                self._profiles += 1
                if self._profiles >= SHARED_BY:
                    self._said.clear()
                # One that goes on listing an account as it did says nothing of what its counts refuse.
                if event.value != self._listed:
                    self.counts = event.value
                self.verdict = self._listed = event.value
                self.listed_asked = event.asked

    def _begin(self, event: Event) -> None:
        self.began, self.read, self.inboxes = event.came, event.read, None

    @property
    def confirmed(self) -> float:
        """`Clock.now` up to which the reach is known to have been this one."""
        whole = "administrator" in (self.roles or ())
        return self.roles_asked if whole else min(self.roles_asked, self._inboxes_asked)

    def may_be(self, kind: str, now: Any) -> frozenset[Any]:
        """What may be on screen of `kind`: what is known, and what has just come."""
        return frozenset({now, *self._coming(kind)})

    @property
    def verdicts(self) -> frozenset[str]:
        """What an answer on the whole account may be on screen as: the last one.

        A session that was told none may know none, whatever one before it was told.
        """
        return frozenset({self.verdict, *self._said, *self._coming("counts"), *self._coming("listed")})

    def begin_anew(self) -> None:
        """The sessions that know this end: others are told from now on."""
        self._said, self._profiles = {OK}, 0

    @property
    def refusals(self) -> frozenset[str]:
        """The same, and what its own counts said last: they alone take back what they refused."""
        return self.verdicts | {self.counts}

    def _coming(self, kind: str) -> Iterator[Any]:
        return (event.value for event in (*self._skipped, *self.coming) if event.kind == kind)


class HeardBody(httpx.AsyncByteStream):
    """A body; tells when all of it has been read, which is when somebody has the answer."""

    def __init__(self, stream: httpx.AsyncByteStream, ended: Callable[[], None]) -> None:
        self._stream = stream
        self._ended = ended

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            yield piece
        self._ended()


class Answers:
    """Hears every answer of the simulated servers."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, int], tuple[int, Known]] = {}
        self._accounts: dict[tuple[str, str, int], list[Event]] = {}
        self.listed: dict[tuple[str, str, int], dict[int, list[TimeListed]]] = {}
        """When each conversation was told, and to whom, by the pages that service level is made of."""
        self.unsure_until = float("-inf")
        """What was asked before this `Clock.now` may have been asked by a session that is over."""

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Hear what transports answer meanwhile."""
        put, look = SimulatorTransport._answer, SimulatorTransport._ask

        async def ask(transport: SimulatorTransport, app: App, request: httpx.Request, *, strip: bool) -> Any:
            request.extensions[_READ] = app.world.moment()
            request.extensions[_ACCOUNTS] = frozenset(app.world.specs)
            return await look(transport, app, request, strip=strip)

        async def answer(
            transport: SimulatorTransport, request: httpx.Request, origin: str, met: dict[Kind, Fault]
        ) -> httpx.Response:
            asked = transport._clock.now()
            response = await put(transport, request, origin, met)
            if _READ in request.extensions and not SPOILT & set(met):
                stream, body = response.stream, response.stream._body  # type: ignore[union-attr]

                def note() -> None:
                    times, honest = (asked, transport._clock.now()), set(met) <= HARMLESS
                    self._note(request, response.status_code, body, origin, times, honest)

                assert isinstance(stream, httpx.AsyncByteStream)
                response.stream = HeardBody(stream, note)
            return response

        with (
            patch.object(SimulatorTransport, "_ask", ask),
            patch.object(SimulatorTransport, "_answer", answer),
        ):
            yield

    def _note(
        self,
        request: httpx.Request,
        status: int,
        body: bytes,
        origin: str,
        times: tuple[float, float],
        honest: bool,
    ) -> None:
        asked, came = times
        token = request.headers.get("api_access_token") or request.headers.get("api-access-token") or ""
        if honest and status == 200:
            self._note_page(request, body, origin, token, sure=came - asked < PROMPT)
        for account_id, kind, value in _said(request, status, body, honest=honest):
            event = Event(kind, value, asked, came, request.extensions[_READ], came - asked < PROMPT)
            self._accounts.setdefault((origin, token, account_id), []).append(event)

    def _note_page(self, request: httpx.Request, body: bytes, origin: str, token: str, *, sure: bool) -> None:
        account_id, query = account_in(request.url.path), request.url.query.decode()
        alone = request.url.path.rpartition("/conversations/")[2]
        if account_id is not None and alone.isdecimal():
            listed = self.listed.setdefault((origin, token, account_id), {})
            listed.setdefault(int(alone), []).append(TimeListed(request.extensions[_READ], sure))
            return
        if account_id is None or not request.url.path.endswith("/conversations") or BY_CREATION not in query:
            return
        queue = UNANSWERED in query
        if not queue and "status=all" not in query:
            return
        listed = self.listed.setdefault((origin, token, account_id), {})
        for row in msgspec.json.decode(body, type=_Page).data.payload:
            if not (queue and row.first_reply_created_at):
                listed.setdefault(row.id, []).append(TimeListed(request.extensions[_READ], sure))

    def known(self, origin: str, token: str, account_id: int, now: float) -> Known:
        """What must be on screen by `now`."""
        key = origin, token, account_id
        taken, known = self._known.setdefault(key, (0, Known()))
        events = self._accounts.get(key, [])
        while taken < len(events) and events[taken].came <= now - DRAWN_WITHIN:
            event = events[taken]
            if event.sure and not event.asked < self.unsure_until <= event.came:
                known.take(event)
            else:
                known.may_take(event)
            taken += 1
        known.coming = events[taken:]
        self._known[key] = taken, known
        return known

    def begin_anew(self) -> None:
        """All sessions end: what comes from now on is told to others."""
        for _, known in self._known.values():
            known.begin_anew()

    def told(self, origin: str, token: str, account_id: int, since: float, until: float) -> bool:
        """Whether an answer given from `since` to `until`, in server time, said that the reach is another."""
        said: dict[str, Any] = {}
        for event in self._accounts.get((origin, token, account_id), []):
            if event.kind in {"roles", "inboxes"}:
                if since <= event.read <= until and event.value != said.get(event.kind, event.value):
                    return True
                said[event.kind] = event.value
        return False


def _said(
    request: httpx.Request, status: int, body: bytes, *, honest: bool
) -> Iterator[tuple[int, str, Any]]:
    """What an answer says of which account; `honest`: no fault has spoken in the server's place."""
    path = request.url.path
    account_id = account_in(path)
    last = path.rsplit("/", 1)[-1]
    if status == 200 and not honest:
        return
    if last == "profile" and status == 200:
        listed = msgspec.json.decode(body)["accounts"]
        for number in request.extensions[_ACCOUNTS] - {account["id"] for account in listed}:
            yield number, "listed", "not a member"
        for account in listed:
            word = OK if account["status"] == "active" else "suspended"
            yield account["id"], "roles", frozenset(part.strip() for part in account["role"].split(","))
            yield account["id"], "listed", word
        return
    if account_id is None:
        return
    query = request.url.query.decode()
    match last:
        case "inboxes" if status == 200:
            yield (
                account_id,
                "inboxes",
                frozenset(inbox["id"] for inbox in msgspec.json.decode(body)["payload"]),
            )
        case "teams" if status == 200:
            yield account_id, "teams", frozenset(team["id"] for team in msgspec.json.decode(body))
        case "meta" if status == 404 and query.startswith("team_id=") and honest:
            yield account_id, "team gone", int(query.removeprefix("team_id=").partition("&")[0])
        case "meta" if not query and status == 200:
            yield account_id, "counts", OK
        case "meta" if not query and status in {401, 404}:
            said = VERDICTS.get(str(msgspec.json.decode(body).get("error")))
            if said is not None:
                yield account_id, "counts", said
