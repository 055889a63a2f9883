"""The simulated API beyond the recordings: filters, paging, order, roles, rate limit, truth."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tui.clock import ManualClock
from tui.identity import Measure, account, inbox, status, team
from tui.simulator.app import App
from tui.simulator.demo import ADMIN, AGENT_VIEWER, Demo, origin_of, token_of
from tui.simulator.transport import SimulatorTransport
from tui.simulator.world import World

EU = 12345
BASE = f"/api/v1/accounts/{EU}"
REPORTS = f"/api/v2/accounts/{EU}/reports"


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def world(clock: ManualClock) -> World:
    return Demo(clock=clock).world(origin_of("trial"))


@pytest.fixture
async def admin(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(App(world), world) as client:
        yield client


def client_of(app: App, world: World, user: str = "admin") -> httpx.AsyncClient:
    transport = SimulatorTransport(lambda _: app, world.clock)
    headers = {"api_access_token": token_of("trial", user), "accept": "application/json"}
    return httpx.AsyncClient(transport=transport, base_url=origin_of("trial"), headers=headers)


async def counts(client: httpx.AsyncClient, query: str = "") -> dict[str, int]:
    answer = await client.get(f"{BASE}/conversations/meta{query}")
    assert answer.status_code == 200
    meta: dict[str, int] = answer.json()["meta"]
    return meta


async def test_counts_are_the_truth(admin: httpx.AsyncClient, world: World) -> None:
    truth = world.truth(EU, ADMIN)
    told = await counts(admin)
    assert told == {
        "mine_count": truth[account(Measure.MINE)],
        "assigned_count": truth[account(Measure.ASSIGNED)],
        "unassigned_count": truth[account(Measure.UNASSIGNED)],
        "all_count": truth[account(Measure.OPEN)],
    }
    assert (await counts(admin, "?conversation_type=unattended"))["all_count"] == truth[
        account(Measure.QUEUED)
    ]
    every: float = told["all_count"]
    for word in ("pending", "snoozed", "resolved", "abandoned"):
        assert (await counts(admin, f"?status={word}"))["all_count"] == truth[status(word)]
        every += truth[status(word)]
    assert (await counts(admin, "?status=all"))["all_count"] == every
    for number in (1, 2):
        assert (await counts(admin, f"?team_id={number}"))["unassigned_count"] == truth[
            team(number, Measure.UNASSIGNED)
        ]
        assert (await counts(admin, f"?inbox_id={number}"))["all_count"] == truth[inbox(number, Measure.OPEN)]


async def test_an_agents_token_counts_its_inboxes(world: World) -> None:
    async with client_of(App(world), world, "agent") as agent:
        truth = world.truth(EU, AGENT_VIEWER)
        assert (await counts(agent))["all_count"] == truth[account(Measure.OPEN)]
        hidden = next(
            each.id for each in world.specs[EU].inboxes if each.id not in world.view(EU, AGENT_VIEWER).inboxes
        )
        assert (await counts(agent, f"?inbox_id={hidden}"))["all_count"] == 0
        shown = (await agent.get(f"{BASE}/inboxes")).json()["payload"]
        assert [each["id"] for each in shown] == [1]
        assert "FAKE-SECRET" not in json.dumps([each.get("hmac_token") for each in shown])
        for path in (
            "/conversations?type=account",
            "/summary?type=account",
            "?metric=conversations_count&type=account",
        ):
            refused = await agent.get(REPORTS + path)
            assert (refused.status_code, refused.json()) == (
                401,
                {"error": "You are not authorized to do this action"},
            )


async def test_agents_and_their_availability(admin: httpx.AsyncClient, world: World) -> None:
    agents = (await admin.get(f"{BASE}/agents")).json()
    truth = world.truth(EU, ADMIN)
    assert [each["name"].lower() for each in agents] == sorted(each["name"].lower() for each in agents)
    for word in ("online", "busy", "away", "offline"):
        told = sum(each["availability_status"] == word for each in agents)
        assert told == truth[account(Measure(f"agents_{word}"))]


async def test_pages_hold_every_conversation_once(admin: httpx.AsyncClient) -> None:
    total = (await counts(admin))["all_count"]
    seen: list[int] = []
    for page in range(1, total // 25 + 3):
        items = (await admin.get(f"{BASE}/conversations?page={page}")).json()["data"]["payload"]
        seen += [item["id"] for item in items]
    assert len(seen) == len(set(seen)) == total


async def test_order_and_assignee_choose_rows_not_counts(admin: httpx.AsyncClient) -> None:
    plain = await counts(admin)
    query = "?sort_by=sort_on_created_at&assignee_type=unassigned"
    data = (await admin.get(f"{BASE}/conversations{query}")).json()["data"]
    assert data["meta"] == plain
    assert len(data["payload"]) == min(25, plain["unassigned_count"])
    assert all("assignee" not in item["meta"] for item in data["payload"])
    created = [item["created_at"] for item in data["payload"]]
    assert created == sorted(created)
    latest = (await admin.get(f"{BASE}/conversations")).json()["data"]["payload"]
    activity = [item["timestamp"] for item in latest]
    assert activity == sorted(activity, reverse=True)


async def test_items_tell_no_time_to_come(admin: httpx.AsyncClient, world: World) -> None:
    items = (await admin.get(f"{BASE}/conversations?status=all")).json()["data"]["payload"]
    for item in items:
        for name in ("created_at", "timestamp", "first_reply_created_at", "waiting_since"):
            assert 0 <= item[name] <= world.moment(), name
    snoozed = (await admin.get(f"{BASE}/conversations?status=snoozed")).json()["data"]["payload"]
    assert all(item["snoozed_until"].endswith("Z") for item in snoozed)
    shown = (await admin.get(f"{BASE}/conversations/{items[0]['id']}")).json()
    assert shown["id"] == items[0]["id"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/conversations/999999999", 404),
        ("/conversations/meta?team_id=999", 404),
        ("/conversations/meta?status=Open", 500),
        ("/teams/999/team_members", 404),
        ("/nothing", 404),
    ],
)
async def test_what_is_not_there(admin: httpx.AsyncClient, path: str, code: int) -> None:
    answer = await admin.get(BASE + path)
    assert answer.status_code == code
    assert "error" in answer.json()


async def test_an_id_is_read_up_to_its_first_letter(admin: httpx.AsyncClient) -> None:
    assert (await admin.get(f"/api/v1/accounts/{EU}abc/teams")).status_code == 200


async def filtered(client: httpx.AsyncClient, *rules: dict[str, Any]) -> httpx.Response:
    return await client.post(f"{BASE}/conversations/filter", json={"payload": list(rules)})


def rule(key: str, value: object, joined: str | None = None) -> dict[str, Any]:
    return {"attribute_key": key, "filter_operator": "equal_to", "values": [value], "query_operator": joined}


async def test_filter_joins_rules(admin: httpx.AsyncClient) -> None:
    body = (await filtered(admin, rule("status", "open", "AND"), rule("team_id", 1))).json()
    assert "assigned_count" not in body["meta"]
    assert body["meta"]["all_count"] == (await counts(admin, "?team_id=1"))["all_count"]
    either = (await filtered(admin, rule("status", "open", "OR"), rule("status", "snoozed"))).json()["meta"]
    parts = [(await counts(admin, f"?status={word}"))["all_count"] for word in ("open", "snoozed")]
    assert either["all_count"] == sum(parts)
    assert (await filtered(admin, rule("colour", "red"))).status_code == 422
    assert (await admin.post(f"{BASE}/conversations/filter", content=b"{")).status_code == 422


async def test_labels_are_joined_by_or(admin: httpx.AsyncClient) -> None:
    vip, other = [(await counts(admin, f"?labels[]={word}"))["all_count"] for word in ("vip", "refund")]
    both = (await counts(admin, "?labels[]=vip&labels[]=refund"))["all_count"]
    assert both == vip + other > 0


async def test_loads_of_agents_add_up(admin: httpx.AsyncClient) -> None:
    whole = (await admin.get(f"{REPORTS}/conversations?type=account")).json()
    loads: list[dict[str, Any]] = []
    page = 1
    while rows := (await admin.get(f"{REPORTS}/conversations?type=agent&page={page}")).json():
        assert len(rows) <= 25
        loads += rows
        page += 1
    assert sum(each["metric"]["open"] for each in loads) == whole["open"] - whole["unassigned"]
    assert set(whole) == {"open", "queued", "unassigned"}


async def test_summary_and_series_agree(admin: httpx.AsyncClient, world: World) -> None:
    until = int(world.moment()) // 3_600 * 3_600
    span = f"type=account&since={until - 6 * 3_600}&until={until}"
    summary = (await admin.get(f"{REPORTS}/summary?{span}")).json()
    assert summary["conversations_count"] > 300
    assert 60 < float(summary["avg_first_response_time"]) < 3_600
    assert isinstance(summary["previous"]["avg_resolution_time"], str)
    points = (await admin.get(f"{REPORTS}?metric=conversations_count&group_by=hour&{span}")).json()
    assert [point["timestamp"] for point in points] == list(range(until - 6 * 3_600, until + 1, 3_600))
    assert sum(point["value"] for point in points) == summary["conversations_count"]
    assert (await admin.get(f"{REPORTS}/summary?type=account&since=today&until=now")).status_code == 500


async def test_reports_end_with_the_present(admin: httpx.AsyncClient, world: World) -> None:
    now = int(world.moment())
    span = f"type=account&since={now - 3_600}&until={now + 86_400}"
    ahead = (await admin.get(f"{REPORTS}/summary?{span}")).json()
    until_now = (await admin.get(f"{REPORTS}/summary?type=account&since={now - 3_600}&until={now}")).json()
    assert ahead["conversations_count"] == until_now["conversations_count"]


async def test_underscored_headers_may_be_dropped_on_the_way(world: World) -> None:
    async with client_of(App(world, underscored_headers=False), world) as client:
        answer = await client.get(f"{BASE}/teams")
        assert (answer.status_code, "errors" in answer.json()) == (401, True)
        again = await client.get(f"{BASE}/teams", headers={"Api-Access-Token": token_of("trial")})
        assert again.status_code == 200


async def test_rate_limit_ends_with_the_clock_minute(world: World, clock: ManualClock) -> None:
    async with client_of(App(world, rate_limit=3), world) as client:
        codes = [(await client.get(f"{BASE}/teams")).status_code for _ in range(4)]
        assert codes == [200, 200, 200, 429]
        await clock.advance(60 - clock.wall() % 60, settle=0)
        assert (await client.get(f"{BASE}/teams")).status_code == 200


async def test_etag_changes_with_the_answer_only(admin: httpx.AsyncClient, clock: ManualClock) -> None:
    first = await admin.get(f"{BASE}/conversations/meta")
    same = await admin.get(f"{BASE}/conversations/meta", headers={"If-None-Match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    await clock.advance(600, settle=0)
    later = await admin.get(f"{BASE}/conversations/meta", headers={"If-None-Match": first.headers["etag"]})
    assert later.status_code == 200


async def test_nothing_can_be_written(admin: httpx.AsyncClient) -> None:
    for method, path in (("POST", "/conversations"), ("DELETE", "/agents"), ("PATCH", "/conversations/1")):
        assert (await admin.request(method, BASE + path)).status_code == 404
