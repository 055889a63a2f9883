"""Changes of the user's config: spliced in, checked against what was meant, written atomically."""

import contextlib
import copy
import datetime
import os
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from tui.aside import in_thread, within
from tui.config import splice
from tui.config.durations import format_duration
from tui.config.environ import from_environ
from tui.config.file import MOST_BYTES, Sources, Stamp, read_layer, read_layers, read_text, stamp
from tui.config.merge import cross_check, merge
from tui.config.model import TokenSource
from tui.config.problems import ConfigError, ConfigProblem, SaveError
from tui.config.scan import KeyPath, show_path
from tui.config.schema import check_name
from tui.config.secrets import forget_typed_token, store_typed_token
from tui.guess import near
from tui.private_files import locked, private_dir, write_private
from tui.redact import Secret
from tui.text import excerpt

Splice = Callable[[str], str]
Mean = Callable[[dict[str, Any]], None]

_LOCK_SECONDS = 2.0
_SECONDS = 15.0
"""How long a change may take before its disk counts as hung."""


def add_environment(
    sources: Sources,
    name: str,
    url: str,
    *,
    token: TokenSource | None = None,
    typed: Secret | None = None,
    settings: Mapping[str, Any] | None = None,
    accounts: Sequence[Mapping[str, Any]] = (),
    seen: Stamp | None = None,
) -> Path:
    """Write a new environment; `typed` goes into a file of its own, never into the config.

    `settings` are further keys of the environment as they stand in the file (`timezone`,
    `key`, `badge` …), `accounts` tables with `id` and perhaps `name` and `key`; `seen` as in
    `change`. Returns the file written. Raises SaveError, or ConfigError where the config
    would be wrong.
    """
    try:
        check_name(name)
    except ValueError as error:
        raise SaveError(f'"{excerpt(name, 64)}" can\'t be the name of an environment: {error}') from error
    table: dict[str, Any] = {"url": url, **(settings or {})}
    if token is not None and token.held is None:
        table["token"] = token_table(token)
    if accounts:
        table["accounts"] = [dict(account) for account in accounts]
    path: KeyPath = ("environments", name)

    def mean(raw: dict[str, Any]) -> None:
        if name in raw.get("environments", {}):
            raise SaveError(
                f'There is an environment "{name}" already; choose another name or remove it first.'
            )
        raw.setdefault("environments", {})[name] = table

    return change(
        sources,
        lambda text: splice.add_table(text, path, table),
        mean,
        seen=seen,
        beside=None if typed is None else lambda: _with_token_stored(sources, name, typed),
    )


def remove_environment(sources: Sources, name: str, *, seen: Stamp | None = None) -> Path:
    """Take an environment out of the user's file, with its typed token and a `start` that names it.

    Raises SaveError, also where it stands in the machine's file only.
    """
    path: KeyPath = ("environments", name)

    def cut(text: str) -> str:
        if _starts_in(_parse(sources.user, text), name):
            text = splice.remove(text, ("start",))
        return splice.remove(text, path)

    def mean(raw: dict[str, Any]) -> None:
        if name not in raw.get("environments", {}):
            hint = near(name, raw.get("environments", {}))
            raise SaveError(f'There is no environment "{excerpt(name)}" in {sources.user}.{hint}')
        if _starts_in(raw, name):
            del raw["start"]
        del raw["environments"][name]

    return change(sources, cut, mean, seen=seen, beside=lambda: _with_token_forgotten(sources, name))


def add_account(
    sources: Sources, environment: str, account: Mapping[str, Any], *, seen: Stamp | None = None
) -> Path:
    """List an account (`id`, perhaps `name`, `key`) under an environment. Raises as `add_environment`."""
    table = dict(account)
    path: KeyPath = ("environments", environment, "accounts")

    def put(text: str) -> str:
        if environment in _parse(sources.user, text).get("environments", {}):
            return splice.add_element(text, path, table)
        return splice.append(text, [splice.table_head(path, array=True), *splice.pairs(table)])

    def mean(raw: dict[str, Any]) -> None:
        listed = raw.setdefault("environments", {}).setdefault(environment, {}).setdefault("accounts", [])
        if any(item.get("id") == table["id"] for item in listed if isinstance(item, dict)):
            raise SaveError(f"{environment}/{table['id']} is listed already.")
        listed.append(table)

    return change(sources, put, mean, seen=seen)


