"""Every recorded exchange is either read or told apart, through the client as it is used."""

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tui.api import errors
from tui.api.client import Answer, Connection, LiveAgentClient
from tui.clock import SystemClock
from tui.redact import Secret

FOLDER = Path(__file__).parent / "recorded"
NAMES = sorted(file.stem for file in FOLDER.glob("*.json"))
Ask = Callable[[LiveAgentClient], Awaitable[Answer[Any]]]


def counts(client: LiveAgentClient) -> Awaitable[Answer[Any]]:
    return client.counts(1)


def counts_of_a_team(client: LiveAgentClient) -> Awaitable[Answer[Any]]:
    return client.counts(1, team_id=99999)


ASKS: tuple[tuple[str, Ask], ...] = (
    (r"/api", lambda client: client.api_root()),
    (r"/api/v1/profile", lambda client: client.profile()),
    (r".*/conversations/meta\?team_id=99999", counts_of_a_team),
    (r".*/conversations/meta(\?.*)?", counts),
    (r".*/conversations/filter(\?.*)?", lambda client: client.filter_conversations(1, [])),
    (r".*/v1/.*/conversations/[0-9]+", lambda client: client.conversation(1, 1)),
    (r".*/v1/.*/conversations(\?.*)?", lambda client: client.conversations(1)),
    (r".*/agents(\?.*)?", lambda client: client.agents(1)),
    (r".*/team_members", lambda client: client.team_members(1, 99999)),
    (r".*/teams", lambda client: client.teams(1)),
    (r".*/inboxes", lambda client: client.inboxes(1)),
    (r".*/labels", lambda client: client.labels(1)),
    (r".*/cache_keys", lambda client: client.cache_keys(1)),
    (r".*/reports/conversations\?type=agent.*", lambda client: client.agent_loads(1)),
    (r".*/reports/conversations.*", lambda client: client.account_load(1)),
    (r".*/reports/summary.*", lambda client: client.summary(1, since=0, until=1)),
    (r".*/reports\?.*", lambda client: client.report(1, metric="conversations_count", since=0, until=1)),
    (r"/|/app/.*", lambda client: client.profile()),
    (r".*/nope", lambda client: client.labels(1)),
)

FAILURES: dict[str, type[errors.LiveAgentError]] = {
    "auth_account_text": errors.NotFoundError,
    "auth_bearer": errors.SignInRequiredError,
    "auth_bot_token": errors.BotTokenError,
    "auth_empty_token": errors.SignInRequiredError,
    "auth_no_token": errors.SignInRequiredError,
    "auth_no_token_locale_de": errors.SignInRequiredError,
    "auth_nonexistent_account": errors.NotFoundError,
    "auth_suspended": errors.AccountSuspendedError,
    "auth_wrong_account": errors.NotAMemberError,
    "auth_wrong_token": errors.BadTokenError,
    "cond_agents_inm": errors.RedirectRefusedError,
    "cond_meta_inm": errors.RedirectRefusedError,
    "fault_dblock_meta": errors.ServerError,
    "fault_pg_down_meta": errors.ServerError,
    "fault_redis_down_agents": errors.ServerError,
    "fault_redis_frozen_agents": errors.ServerError,
    "forcessl_meta": errors.RedirectRefusedError,
    "meta_status_bogus_odd": errors.ServerError,
    "meta_status_empty_odd": errors.ServerError,
    "meta_team_unknown": errors.NotFoundError,
    "method_head_meta": errors.UnreadableAnswerError,
    "ratelimit_meta_429": errors.RateLimitedError,
    "route_app_html": errors.NotAnApiError,
    "route_base_slash": errors.NotAnApiError,
    "route_unknown_any": errors.NotFoundError,
    "route_unknown_json": errors.NotFoundError,
    "team_members_unknown": errors.NotFoundError,
    "v2_conversations_as_agent": errors.NotPermittedError,
    "v2_conversations_no_type": errors.BadRequestError,
}


def recorded(name: str) -> dict[str, Any]:
    exchange: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return exchange


