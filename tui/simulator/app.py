"""The simulated Live Agent as an ASGI application; reads only, answers as the real one does."""

import datetime
import random
import urllib.parse
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from email.utils import formatdate
from typing import Any

import msgspec

from tui.simulator import replies, reports
from tui.simulator.inboxes import inbox_json
from tui.simulator.replies import Refusal, Reply
from tui.simulator.threads import Item, Query, Threads, agent_json, team_json
from tui.simulator.visibility import User
from tui.simulator.world import World

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

BODY_LIMIT = 1 << 20
CHUNK = 16_384
NO_BODY = frozenset({204, 304})


class Request(msgspec.Struct, frozen=True):
    """One request, read."""

    method: str
    path: str
    query: Query
    headers: dict[str, str]
    client: str
    body: bytes

    @property
    def wants_json(self) -> bool:
        """Whether JSON was asked for."""
        return "application/json" in self.headers.get("accept", "")


class App:
    """One host's HTTP side.

    `underscored_headers=False` drops header names with underscores as nginx does.
    `rate_limit` is the number of requests a client address may make in a clock minute.
    """

    def __init__(
        self, world: World, *, underscored_headers: bool = True, rate_limit: int | None = None
    ) -> None:
        self.world = world
        self.underscored_headers = underscored_headers
        self.rate_limit = rate_limit
        self._minute = 0
        self._clients: Counter[str] = Counter()
        self._ids = random.Random(world.seed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or take part in the server's start and stop."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        begun = self.world.clock.now()
        request = await self._read(scope, receive)
        reply = await self.answer(request)
        headers = [
            *reply.headers,
            ("date", formatdate(self.world.moment() - self.world.shift, usegmt=True)),
            ("x-request-id", self._request_id()),
            ("x-runtime", f"{self.world.clock.now() - begun:.6f}"),
        ]
        if reply.content_type:
            headers.insert(0, ("content-type", reply.content_type))
        await send(
            {
                "type": "http.response.start",
                "status": reply.status,
                "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
            }
        )
        body = b"" if request.method == "HEAD" or reply.status in NO_BODY else reply.body
        for start in range(0, len(body), CHUNK):
            part = body[start : start + CHUNK]
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _request_id(self) -> str:
        return str(uuid.UUID(int=self._ids.getrandbits(128), version=4))

    async def _read(self, scope: Scope, receive: Receive) -> Request:
        body = b""
        while len(body) < BODY_LIMIT:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        if not self.underscored_headers:
            headers = {name: value for name, value in headers.items() if "_" not in name}
        query = urllib.parse.parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        client = (scope.get("client") or ("in-process", 0))[0]
        return Request(scope["method"], scope["path"], query, headers, client, body)

    async def answer(self, request: Request) -> Reply:
        """What the server says to `request`."""
        if self._throttled(request.client):
            return replies.too_many()
        try:
            return await self._route(request)
        except Refusal as refusal:
            return refusal.reply

    def _throttled(self, client: str) -> bool:
        if self.rate_limit is None:
            return False
        minute = int(self.world.moment() // 60)
        if minute != self._minute:
            self._minute = minute
            self._clients.clear()
        self._clients[client] += 1
        return self._clients[client] > self.rate_limit

    async def _route(self, request: Request) -> Reply:
        parts = [urllib.parse.unquote(part) for part in request.path.strip("/").split("/")]
        asked = request.headers.get("if-none-match", "")
        reads = request.method in ("GET", "HEAD")
        match parts:
            case ["api"] if reads:
                return replies.good(self._root(), asked, vary=True)
            case ["api", "v1", "profile"] if reads:
                return replies.good(self._profile(self._user(request)), asked)
            case ["api", ("v1" | "v2") as version, "accounts", account, *rest] if rest:
                find = _V1.get(tuple(_shape(rest))) if version == "v1" else _V2.get("/".join(rest))
                if find is not None and (request.method == find[0] or (reads and find[0] == "GET")):
                    return replies.good(await self._in_account(request, account, rest, find[1]), asked)
        if parts[0] in ("api", "public", "platform", "auth") or not reads:
            return replies.no_route(wants_json=request.wants_json)
        return replies.html(asked)

    async def _in_account(self, request: Request, account: str, rest: list[str], tell: "Tell") -> object:
        user = self._user(request)
        if user.kind == "bot":
            raise replies.unauthorized("Access to this endpoint is not authorized for bots")
        account_id = replies.leading_number(account)
        spec = self.world.specs.get(account_id)
        if spec is None:
            raise replies.not_found()
        if spec.status != "active":
            raise replies.unauthorized("Account is suspended")
        if self.world.member(account_id, user.id) is None:
            raise replies.unauthorized("You are not authorized to access this account")
        view = self.world.view(account_id, user.id)
        built = await self.world.ready(account_id)
        return await tell(reports.Asked(self.world, built, view, request.query, request.body, rest))

    def _user(self, request: Request) -> User:
        token = request.headers.get("api_access_token") or request.headers.get("api-access-token") or ""
        if not token:
            raise Refusal(replies.sign_in((request.query.get("locale") or ["en"])[0]))
        user = self.world.by_token.get(token)
        if user is None:
            raise replies.unauthorized("Invalid Access Token")
        return user

    def _root(self) -> Item:
        now = datetime.datetime.fromtimestamp(self.world.moment() - self.world.shift, datetime.UTC)
        return {
            "version": self.world.flavour.version,
            "timestamp": now.strftime("%Y-%m-%d %H:%M:%S"),
            "queue_services": "ok",
            "data_services": "ok",
        }

    def _profile(self, user: User) -> Item:
        members = [(spec, self.world.member(spec.id, user.id)) for spec in self.world.specs.values()]
        moment = self.world.moment()
        accounts = [
            {
                "id": spec.id,
                "name": spec.name,
                "status": spec.status,
                "active_at": None,
                "role": member.role,
                "availability": (word := self.world.roster(spec.id).availability(member, moment)),
                "availability_status": word,
                "auto_offline": member.auto_offline,
            }
            for spec, member in members
            if member is not None
        ]
        return {
            "access_token": user.token,
            "account_id": accounts[0]["id"] if accounts else None,
            "available_name": user.name,
            "avatar_url": "",
            "confirmed": True,
            "display_name": None,
            "message_signature": None,
            "email": user.email,
            "id": user.id,
            "inviter_id": None,
            "name": user.name,
            "provider": "email",
            "pubsub_token": "FAKE-PUBSUB",
            "role": accounts[0]["role"] if accounts else None,
            "ui_settings": {},
            "uid": user.email,
            "type": None,
            "accounts": accounts,
        }


Tell = Callable[[reports.Asked], Awaitable[object]]


async def _meta(asked: reports.Asked) -> object:
    return Threads(asked.world, asked.account, asked.view).meta(asked.query)


async def _index(asked: reports.Asked) -> object:
    return Threads(asked.world, asked.account, asked.view).index(asked.query)


async def _show(asked: reports.Asked) -> object:
    return Threads(asked.world, asked.account, asked.view).show(replies.leading_number(asked.rest[1]))


async def _filter(asked: reports.Asked) -> object:
    try:
        body = msgspec.json.decode(asked.body)
    except msgspec.DecodeError:
        raise replies.unprocessable() from None
    return Threads(asked.world, asked.account, asked.view).filtered(body, asked.query)


async def _agents(asked: reports.Asked) -> object:
    ordered = sorted(asked.account.spec.agents, key=lambda agent: agent.name.lower())
    return [agent_json(asked.account, agent) for agent in ordered]


async def _teams(asked: reports.Asked) -> object:
    return [team_json(asked.account, team, asked.view.member.id) for team in asked.account.spec.teams]


async def _team_members(asked: reports.Asked) -> object:
    wanted = replies.leading_number(asked.rest[1])
    if all(team.id != wanted for team in asked.account.spec.teams):
        raise replies.not_found()
    return [agent_json(asked.account, agent) for agent in asked.account.roster.members(wanted)]


async def _inboxes(asked: reports.Asked) -> object:
    shown = (inbox for inbox in asked.account.spec.inboxes if inbox.id in asked.view.inboxes)
    return {"payload": [inbox_json(asked.account.spec, inbox, admin=asked.view.sees_all) for inbox in shown]}


async def _labels(asked: reports.Asked) -> object:
    return {
        "payload": [
            {
                "id": label.id,
                "title": label.title,
                "description": None,
                "color": label.color,
                "show_on_sidebar": True,
            }
            for label in asked.account.spec.labels
        ]
    }


async def _cache_keys(asked: reports.Asked) -> object:
    begun = str(int(asked.account.ledger.begun))
    teams = f"{begun}.{asked.world.touched(asked.account.spec.id)}"
    return {"cache_keys": {"label": begun, "inbox": begun, "team": teams}}


_V1: dict[tuple[str, ...], tuple[str, Tell]] = {
    ("conversations",): ("GET", _index),
    ("conversations", "meta"): ("GET", _meta),
    ("conversations", "filter"): ("POST", _filter),
    ("conversations", "*"): ("GET", _show),
    ("agents",): ("GET", _agents),
    ("teams",): ("GET", _teams),
    ("teams", "*", "team_members"): ("GET", _team_members),
    ("inboxes",): ("GET", _inboxes),
    ("labels",): ("GET", _labels),
    ("cache_keys",): ("GET", _cache_keys),
}
_V2: dict[str, tuple[str, Tell]] = {
    "reports": ("GET", reports.series),
    "reports/conversations": ("GET", reports.conversations),
    "reports/summary": ("GET", reports.summary),
}


def _shape(rest: list[str]) -> list[str]:
    """The path with ids replaced by a star, as routes are named."""
    return ["*" if index == 1 and part[:1].isdigit() else part for index, part in enumerate(rest)]


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
