"""The settings of each table of the config, and what each may hold."""

import re
import zoneinfo
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec

from tui.actions import BY_NAME
from tui.address import Address, is_loopback, parse
from tui.config.check import ProblemReport, Schema, each, kind_of, named, parsed, plain, text
from tui.config.columns import NAMES as COLUMNS
from tui.config.columns import known_column
from tui.config.conditions import OF_PARTS, account_figure, parse_condition
from tui.config.durations import parse_duration
from tui.config.hours import parse_hours
from tui.config.keys import canonical_key
from tui.config.model import (
    Account,
    Alerting,
    Config,
    Display,
    Environment,
    HistoryKept,
    Level,
    Notify,
    OwnService,
    Privacy,
    Refresh,
    Service,
    Targets,
    TokenSource,
    Wall,
    Where,
)
from tui.config.scan import KeyPath
from tui.guess import meant
from tui.private_files import named_path
from tui.proxies import NONE, UnusableProxyError
from tui.proxies import parse as parse_proxy
from tui.redact import hide_variable
from tui.text import excerpt

PANES = tuple(COLUMNS)
_WRONG_IN_NAME = re.compile(r"[/\\*?\[\]\"']")
_START = re.compile(r"[^/]+(/[1-9]\d{0,17})?")
_LIKE_A_TOKEN = re.compile(r"(?=.*[a-z])[A-Za-z0-9]{20,}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SOURCES_MEND = (
    'a token does not stand in the config: write token = { env = "LIVEAGENT_TOKEN" }, { file = "…" }, '
    '{ command = ["…"] } or { keyring = "…" }'
)


KEY = parsed(canonical_key)


def check_name(name: str) -> None:
    """Raise ValueError, with a sentence, where `name` can't be an environment's."""
    if not 1 <= len(name) <= 64 or not name.isprintable() or name != name.strip() or name.startswith("."):
        raise ValueError("a name has 1 to 64 printable characters and begins with no dot or space")
    if _WRONG_IN_NAME.search(name):
        raise ValueError("a name has none of / \\ * ? [ ] and no quotes")


def timezone(value: object) -> str:
    """An IANA time zone's name; raises ValueError with a sentence."""
    if not isinstance(value, str):
        raise ValueError(f'expected a time zone such as "Europe/Berlin", found {kind_of(value)}')  # noqa: TRY004
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        mend = meant(value, zoneinfo.available_timezones(), 'write for example "Europe/Berlin"')
        raise ValueError(f'"{excerpt(value)}" is no time zone; {mend}') from error
    return value


def address(value: object) -> Address:
    """Where an environment is; raises ValueError with a sentence."""
    if not isinstance(value, str):
        raise ValueError(f"expected an address in quotes, found {kind_of(value)}")  # noqa: TRY004
    return parse(value)


def is_plain_http_elsewhere(base_url: str, proxy: str = "") -> bool:
    """Whether the token would go unencrypted to another machine: to the server, or to its `proxy`."""
    if urlsplit(base_url).scheme != "http":
        return False
    return not is_loopback(base_url) or (proxy not in ("", "none") and not is_loopback(proxy))


def _proxy(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"expected a proxy's address in quotes, found {kind_of(value)}")  # noqa: TRY004
    value = value.strip()
    if value in ("", NONE):
        return value
    mend = 'write "http://proxy.example:3128", or "none" to go without'
    try:
        proxy = parse_proxy(value)
    except UnusableProxyError as error:
        raise ValueError(f"this is no proxy's address: {error}; {mend}") from None
    if not value.lower().startswith(f"{proxy.scheme}://"):
        raise ValueError(f"this is no proxy's address; {mend}")
    return value


def _file(value: object, path: KeyPath, report: ProblemReport) -> Any:
    """A path; a relative one counts from the directory of the config."""
    if not isinstance(value, str) or not value or "\0" in value:
        return report.add(path, f"expected a file's path in quotes, found {kind_of(value)}")
    try:
        return str(report.folder / named_path(value))
    except ValueError as error:
        message, _, mend = str(error).partition("; ")
        return report.add(path, message, mend)


