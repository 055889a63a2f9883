"""What is typed into the wizard -> what is meant by it: pure but for looking at this machine's zone."""

import contextlib
import os
import shlex
import zoneinfo
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tui.address import PRESETS, Address, AddressError, parse, preset
from tui.config.durations import format_duration, parse_duration
from tui.config.environ import name_for
from tui.config.model import TokenSource
from tui.config.schema import check_name, is_plain_http_elsewhere, timezone
from tui.config.secrets import checked
from tui.private_files import named_path
from tui.redact import Secret
from tui.text import excerpt

REFERENCES = ("env:", "file:", "command:", "keyring:")
DEFAULT_WAIT = "5m"


class Installation(NamedTuple):
    """The installation meant, and what to call it."""

    address: Address
    name: str


class Whose(NamedTuple):
    """The token meant: a place where it is kept, or the token itself."""

    source: TokenSource | None
    typed: Secret | None

    @property
    def usable(self) -> TokenSource:
        """What resolves to the token, in this run."""
        return self.source or TokenSource(held=self.typed)


def where(text: str, taken: Collection[str] = ()) -> Installation:
    """A preset, with its company where it needs one, or anything pasted; raises AddressError."""
    words = text.split()
    first = words[0].lower() if words else ""
    if first in PRESETS and len(words) <= 2:
        company = words[1] if len(words) == 2 else None
        if company is not None and "<company>" not in PRESETS[first]:
            raise AddressError(f"The preset {first} stands alone; only saas and dedicated take a company.")
        address = parse(preset(first, company))
        own = first if company is None else company
        return Installation(address, _free(own, taken))
    address = parse(text)
    if is_plain_http_elsewhere(address.base_url):
        raise AddressError(
            "plain http exposes the token to the network. Use the https address, or put "
            "the environment into the config file with insecure_http = true."
        )
    return Installation(address, name_for(address.base_url, taken))


def is_reference(text: str) -> bool:
    """Whether this names where a token is kept, so that it need not be hidden."""
    return text.lstrip().lower().startswith(REFERENCES)


def whose(text: str, home: Path | None = None) -> Whose:
    """A token, or `env:NAME`, `file:/path`, `command:pass show x`, `keyring:name`.

    Raises TokenError for a token that can't be one, ValueError for an empty or broken reference.
    """
    given = text.strip()
    if not is_reference(given):
        return Whose(None, checked(given, "what you typed"))
    kind, _, rest = given.partition(":")
    rest = rest.strip()
    if not rest:
        raise ValueError(f"After {kind.lower()}: comes {_WANTED[kind.lower()]}.")
    match kind.lower():
        case "env":
            if not rest.replace("_", "a").isalnum() or rest[0].isdigit():
                raise ValueError(f'"{excerpt(rest)}" is no name of a variable: letters, digits and _ alone.')
            return Whose(TokenSource(env=rest), None)
        case "file":
            path = named_path(rest if home is None else rest.replace("~", str(home), 1))
            if not path.is_absolute():
                raise ValueError("Write the file's whole path, from / or ~ on.")
            return Whose(TokenSource(file=str(path)), None)
        case "command":
            try:
                words = tuple(shlex.split(rest))
            except ValueError:
                raise ValueError("The command has a quote that is not closed.") from None
            return Whose(TokenSource(command=words), None)
        case _:
            return Whose(TokenSource(keyring=rest), None)


_WANTED = {
    "env": "the name of a variable",
    "file": "the path of a file that holds the token",
    "command": "a command that prints the token",
    "keyring": "the entry's name in the keyring",
}


def name(text: str, taken: Collection[str]) -> str:
    """A name for the environment; raises ValueError with a sentence."""
    given = text.strip()
    if not given:
        raise ValueError("The environment needs a name.")
    try:
        check_name(given)
    except ValueError as error:
        raise ValueError(f'"{excerpt(given)}" won\'t do: {error}.') from None
    if given in taken:
        raise ValueError(f'There is an environment "{given}" already; choose another name.')
    return given


def zone(text: str) -> str | None:
    """An IANA time zone; None where nothing was typed. Raises ValueError with a sentence."""
    given = text.strip()
    return timezone(given) if given else None


def wait(text: str) -> str | None:
    """How long a customer may wait, as the config writes it; None where nothing was typed.

    Raises ValueError with a sentence.
    """
    given = text.strip()
    if not given:
        return None
    seconds = parse_duration(given)
    if seconds <= 0:
        raise ValueError('A customer may wait longer than nothing, such as "5m".')
    return format_duration(seconds)


def settings(zone_name: str | None, wait_text: str | None, general_wait: float | None) -> dict[str, Any]:
    """The environment's further keys; a wait that holds everywhere already is not repeated."""
    keys: dict[str, Any] = {}
    if zone_name is not None:
        keys["timezone"] = zone_name
    if wait_text is not None and parse_duration(wait_text) != general_wait:
        keys["targets"] = {"wait": wait_text}
    return keys


def machine_zone(environ: Mapping[str, str] | None = None, etc: Path = Path("/etc")) -> str | None:
    """This machine's time zone by name, to be offered and never taken silently; None where it is UTC."""
    environ = os.environ if environ is None else environ
    candidates = [environ.get("TZ", "").lstrip(":")]
    with contextlib.suppress(OSError, UnicodeDecodeError):
        candidates.append((etc / "timezone").read_text().strip())
    with contextlib.suppress(OSError):
        candidates.append(str((etc / "localtime").resolve()).partition("zoneinfo/")[2])
    for candidate in candidates:
        with contextlib.suppress(zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            if candidate:
                zoneinfo.ZoneInfo(candidate)
                return None if candidate in ("UTC", "Etc/UTC", "Etc/UCT", "UCT", "Zulu") else candidate
    return None


def _free(wanted: str, taken: Collection[str]) -> str:
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name
