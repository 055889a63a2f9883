"""What the program remembers by itself: its own file, never a token and never a customer."""

import asyncio
import contextlib
import tomllib
from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from tui.config.files import check_depth, read_ordinary, write_private
from tui.config.model import AccountId

_MOST_BYTES = 4_000_000
_LEARNT = ("capabilities", "accounts", "viewers", "last_accounts", "header_forms", "sort_orders", "last")
"""The parts of the state, from those the servers tell again by themselves to what a person chose."""


class KnownAccount(msgspec.Struct, frozen=True):
    """An account a token has shown us, so that switching works before the first answer."""

    id: AccountId
    name: str = ""


class KnownViewer(msgspec.Struct, frozen=True):
    """Whose token it was."""

    id: int
    name: str = ""


class Capability(msgspec.Struct, frozen=True):
    """Whether one account answers one call to one user, and when that was learnt."""

    allowed: bool
    wall: float = 0.0
    """Unix time, seconds."""


class State(msgspec.Struct):
    """All that is remembered. Its dictionaries are changed in place, then the store saves."""

    last: str | None = None
    """The account shown last, `environment/account id`."""
    last_accounts: dict[str, AccountId] = msgspec.field(default_factory=dict)
    """By environment: the account shown there last."""
    sort_orders: dict[str, str] = msgspec.field(default_factory=dict)
    """By table: the column, with `-` before it where the order is turned round."""
    header_forms: dict[str, str] = msgspec.field(default_factory=dict)
    """By environment: the name of the token's header that worked."""
    accounts: dict[str, tuple[KnownAccount, ...]] = msgspec.field(default_factory=dict)
    """By environment: the accounts its token sees."""
    viewers: dict[str, KnownViewer] = msgspec.field(default_factory=dict)
    """By environment: whose token it is."""
    capabilities: dict[str, Capability] = msgspec.field(default_factory=dict)
    """By `capability_key`."""


def capability_key(origin: str, account_id: int, viewer_id: int, call: str) -> str:
    """The name under which it is remembered whether `call` is answered."""
    return f"{origin} {account_id} {viewer_id} {call}"


class StateStore:
    """The state and its file; with no path it remembers for this run only (demo, wall)."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.state = State()
        self.problem: str | None = None
        """Why the last load or save did not do what it should, in words."""
        self.damage: str | None = None
        """In words, where a damaged file was put in this run; it stays said after a good save."""
        self._written: State | None = None
        self._saving = asyncio.Lock()

    def load(self) -> State:
        """Read the file; what is damaged is set aside and forgotten, never an error."""
        if self.path is None:
            return self.state
        self.problem = None
        try:
            data = read_ordinary(self.path, _MOST_BYTES + 1)
        except FileNotFoundError:
            return self.state
        except OSError as error:
            self.problem = f"{self.path} can't be read: {error.strerror or error}"
            return self.state
        try:
            if len(data) > _MOST_BYTES:
                raise ValueError("too large")  # noqa: TRY301 - one way out for all damage
            text = data.decode()
            check_depth(text)
            self.state = _tolerant(tomllib.loads(text))
        except (ValueError, RecursionError):
            self._set_aside()
        return self.state

    async def load_async(self) -> State:
        """`load`, off the event loop."""
        return await asyncio.to_thread(self.load)

    async def save(self) -> bool:
        """Write the state as it is now, off the event loop; False, with `problem`, where that failed."""
        if self.path is None:
            return True
        async with self._saving:
            # The copy is quick; putting it into words, of a hundred accounts, would hold up the loop.
            return await asyncio.to_thread(self._write, _copy(self.state))

    def save_now(self) -> bool:
        """`save` for the way out, when there is no event loop any more."""
        return True if self.path is None else self._write(_copy(self.state))

    def _write(self, state: State) -> bool:
        if self.path is None or state == self._written:
            return True
        try:
            write_private(self.path, _fitting(state))
        except OSError as error:
            self.problem = f"{self.path} can't be written: {error.strerror or error}"
            return False
        self._written, self.problem = state, None
        return True

    def _set_aside(self) -> None:
        if self.path is None:
            return
        aside = self.path.with_name(self.path.name + ".damaged")
        self.problem = f"{self.path} is damaged; it is kept as {aside.name}, and a new one begins"
        self.damage = self.problem
        with contextlib.suppress(OSError):
            self.path.replace(aside)


def load_state(path: Path | None) -> StateStore:
    """A store with what `path` holds."""
    store = StateStore(path)
    store.load()
    return store


def _copy(state: State) -> State:
    """The state as it is now, whatever is remembered meanwhile; what its dictionaries hold is frozen."""
    parts: dict[str, Any] = msgspec.structs.asdict(state)
    for name, part in parts.items():
        if isinstance(part, dict):
            parts[name] = part.copy()
    return State(**parts)


def _fitting(state: State) -> bytes:
    """The state in words, without as many of its parts as make it longer than what is read again."""
    data = _dump(state)
    for name in _LEARNT:
        if len(data) <= _MOST_BYTES:
            break
        state = msgspec.structs.replace(state, **{name: getattr(State(), name)})
        data = _dump(state)
    return data


def _dump(state: State) -> bytes:
    plain: dict[str, Any] = msgspec.to_builtins(state)
    kept = {key: value for key, value in plain.items() if value not in (None, {}, ())}
    return tomli_w.dumps(kept).encode("utf-8", "replace")


def _tolerant(raw: dict[str, Any]) -> State:
    """A state of all parts that still fit; a single entry that doesn't is forgotten alone."""
    state = State()
    for field in msgspec.structs.fields(State):
        value = raw.get(field.name)
        with contextlib.suppress(msgspec.ValidationError):
            present = getattr(state, field.name)
            if isinstance(value, dict) and isinstance(present, dict):
                for key, item in value.items():
                    with contextlib.suppress(msgspec.ValidationError):
                        present.update(msgspec.convert({key: item}, field.type))
            elif value is not None:
                setattr(state, field.name, msgspec.convert(value, field.type))
    return state