def remove_account(sources: Sources, environment: str, account_id: int, *, seen: Stamp | None = None) -> Path:
    """Take a listed account out of an environment. Raises SaveError."""

    def place(raw: dict[str, Any]) -> int:
        listed = raw.get("environments", {}).get(environment, {}).get("accounts", [])
        for index, item in enumerate(listed):
            if isinstance(item, dict) and item.get("id") == account_id:
                return index
        raise SaveError(f"{environment}/{account_id} is not listed in {sources.user}.")

    def cut(text: str) -> str:
        index = place(_parse(sources.user, text))
        return splice.remove(text, ("environments", environment, "accounts", index))

    def mean(raw: dict[str, Any]) -> None:
        del raw["environments"][environment]["accounts"][place(raw)]

    return change(sources, cut, mean, seen=seen)


def set_value(sources: Sources, path: KeyPath, value: Any, *, seen: Stamp | None = None) -> Path:
    """Set one setting, such as `("display", "theme")`; None removes it. Raises as `add_environment`."""

    def mean(raw: dict[str, Any]) -> None:
        if value is None and path[0] not in raw:
            raise SaveError(f"{show_path(path)} does not stand in {sources.user}.")
        table: Any = raw
        for word in path[:-1]:
            table = table[word] if isinstance(word, int) else table.setdefault(word, {})
        if value is None:
            table.pop(path[-1], None)
        else:
            table[path[-1]] = copy.deepcopy(value)

    if value is None:
        return change(sources, lambda text: splice.remove(text, path), mean, seen=seen)
    return change(sources, lambda text: splice.set_value(text, path, value), mean, seen=seen)


def token_table(token: TokenSource) -> dict[str, Any]:
    """A token's source as it stands in the file."""
    table: dict[str, Any]
    if token.env is not None:
        table = {"env": token.env}
    elif token.file is not None:
        table = {"file": token.file}
    elif token.command:
        table = {"command": list(token.command)}
    else:
        table = {"keyring": token.keyring}
    return table if token.timeout is None else {**table, "timeout": format_duration(token.timeout)}


def change(
    sources: Sources,
    spliced: Splice,
    mean: Mean,
    *,
    seen: Stamp | None = None,
    beside: Callable[[], AbstractContextManager[None]] | None = None,
) -> Path:
    """Change the user's file: `spliced` on its text, `mean` on its tables, and both must agree.

    `seen` is the file as the caller knew it; where it changed since, nothing is written.
    `beside` is what else changes with it: entered once the change is known to be allowed, and left
    once it is written, or with what kept it from being, both while no other instance can change
    anything. Returns the file written. Raises SaveError, and ConfigError where the change would
    make the config wrong; then the file is as it was.
    """
    file = sources.user
    if sources.fixed:
        raise SaveError(sources.fixed)
    try:
        return within(_SECONDS, lambda: _change(sources, spliced, mean, seen, beside or nullcontext))
    except TimeoutError:
        raise SaveError(f"The disk of {file} did not answer within {_SECONDS:.0f} s.") from None


def _change(
    sources: Sources,
    spliced: Splice,
    mean: Mean,
    seen: Stamp | None,
    beside: Callable[[], AbstractContextManager[None]],
) -> Path:
    file = sources.user
    try:
        private_dir(file.parent)
        with locked(file.parent, _LOCK_SECONDS):
            before = stamp(file)
            if seen is not None and before != seen:
                raise SaveError(f"{file} changed since it was read; nothing was written. Try again.")
            text = read_text(file) or ""
            meant = _parse(file, text)
            mean(meant)
            changed = _spliced(file, text, spliced)
            _compare(file, changed, meant)
            with beside():
                _refuse_new_problems(sources, text, changed)
                if stamp(file) != before:
                    raise SaveError(
                        f"{file} was changed by another program just now; nothing was written. Try again."
                    )
                return write_private(file, changed.encode())
    except BlockingIOError:
        raise SaveError(f"Another liveagent-tui is writing to {file.parent}; try again.") from None
    except OSError as error:
        raise SaveError(
            f"{file} can't be written: {error.strerror or error}. Nothing was changed."
        ) from error


