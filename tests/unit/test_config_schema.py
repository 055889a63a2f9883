"""The config as a user writes it: what it means, and what is said when it is wrong."""

from pathlib import Path

import msgspec
import pytest

from tui.config.file import Loaded, load
from tui.config.hours import WallHours, parse_hours
from tui.config.model import Account, Config, Environment, Notify, Targets
from tui.config.problems import ConfigError, ConfigProblem
from tui.config.schema import ACCOUNT, CONFIG, ENVIRONMENT, TARGETS
from tui.identity import AccountRef

DESIGN = """\
start = "trial/12345"                 # environment/account shown first

[refresh]
every = 15                            # seconds
budget = 60

[display]
theme = "dark"
privacy = { customers = "wall", agents = "never" }

[keys]
next_account = "a"

[targets]
wait = "5m"
backlog_after = "24h"

[[alerts]]
when = "unassigned > 20"
for = "2m"
until = "unassigned < 15"
level = "critical"
where = { environment = "trial", account = "*" }
notify = ["bell", "desktop"]

[wall]
accounts = ["trial/*"]
seconds = 20
figures = ["unassigned", "longest", "agents_online"]
hours = "08:00-18:00 mon-fri"

[environments.trial]
url = "https://liveagent-trial.cognigy.ai"
key = "1"
timezone = "Europe/Berlin"
token = { env = "LIVEAGENT_TRIAL_TOKEN" }
ca_file = "corp-ca.pem"

[[environments.trial.accounts]]
id = 12345
name = "Support EU"
key = "5"
"""
ENVIRON = {"LIVEAGENT_TRIAL_TOKEN": "abc"}
ENVIRONMENT_OK = (
    '[environments.trial]\nurl = "https://a.example"\ntoken = { env = "LIVEAGENT_TRIAL_TOKEN" }\n'
)


def read(tmp_path: Path, text: str) -> Loaded:
    file = tmp_path / "config.toml"
    file.write_text(text)
    file.chmod(0o600)
    return load(file, ENVIRON)


def problems(tmp_path: Path, text: str) -> tuple[ConfigProblem, ...]:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    return caught.value.problems


def only(tmp_path: Path, text: str) -> ConfigProblem:
    (problem,) = problems(tmp_path, text)
    return problem


def test_the_config_of_the_design_means_what_it_says(tmp_path: Path) -> None:
    loaded = read(tmp_path, DESIGN)
    config = loaded.config
    assert loaded.warnings == ()
    assert config.start == "trial/12345"
    assert config.keys == {"next_account": ("a",)}
    assert config.targets_for("trial", 12345) == Targets(wait=300, backlog_after=86400)
    (alert,) = config.alerts
    assert (alert.text, alert.lasting, alert.level) == ("unassigned > 20", 120, "critical")
    assert alert.when[0].holds(21)
    assert not alert.when[0].holds(20)
    assert alert.notify == Notify(bell=True, desktop=True)
    assert config.wall.hours == WallHours("given", 480, 1080, (0, 1, 2, 3, 4))
    (environment,) = config.environments
    assert environment.url == "https://liveagent-trial.cognigy.ai"
    assert environment.ca_file == str(tmp_path / "corp-ca.pem")
    assert environment.token is not None
    assert environment.token.env == "LIVEAGENT_TRIAL_TOKEN"
    assert environment.accounts == (Account(12345, "Support EU", "5"),)
    assert config.jump_keys() == {"1": "trial", "5": AccountRef("trial", 12345)}
    assert config.free_digits() == ("2", "3", "4", "6", "7", "8", "9")


def test_an_empty_file_is_the_defaults(tmp_path: Path) -> None:
    assert read(tmp_path, "# nothing yet\n").config == Config()


