"""The config's reference, made from its schema and model: `python -m tests.config_page` writes it."""

import ast
import inspect
import math
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, get_args

import msgspec

from tests.pages import between, rewrite
from tui.config import model, schema
from tui.config.check import Schema
from tui.config.durations import parse_duration

PAGE = Path(__file__).parent.parent / "docs" / "config.md"


class Table(NamedTuple):
    """A table of the file: its heading, its schema, and the struct that holds its words and defaults."""

    heading: str
    schema: Schema
    kind: type[msgspec.Struct]


def _below(table: Schema, key: str) -> Schema:
    reader = table.readers[key]
    assert isinstance(reader, Schema)
    return reader


TABLES = (
    Table("", schema.CONFIG, model.Config),
    Table("[refresh]", _below(schema.CONFIG, "refresh"), model.Refresh),
    Table("[display]", _below(schema.CONFIG, "display"), model.Display),
    Table("[display] privacy", _below(_below(schema.CONFIG, "display"), "privacy"), model.Privacy),
    Table("[targets]", schema.TARGETS, model.Targets),
    Table("[[alerts]]", schema._ALERT, model.AlertRule),
    Table("[[alerts]] where", _below(schema._ALERT, "where"), model.Where),
    Table("[alerting]", _below(schema.CONFIG, "alerting"), model.Alerting),
    Table("[history]", _below(schema.CONFIG, "history"), model.HistoryKept),
    Table("[service]", _below(schema.CONFIG, "service"), model.Service),
    Table("[wall]", _below(schema.CONFIG, "wall"), model.Wall),
    Table("[environments.NAME]", schema.ENVIRONMENT, model.Environment),
    Table("[environments.NAME] service", schema.OWN_SERVICE, model.OwnService),
    Table("[environments.NAME] token", schema._TOKEN, model.TokenSource),
    Table("[[environments.NAME.accounts]]", schema.ACCOUNT, model.Account),
)

# One line each, as in the page.
# ruff: noqa: E501
WORDS = {
    "start": "`environment` or `environment/account number` shown first; left out: the one viewed last.",
    "keys": "The keys of actions you give other keys: `[keys]`.",
    "[targets].wait": 'How long a customer may wait: `"5m"`.',
    "[targets].channels": 'For service level, in place of `wait`, by the inbox\'s channel: `channels = { email = "4h" }`.',
    "[targets].inboxes": 'The same by an inbox\'s name or number, before its channel\'s: `inboxes = { "Web site" = "2m" }`.',
    "[targets].teams": "The same by a team's name or number, where its inbox and channel have none.",
    "[targets].backlog_after": "From then on a waiting conversation is backlog, and not counted as waiting.",
    "[environments.NAME].timezone": "The contact centre's, as `\"Europe/Berlin\"`; left out: the inboxes' own.",
    "[environments.NAME].proxy": 'An http(s) address, or `"none"`; left out: what HTTPS_PROXY and NO_PROXY say.',
    "[environments.NAME] token.env": "The variable that holds it.",
    "[environments.NAME] token.file": "The file that holds it, of mode 0600.",
    "[environments.NAME] token.command": 'The command that prints it, as a list: `["pass", "show", "liveagent"]`.',
    "[environments.NAME] token.timeout": "How long it may take: 10 s, or 60 s where a command has the terminal.",
    "[[environments.NAME.accounts]].key": "The key that jumps to this account from anywhere.",
    "alerts": "Rules of your own, one `[[alerts]]` each: [alerts](alerts.md).",
    "alerting": "What holds for all alerts: `[alerting]`.",
    "refresh": "How often to ask: `[refresh]`.",
    "display": "How it looks: `[display]`.",
    "targets": "What is too long: `[targets]`.",
    "history": "How much of the past is kept: `[history]`.",
    "service": "How service level is counted: `[service]`.",
    "wall": "What the wall shows: `[wall]`.",
    "environments": "The installations, a table each: `[environments.NAME]`.",
    "[display].theme": f"{', '.join(f'`{theme}`' for theme in get_args(model.Theme))}.",
    "[display].privacy": "Where names are hidden: a table, below.",
    "[display] privacy.customers": "Customers' names hidden: `never`, on the `wall` only, `always`.",
    "[display] privacy.agents": "Agents' names hidden: `never`, on the `wall` only, `always`.",
    "[[alerts]].when": 'The condition: `"unassigned > 20 and agents_online < 3"`.',
    "[[alerts]].for": "How long it must hold, in fresh data.",
    "[[alerts]].level": f"{', '.join(f'`{level}`' for level in get_args(model.Level))}.",
    "[[alerts]].where": "Which accounts, teams or inboxes: a table, below.",
    "[[alerts]].notify": 'A list of `"bell"` and `"desktop"`, or `{ command = ["…"] }`.',
    "[[alerts]] where.environment": "A name, with `*` and `?`.",
    "[[alerts]] where.account": "A name or number, with `*` and `?`.",
    "[[alerts]] where.team": "A name or number; each team that matches is judged by itself.",
    "[[alerts]] where.inbox": "A name or number; each inbox that matches is judged by itself.",
    "[service].hours": 'When the clock of a waiting customer runs: `"inbox"`, in the inbox\'s working hours; `"always"`; or `"08:00-18:00 mon-fri"`.',
    "[service].inboxes": 'In place of `hours`, by an inbox\'s name or number: `inboxes = { "Web site" = "always" }`.',
    "[wall].hours": '`"inbox"`: the working hours of the inboxes shown; `"always"`; or `"08:00-18:00 mon-fri"`.',
    "[environments.NAME].url": "The address of the installation. Any page's address will do.",
    "[environments.NAME].key": "The key that jumps to this environment from anywhere.",
    "[environments.NAME].token": "Where its token comes from: a table, below. Never the token itself.",
    "[environments.NAME].ca_file": "A PEM file of the authorities to trust besides the system's.",
    "[environments.NAME].verify": "`false`: trust any certificate. The screen says so.",
    "[environments.NAME].colour": f"Of the badge: {', '.join(f'`{colour}`' for colour in get_args(model.Colour))}.",
    "[environments.NAME].targets": "As `[targets]`, for this environment.",
    "[environments.NAME].service": "How service level is counted here: a table, below.",
    "[environments.NAME] service.hours": "As in `[service]`, for this environment.",
    "[environments.NAME] service.inboxes": "As in `[service]`, for this environment; before those.",
    "[environments.NAME] service.closed_without_reply": "As in `[service]`, for this environment.",
    "[[environments.NAME.accounts]].service": "As `[environments.NAME] service`, for this account.",
    "[environments.NAME].accounts": "The accounts, in the order of the digits; left out: those the token sees.",
    "[[environments.NAME.accounts]].id": "Its number in the web address.",
    "[[environments.NAME.accounts]].name": "What to call it, in place of the server's name.",
    "[[environments.NAME.accounts]].targets": "As `[targets]`, for this account.",
    "[environments.NAME].others": "Whether those the token sees come after the listed accounts.",
}
"""What the model doesn't say, or says in words that are no user's."""
RENAMED = {"for": "lasting"}
LASTING = {"wait", "backlog_after", "lasting", "timeout"}


