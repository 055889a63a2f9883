"""What the program remembers by itself: its own file, never a token and never a customer."""

import asyncio
import contextlib
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from tui.aside import in_thread, within
from tui.config.model import AccountId
from tui.private_files import check_depth, locked, private_dir, read_ordinary, write_private

SECONDS = 30.0
"""How long reading or writing the state may take: putting the largest into words takes seconds."""
AT_START = 1.0
"""How long the first picture waits for it."""
AT_EXIT = 1.5
"""The same when somebody waits for the program to end."""
_STILL_HUNG = 0.1
"""Seconds for a disk that did not answer the last time."""
_LOCK_SECONDS = 2.0
"""Seconds to wait for another instance that writes."""
_MOST_BYTES = 4_000_000
_LEARNT = ("accounts", "viewers", "last_accounts", "header_forms", "sort_orders", "last")
"""The parts of the state, from those the servers tell again by themselves to what a person chose."""


class KnownAccount(msgspec.Struct, frozen=True):
    """An account a token has shown us, so that switching works before the first answer."""

    id: AccountId
    name: str = ""


class KnownViewer(msgspec.Struct, frozen=True):
    """Whose token it was."""

    id: int
    name: str = ""


class SavedState(msgspec.Struct):
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


class StateStore:
    """The state and its file; with no path it remembers for this run only (demo, wall).

    Several instances share the file: what is written is what this one has changed, put into what
    the file holds by then.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.state = SavedState()
        self.problem: str | None = None
        """Why the last load or save did not do what it should, in words."""
        self.damage: str | None = None
        """In words, where a damaged file was put in this run; it stays said after a good save."""
        self._known = SavedState()
        """What the file held of ours when it was last read or written."""
        self._saving = asyncio.Lock()
        self._hung = False

    def load(self, seconds: float = SECONDS) -> SavedState:
        """Read the file; what is damaged is set aside and forgotten, never an error.

        A disk that does not answer within `seconds` is gone without.
        """
        self.problem = None
        if self.path is not None:
            path = self.path
            try:
                content = within(seconds, lambda: self._bytes(path))
            except TimeoutError:
                self.problem = f"{path} did not answer; nothing remembered is used in this run"
            else:
                self.state = self._parsed(path, content)
                self._known = _copy(self.state)
        return self.state

    async def save(self, seconds: float = SECONDS) -> bool:
        """Write the state as it is now, off the event loop; False, with `problem`, where that failed."""
        if self.path is None:
            return True
        patience = _STILL_HUNG if self._hung else seconds
        try:
            async with asyncio.timeout(patience), self._saving:
                # The copy is quick; putting it into words, of a hundred accounts, would hold up the loop.
                state = _copy(self.state)
                return await in_thread(("state", self.path), lambda: self._write(state), patience)
        except TimeoutError:
            return self._does_not_answer()

    def save_now(self, seconds: float = AT_EXIT) -> bool:
        """`save` for the way out, when there is no event loop any more; not again where that hung."""
        if self.path is None or self._hung:
            return self.path is None
        state = _copy(self.state)
        try:
            return within(seconds, lambda: self._write(state))
        except TimeoutError:
            return self._does_not_answer()

    def _does_not_answer(self) -> bool:
        self._hung = True
        self.problem = f"{self.path} can't be written: its disk does not answer"
        return False

    def _write(self, state: SavedState) -> bool:
        if self.path is None or state == self._known:
            return True
        try:
            private_dir(self.path.parent)
            with locked(self.path.parent, _LOCK_SECONDS):
                there = self._parsed(self.path, self._bytes(self.path))
                write_private(self.path, _fitting(_merged(self._known, state, there)))
        except OSError as error:
            self.problem = f"{self.path} can't be written: {error.strerror or error}"
            return False
        self._known, self.problem, self._hung = state, None, False
        return True

    def _bytes(self, path: Path) -> bytes:
        try:
            return read_ordinary(path, _MOST_BYTES + 1)
        except FileNotFoundError:
            return b""
        except OSError as error:
            self.problem = f"{path} can't be read: {error.strerror or error}"
            return b""

    def _parsed(self, path: Path, content: bytes) -> SavedState:
        try:
            if len(content) > _MOST_BYTES:
                raise ValueError("too large")  # noqa: TRY301 - one way out for all damage
            text = content.decode()
            check_depth(text)
            return _tolerant(tomllib.loads(text))
        except (ValueError, RecursionError):
            self._set_aside(path)
            return SavedState()

    def _set_aside(self, path: Path) -> None:
        aside = path.with_name(path.name + ".damaged")
        self.problem = f"{path} is damaged; it is kept as {aside.name}, and a new one begins"
        self.damage = self.problem
        with contextlib.suppress(OSError):
            path.replace(aside)


def load_state(path: Path | None, seconds: float = SECONDS) -> StateStore:
    """A store with what `path` holds, or with nothing where its disk takes longer than `seconds`."""
    store = StateStore(path)
    store.load(seconds)
    return store


def _merged(before: SavedState, mine: SavedState, theirs: SavedState) -> SavedState:
    """`theirs` with what has changed from `before` to `mine`, entry by entry."""
    merged = _copy(theirs)
    for field in msgspec.structs.fields(SavedState):
        was, now, there = (getattr(state, field.name) for state in (before, mine, merged))
        if not isinstance(now, dict):
            if now != was:
                setattr(merged, field.name, now)
            continue
        for key in [key for key in was if key not in now]:
            there.pop(key, None)
        there.update({key: value for key, value in now.items() if key not in was or was[key] != value})
    return merged


def _copy(state: SavedState) -> SavedState:
    """The state as it is now, whatever is remembered meanwhile; what its dictionaries hold is frozen."""
    parts: dict[str, Any] = msgspec.structs.asdict(state)
    for name, part in parts.items():
        if isinstance(part, dict):
            parts[name] = part.copy()
    return SavedState(**parts)


def _fitting(state: SavedState) -> bytes:
    """The state in words, without as many of its parts as make it longer than what is read again."""
    content = _dump(state)
    for name in _LEARNT:
        if len(content) <= _MOST_BYTES:
            break
        state = msgspec.structs.replace(state, **{name: getattr(SavedState(), name)})
        content = _dump(state)
    return content


def _dump(state: SavedState) -> bytes:
    plain: dict[str, Any] = msgspec.to_builtins(state)
    kept = {key: value for key, value in plain.items() if value not in (None, {}, ())}
    import tomli_w  # Not before: reading needs none of it.

    return tomli_w.dumps(kept).encode("utf-8", "replace")


def _tolerant(raw: dict[str, Any]) -> SavedState:
    """A state of all parts that still fit; a single entry that doesn't is forgotten alone."""
    state = SavedState()
    for field in msgspec.structs.fields(SavedState):
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