def test_every_error_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    text = """\
stat = 1
[refresh]
every = 2
budget = "many"
[display]
theme = "drak"
privacy = { customers = "wal" }
[[alerts]]
when = "unasigned > 20"
[[alerts]]
level = "info"
[environments.trial]
url = "https://a.example"
timezone = "Europe/Berln"
token = { env = "LIVEAGENT_TRIAL_TOKEN" }
verify = 1
[[environments.trial.accounts]]
id = "12"
"""
    told = [(problem.line, problem.path) for problem in problems(tmp_path, text)]
    assert told == [
        (1, "stat"),
        (3, "refresh.every"),
        (4, "refresh.budget"),
        (6, "display.theme"),
        (7, "display.privacy.customers"),
        (9, "alerts[1].when"),
        (10, "alerts[2]"),
        (14, "environments.trial.timezone"),
        (16, "environments.trial.verify"),
        (18, "environments.trial.accounts[1].id"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "path", "says"),
    [
        ("stat = 'x'", 1, "stat", 'did you mean "start"?'),
        ("[wal]\nseconds = 3", 1, "wal", 'did you mean "wall"?'),
        ("[refresh]\nevery = 4000", 2, "refresh.every", "at most 3600"),
        ("[refresh]\nbudget = 0", 2, "refresh.budget", "at least 1"),
        ("[refresh]\nbudget = 1.5", 2, "refresh.budget", "expected a whole number, found a number"),
        ("refresh = 5", 1, "refresh", "expected a table, found a number"),
        ("[refresh]\nevery = true", 2, "refresh.every", "found true or false"),
        ("[display]\ntheme = 'drak'", 2, "display.theme", 'did you mean "dark"?'),
        ("[display]\nagent_times = 'no'", 2, "display.agent_times", "expected true or false, found text"),
        ("[display.columns]\nteam = ['x']", 2, "display.columns.team", "the panes are teams"),
        ("[display.columns]\nteams = ['wating']", 2, "display.columns.teams[1]", 'did you mean "waiting"?'),
        (
            "[display.columns]\nteams = ['x']",
            2,
            "display.columns.teams[1]",
            "its columns are name, unassigned",
        ),
        ("[display.columns]\nteams = ['name', 'name']", 2, "display.columns.teams", "listed twice"),
        ("[display.columns]\nteams = [3]", 2, "display.columns.teams[1]", "the columns are name, unassigned"),
        ("[targets]\nwait = '5 parsecs'", 2, "targets.wait", "is not a duration"),
        ("[targets]\nwait = -1", 2, "targets.wait", "between 0 and a year"),
        ("[alerting]\nbuiltin = false", 2, "alerting.builtin", 'did you mean "built_in"?'),
        ("[alerting]\nbuilt_in = 'no'", 2, "alerting.built_in", "expected true or false, found text"),
        ("[history]\ndays_full = 0", 2, "history.days_full", "more than 0"),
        ("[history]\nsize = '1 GB'", 2, "history.size", "expected a whole number, found text"),
        ("[history]\ndays_full = 31", 2, "history.days_full", "minutes at least as long"),
        ("[history]\ndays_full = 3\ndays_minutes = 2", 3, "history.days_minutes", "kept for 2 days"),
        ("[wall]\nhours = '8-18'", 2, "wall.hours", "are no hours"),
        ("[wall]\nfigures = []", 2, "wall.figures", "expected 1 to 5 elements"),
        ("[wall]\nfigures = ['members']", 2, "wall.figures[1]", "no account as a whole has it"),
        ("[wall]\nfigures = ['all']", 2, "wall.figures[1]", 'there is no figure "all"'),
        ("[[alerts]]\nwhen = 'members_online = 0'", 1, "alerts[1]", 'write where = { team = "*" }'),
        ("[wall]\nfigures = ['unasigned']", 2, "wall.figures[1]", 'did you mean "unassigned"?'),
        ("[[alerts]]\nwhen = 'unassigned'", 2, "alerts[1].when", "is not a comparison"),
        ("[[alerts]]\nwhen = 'unassigned > 5m'", 2, "alerts[1].when", "compared with a number"),
        ("[[alerts]]\nwhen = 'open > 1'\nnotify = ['bel']", 3, "alerts[1].notify[1]", 'mean "bell"?'),
        (
            "[[alerts]]\nwhen = 'open > 1'\nnotify = { command = 'x' }",
            3,
            "alerts[1].notify.command",
            "a list",
        ),
        ("[keys]\nnext_acount = 'a'", 2, "keys.next_acount", 'did you mean "next_account"?'),
        ("[keys]\nrefresh = ''", 2, "keys.refresh", '"" is no key'),
        ("[keys]\nrefresh = 'ctrl+nope'", 2, "keys.refresh", '"ctrl+nope" is no key'),
        ("[keys]\nrefresh = [\n  'r',\n  3,\n]", 4, "keys.refresh[2]", "the name of a key"),
        ("start = 5", 1, "start", "expected an environment"),
        ("start = 'gone/1'", 1, "start", 'there is no environment "gone"'),
        ("[environments.'a/b']", 1, 'environments."a/b"', "a name has none of"),
        ("[environments.x]\nkey = 'x'", 1, "environments.x", "has no address"),
        ("start = ", 1, "", "is not TOML: invalid value"),
        ("a = 1\nb = 2\na = 3\n", 3, "", "is not TOML"),
        ('a = "', 1, "", "is not TOML"),
    ],
)
def test_a_mistake_is_explained(tmp_path: Path, text: str, line: int, path: str, says: str) -> None:
    problem = only(tmp_path, text)
    assert problem.file == str(tmp_path / "config.toml")
    assert (problem.line, problem.path) == (line, path)
    assert says in str(problem)