def _keys(value: object, path: KeyPath, report: ProblemReport) -> Any:
    if isinstance(value, list):
        keys = each(KEY, least=1, most=10)(value, path, report)
        return keys if keys is msgspec.UNSET else tuple(dict.fromkeys(keys))
    key = KEY(value, path, report)
    return key if key is msgspec.UNSET else (key,)


def _command(value: object, path: KeyPath, report: ProblemReport) -> Any:
    mend = 'write the program and its arguments as a list: ["pass", "show", "liveagent"]'
    if (
        not isinstance(value, list)
        or not value
        or not all(isinstance(word, str) and "\0" not in word for word in value)
    ):
        return report.add(path, "expected a list of texts", mend)
    if not value[0].strip():
        return report.add(path, "the program has no name", mend)
    return tuple(value)


def _variable(value: object) -> str:
    if not isinstance(value, str) or not _VARIABLE.fullmatch(value):
        raise ValueError('expected the name of a variable; write for example "LIVEAGENT_TOKEN"')
    return _not_a_token(value)


def _entry(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 100 or not value.isprintable():
        raise ValueError('expected the name of an entry of the keyring; write for example "trial"')
    return _not_a_token(value)


def _not_a_token(name: str) -> str:
    """Tokens are never repeated in a message, so a name that may be one is refused unseen."""
    if _LIKE_A_TOKEN.fullmatch(name) and len({character.isdigit() for character in name}) == 2:
        raise ValueError(f"this looks like a token itself; {_SOURCES_MEND}")
    return name


def _timeout(value: object) -> float:
    seconds = parse_duration(value)
    if not 1 <= seconds <= 600:
        raise ValueError('a token may take 1 second to 10 minutes; write for example "30s"')
    return seconds


_TOKEN = Schema(
    None,
    {
        "env": parsed(_variable),
        "file": _file,
        "command": _command,
        "keyring": parsed(_entry),
        "timeout": parsed(_timeout),
    },
)


def _token(value: object, path: KeyPath, report: ProblemReport) -> Any:
    if isinstance(value, str):
        return report.add(path, "this looks like a token itself", _SOURCES_MEND)
    source = _TOKEN(value, path, report)
    if source is msgspec.UNSET or not isinstance(value, dict):
        return source
    if len(value.keys() - {"timeout"}) != 1:
        return report.add(path, "expected exactly one of env, file, command and keyring", _SOURCES_MEND)
    if "env" in source:
        hide_variable(source["env"])
    return TokenSource(**source) if source.keys() - {"timeout"} else msgspec.UNSET


def _notify(value: object, path: KeyPath, report: ProblemReport) -> Any:
    if isinstance(value, dict):
        table = Schema(None, {"command": _command})(value, path, report)
        return Notify(bell=False, command=table["command"]) if "command" in table else msgspec.UNSET
    words = each(plain(Literal["bell", "desktop"]))(value, path, report)
    if words is msgspec.UNSET:
        return words
    return Notify(bell="bell" in words, desktop="desktop" in words)


def _accounts(value: object, path: KeyPath, report: ProblemReport) -> Any:
    accounts = each(ACCOUNT)(value, path, report)
    if accounts is msgspec.UNSET:
        return accounts
    seen: set[int] = set()
    for index, item in enumerate(value if isinstance(value, list) else ()):
        identity = item.get("id") if isinstance(item, dict) else None
        if not isinstance(item, dict):
            continue
        if "id" not in item:
            report.add(
                (*path, index), "this account has no id", "write id = and its number in the web address"
            )
        elif isinstance(identity, int) and identity in seen:
            report.add((*path, index, "id"), f"account {identity} is listed twice", "remove one")
        elif isinstance(identity, int):
            seen.add(identity)
    return tuple(item for item in accounts if "id" in item)


def _alert(value: object, path: KeyPath, report: ProblemReport) -> Any:
    alert = _ALERT(value, path, report)
    if isinstance(value, dict) and "when" not in value:
        report.add(path, "this alert has no condition", 'write for example when = "unassigned > 20"')
    if alert is msgspec.UNSET or "when" not in alert:
        return msgspec.UNSET
    alert["text"] = value["when"] if isinstance(value, dict) else ""
    where = alert.get("where")
    if where is None or (isinstance(where, Where) and where.team is None):
        for comparison in (*alert["when"], *alert.get("until", ())):
            if comparison.figure in OF_PARTS:
                problem = f'"{comparison.figure}" is counted of each team, and this alert names none'
                report.add(path, problem, 'write where = { team = "*" }')
    return alert


def _start(value: object) -> str:
    if not isinstance(value, str) or not _START.fullmatch(value):
        raise ValueError('expected an environment, or one of its accounts; write for example "trial/12345"')
    return value


def _action(name: str) -> None:
    if name not in BY_NAME:
        mend = meant(name, BY_NAME, f"the actions are {', '.join(BY_NAME)}")
        raise ValueError(f'there is no action "{excerpt(name, 60)}"; {mend}')


def _pane(name: str) -> None:
    if name not in PANES:
        raise ValueError(f'there is no pane "{excerpt(name, 60)}"; the panes are {", ".join(PANES)}')


def _named(name: str) -> None:
    if not name.strip():
        raise ValueError('expected a name or a number; write for example email = "4h"')


def _columns(value: object, path: KeyPath, report: ProblemReport) -> Any:
    pane = str(path[-1])
    names = each(parsed(lambda name: known_column(pane, name)), least=1, most=20)(value, path, report)
    if names is not msgspec.UNSET and len(set(names)) < len(names):
        return report.add(path, "a column is listed twice", "remove one")
    return names


def _pattern(value: object) -> str:
    if not isinstance(value, str | int) or isinstance(value, bool) or not str(value).strip():
        raise ValueError('expected a name, an id or a pattern; write for example "sales*"')
    return str(value)


_figure = parsed(lambda value: account_figure(value if isinstance(value, str) else str(value)))
_duration = parsed(parse_duration)
_condition = parsed(parse_condition)

_waits = named(_named, _duration)

TARGETS = Schema(
    Targets,
    {"wait": _duration, "backlog_after": _duration, "channels": _waits, "inboxes": _waits, "teams": _waits},
)
_hours = parsed(parse_hours)
_OF_SERVICE = {"hours": _hours, "inboxes": named(_named, _hours)}
OWN_SERVICE = Schema(OwnService, _OF_SERVICE)
ACCOUNT = Schema(Account, {"name": text(), "key": KEY, "targets": TARGETS, "service": OWN_SERVICE})
ENVIRONMENT = Schema(
    Environment,
    {
        "url": parsed(address),
        "key": KEY,
        "timezone": parsed(timezone),
        "token": _token,
        "ca_file": _file,
        "client_cert": _file,
        "proxy": parsed(_proxy),
        "badge": text(12),
        "targets": TARGETS,
        "service": OWN_SERVICE,
        "accounts": _accounts,
    },
    skip=frozenset({"name", "alternative"}),
)
_ALERT = Schema(
    None,
    {
        "when": _condition,
        "for": _duration,
        "until": _condition,
        "level": plain(Level),
        "where": Schema(Where, dict.fromkeys(("environment", "account", "team", "inbox"), parsed(_pattern))),
        "notify": _notify,
    },
)
CONFIG = Schema(
    Config,
    {
        "start": parsed(_start),
        "refresh": Schema(Refresh, {}),
        "display": Schema(
            Display,
            {"privacy": Schema(Privacy, {}), "columns": named(_pane, _columns)},
        ),
        "keys": named(_action, _keys),
        "targets": TARGETS,
        "alerts": each(_alert, most=200),
        "alerting": Schema(Alerting, {}),
        "history": Schema(HistoryKept, {}),
        "service": Schema(Service, _OF_SERVICE),
        "wall": Schema(
            Wall,
            {
                "accounts": each(parsed(_pattern), most=100),
                "figures": each(_figure, least=1, most=5),
                "hours": _hours,
            },
        ),
        "environments": named(check_name, ENVIRONMENT),
    },
)
