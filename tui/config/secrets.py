"""Where a token comes from: a variable, a file, a command, the keyring, or what was typed."""

import asyncio
import importlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import wait
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import NamedTuple

from tui.aside import in_thread
from tui.config.model import Environment, TokenSource
from tui.config.token_command import CommandError, CommandRun, NotThereError, has_terminal
from tui.extras import lacking
from tui.private_files import private_dir, read_ordinary, write_private
from tui.redact import Secret, hide_variable
from tui.text import safe_line

KEYRING_SERVICE = "liveagent-tui"
LONGEST = 512
"""Characters of a token."""
SECONDS = 10.0
"""How long a command, a file or a keyring may take where the config says nothing."""
AT_TERMINAL = 60.0
"""The same for a command that has the terminal, where somebody types a passphrase."""
BEFORE_PAINTING = 2.0
"""How long the first picture waits for commands that have not failed."""
_MOST_BYTES = 65_536
_SAFE = re.compile(r"[!-~]+")


Lend = Callable[[], AbstractContextManager[None]]
"""Gives the terminal to a command while the context lasts, as to an editor."""

_prepared: dict[tuple[str, tuple[str, ...]], CommandRun] = {}
"""By environment and command: what was run before the first picture."""
_one_at_a_time = asyncio.Lock()


class TokenError(Exception):
    """There is no usable token; the text says why and what to do, and holds nothing of it."""


class FileMark(NamedTuple):
    """What tells one state of a token file from the next."""

    inode: int
    size: int
    changed_ns: int


async def resolve(
    environment: Environment,
    environ: Mapping[str, str] | None = None,
    *,
    seconds: float | None = None,
    lend: Lend | None = None,
) -> Secret:
    """The token of `environment`, checked to fit into a header; never blocks the event loop.

    A command that gives none is run once more on the terminal, where `lend` gives one: it may have
    to ask for a passphrase. `seconds` None is what the config says. Raises TokenError.
    """
    source = environment.token
    if source is None:
        raise TokenError(f'"{environment.name}" has no token; give it one with: liveagent-tui config add')
    if source.held is not None:
        return checked(source.held.reveal(), source.describe())
    environ = os.environ if environ is None else environ
    if source.command:
        return await _from_command(environment, source, environ, seconds, lend)
    limit = seconds or source.timeout or SECONDS
    try:
        return checked(await _fetch(source, environ, limit), source.describe())
    except TimeoutError as error:
        raise _late(source, limit) from error


def checked(value: str, origin: str) -> Secret:
    """`value` as a token, stripped; raises TokenError where it is none. `origin` says where from."""
    token = value.strip()
    if not token:
        raise TokenError(f"There is no token in {origin}: it is empty.")
    if len(token) > LONGEST:
        raise TokenError(f"There is no token in {origin}: it is longer than {LONGEST} characters.")
    if token[0] in "\"'" or token[-1] in "\"'":
        raise TokenError(f"The token in {origin} has quotes around it; leave them out.")
    if not _SAFE.fullmatch(token):
        raise TokenError(
            f"There is no token in {origin}: it has spaces, line breaks or characters that no token has. "
            "Copy it again from Profile Settings > Access Token."
        )
    return Secret(token)


def store_typed_token(name: str, token: Secret, tokens: Path) -> Path:
    """Keep a typed token in its own file (0600, in a directory 0700); returns the file.

    `tokens` is `Sources.tokens`, beside the config. Raises OSError.
    """
    private_dir(tokens)
    if stat.S_IMODE(tokens.stat().st_mode) & 0o077:
        tokens.chmod(0o700)
    return write_private(tokens / name, token.reveal().encode() + b"\n")


def forget_typed_token(name: str, tokens: Path) -> bool:
    """Remove the file of a typed token; False where there was none. Raises OSError."""
    try:
        (tokens / name).unlink()
    except FileNotFoundError:
        return False
    return True


async def token_mark(environment: Environment) -> FileMark | None:
    """The present state of the token's file; None where it comes from elsewhere or is missing."""
    file = environment.token.file if environment.token else None
    if file is None:
        return None
    try:
        status = await in_thread(("mark", file), lambda: Path(file).stat(), SECONDS)
    except OSError:
        return None
    return FileMark(status.st_ino, status.st_size, status.st_mtime_ns)


async def token_file_changed(environment: Environment, before: FileMark | None) -> bool:
    """Whether the token's file is there and differs from `before`: time to resolve it again."""
    now = await token_mark(environment)
    return now is not None and now != before