@pytest.mark.parametrize(
    ("line", "path", "says"),
    [
        ('url = "https://{api_base_url}"', "url", ""),
        ("url = 5", "url", "expected an address"),
        ('url = "http://liveagent.example"', "url", "insecure_http = true"),
        ('proxy = "proxy.example"', "proxy", "no proxy's address"),
        ('badge = "far too long a badge"', "badge", "1 to 12 characters"),
        ('colour = "pink"', "colour", "not one of"),
        ('color = "red"', "color", 'did you mean "colour"?'),
        ("ca_file = ''", "ca_file", "expected a file's path"),
        ('client_cert = "~no-such-user-here/x.pem"', "client_cert", "not known"),
        ("accounts = 3", "accounts", "expected a list"),
        ("accounts = [{ name = 'x' }]", "accounts[1]", "has no id"),
        ("accounts = [{ id = 0 }]", "accounts[1].id", "at least 1"),
        ("accounts = [{ id = 1000000000000000000 }]", "accounts[1].id", "at most 999999999999999999"),
        ("accounts = [{ id = 3 }, { id = 3 }]", "accounts[2].id", "listed twice"),
    ],
)
def test_a_mistake_in_an_environment_is_explained(tmp_path: Path, line: str, path: str, says: str) -> None:
    url = "" if line.startswith("url") else 'url = "https://a.example"\n'
    problem = only(
        tmp_path, f'[environments.trial]\ntoken = {{ env = "LIVEAGENT_TRIAL_TOKEN" }}\n{url}{line}\n'
    )
    assert problem.path == f"environments.trial.{path}"
    assert problem.line == (3 if not url else 4)
    assert says in str(problem)


@pytest.mark.parametrize("url", ["http://localhost:3000", "http://127.0.0.1:8000", "http://[::1]:80"])
def test_plain_http_on_this_machine_needs_no_permission(tmp_path: Path, url: str) -> None:
    config = read(tmp_path, ENVIRONMENT_OK.replace("https://a.example", url)).config
    assert config.environments[0].url.startswith("http://")


def test_plain_http_elsewhere_can_be_allowed(tmp_path: Path) -> None:
    text = ENVIRONMENT_OK.replace("https", "http") + "insecure_http = true\n"
    assert read(tmp_path, text).config.environments[0].insecure_http


@pytest.mark.parametrize(
    "source",
    [
        '"kXw9SuperSecret7token42"',
        '{ env = "kXw9SuperSecret7token42" }',
        '{ keyring = "kXw9SuperSecret7token42" }',
        '{ value = "kXw9SuperSecret7token42" }',
        '{ env = "A", file = "kXw9SuperSecret7token42" }',
        '["kXw9SuperSecret7token42"]',
    ],
)
def test_a_token_in_the_config_is_refused_and_never_repeated(tmp_path: Path, source: str) -> None:
    errors = problems(tmp_path, f'[environments.trial]\nurl = "https://a.example"\ntoken = {source}\n')
    assert len(errors) == 1
    assert errors[0].line == 3
    assert "kXw9" not in str(errors[0])


