"""Every recorded request the simulator can answer, asked again: same status, headers and shape."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tui.clock import ManualClock
from tui.simulator.app import App
from tui.simulator.people import AccountSpec, Agent, Inbox, Label, Team
from tui.simulator.transport import SimulatorTransport
from tui.simulator.visibility import User
from tui.simulator.world import CHATWOOT, World

RECORDED = Path(__file__).parent / "recorded"
ORIGIN = "https://recorded.invalid"
HEADERS = ("content-type", "cache-control", "vary")
PRESENT = ("etag", "x-request-id", "x-runtime")
FREE_FORM = {"custom_attributes", "additional_attributes", "ui_settings", "selected_feature_flags"}
SOMETIMES = {"custom_attributes", "team", "assignee"}
"""Keys an item has only where there is something to say."""
BROKEN_SERVER = ("fault_", "forcessl_")
"""What a broken server or a proxy says: the fault plan's matter."""


def recordings() -> list[str]:
    return sorted(path.stem for path in RECORDED.glob("*.json") if not path.stem.startswith(BROKEN_SERVER))


def fixture_world(clock: ManualClock) -> World:
    inboxes = (
        Inbox(1, "Website Chat"),
        Inbox(2, "Voice", "Channel::Api"),
        Inbox(3, "Mail", "Channel::Email"),
    )
    every = frozenset((1, 2, 3))
    ada = Agent(1, "Ada Admin", "administrator", inboxes=every, teams=frozenset((1,)), fixed="online")
    others = tuple(
        Agent(
            number,
            f"Agent {number}",
            inboxes=frozenset((1,)) if number == 2 else frozenset() if number == 12 else every,
            teams=frozenset((number % 3 + 1,)),
            fixed=("online", "busy", "offline")[(number - 2) % 3],
            attributes=(("shift", "night"),) if number == 2 else (),
        )
        for number in range(2, 13)
    )
    teams = (
        Team(1, "sales emea", "First line sales"),
        Team(2, "billing"),
        Team(3, "support", ""),
        Team(4, "nobody", "", share=0.0),
    )
    labels = tuple(
        Label(number, title, "#ff0000") for number, title in enumerate(("vip", "refund", "bug", "x"), 1)
    )
    second = (
        Agent(1, "Ada Admin", fixed="offline"),
        Agent(13, "Dora", "administrator", fixed="online"),
        Agent(14, "Emil", fixed="busy"),
    )
    accounts = (
        AccountSpec(
            1, "Northwind", "UTC", (ada, *others), teams, inboxes, labels, standing=60, abandons=False
        ),
        AccountSpec(2, "Zweitkonto", "UTC", second, inboxes=inboxes[:1], hourly=10),
        AccountSpec(3, "Suspended", "UTC", (Agent(15, "Susi"),), status="suspended"),
        AccountSpec(4, "Empty", "UTC", (Agent(16, "Eve", "administrator"),), hourly=0),
    )
    tokens = {"admin": 1, "agent": 2, "noinbox": 12, "admin2": 13, "susp": 15, "empty": 16, "noacct": 17}
    users = [User(id_, name, f"{name}@example.test", f"token-{name}") for name, id_ in tokens.items()]
    users.append(User(99, "bot", "bot@example.test", "token-bot", "bot"))
    return World(clock, accounts, users, flavour=CHATWOOT)


def sent_headers(request: dict[str, Any]) -> dict[str, str]:
    headers = {"accept": "*/*", **request["headers"]}
    if request.get("auth"):
        name, _, who = request["auth"].partition(": ")
        headers[name] = "" if who == "<literal>" else "token-" + who.strip("<>")
    return headers


@pytest.mark.parametrize("name", recordings())
async def test_same_answer_as_recorded(name: str) -> None:
    recorded = json.loads((RECORDED / f"{name}.json").read_text("utf-8"))
    request = recorded["request"]
    clock = ManualClock()
    app = App(fixture_world(clock), rate_limit=0 if name == "ratelimit_meta_429" else None)
    transport = SimulatorTransport(lambda _: app, clock)
    headers = sent_headers(request)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        if recorded["status"] == 304:
            plain = {key: value for key, value in headers.items() if key != "If-None-Match"}
            headers["If-None-Match"] = (await client.get(request["path"], headers=plain)).headers["etag"]
        answer = await client.request(
            request["method"], request["path"], headers=headers, content=request.get("data")
        )

    assert answer.status_code == recorded["status"]
    for header in HEADERS:
        assert answer.headers.get(header) == recorded["headers"].get(header), header
    for header in PRESENT:
        assert (header in answer.headers) is (header in recorded["headers"]), header
    assert ("content-length" in answer.headers) is ("content-length" in recorded["headers"])
    body = recorded["body"]
    if body is None:
        assert answer.content == b""
    elif isinstance(body, str):
        assert answer.text.startswith(body[:9])
    else:
        assert_same_shape(answer.json(), body, name)


def assert_same_shape(ours: object, theirs: object, where: str) -> None:
    """Same keys and types; of a list, the items taken together."""
    _compare([ours], [theirs], where)


def _compare(ours: list[Any], theirs: list[Any], where: str) -> None:
    kinds = [{type(value) for value in values if value is not None} for values in (ours, theirs)]
    if not all(kinds):
        return
    assert kinds[0] <= kinds[1] or kinds[1] <= kinds[0], where
    if dict in kinds[0]:
        for mine, recorded in _by_type(ours, theirs):
            _compare_keys(mine, recorded, where)
    elif list in kinds[0]:
        mine, recorded = ([item for value in values if value for item in value] for values in (ours, theirs))
        if mine and recorded:
            _compare(mine, recorded, f"{where}[]")


def _by_type(ours: list[Any], theirs: list[Any]) -> list[tuple[list[Any], list[Any]]]:
    """Senders of messages are contacts or users; those are told apart by their `type`."""
    sorts = {value.get("type") for value in ours + theirs if value is not None}
    pairs = [
        tuple(
            [value for value in values if value is not None and value.get("type") == sort]
            for values in (ours, theirs)
        )
        for sort in sorts
    ]
    return [(mine, recorded) for mine, recorded in pairs if mine and recorded]


def _compare_keys(ours: list[Any], theirs: list[Any], where: str) -> None:
    keys = [{key for value in values for key in value} for values in (ours, theirs)]
    assert keys[0] - SOMETIMES == keys[1] - SOMETIMES, where
    for key in (keys[0] & keys[1]) - FREE_FORM:
        mine, recorded = ([value[key] for value in values if key in value] for values in (ours, theirs))
        _compare(mine, recorded, f"{where}.{key}")


async def test_errors_say_what_the_real_server_says() -> None:
    """Words matter where callers tell causes apart by them."""
    clock = ManualClock()
    app = App(fixture_world(clock))
    transport = SimulatorTransport(lambda _: app, clock)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        compared = 0
        for name in recordings():
            recorded = json.loads((RECORDED / f"{name}.json").read_text("utf-8"))
            if (
                recorded["status"] < 400
                or recorded["status"] == 429
                or not isinstance(recorded["body"], dict)
            ):
                continue
            request = recorded["request"]
            answer = await client.request(request["method"], request["path"], headers=sent_headers(request))
            assert answer.json() == recorded["body"], name
            compared += 1
    assert compared >= 12
