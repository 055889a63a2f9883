"""The shared file and the user's file as one config, and what only shows when they are together."""

import fnmatch
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from tui.address import Address
from tui.config.check import TomlTable
from tui.config.keys import clashes, show_key
from tui.config.model import (
    DEFAULT_TARGETS,
    Account,
    Alerting,
    AlertRule,
    Config,
    Display,
    Environment,
    HistoryKept,
    Notify,
    OwnService,
    Privacy,
    Refresh,
    Service,
    Targets,
    Wall,
    Where,
)
from tui.config.problems import ConfigProblem
from tui.config.scan import KeyPath, Scan, show_path
from tui.config.schema import is_plain_http_elsewhere
from tui.guess import meant
from tui.paths import may_be_there

_NAMED = 50
"""Environments that a mend names, or picks from."""
_WHOLE = frozenset({"token", "notify", "hours"})


class ConfigLayer(msgspec.Struct, frozen=True):
    """One file, read and checked by itself."""

    file: Path
    text: str
    scan: Scan
    raw: dict[str, Any]
    """As tomllib read it."""
    table: TomlTable
    """As the schema read it: what was right, converted."""
    shared: bool = False
    """Whether it is the machine's file rather than the user's."""


def merge(layers: Sequence[ConfigLayer]) -> Config:
    """The config of `layers`, the later over the earlier; environments without address are left out."""
    table: TomlTable = {}
    for layer in layers:
        table = _over(table, layer.table)
    return _build(table)


def cross_check(
    layers: Sequence[ConfigLayer], config: Config, tokens: Path, extra: Iterable[str] = ()
) -> tuple[list[ConfigProblem], list[ConfigProblem]]:
    """Errors and warnings that concern several settings together.

    `tokens` is the directory of typed tokens; `extra` are names of environments that come
    from elsewhere than the files.
    """
    place = _Places(layers)
    errors: list[ConfigProblem] = []
    warnings: list[ConfigProblem] = []
    declared = list(dict.fromkeys(name for layer in layers for name in layer.table.get("environments", {})))
    names = [*declared, *extra]
    usable = {environment.name: environment for environment in config.environments}
    for name in declared:
        errors.extend(_environment_errors(place, usable.get(name), name))
    for name in declared:
        environment = usable.get(name)
        token = ("environments", name, "token")
        if environment is None or environment.token is not None or place.has(token):
            continue
        if not may_be_there(token_path(tokens, name)):
            problem = place.problem(
                token,
                f'"{name}" has no token',
                'write token = { env = "…" } (or file, command, keyring), '
                f"or put it into {token_path(tokens, name)}",
            )
            (warnings if place.only_shared(("environments", name)) else errors).append(problem)
    if config.start is not None:
        start = config.start.partition("/")[0]
        if start not in names:
            errors.append(
                place.problem(("start",), f'there is no environment "{start}"', _near(start, names))
            )
    if config.history.days_minutes < config.history.days_full:
        errors.append(
            place.problem(
                ("history", "days_minutes" if place.has(("history", "days_minutes")) else "days_full"),
                f"minutes are kept for {config.history.days_minutes:g} days, "
                f"full detail for {config.history.days_full:g}",
                "keep the minutes at least as long as the full detail",
            )
        )
    errors.extend(_clashes(place, config))
    warnings.extend(_unmatched(place, layers, names))
    return errors, warnings


def token_path(tokens: Path, name: str) -> Path:
    """The file of the typed token of environment `name`."""
    return tokens / name


class _Places:
    """Where a setting of the merged config stands."""

    def __init__(self, layers: Sequence[ConfigLayer]) -> None:
        self._layers = list(reversed(layers))

    def problem(self, path: KeyPath, message: str, mend: str = "") -> ConfigProblem:
        """A problem with `path`, in the file that had the last word on it."""
        for length in range(len(path), 0, -1):
            for layer in self._layers:
                if layer.scan.has(path[:length]):
                    line = layer.scan.line_of(path[:length])
                    return ConfigProblem(str(layer.file), line, show_path(path), message, mend)
        return ConfigProblem(
            str(self._layers[0].file) if self._layers else "", None, show_path(path), message, mend
        )

    def has(self, path: KeyPath) -> bool:
        """Whether some file has `path`, be its value right or wrong."""
        return any(layer.scan.has(path) for layer in self._layers)

    def only_shared(self, path: KeyPath) -> bool:
        """Whether `path` stands in the machine's file alone."""
        return all(layer.shared for layer in self._layers if layer.scan.has(path))

    def account(self, environment: str, account_id: int) -> KeyPath:
        """The path of a listed account, in the file that had the last word on it."""
        for layer in self._layers:
            listed = layer.raw.get("environments", {}).get(environment, {}).get("accounts", ())
            for index, item in enumerate(listed):
                if isinstance(item, dict) and item.get("id") == account_id and "key" in item:
                    return ("environments", environment, "accounts", index)
        return ("environments", environment, "accounts")


