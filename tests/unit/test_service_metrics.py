"""Service level as metrics: every series while it is known, and none, never nought, while it is not."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from tests.builders import KEY, NOW, REF, WALL, listing, reading, snapshot
from tui.api.models import Inbox, Team
from tui.identity import AccountKey, Measure, account
from tui.monitor.reading import AccountSnapshot, Viewer
from tui.monitor.service.completions import Completions
from tui.monitor.service.figures import WHOLE, PartOfAccount, Rules, Tally
from tui.monitor.service.intervals import EDGES, Day
from tui.monitor.service.level import ServiceLevel
from tui.monitor.service.states import OF_BOTS, CountedAs
from tui.monitor.service.worker import PATIENCE, Today
from tui.output.exporter import Seen, drawn
from tui.output.openmetrics import registry_of, written
from tui.output.service_metrics import SERIES

parser = pytest.importorskip("prometheus_client.openmetrics.parser")

DAY = Day(1_795_910_400, 1_795_996_800)
AS_OF = DAY.since + 40_000.0
TEAM, INBOX = PartOfAccount("team", 3), PartOfAccount("inbox", 8)
NOBODY = PartOfAccount("team", 0)
ADMIN, LONE_AGENT = Viewer(7, "Ada", ("administrator",)), Viewer(8, "Ben", ("agent",))
Page = dict[str, dict[frozenset[tuple[str, str]], float]]


def tally(**counts: int) -> Tally:
    made = Tally()
    made.counts |= {CountedAs(name): number for name, number in counts.items()}
    made.speeds = [float(100 + number) for number in range(made.answered)]
    return made


def today(recent: Tally | None = None, whole: Tally | None = None, **more: Any) -> Today:
    latest = recent or tally(in_target=6, late=2, queued_in_time=2, queued_late=2)
    of_day = whole or tally(in_target=60, late=20, closed_without_reply=10, queued_in_time=5, queued_late=10)
    lately, parts = (dict.fromkeys((WHOLE, TEAM, NOBODY, INBOX), tally) for tally in (latest, of_day))
    made = Today(DAY, AS_OF, DAY.since, 1.0, parts, lately, Rules(300.0))
    return msgspec.structs.replace(made, **more)


COMPLETE = Completions(
    counts={part: {CountedAs.IN_TARGET: 5, CountedAs.LATE: 2, CountedAs.CLOSED: 1} for part in (WHOLE, TEAM)},
    speeds=(3, 2, *[0] * (len(EDGES) - 3), 1, 1),
    seconds=100_000.0,
)


def seen(
    made: Today | None, *, age: float = 600.0, counts_age: float = 5.0, viewer: Viewer = ADMIN
) -> AccountSnapshot:
    told = msgspec.structs.replace(reading(66.0, age=age), period=PATIENCE)
    shown = snapshot(
        {
            account(Measure.OPEN): reading(4, age=counts_age),
            account(Measure.SERVICE_LEVEL_TODAY): told,
        },
        teams=listing([Team(3, "billing"), Team(4, "returns")]),
        inboxes=listing([Inbox(8, "Chat")] if viewer is ADMIN else []),
        viewer=viewer,
    )
    return msgspec.structs.replace(shown, service=ServiceLevel(made, 80.0))


def page(shown: AccountSnapshot, completions: Completions | None = COMPLETE) -> Page:
    """What is served, as a reader of the format has it."""
    text = written(registry_of(lambda: drawn(Seen((shown,), ("trial",), NOW, (completions,)))[0]))
    samples: Page = {}
    for family in parser.text_string_to_metric_families(text):
        for sample in family.samples:
            samples.setdefault(sample.name, {})[frozenset(sample.labels.items())] = sample.value
    return samples


def at(served: Page, name: str, **labels: str) -> float | None:
    where = {"environment": REF.environment, "account": str(REF.account_id), **labels}
    return served.get(name, {}).get(frozenset(where.items()))


def test_every_series_of_the_table_is_served_with_its_labels() -> None:
    served = page(seen(today()))
    assert set(SERIES) <= set(served)
    for name, (labels, _) in SERIES.items():
        for own in served[name]:
            assert {label for label, _ in own} == {"environment", "account", *labels}, name
    assert {name for name in served if "service" in name or "conversations" in name} <= set(SERIES)


def test_levels_are_parts_of_one_with_what_they_can_still_become() -> None:
    served = page(seen(today()))
    assert at(served, "liveagent_service_level_ratio") == 0.6
    assert at(served, "liveagent_service_level_decided") == 10.0
    assert at(served, "liveagent_service_level_low_ratio") == 0.5
    assert at(served, "liveagent_service_level_high_ratio") == pytest.approx(8 / 12)
    assert at(served, "liveagent_service_level_today_ratio") == 0.6
    assert at(served, "liveagent_team_service_level_ratio", team="3") == 0.6
    assert at(served, "liveagent_inbox_service_level_today_ratio", inbox="8") == 0.6
    assert at(served, "liveagent_service_coverage_ratio") == 1.0
    assert at(served, "liveagent_speed_p90_seconds") == 107.0


def test_what_became_of_today_s_is_told_by_state() -> None:
    served = page(seen(today()))
    states = {
        dict(labels)["state"]: value for labels, value in served["liveagent_conversations_today"].items()
    }
    assert set(states) == {str(state) for state in CountedAs if state not in OF_BOTS}
    assert (states["queued_late"], states["queued_in_time"], states["held"]) == (10.0, 5.0, 0.0)
    assert at(served, "liveagent_team_conversations_today", team="4", state="late") == 0.0
    assert at(served, "liveagent_team_service_level_ratio", team="4") is None, "nobody came"


def test_where_a_bot_has_some_first_no_speed_is_told_as_exact_and_who_was_not_seen_is_counted() -> None:
    known = today()
    for tally in (known.parts[WHOLE], known.recent[WHOLE]):
        tally.counts[CountedAs.UNSEEN] += 3
        tally.add_slower(100.0)
    served = page(seen(known))
    assert at(served, "liveagent_conversations_today", state="handover_unseen") == 3.0
    assert at(served, "liveagent_speed_p90_seconds") is None
    assert at(served, "liveagent_service_level_ratio") is not None


def test_counters_begin_at_nought_and_the_histogram_adds_up() -> None:
    served = page(seen(today()))
    assert at(served, "liveagent_conversations_total", state="in_target") == 5.0
    assert at(served, "liveagent_conversations_total", state="closed_by_bot") == 0.0
    assert at(served, "liveagent_team_conversations_total", team="3", state="late") == 2.0
    assert at(served, "liveagent_team_conversations_total", team="4", state="late") == 0.0
    open_ones = {"held", "queued_in_time", "queued_late"}
    assert not open_ones & {dict(labels)["state"] for labels in served["liveagent_conversations_total"]}
    name = "liveagent_speed_of_answer_seconds"
    buckets = {dict(labels)["le"]: value for labels, value in served[f"{name}_bucket"].items()}
    assert [float(bucket) for bucket in buckets] == [*map(float, EDGES), float("inf")]
    assert [*buckets.values()] == sorted(buckets.values())
    assert buckets["10.0"] == 3.0
    assert buckets["+Inf"] == at(served, f"{name}_count") == 7.0
    assert at(served, f"{name}_sum") == 100_000.0


def test_the_group_says_when_the_last_look_was_and_until_when_it_holds() -> None:
    served = page(seen(today()))
    assert at(served, "liveagent_asked_timestamp_seconds", group="service_page") == WALL - 600.0
    until = at(served, "liveagent_valid_until_timestamp_seconds", group="service_page")
    assert until == WALL - 600.0 + 2 * PATIENCE


UNKNOWN = {
    "nothing was read yet": seen(None),
    "it is out of date": seen(today(), age=2 * PATIENCE + 1.0),
    "the account is down": seen(today(), counts_age=100.0),
    "its user is in no inbox": seen(today(), viewer=LONE_AGENT),
    "it is not known who sees it": msgspec.structs.replace(
        seen(today()), key=AccountKey(KEY.origin, KEY.account_id, KEY.viewer_id, "?1")
    ),
}


@pytest.mark.parametrize("why", UNKNOWN)
def test_nothing_is_served_where(why: str) -> None:
    served = page(UNKNOWN[why])
    assert not set(SERIES) & set(served)
    assert at(served, "liveagent_asked_timestamp_seconds", group="service_page") is None


def test_a_day_that_is_not_whole_has_no_figure_of_the_day() -> None:
    served = page(seen(today(since=DAY.since + 30_000, coverage=0.4)))
    assert not {name for name in served if "today" in name and name in SERIES}
    assert at(served, "liveagent_service_level_ratio") == 0.6
    assert at(served, "liveagent_service_coverage_ratio") == 0.4
    assert at(served, "liveagent_conversations_total", state="late") == 2.0


def test_a_half_hour_that_is_not_known_has_no_figure() -> None:
    served = page(seen(today(since=int(AS_OF) - 600, coverage=0.1)))
    assert not {name for name in served if "level" in name or "p90" in name}


def test_where_nothing_is_decided_there_is_no_level_and_never_nought_or_all() -> None:
    nobody = page(seen(today(recent=Tally(), whole=Tally())))
    assert not {name for name in nobody if name.endswith("_ratio")} - {"liveagent_service_coverage_ratio"}
    assert at(nobody, "liveagent_service_level_decided") == 0.0


def test_without_a_target_nobody_is_in_time_or_late() -> None:
    served = page(seen(today(rules=Rules())))
    assert not {name for name in served if "level" in name}
    for name in ("liveagent_conversations_today", "liveagent_conversations_total"):
        states = {dict(labels)["state"] for labels in served[name]}
        assert "answered" in states
        assert not states & {"in_target", "late", "queued_in_time", "queued_late"}
    assert at(served, "liveagent_conversations_total", state="answered") == 7.0
    assert at(served, "liveagent_conversations_today", state="queued") == 15.0


def test_two_reaches_are_two_series() -> None:
    key = AccountKey(KEY.origin, KEY.account_id, KEY.viewer_id, "agent 1,2")
    served = page(msgspec.structs.replace(seen(today()), key=key))
    assert at(served, "liveagent_conversations_total", state="late") is None
    assert at(served, "liveagent_conversations_total", state="late", reach="agent 1,2") == 2.0


def test_of_very_many_teams_only_the_first_begin_before_somebody_comes() -> None:
    many = listing([Team(number, f"team {number}") for number in range(1, 601)])
    served = page(msgspec.structs.replace(seen(today()), teams=many))
    told: Mapping[str, float] = {
        dict(labels)["team"]: value for labels, value in served["liveagent_team_conversations_total"].items()
    }
    assert len(told) == 251, "250, and those of no team"


def test_the_page_is_made_anew_once_service_level_is_out_of_date() -> None:
    old = seen(today(), age=2 * PATIENCE - 10.0)
    assert drawn(Seen((old,), (), NOW, (COMPLETE,)))[1] == NOW + 10.0