async def replay(name: str) -> Answer[Any]:
    exchange = recorded(name)
    body = exchange["body"]
    data = b"" if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
    headers = {
        k: v for k, v in exchange["headers"].items() if k not in ("transfer-encoding", "content-length")
    }
    path = exchange["request"]["path"]
    ask = next(ask for pattern, ask in ASKS if re.fullmatch(pattern, path))

    def reply(request: httpx.Request) -> httpx.Response:
        return httpx.Response(exchange["status"], headers=headers, content=data)

    transport = httpx.MockTransport(reply)
    connection = Connection("http://desk.example", Secret("FAKE-TOKEN-ADMIN"), "trial", transport=transport)
    client = LiveAgentClient(connection, SystemClock())
    try:
        return await ask(client)
    finally:
        await client.aclose()


@pytest.mark.parametrize("name", NAMES)
async def test_every_recording_is_read_or_told_apart(name: str) -> None:
    expected = FAILURES.get(name)
    if expected is None:
        answer = await replay(name)
        assert answer.lost == 0
        assert answer.call.status == recorded(name)["status"]
        assert "FAKE" not in repr(answer.value)
        assert "Hallo" not in repr(answer.value)
        return
    with pytest.raises(expected) as raised:
        await replay(name)
    assert str(raised.value).isprintable()
    assert raised.value.call is not None
    assert raised.value.call.status == recorded(name)["status"]


def test_recordings_carry_nothing_secret() -> None:
    for file in FOLDER.glob("*.json"):
        text = file.read_text()
        for name, value in re.findall(r"(?i)\"?(\w*(?:token|password|secret))\"?: ['\"]([^'\"]*)['\"]", text):
            assert value == "" or value.startswith(("FAKE", "<")), f"{file.name}: {name}"
        assert not re.search(r"[\w.]+@(?!.*(?:\.test|example))[\w.]+", text), file.name


async def test_figures_are_those_of_the_server() -> None:
    meta = (await replay("meta_default")).value
    assert (meta.mine, meta.assigned, meta.unassigned, meta.all) == (3, 99, 162, 261)
    filtered = (await replay("conv_filter")).value
    assert filtered.counts.assigned == 309 - 189
    load = (await replay("v2_conversations_account")).value
    assert (load.open, load.queued, load.unassigned) == (261, 127, 162)
    summary = (await replay("v2_summary_account")).value
    assert summary.first_response == pytest.approx(751.444, abs=0.01)
    assert (summary.conversations, summary.previous.conversations) == (409, 213)
    points = (await replay("v2_report_frt")).value
    assert (points[0].value, points[0].count) == (pytest.approx(840.857, abs=0.001), 7)
    assert (await replay("account_cache_keys")).value.team == "1795332274"
    assert (await replay("api_root")).value.version == "2.16.1"


async def test_people_and_places_are_those_of_the_server() -> None:
    profile = (await replay("profile")).value
    assert profile.name == "Ada Admin"
    assert [(account.id, account.roles) for account in profile.accounts] == [
        (1, ("administrator",)),
        (2, ("agent",)),
    ]
    assert (await replay("profile_no_account")).value.accounts == ()
    agents = {agent.id: agent for agent in (await replay("agents")).value}
    assert len(agents) == len(recorded("agents")["body"])
    assert (agents[3].availability, agents[2].name) == ("busy", "Bruno Agent")
    assert [inbox.channel for inbox in (await replay("inboxes")).value][:2] == ["WebWidget", "Api"]
    monday = (await replay("inboxes")).value[0].working_hours[1]
    assert (monday.day_of_week, monday.open_hour, monday.close_hour) == (1, 9, 17)
    assert [team.name for team in (await replay("teams")).value][:2] == ["sales emea", "billing"]


async def test_a_conversation_without_its_words() -> None:
    conversation = (await replay("conv_show")).value
    assert (conversation.id, conversation.status, conversation.team_id) == (1, "pending", 3)
    assert (conversation.created_at, conversation.first_reply_created_at) == (1795306919, None)
    assert (conversation.last_message_from, conversation.last_message_at) == ("contact", 1795306919)
    assert (conversation.assignee_id, conversation.assignee_name) == (None, "")


async def test_an_unknown_account_concerns_the_account_and_a_team_does_not() -> None:
    for name, concerns in (("auth_nonexistent_account", "account"), ("meta_team_unknown", "call")):
        with pytest.raises(errors.NotFoundError) as raised:
            await replay(name)
        assert raised.value.concerns == concerns