async def change_async(work: Callable[[], Path]) -> Path:
    """Any of the changes above, off the event loop."""
    return await in_thread(object(), work, 2 * _SECONDS)


@contextlib.contextmanager
def _with_token_stored(sources: Sources, name: str, typed: Secret) -> Iterator[None]:
    try:
        file = store_typed_token(name, typed, sources.tokens)
    except OSError as error:
        raise SaveError(f"The token can't be kept in {sources.tokens}: {error.strerror or error}") from error
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            file.unlink()
        raise


@contextlib.contextmanager
def _with_token_forgotten(sources: Sources, name: str) -> Iterator[None]:
    yield
    with contextlib.suppress(OSError):
        forget_typed_token(name, sources.tokens)


def _parse(file: Path, text: str) -> dict[str, Any]:
    return read_layer(file, text)[0].raw


def _starts_in(raw: Mapping[str, Any], name: str) -> bool:
    start = raw.get("start")
    return isinstance(start, str) and start.partition("/")[0] == name


def _spliced(file: Path, text: str, spliced: Splice) -> str:
    try:
        changed = spliced(text)
    except splice.SpliceError as error:
        raise SaveError(
            f"{file} is written in a way that can't be changed here ({error}); change it in an editor."
        ) from error
    if len(changed.encode()) > MOST_BYTES:
        raise SaveError(f"{file} would grow over 1 MB; nothing was written.")
    return changed


def _compare(file: Path, changed: str, meant: dict[str, Any]) -> None:
    try:
        parsed: Any = tomllib.loads(changed)
    except (ValueError, RecursionError):
        parsed = None
    if parsed is None or not same(parsed, meant):
        raise SaveError(
            f"{file} would not have meant what it should after this change, so nothing was written; "
            "change it in an editor."
        )


def _refuse_new_problems(sources: Sources, text: str, changed: str) -> None:
    def key(problem: ConfigProblem) -> tuple[str, str]:
        return problem.path, problem.message

    old = {key(problem) for problem in _problems(sources, text)}
    new = [problem for problem in _problems(sources, changed) if key(problem) not in old]
    if new:
        raise ConfigError(new)


def _problems(sources: Sources, text: str) -> list[ConfigProblem]:
    layers, problems = read_layers(sources, replaced=text)
    config = merge(layers)
    extra, _ = from_environ(os.environ, [environment.name for environment in config.environments])
    errors, _ = cross_check(layers, config, sources.tokens, () if extra is None else (extra.name,))
    return [*problems, *errors]


def same(this: Any, other: Any) -> bool:
    """Whether two TOML values mean the same.

    Types count, a NaN is a NaN, and empty lists and tables are as good as none.
    """
    if isinstance(this, dict) and isinstance(other, dict):
        mine, theirs = _filled(this), _filled(other)
        return mine.keys() == theirs.keys() and all(same(mine[key], theirs[key]) for key in mine)
    if isinstance(this, list) and isinstance(other, list):
        return len(this) == len(other) and all(map(same, this, other))
    if type(this) is not type(other):
        return False
    if isinstance(this, datetime.datetime | datetime.time):
        return bool(this.isoformat() == other.isoformat())
    return bool(this == other or (this != this and other != other))  # noqa: PLR0124 - only a NaN differs from itself


def _filled(table: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if not _is_nothing(value)}


def _is_nothing(value: Any) -> bool:
    return value == [] or (isinstance(value, dict) and all(map(_is_nothing, value.values())))