async def _fetch(source: TokenSource, environ: Mapping[str, str], seconds: float) -> str:
    if source.env is not None:
        hide_variable(source.env)
        value = environ.get(source.env)
        if value is None:
            raise TokenError(f"The environment variable {source.env} is not set; export it and start again.")
        return value
    if source.file is not None:
        file = Path(source.file)
        try:
            return await in_thread(("read", file), lambda: read_token_file(file), seconds)
        except TimeoutError:
            raise
        except FileNotFoundError as error:
            raise TokenError(
                f"There is no token file {safe_line(file)}; write the token into it, mode 0600."
            ) from error
        except OSError as error:
            raise TokenError(
                f"The token file {safe_line(file)} can't be read: {error.strerror or 'not an ordinary file'}."
            ) from error
    entry = source.keyring or ""
    return await in_thread(("keyring", entry), lambda: _ask_keyring(entry), seconds)


def own_terminal() -> Lend | None:
    """The terminal of a program that paints none; None where there is none, or where it is another's."""
    return nullcontext if has_terminal() else None


def _late(source: TokenSource, seconds: float) -> TokenError:
    return TokenError(f"{_begin(source)} gave no token within {seconds:.0f} s; token.timeout gives it more.")


def _begin(source: TokenSource) -> str:
    described = source.describe()
    return described[:1].upper() + described[1:]


def read_token_file(file: Path) -> str:
    """What a token's file holds, without a byte order mark; raises OSError, or TokenError for no text."""
    content = read_ordinary(file, _MOST_BYTES)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in (content[:1], content[1:2]):
        raise TokenError(f"The token file {safe_line(file)} is in UTF-16; save it as plain text (UTF-8).")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TokenError(f"The token file {safe_line(file)} can't be read: it is not text.") from error


async def _ran(source: TokenSource, run: CommandRun) -> Secret:
    try:
        return checked(await asyncio.wrap_future(run.outcome), source.describe())
    except TimeoutError as error:
        raise _late(source, run.seconds) from error
    except CommandError as error:
        raise TokenError(str(error)) from error
    except asyncio.CancelledError:
        run.give_up()
        raise


async def _from_command(
    environment: Environment,
    source: TokenSource,
    environ: Mapping[str, str],
    seconds: float | None,
    lend: Lend | None,
) -> Secret:
    """Apart from the terminal; where that gives no token and there is one to lend, once more on it."""
    apart = _prepared.pop((environment.name, source.command), None) or CommandRun(
        source.command, environ, seconds or source.timeout or SECONDS
    )
    try:
        return await _ran(source, apart)
    except TokenError as error:
        if lend is None or isinstance(error.__cause__, NotThereError):
            raise
    async with _one_at_a_time:
        with lend():
            run = CommandRun(source.command, environ, seconds or source.timeout or AT_TERMINAL, terminal=True)
            return await _ran(source, run)


def prepare(environments: Iterable[Environment], environ: Mapping[str, str] | None = None) -> None:
    """Run the commands of `environments` before anything is painted, so that they may ask for a passphrase.

    All of them apart from the terminal, for a moment; those that fail one after the other on it.
    What they give is what the next `resolve` of that environment returns; a command that is still
    running is joined by it.
    """
    environ = os.environ if environ is None else environ
    runs: dict[tuple[str, tuple[str, ...]], tuple[TokenSource, CommandRun]] = {}
    for environment in environments:
        if environment.token is not None and environment.token.command:
            run = CommandRun(environment.token.command, environ, environment.token.timeout or SECONDS)
            runs[environment.name, environment.token.command] = environment.token, run
    wait((run.outcome for _, run in runs.values()), BEFORE_PAINTING)
    for key, (source, run) in runs.items():
        _prepared[key] = run
        if run.outcome.done() and _asks_for_more(run):
            again = CommandRun(source.command, environ, source.timeout or AT_TERMINAL, terminal=True)
            _prepared[key] = again
            wait((again.outcome,))


def _asks_for_more(run: CommandRun) -> bool:
    """Whether a command that has ended gave no token, and might with a terminal."""
    error = run.outcome.exception()
    if error is None:
        return not run.outcome.result().strip()
    return isinstance(error, CommandError) and not isinstance(error, NotThereError)


def _ask_keyring(entry: str) -> str:
    service, slash, user = entry.rpartition("/")
    try:
        keyring = importlib.import_module("keyring")
    except ImportError as error:
        raise TokenError(lacking("The keyring takes", "keyring")) from error
    try:
        value = keyring.get_password(service if slash else KEYRING_SERVICE, user)
    except Exception as error:
        raise TokenError(f'The keyring did not answer for "{entry}" ({type(error).__name__}).') from error
    if value is None:
        mend = f"keyring set {service if slash else KEYRING_SERVICE} {user}"
        raise TokenError(f'The keyring has no entry "{entry}"; add it with: {mend}')
    return str(value)