def told(table: Table) -> dict[str, str]:
    """The words for each setting of a table; empty where there are none."""
    own = _docstrings(table.kind)
    return {
        key: WORDS.get(f"{table.heading}.{key}".removeprefix("."), own.get(RENAMED.get(key, key), ""))
        for key in table.schema.readers
    }


def every_schema() -> set[int]:
    """The identity of each schema that reading a config may come to."""
    schemas: dict[int, Schema] = {}
    waiting: list[object] = [schema.CONFIG]
    while waiting:
        reader = waiting.pop()
        if isinstance(reader, Schema):
            if id(reader) not in schemas:
                schemas[id(reader)] = reader
                waiting += reader.readers.values()
        elif inspect.isfunction(reader) and reader.__module__.startswith("tui.config"):
            waiting += [cell.cell_contents for cell in reader.__closure__ or ()]
            globals_ = reader.__globals__
            waiting += [
                globals_[name] for name in reader.__code__.co_names if isinstance(globals_.get(name), Schema)
            ]
    return set(schemas)


def _docstrings(kind: type[msgspec.Struct]) -> dict[str, str]:
    """The string that follows each attribute of a class."""
    (body,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(body, ast.ClassDef)
    words = {}
    for before, after in zip(body.body, body.body[1:], strict=False):
        is_text = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
        if is_text and isinstance(before, ast.AnnAssign) and isinstance(before.target, ast.Name):
            words[before.target.id] = str(after.value.value)  # type: ignore[attr-defined]
    return words


def _default(table: Table, key: str) -> str:
    name = RENAMED.get(key, key)
    field = next((field for field in msgspec.structs.fields(table.kind) if field.name == name), None)
    value = None if field is None or field.required else field.default
    if table.kind is model.Targets and name == "backlog_after":
        value = model.DEFAULT_TARGETS.backlog_after
    if isinstance(value, bool | str | int | float) and value != "" and value != math.inf:
        if name in LASTING and isinstance(value, int | float):
            hours = f"{value / 3600:g}h"
            return f'`"{hours}"`' if value and parse_duration(hours) == value else ""
        return f"`{str(value).lower()}`" if not isinstance(value, str) else f'`"{value}"`'
    if isinstance(value, tuple) and value and all(isinstance(item, str) for item in value):
        return "`[" + ", ".join(f'"{item}"' for item in value) + "]`"
    return ""


def _rows(table: Table) -> Iterator[str]:
    if table.heading:
        yield f"### `{table.heading}`\n"
    yield "| setting | default | what it says |"
    yield "|---|---|---|"
    for key, words in told(table).items():
        yield f"| `{key}` | {_default(table, key)} | {' '.join(words.split()).replace('|', '/')} |"
    yield ""


def tables() -> str:
    """Every table of the file."""
    return "\n".join(line for table in TABLES for line in _rows(table))


def with_table(text: str) -> str:
    """`text` with the tables between its two marks."""
    return between(text, "settings", tables())


if __name__ == "__main__":
    rewrite(PAGE, with_table)
