"""Whose target a conversation has: of its inbox, else its channel, else its team, else the account."""

from datetime import UTC
from pathlib import Path

import msgspec
import pytest

from tests.unit.test_service_line import IN_FIVE_MINUTES, seen, told
from tui.api.models import Inbox, Team, WorkingHours
from tui.config.file import load
from tui.config.hours import parse_hours
from tui.config.model import Account, Config, Environment, OwnService, Service, Targets
from tui.config.problems import ConfigError
from tui.monitor.service.figures import Rules
from tui.monitor.service.given import rules_of
from tui.monitor.service.hours import ALWAYS
from tui.monitor.service.states import Arrival
from tui.panes.conversations.headline import LEVEL_TODAY
from tui.panes.level_facts import made_of

INBOXES = (Inbox(1, "Web site", "WebWidget"), Inbox(2, "Mail", "Channel::Email"), Inbox(3, "Post", "Email"))
TEAMS = (Team(7, "Billing"), Team(8, "Sales"))
GIVEN = Targets(
    wait=300.0,
    channels={"email": 14_400.0},
    inboxes={"WEB SITE": 120.0, "3": 7_200.0},
    teams={"billing": 60.0, "9": 30.0},
)


def rules(targets: Targets) -> Rules:
    return rules_of(Service(), targets, INBOXES, TEAMS, UTC)


@pytest.mark.parametrize(
    ("inbox", "team", "target"),
    [(1, 7, 120.0), (2, 7, 14_400.0), (3, 0, 7_200.0), (4, 7, 60.0), (4, 8, 300.0), (4, 0, 300.0)],
)
def test_the_nearest_target_counts(inbox: int, team: int, target: float) -> None:
    arrival = Arrival(id=1, created=0, first_reply=0, status="open", inbox=inbox, team=team)
    assert rules(GIVEN).target_of(arrival) == target


OPEN = (WorkingHours(4, open_hour=8, close_hour=20),)
"""Thursdays."""
NIGHT, MORNING = 1_795_651_200.0 + 3_600.0, 1_795_651_200.0 + 9 * 3_600.0
"""2026-11-26, a Thursday, in UTC."""


@pytest.mark.parametrize(
    ("name", "hours", "closed"),
    [
        ("Web site", "always", set()),
        ("WEB SITE", "10:00-12:00 thu", {NIGHT, MORNING}),
        ("1", "06:00-12:00", {NIGHT}),
        ("2", "always", {NIGHT}),
        ("Web", "always", {NIGHT}),
    ],
)
def test_an_inbox_has_hours_of_its_own_where_the_config_says_so(
    name: str, hours: str, closed: set[float]
) -> None:
    inbox = Inbox(1, "Web site", working_hours_enabled=True, working_hours=OPEN, timezone="UTC")
    service = Service(inboxes={name: parse_hours(hours)})
    own_hours = rules_of(service, Targets(), (inbox,), (), UTC).hours.get(1, ALWAYS)
    assert {moment for moment in (NIGHT, MORNING) if own_hours.opening(moment) != moment} == closed


STRANGE = Inbox(1, "Web", timezone="Mars/Base", working_hours_enabled=True, working_hours=OPEN)
FIXED = Service(hours=parse_hours("08:00-18:00"))


@pytest.mark.parametrize(
    ("service", "inboxes", "assumed"),
    [
        (Service(), (STRANGE,), ['"Web" (Mars/Base) is not known here: opening hours are counted in UTC.']),
        (Service(), (STRANGE, STRANGE, STRANGE), ['"Web" and 2 more (Mars/Base) is not known here']),
        (Service(), None, ["each of them counts as always open"]),
        (FIXED, (STRANGE,), []),
        (FIXED, None, []),
        (Service(inboxes={"web": parse_hours("always")}), (STRANGE,), []),
        (Service(), (msgspec.structs.replace(STRANGE, working_hours_enabled=False),), []),
        (Service(), (msgspec.structs.replace(STRANGE, timezone="Asia/Tokyo"), Inbox(2, "Mail")), []),
    ],
)
def test_what_is_assumed_of_opening_hours_is_told_with_the_level(
    service: Service, inboxes: tuple[Inbox, ...] | None, assumed: list[str]
) -> None:
    made = rules_of(service, GIVEN, inboxes, TEAMS, UTC)
    assert len(made.assumed) == len(assumed)
    assert all(part in sentence for part, sentence in zip(assumed, made.assumed, strict=True))
    shown = seen(rules=msgspec.structs.replace(IN_FIVE_MINUTES, assumed=made.assumed))
    assert ("in 5 min, hours assumed" in told(shown, 210)) is bool(assumed)
    assert dict(made_of(shown, LEVEL_TODAY)).get("hours", "") == " ".join(made.assumed)


