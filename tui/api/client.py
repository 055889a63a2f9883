"""LiveAgentClient: one coroutine per endpoint of a Live Agent installation."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from tui.api import decode, decode_conversations, errors
from tui.api.call import Answer, CallRecord, HeaderForm
from tui.api.classify import Asked, classify
from tui.api.fields import UnreadableError, decoded
from tui.api.models import (
    AccountLoad,
    Agent,
    AgentLoad,
    ApiRoot,
    CacheKeys,
    Conversation,
    ConversationCounts,
    ConversationPage,
    Inbox,
    Label,
    Profile,
    ReportPoint,
    Summary,
    Team,
)
from tui.api.people_pages import PeoplePages
from tui.api.request import Connection, Params, Reply, Request, Wire
from tui.clock import Clock

__all__ = ["Answer", "CallRecord", "Connection", "HeaderForm", "LiveAgentClient"]

T = TypeVar("T")

_REDIRECTS = frozenset({301, 302, 307, 308})


class LiveAgentClient:
    """One installation as the owner of one token sees it.

    Every coroutine returns an Answer or raises a LiveAgentError. All of them only read: no
    call changes anybody's presence or marks anything as seen.
    """

    def __init__(
        self, connection: Connection, clock: Clock, *, header_form: HeaderForm | None = None
    ) -> None:
        self.header_form = header_form
        """How the token's header must be spelled here; None until an answer has told."""
        self.base_url = connection.base_url.rstrip("/")
        """The address that is asked; changes where the server moved to https, or the alternative answered."""
        self.notice = ""
        """What the user should know about the address; empty where there is nothing."""
        self._environment = connection.environment
        self._token = connection.token
        self._alternative = connection.alternative
        self._wire = Wire(connection, clock)
        self._other_form_failed = False

    async def aclose(self) -> None:
        """Close every connection."""
        await self._wire.aclose()

    async def api_root(self) -> Answer[ApiRoot]:
        """`GET /api`, which needs no token: version, and whether its services work."""
        return await self._ask(Request("/api", signed=False), decode.api_root)

    async def profile(self) -> Answer[Profile]:
        """`GET /api/v1/profile`: the token's user and all its accounts."""
        answer = await self._ask(Request("/api/v1/profile"), decode.profile, core=True)
        return Answer(answer.value, answer.call, answer.value.lost)

    async def counts(
        self,
        account_id: int,
        *,
        status: str | None = None,
        team_id: int | None = None,
        inbox_id: int | None = None,
        labels: Sequence[str] = (),
        conversation_type: str | None = None,
    ) -> Answer[ConversationCounts]:
        """`GET …/conversations/meta`: counts of open conversations, or of those in `status`."""
        params = _params(
            status=status, team_id=team_id, inbox_id=inbox_id, conversation_type=conversation_type
        ) + _labels(labels)
        request = Request(f"{_v1(account_id)}/conversations/meta", params)
        return await self._ask(request, decode.counts, account_id, subject=_named("team", team_id), core=True)

    async def agents(self, account_id: int) -> Answer[tuple[Agent, ...]]:
        """`GET …/agents`: all of them, page by page where the server wraps the list."""
        return await _all_pages(lambda page: self.agents_page(account_id, page))

    async def agents_page(self, account_id: int, page: int = 1) -> Answer[tuple[Agent, ...]]:
        """One page of `GET …/agents`; all of them where the server doesn't wrap the list."""
        return await self._people(Request(f"{_v1(account_id)}/agents", _page(page)), account_id)

    async def teams(self, account_id: int) -> Answer[tuple[Team, ...]]:
        """`GET …/teams`."""
        return await self._whole(Request(f"{_v1(account_id)}/teams"), decode.teams, account_id)

    async def team_members(self, account_id: int, team_id: int) -> Answer[tuple[Agent, ...]]:
        """`GET …/teams/{id}/team_members`, all pages; costly for the server."""
        return await _all_pages(lambda page: self.team_members_page(account_id, team_id, page))

    async def team_members_page(
        self, account_id: int, team_id: int, page: int = 1
    ) -> Answer[tuple[Agent, ...]]:
        """One page of `GET …/teams/{id}/team_members`."""
        request = Request(f"{_v1(account_id)}/teams/{_id(team_id)}/team_members", _page(page))
        return await self._people(request, account_id, subject=_named("team", team_id))

    async def inboxes(self, account_id: int) -> Answer[tuple[Inbox, ...]]:
        """`GET …/inboxes`: those the token's owner may see."""
        return await self._whole(Request(f"{_v1(account_id)}/inboxes"), decode.inboxes, account_id)

    async def labels(self, account_id: int) -> Answer[tuple[Label, ...]]:
        """`GET …/labels`."""
        return await self._whole(Request(f"{_v1(account_id)}/labels"), decode.labels, account_id)

    async def cache_keys(self, account_id: int) -> Answer[CacheKeys]:
        """`GET …/cache_keys`: what changes when labels, inboxes or teams do."""
        return await self._ask(Request(f"{_v1(account_id)}/cache_keys"), decode.cache_keys, account_id)

    async def conversations(
        self,
        account_id: int,
        *,
        page: int = 1,
        status: str | None = None,
        assignee_type: str | None = None,
        team_id: int | None = None,
        inbox_id: int | None = None,
        labels: Sequence[str] = (),
        conversation_type: str | None = None,
        sort_by: str | None = None,
    ) -> Answer[ConversationPage]:
        """`GET …/conversations`: 25 a page from page 1; a page past the end is empty. Costly."""
        params = _params(
            page=page,
            status=status,
            assignee_type=assignee_type,
            team_id=team_id,
            inbox_id=inbox_id,
            conversation_type=conversation_type,
            sort_by=sort_by,
        ) + _labels(labels)
        request = Request(f"{_v1(account_id)}/conversations", params)
        subject = _named("team", team_id)
        answer = await self._ask(request, decode_conversations.page, account_id, subject=subject)
        return Answer(answer.value, answer.call, answer.value.lost)

    async def conversation(self, account_id: int, conversation_id: int) -> Answer[Conversation]:
        """`GET …/conversations/{id}`, by its number in the account."""
        request = Request(f"{_v1(account_id)}/conversations/{_id(conversation_id)}")
        subject = _named("conversation", conversation_id)

        def asked_for(data: bytes) -> Conversation:
            conversation = decode_conversations.conversation(data)
            if conversation.id != conversation_id:
                raise UnreadableError("another conversation than was asked for")
            return conversation

        return await self._ask(request, asked_for, account_id, subject=subject)

    async def filter_conversations(
        self, account_id: int, payload: Sequence[dict[str, Any]], page: int = 1
    ) -> Answer[ConversationPage]:
        """`POST …/conversations/filter`, which only reads; `payload` is its list of conditions."""
        body = msgspec.json.encode({"payload": list(payload)})
        request = Request(f"{_v1(account_id)}/conversations/filter", _params(page=page), body)
        answer = await self._ask(request, decode_conversations.page, account_id)
        return Answer(answer.value, answer.call, answer.value.lost)

    async def account_load(self, account_id: int) -> Answer[AccountLoad]:
        """`GET …/reports/conversations?type=account`; supervisors and administrators."""
        request = Request(f"{_v2(account_id)}/reports/conversations", _params(type="account"))
        return await self._ask(request, decode.account_load, account_id)

    async def agent_loads(self, account_id: int, page: int = 1) -> Answer[tuple[AgentLoad, ...]]:
        """`GET …/reports/conversations?type=agent`: 25 a page; supervisors and administrators."""
        request = Request(f"{_v2(account_id)}/reports/conversations", _params(type="agent", page=page))
        return await self._list(request, decode.agent_loads, account_id)

    async def summary(
        self,
        account_id: int,
        *,
        since: float,
        until: float,
        type: str = "account",
        id: int | None = None,
        timezone_offset: float | None = None,
    ) -> Answer[Summary]:
        """`GET …/reports/summary` from `since` to `until`, Unix seconds; `timezone_offset` in hours."""
        params = _params(
            type=type, id=id, since=int(since), until=int(until), timezone_offset=_hours(timezone_offset)
        )
        request = Request(f"{_v2(account_id)}/reports/summary", params)
        return await self._ask(request, decode.summary, account_id, subject=_named(type, id))

    async def report(
        self,
        account_id: int,
        *,
        metric: str,
        since: float,
        until: float,
        group_by: str | None = None,
        timezone_offset: float | None = None,
    ) -> Answer[tuple[ReportPoint, ...]]:
        """`GET …/reports`: a series of `metric`; some servers ignore `group_by`, so look at the steps."""
        params = _params(
            metric=metric,
            type="account",
            since=int(since),
            until=int(until),
            group_by=group_by,
            timezone_offset=_hours(timezone_offset),
        )
        return await self._list(Request(f"{_v2(account_id)}/reports", params), decode.report, account_id)

    async def _people(
        self, request: Request, account_id: int, *, subject: str = ""
    ) -> Answer[tuple[Agent, ...]]:
        answer = await self._ask(request, decode.agents, account_id, subject=subject)
        people = answer.value
        return Answer(people.items, answer.call, people.lost, people.paged, people.total)

    async def _list(
        self, request: Request, read: Callable[[bytes], decode.DecodedItems], account_id: int
    ) -> Answer[tuple[Any, ...]]:
        answer = await self._ask(request, read, account_id)
        return Answer(answer.value.items, answer.call, answer.value.lost)

    async def _whole(
        self, request: Request, read: Callable[[bytes], decode.DecodedItems], account_id: int
    ) -> Answer[tuple[Any, ...]]:
        """A list that comes in one piece; what it counts and does not hold is lost."""
        answer = await self._ask(request, read, account_id)
        listed = answer.value
        missing = max(0, (listed.total or 0) - len(listed.items) - listed.lost)
        return Answer(listed.items, answer.call, listed.lost + missing)

    async def _ask(
        self,
        request: Request,
        read: Callable[[bytes], T],
        account_id: int | None = None,
        *,
        subject: str = "",
        core: bool = False,
    ) -> Answer[T]:
        asked = Asked(self._environment, self.base_url, account_id, subject, core)
        if request.signed and not _is_sendable(self._token.reveal()):
            raise errors.BadTokenError(
                f'What is set as the token of "{self._environment}" can\'t be one: a token is letters, '
                "digits and signs without spaces. Copy it again from Profile Settings > Access Token."
            )
        base, other = self.base_url, self._alternative
        try:
            return await self._signed(base, request, read, asked)
        except errors.NotAnApiError:
            if other is None:
                raise
            self._alternative = None
            try:
                answer = await self._signed(other, request, read, asked)
            except errors.LiveAgentError:
                answer = None
            if answer is None:
                raise
            self.base_url = other
            return answer

    async def _signed(
        self, base: str, request: Request, read: Callable[[bytes], T], asked: Asked
    ) -> Answer[T]:
        """Ask with the spelling of the token's header that works here."""
        form = self.header_form or HeaderForm.DOCUMENTED
        try:
            answer = await self._exchange(base, request, form, read, asked)
        except errors.SignInRequiredError:
            if not request.signed or self._other_form_failed or not self._token:
                raise
            try:
                answer = await self._exchange(base, request, form.other, read, asked)
            except errors.SignInRequiredError:
                self._other_form_failed = True
                raise
            form = form.other
        if request.signed:
            self.header_form = form
            self._other_form_failed = False
        return answer

    async def _exchange(
        self, base: str, request: Request, form: HeaderForm, read: Callable[[bytes], T], asked: Asked
    ) -> Answer[T]:
        reply = await self._wire.send(base, request, form, asked)
        if reply.status in _REDIRECTS and (secure := _moved_to_https(base, reply)) is not None:
            reply = await self._wire.send(secure, request, form, asked)
            if 200 <= reply.status < 300 and base == self.base_url:
                self.base_url = secure
                self.notice = (
                    f"{urlsplit(base).netloc} moved to https, which is used. Write {secure} in the config."
                )
        if reply.status == 200:
            try:
                value = await decoded(reply.body, read)
                return Answer(value, reply.call)
            except UnreadableError:
                pass
        failure = classify(reply.status, reply.body, reply.headers, asked, reply.call)
        failure.call = msgspec.structs.replace(reply.call, error=failure.kind)
        raise failure


