"""Names of keys in the config: what counts as one, and the one spelling the screens use."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tui.actions import ACTIONS, BY_NAME, Action

_SHORTER = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
_SPECIAL = frozenset(
    (
        "escape enter return tab space backspace insert delete home end pageup pagedown left right up down "
        + " ".join(f"f{number}" for number in range(1, 25))
    ).split()
)
_OTHER_NAMES = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "page_up": "pageup",
    "page_down": "pagedown",
    "backtab": "shift+tab",
    "ctrl+i": "tab",
    "ctrl+m": "enter",
}
_BRIEF = {
    "escape": "esc",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}
_SPELT = str.maketrans({"⏎": "enter", "⌫": "bksp", "←": "left", "→": "right", "↑": "up", "↓": "down"})
_MODIFIERS = ("ctrl", "shift", "alt", "super")
_EXAMPLES = 'write one character such as "a" or "ö", or a name such as "f5", "ctrl+r" or "pagedown"'


class Clash(NamedTuple):
    """Two things on one key."""

    key: str
    first: str
    second: str


def canonical_key(key: object) -> str:
    """The screens' name of `key`: `"/"` and `"slash"` are `slash`, `"ö"` is `ö`.

    Raises ValueError with a sentence where it is no key, or one that can't be pressed alone.
    """
    if not isinstance(key, str):
        raise ValueError(f"expected the name of a key in quotes; {_EXAMPLES}")  # noqa: TRY004
    if not key:
        raise ValueError(f'"" is no key; {_EXAMPLES}, or leave the line out')
    if len(key) > 60:
        raise ValueError(f"this is too long for a key; {_EXAMPLES}")
    key = unicodedata.normalize("NFC", key)
    if len(key) == 1:
        return _character(key)
    name = key.lower()
    name = _OTHER_NAMES.get(name, name)
    *modifiers, base = name.split("+") if not name.endswith("++") else [*name[:-2].split("+"), "+"]
    if not modifiers:
        return _base(base, key)
    if len(set(modifiers)) != len(modifiers) or any(word not in _MODIFIERS for word in modifiers):
        raise ValueError(f'"{key}" is no key; modifiers are ctrl, shift and alt; {_EXAMPLES}')
    base = _base(base, key)
    if modifiers == ["shift"] and len(base) == 1:
        raise ValueError(f'"{key}" is typed as a capital; write "{base.upper()}"')
    ordered = "+".join(word for word in sorted(_MODIFIERS) if word in modifiers)
    joined = f"{ordered}+{base}"
    return _OTHER_NAMES.get(joined, joined)


def show_key(key: str) -> str:
    """A canonical key as a person would write it: `slash` is `/`."""
    longer = {short: long for long, short in _SHORTER.items()}.get(key, key)
    for name in (longer.replace("_", " "), longer.replace("_", "-")):
        try:
            return unicodedata.lookup(name) if len(key) > 1 and key not in _SPECIAL else key
        except KeyError:
            continue
    return key


def brief_key(key: str) -> str:
    """A canonical key in as few cells as can be: `esc`, `←`, `PgUp`."""
    return _BRIEF.get(key) or show_key(key)


def spelt_key(shown: str) -> str:
    """A key as it is shown, with a word for its sign: in ASCII `⏎` would look like another key."""
    return shown.translate(_SPELT)


def first_key(remapped: Mapping[str, tuple[str, ...]], action: str) -> str:
    """The first key of an action as it is now, briefly; for lines that name the keys they are about."""
    return brief_key(remapped.get(action, BY_NAME[action].keys)[0])


def effective_keys(
    remapped: Mapping[str, tuple[str, ...]], actions: Iterable[Action] = ACTIONS
) -> dict[str, tuple[str, ...]]:
    """Each action's keys: those of `remapped`, which free the action's defaults, or the defaults."""
    return {action.name: remapped.get(action.name, action.keys) for action in actions}


def clashes(
    remapped: Mapping[str, tuple[str, ...]],
    places: Iterable[tuple[str, str]],
    actions: Iterable[Action] = ACTIONS,
) -> list[Clash]:
    """Keys with two meanings on one screen, where the config had a hand in at least one.

    `places` are (path of the setting, canonical key) of environments and accounts, which work
    on every screen that shows figures. Two defaults of the table never clash here: they belong
    to different screens.
    """
    actions = tuple(actions)
    screens = {action.name: frozenset(action.places) for action in actions}
    clashing: list[Clash] = []
    holders: dict[str, list[str]] = {}
    for name, keys in effective_keys(remapped, actions).items():
        for key in keys:
            for other in holders.get(key, ()):
                if (name in remapped or other in remapped) and screens[name] & screens[other]:
                    clashing.append(Clash(key, other, name))
            holders.setdefault(key, []).append(name)
    taken: dict[str, str] = {}
    for path, key in places:
        clashing.extend(
            Clash(key, holder, path) for holder in holders.get(key, ()) if "monitor" in screens[holder]
        )
        if key in taken:
            clashing.append(Clash(key, taken[key], path))
        else:
            taken[key] = path
    return clashing


def _character(character: str) -> str:
    if character == "\t":
        return "tab"
    if not character.isprintable() or unicodedata.category(character).startswith("M"):
        raise ValueError(f"this character can't be typed as a key; {_EXAMPLES}")
    if character.isalnum():
        return character
    try:
        name = unicodedata.name(character)
    except ValueError:
        return character
    name = re.sub(r"[ -]", "_", name.lower())
    return _SHORTER.get(name, name)


def _base(base: str, whole: str) -> str:
    if base in _SPECIAL:
        return base
    if len(base) == 1:
        return _character(base)
    if base in _SHORTER.values():
        return base
    for name in (base.replace("_", " "), base.replace("_", "-")):
        try:
            return _character(unicodedata.lookup(name))
        except KeyError:
            continue
    raise ValueError(f'"{whole}" is no key; {_EXAMPLES}')