def test_hours_of_an_inbox_are_inherited_and_may_be_told_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAL", "secret")
    file = tmp_path / "config.toml"
    file.write_text(
        '[service]\nhours = "08:00-18:00"\ninboxes = { Mail = "always", Post = "always" }\n'
        '[environments.trial]\nurl = "https://trial.example"\ntoken = { env = "TRIAL" }\n'
        '[environments.trial.service.inboxes]\nPost = "inbox"\n',
        encoding="utf-8",
    )
    said = load(file).config.service_for("trial", 1)
    assert said.hours == parse_hours("08:00-18:00")
    assert {name: hours.kind for name, hours in said.inboxes.items()} == {"Mail": "always", "Post": "inbox"}


def test_those_of_an_account_come_before_those_of_its_environment_and_of_all() -> None:
    own = Targets(inboxes={"mail": 1.0})
    of_environment = Targets(wait=200.0, inboxes={"mail": 2.0, "chat": 2.0}, teams={"sales": 2.0})
    environment = Environment("trial", "https://trial.example", targets=of_environment)
    environment = msgspec.structs.replace(environment, accounts=(Account(1, targets=own),))
    targets = Config(targets=GIVEN, environments=(environment,)).targets_for("trial", 1)
    assert targets.wait == 200.0
    assert targets.inboxes == {"WEB SITE": 120.0, "3": 7_200.0, "mail": 1.0, "chat": 2.0}
    assert targets.teams == {"billing": 60.0, "9": 30.0, "sales": 2.0}


def test_how_it_is_counted_in_an_account_comes_before_its_environment_and_all() -> None:
    given, always = parse_hours("08:00-18:00 mon-fri"), parse_hours("always")
    account = Account(1, service=OwnService(closed_without_reply="left out"))
    environment = Environment("trial", "https://trial.example", service=OwnService(hours=given))
    environment = msgspec.structs.replace(environment, accounts=(account, Account(2)))
    config = Config(service=Service("missed", always, 7), environments=(environment,))
    assert config.service_for("trial", 1) == Service("left out", given, 7)
    assert config.service_for("trial", 2) == config.service_for("trial", 3) == Service("missed", given, 7)
    assert config.service_for("other", 1) == config.service


def test_a_file_may_say_so_of_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAL", "a-token")
    file = tmp_path / "config.toml"
    file.write_text(
        """
        [targets]
        wait = "5m"
        channels = { email = "4h" }
        [environments.trial]
        url = "https://trial.example"
        token = { env = "TRIAL" }
        service = { hours = "always" }
        [[environments.trial.accounts]]
        id = 1
        targets = { inboxes = { "Web site" = "2m", 3 = "1h" }, teams = { Billing = "60s" } }
        service = { closed_without_reply = "left out" }
        """
    )
    config = load(file).config
    targets = config.targets_for("trial", 1)
    assert (targets.channels, targets.inboxes) == ({"email": 14_400.0}, {"Web site": 120.0, "3": 3_600.0})
    assert targets.teams == {"Billing": 60.0}
    service = config.service_for("trial", 1)
    assert (service.closed_without_reply, service.hours.kind) == ("left out", "always")


@pytest.mark.parametrize("wrong", ['channels = { email = "soon" }', 'inboxes = { "" = "5m" }', "teams = 3"])
def test_what_is_no_target_of_a_part_is_refused(wrong: str, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"[targets]\n{wrong}\n")
    with pytest.raises(ConfigError):
        load(file)


def test_counts_by_other_targets_of_parts_count_no_more() -> None:
    others = [
        GIVEN,
        msgspec.structs.replace(GIVEN, inboxes={}),
        msgspec.structs.replace(GIVEN, channels={}),
        msgspec.structs.replace(GIVEN, teams={}),
    ]
    assert len({rules(targets).mark for targets in others}) == len(others)


def test_without_a_target_for_everybody_there_is_no_level() -> None:
    assert not rules(msgspec.structs.replace(GIVEN, wait=None)).is_judged


@pytest.mark.parametrize(
    ("own", "words"),
    [
        (Rules(300.0, inbox_targets={1: 60.0}), "by inbox targets"),
        (Rules(300.0, team_targets={1: 60.0}), "by team targets"),
        (Rules(300.0, {1: 60.0}, {1: 60.0}), "by inbox and team targets"),
        (IN_FIVE_MINUTES, "in 5 min"),
    ],
)
def test_the_screen_says_by_whose_targets_a_level_is(own: Rules, words: str) -> None:
    assert f"today 84 % (79 to 84) {words} · goal" in told(seen(rules=own))
    target = dict(made_of(seen(rules=own), LEVEL_TODAY))["target"]
    assert words in target.replace("within 5 min", "in 5 min")