def test_a_missing_token_is_an_error_that_names_every_way_to_mend_it(tmp_path: Path) -> None:
    problem = only(tmp_path, '[environments.trial]\nurl = "https://a.example"\n')
    assert (problem.line, problem.path) == (1, "environments.trial.token")
    assert "env" in problem.mend
    assert str(tmp_path / "tokens" / "trial") in problem.mend


def test_a_variable_that_is_not_set_is_an_error_only_where_nothing_else_can_be_asked(tmp_path: Path) -> None:
    other = ENVIRONMENT_OK.replace("trial]", "other]").replace("LIVEAGENT_TRIAL_TOKEN", "UNSET_TOKEN")
    assert "UNSET_TOKEN is not set" in str(only(tmp_path, other))
    loaded = read(tmp_path, ENVIRONMENT_OK + other)
    assert [problem.path for problem in loaded.warnings] == ["environments.other.token.env"]
    assert loaded.warnings[0].line == 6


def test_a_pattern_that_names_no_environment_is_a_warning(tmp_path: Path) -> None:
    text = '[[alerts]]\nwhen = "open > 1"\nwhere = { environment = "trail" }\n[wall]\naccounts = ["x/*"]\n'
    warnings = read(tmp_path, text + ENVIRONMENT_OK).warnings
    assert [(problem.line, problem.path) for problem in warnings] == [
        (3, "alerts[1].where.environment"),
        (5, "wall.accounts[1]"),
    ]
    assert warnings[0].mend == 'did you mean "trial"?'


def test_targets_are_inherited_from_the_general_to_the_account(tmp_path: Path) -> None:
    text = """\
[targets]
wait = "5m"
conversations_per_agent = 4
[environments.trial]
url = "https://a.example"
token = { env = "LIVEAGENT_TRIAL_TOKEN" }
targets = { wait = 60 }
[[environments.trial.accounts]]
id = 7
targets = { backlog_after = "2h" }
"""
    config = read(tmp_path, text).config
    assert config.targets_for("trial", 7) == Targets(60, 7200, 4)
    assert config.targets_for("trial", 8) == Targets(60, 86400, 4)
    assert config.targets_for("elsewhere", 8) == Targets(300, 86400, 4)


def test_a_documented_address_keeps_its_alternative(tmp_path: Path) -> None:
    text = ENVIRONMENT_OK.replace("https://a.example", "https://api-acme.liveagent.cloud/openapi")
    environment = read(tmp_path, text).config.environments[0]
    assert environment.url == "https://api-acme.liveagent.cloud"
    assert environment.alternative == "https://api-acme.liveagent.cloud/openapi"


def test_the_schema_has_every_field_of_the_model() -> None:
    def fields(kind: type[msgspec.Struct]) -> set[str]:
        return {field.name for field in msgspec.structs.fields(kind)}

    assert set(CONFIG.readers) == fields(Config)
    assert set(ENVIRONMENT.readers) == fields(Environment) - {"name", "alternative"}
    assert set(ACCOUNT.readers) == fields(Account)
    assert set(TARGETS.readers) == fields(Targets)


def test_hours_over_midnight_belong_to_the_day_they_begin() -> None:
    hours = parse_hours("22:00-06:00 fri")
    assert hours.open_at(4, 23 * 60)
    assert hours.open_at(5, 5 * 60)
    assert not hours.open_at(4, 5 * 60)
    assert not hours.open_at(5, 23 * 60)


def test_names_with_control_characters_reach_no_terminal(tmp_path: Path) -> None:
    for problem in problems(tmp_path, '"\\u001b]52;x" = 1\n[environments."a\\u0007"]\n'):
        assert str(problem).isprintable()