def _environment_errors(
    place: _Places, environment: Environment | None, name: str
) -> Iterator[ConfigProblem]:
    path: KeyPath = ("environments", name)
    if environment is None:
        if not place.has((*path, "url")):
            yield place.problem(path, "this environment has no address", 'write url = "https://…"')
    elif is_plain_http_elsewhere(environment.url, environment.proxy) and not environment.insecure_http:
        yield place.problem(
            (*path, "url"),
            "plain http exposes the token to the network",
            "write https://, or insecure_http = true if it must be",
        )


def _clashes(place: _Places, config: Config) -> Iterator[ConfigProblem]:
    paths: dict[str, KeyPath] = {}
    keyed: list[tuple[str, str]] = []
    for environment in config.environments:
        own: KeyPath = ("environments", environment.name)
        for path, key in [
            ((*own, "key"), environment.key),
            *(
                ((*place.account(environment.name, account.id), "key"), account.key)
                for account in environment.accounts
            ),
        ]:
            if key is not None and show_path(path) not in paths:
                paths[show_path(path)] = path
                keyed.append((show_path(path), key))
    for clash in clashes(config.keys, keyed):
        if clash.second in paths:
            blamed = paths[clash.second]
        else:
            blamed = ("keys", clash.second if clash.second in config.keys else clash.first)
        yield place.problem(
            blamed,
            f'"{show_key(clash.key)}" is the key of both {clash.first} and {clash.second}',
            "give one of them another key",
        )


def _unmatched(
    place: _Places, layers: Sequence[ConfigLayer], names: Sequence[str]
) -> Iterator[ConfigProblem]:
    for layer in layers:
        for index, alert in enumerate(layer.table.get("alerts", ())):
            pattern = alert.get("where", {}).get("environment", "*")
            if not _matches_some(pattern, names):
                yield ConfigProblem(
                    str(layer.file),
                    layer.scan.line_of(("alerts", index, "where", "environment")),
                    show_path(("alerts", index, "where", "environment")),
                    f'no environment is called "{pattern}"',
                    _near(pattern, names),
                )
    for layer in layers:
        for index, pattern in enumerate(layer.table.get("wall", {}).get("accounts", ())):
            if not _matches_some(pattern.partition("/")[0], names):
                yield place.problem(
                    ("wall", "accounts", index),
                    f'no environment is called "{pattern.partition("/")[0]}"',
                    _near(pattern.partition("/")[0], names),
                )


def _matches_some(pattern: str, names: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for name in names)


def _near(name: str, names: Sequence[str]) -> str:
    known = names[:_NAMED]
    listed = f"the environments are {', '.join(known)}" if known else "add one: liveagent-tui config add"
    return meant(name, known, listed)


def _over(base: TomlTable, over: TomlTable) -> TomlTable:
    """Tables key by key, alerts one after the other, accounts by their id; all else replaced."""
    merged = dict(base)
    for key, value in over.items():
        old = base.get(key)
        if key == "alerts" and old:
            merged[key] = (*old, *value)
        elif key == "accounts" and old and all(isinstance(item, dict) for item in (*old, *value)):
            by_id = {item["id"]: item for item in old}
            for item in value:
                by_id[item["id"]] = _over(by_id.get(item["id"], {}), item)
            merged[key] = tuple(by_id.values())
        elif isinstance(value, dict) and isinstance(old, dict) and key not in _WHOLE:
            merged[key] = _over(old, value)
        else:
            merged[key] = value
    return merged


def _build(table: TomlTable) -> Config:
    display = table.get("display", {})
    environments = table.get("environments", {})
    return Config(
        start=table.get("start"),
        refresh=Refresh(**table.get("refresh", {})),
        display=Display(**{**display, "privacy": Privacy(**display.get("privacy", {}))}),
        keys=table.get("keys", {}),
        targets=Targets(**table.get("targets", {})).over(DEFAULT_TARGETS),
        alerts=tuple(_alert(item) for item in table.get("alerts", ())),
        alerting=Alerting(**table.get("alerting", {})),
        history=HistoryKept(**table.get("history", {})),
        service=Service(**table.get("service", {})),
        wall=Wall(**table.get("wall", {})),
        environments=tuple(_environment(name, item) for name, item in environments.items() if "url" in item),
    )


def _own(table: TomlTable) -> dict[str, Targets | OwnService]:
    kinds = (("targets", Targets), ("service", OwnService))
    return {name: kind(**table[name]) for name, kind in kinds if name in table}


def _environment(name: str, table: TomlTable) -> Environment:
    accounts = tuple(Account(**{**item, **_own(item)}) for item in table.get("accounts", ()))
    address: Address = table["url"]
    rest = {**table, **_own(table), "accounts": accounts}
    return Environment(name=name, **{**rest, "url": address.base_url, "alternative": address.alternative})


def _alert(table: TomlTable) -> AlertRule:
    return AlertRule(
        when=table["when"],
        text=table["text"],
        lasting=table.get("for", 0.0),
        until=table.get("until", ()),
        level=table.get("level", "warning"),
        where=Where(**table.get("where", {})),
        notify=table.get("notify", Notify()),
    )
