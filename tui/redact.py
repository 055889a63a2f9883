"""What is secret, in one place: tokens that never print, and are in no text and no child's environment."""

import hmac
import os
import threading
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NoReturn, Self
from urllib.parse import quote

_DOTS = "••••"
_SHOWN_FROM = 12
"""Characters of a secret from which on its last four are shown."""
_SCRUBBED_FROM = 4
"""Characters of a secret, or of its beginning where a text is cut, from which on it is masked."""
_REMEMBERED = 256
"""Secrets that are masked, the latest."""

_known: dict[str, str] = {}
_longest_first: list[tuple[tuple[str, str], ...]] = [()]
"""The same in the order of replacing, swapped whole: names by the thousand are scrubbed."""
_variables = {"LIVEAGENT_TOKEN"}
_lock = threading.Lock()


class Secret:
    """A token; whatever prints it gets `masked`.

    Its value is known to `scrub` from then on, for as long as the program runs: a traceback
    can still carry a token that is no longer used.
    """

    __slots__ = ("__weakref__", "_value")

    def __init__(self, value: str) -> None:
        self._value = value
        _remember(value, self.masked)

    def reveal(self) -> str:
        """The token itself, for the one place that sends it."""
        return self._value

    @property
    def masked(self) -> str:
        """`•••• 4f2a`, which tells two tokens apart; a short token shows nothing of itself."""
        return f"{_DOTS} {self._value[-4:]}" if len(self._value) >= _SHOWN_FROM else _DOTS

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return f"Secret({self.masked})"

    def __str__(self) -> str:
        return self.masked

    def __format__(self, spec: str) -> str:
        return format(self.masked, spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        mine, theirs = (secret._value.encode("utf-8", "surrogatepass") for secret in (self, other))
        return hmac.compare_digest(mine, theirs)

    def __hash__(self) -> int:
        return hash(self._value)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("A secret is not written anywhere.")


def scrub(text: str, *, shortest: int = _SCRUBBED_FROM) -> str:
    """`text` with the value of every secret known so far, of at least `shortest` characters, masked."""
    for value, mask in _longest_first[0]:
        if len(value) < shortest:
            break
        if value in text:
            text = text.replace(value, mask)
    return text


def scrub_disguised(text: str, *, shortest: int) -> str:
    """`scrub` for tokens with accents on their letters, or in letters of another width or weight.

    To the eye they are the token all the same; and an accent after it would have become part of
    its last letter.
    """
    letters, places = _plain(text)
    for value, mask in _longest_first[0]:
        if len(value) < shortest:
            break
        while (at := letters.find(value)) >= 0:
            end = places[at + len(value)] if at + len(value) < len(places) else len(text)
            text = text[: places[at]] + mask + text[end:]
            letters, places = _plain(text)
    return text


def without_beginning(text: str, *, shortest: int) -> str:
    """`text`, which was cut, without the beginning of a secret at its end: the rest would have told.

    A disguised one too, as `scrub_disguised` knows it.
    """
    letters, places = (text, range(len(text))) if text.isascii() else _plain(text)
    for value, _ in _longest_first[0]:
        if len(value) < shortest:
            break
        for size in range(min(len(value) - 1, len(letters)), _SCRUBBED_FROM - 1, -1):
            if letters.endswith(value[:size]):
                return text[: places[len(letters) - size]]
    return text


def _plain(text: str) -> tuple[str, Sequence[int]]:
    """The letters of `text` without accents and styles, and where in `text` each stands."""
    letters = [
        (letter, place)
        for place, character in enumerate(text)
        for letter in unicodedata.normalize("NFKD", character)
        if not unicodedata.category(letter).startswith("M")
    ]
    return "".join(letter for letter, _ in letters), [place for _, place in letters]


def hide_variable(name: str) -> None:
    """Keep the variable `name` from every command we run: a config says that it holds a token."""
    with _lock:
        _variables.add(name)


def child_environ(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables for a command we run: all but those that hold a token, by name or by value.

    A variable named as a token's is left out before anybody has asked for the token, and so is
    every other one with the same value.
    """
    environ = os.environ if environ is None else environ
    with _lock:
        hidden = frozenset(_variables)
    named = {environ.get(name, "").strip() for name in hidden}
    values = [value for value in named if len(value) >= _SCRUBBED_FROM]
    return {
        name: value
        for name, value in environ.items()
        if name not in hidden
        and scrub(value) == value
        and not any(hidden_value in value for hidden_value in values)
    }


def _remember(value: str, mask: str) -> None:
    # Shorter ones occur in ordinary words: masking them would garble every log.
    if len(value) < _SCRUBBED_FROM:
        return
    with _lock:
        for form in {value, quote(value, safe="", errors="replace")}:
            _known.pop(form, None)
            _known[form] = mask
        while len(_known) > _REMEMBERED:
            del _known[next(iter(_known))]
        _longest_first[0] = tuple(sorted(_known.items(), key=lambda item: -len(item[0])))