async def _all_pages(
    page_of: Callable[[int], Awaitable[Answer[tuple[Agent, ...]]]],
) -> Answer[tuple[Agent, ...]]:
    roll = PeoplePages()
    while roll.add(await page_of(roll.pages + 1)):
        pass
    return roll.result()


def _page(page: int) -> Params:
    """Nothing for the first page: most servers have but one, and know no pages."""
    return _params(page=page) if page > 1 else ()


def _moved_to_https(base: str, reply: Reply) -> str | None:
    """The same base address over https, where that is all the redirect asks for."""
    try:
        there, here = urlsplit(reply.headers.get("location", "")), urlsplit(reply.url)
        same = (
            (here.scheme, there.scheme) == ("http", "https")
            and there.hostname == here.hostname
            and there.port in (None, 443, here.port)
            and there.path == here.path
            and there.username is None
        )
        port = "" if there.port in (None, 443) else f":{there.port}"
    except ValueError:
        return None
    host = f"[{here.hostname}]" if ":" in (here.hostname or "") else here.hostname
    return f"https://{host}{port}{urlsplit(base).path}" if same else None


def _is_sendable(token: str) -> bool:
    return token.isascii() and token.isprintable() and " " not in token


def _id(value: int) -> int:
    """`value`, which must be an id: the server reads `1abc` as 1, so words never get there."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("an id is a whole number above 0")
    return value


def _v1(account_id: int) -> str:
    return f"/api/v1/accounts/{_id(account_id)}"


def _v2(account_id: int) -> str:
    return f"/api/v2/accounts/{_id(account_id)}"


def _params(**given: str | int | None) -> Params:
    """The query; what is None or empty is left out, as an empty `status=` is a 500."""
    return tuple((name, str(value)) for name, value in given.items() if value is not None and value != "")


def _labels(labels: Sequence[str]) -> Params:
    return tuple(("labels[]", label) for label in labels if label)


def _named(kind: str, number: int | None) -> str:
    return "" if number is None else f"{kind} {number}"


def _hours(offset: float | None) -> str | None:
    return None if offset is None else f"{offset:g}"
