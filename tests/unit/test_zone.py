"""The contact centre's zone: the one that "today" is asked for in is the one it is labelled with."""

import random
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import msgspec
import pytest

from tests.stage import NOON, demo_config, on_stage
from tui.api.models import Inbox
from tui.clock import ManualClock
from tui.config.model import Account, Config, Environment
from tui.config.preferences import Remembered
from tui.config.state import StateStore
from tui.identity import AccountRef
from tui.monitor import zones as named
from tui.monitor.calls import What
from tui.monitor.monitor import Monitor
from tui.monitor.polling.plan import Focus, Need, background, before_the_day_is_known, foreground
from tui.monitor.polling.session import Session
from tui.monitor.zones import MOST_NAMES, zone_named, zone_of
from tui.redact import Secret
from tui.screens.context import UTC, Context
from tui.simulator.demo import Demo
from tui.simulator.faults import Kind

REF = AccountRef("trial", 1)
BERLIN, TOKYO = "Europe/Berlin", "Asia/Tokyo"
UNKNOWN = {"…", "—"}


def inboxes(*zones: str | None) -> tuple[Inbox, ...]:
    return tuple(Inbox(number, f"I{number}", timezone=zone) for number, zone in enumerate(zones, 1))


def context(timezone: str | None = None) -> tuple[Context, Session]:
    environment = Environment("trial", "https://one.example", timezone=timezone, accounts=(Account(1),))
    config, clock, store = Config(environments=(environment,)), ManualClock(), StateStore(None)
    monitor = Monitor(config, clock, random.Random(1), state=store)
    client: Any = None
    session = Session(environment, Secret("a-token-of-length"), client, 1)
    place = monitor._places.get("trial")
    assert place is not None
    place.session = session
    return Context(config, monitor, clock, Remembered(store)), session


def test_what_is_labelled_is_what_was_asked_for() -> None:
    shown, session = context()
    snapshot = shown.monitor.snapshot(REF)
    assert shown.zone(snapshot, "trial") == UTC
    session.learn_zone(1, inboxes(TOKYO, BERLIN, BERLIN))
    assert session.zone(1) == shown.zone(snapshot, "trial") == ZoneInfo(BERLIN)


def test_the_config_overrules_the_inboxes_and_needs_no_session() -> None:
    shown, session = context(TOKYO)
    session.learn_zone(1, inboxes(BERLIN))
    snapshot = shown.monitor.snapshot(REF)
    assert shown.zone(snapshot, "trial") == shown.zone(None, "trial") == ZoneInfo(TOKYO)
    place = shown.monitor._places.get("trial")
    assert place is not None
    place.session = None
    assert shown.zone(snapshot, "trial") == ZoneInfo(TOKYO)


def test_most_inboxes_count_of_those_whose_zone_there_is() -> None:
    assert zone_of(inboxes("UTC", "Etc/UTC", None, "", "Mars/Base", "Mars/Base", BERLIN)) == ZoneInfo(BERLIN)
    assert zone_of(inboxes("UTC", "Mars/Base")) is None


def test_a_zone_there_is_not_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def look(name: str) -> ZoneInfo:
        looked.append(name)
        return ZoneInfo(name)

    monkeypatch.setattr(named, "ZoneInfo", look)
    assert [zone_named("Mars/Far Side") for _ in range(5)] == [None] * 5
    assert looked == ["Mars/Far Side"]


def test_of_names_without_end_a_few_are_looked_up_and_those_named_most_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[str] = []

    def look(name: str) -> ZoneInfo:
        looked.append(name)
        return ZoneInfo(name)

    monkeypatch.setattr(named, "ZoneInfo", look)
    nowhere = [f"Mars/Base {number}" for number in range(2_000)]
    for _ in range(3):
        assert zone_of(inboxes(*nowhere, "Asia/Kathmandu", "Asia/Kathmandu")) == ZoneInfo("Asia/Kathmandu")
        assert zone_of(inboxes(*nowhere)) is None
    assert 0 < len(looked) <= MOST_NAMES + 1


def test_before_the_zone_is_known_the_inboxes_are_asked_and_no_report() -> None:
    needs = (Need(What.SUMMARY),)
    for wants in (
        foreground("trial", 1, 1, Focus()),
        background("trial", 1, 1, Focus(), needs, thorough=False),
    ):
        asked = {want.ask.what for want in wants}
        assert What.SUMMARY in asked
        first = {want.ask.what for want in before_the_day_is_known(wants)}
        assert first == {what for what in asked if not what.call.of_day} | {What.INBOXES}
    quiet = background("trial", 1, 1, Focus(), thorough=False)
    assert before_the_day_is_known(quiet) == quiet


@pytest.mark.parametrize("named", [True, False])
async def test_no_report_of_another_zones_day_is_ever_asked_for(named: bool) -> None:
    demo = Demo(clock=ManualClock(wall=NOON))
    config = demo_config(demo)
    environments = tuple(
        environment if named else msgspec.structs.replace(environment, timezone=None)
        for environment in config.environments
    )
    async with on_stage(config=msgspec.structs.replace(config, environments=environments)) as stage:
        await stage.run_for(40)
        assert stage.figures()["today"].isdigit()
        summaries = [
            request.target
            for request in stage.transport.requests
            if request.path.endswith("/reports/summary")
        ]
        begun = {float(parse_qs(urlsplit(summary).query)["since"][0]) for summary in summaries}
        midnights = {
            datetime.fromtimestamp(NOON, ZoneInfo(environment.timezone))
            .replace(hour=0, minute=0, second=0, microsecond=0)
            .timestamp()
            for environment in demo.environments
        }
        assert begun
        assert begun <= midnights | {midnight - 86_400 for midnight in midnights}, (
            "today's, and the day before's"
        )


async def test_todays_figures_of_another_environments_day_are_unknown() -> None:
    """Two environments of one address and one user, whose config names different time zones."""
    config = demo_config(Demo(clock=ManualClock()))
    here = msgspec.structs.replace(config.environments[0], timezone=BERLIN)
    there = msgspec.structs.replace(here, name="there", timezone=TOKYO)
    async with on_stage(config=Config(environments=(here, there)), size=(200, 50), settle=20.0) as stage:
        first = stage.figures()
        assert first["today"] not in UNKNOWN
        stage.fail(Kind.DELAY, "*/reports/summary*", seconds=20.0)
        await stage.press("e")
        await stage.run_for(2.0)
        assert "there" in stage.lines()[0].lower()
        second = stage.figures()
        assert all(second.get(name, "…") in UNKNOWN for name in ("today", "first_response", "resolution"))
        assert second["unassigned"].isdecimal()
        stage.mend()
        await stage.run_for(60.0)
        assert stage.figures()["today"] not in {*UNKNOWN, first["today"]}
        await stage.press("e")
        assert stage.figures().get("today", "…") in UNKNOWN
