"""Where a token comes from: a variable, a file, a command, the keyring, or what was typed."""

import asyncio
import contextlib
import importlib
import os
import re
import signal
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tui.aside import in_thread
from tui.config.files import private_dir, read_ordinary, write_private
from tui.config.model import Environment, TokenSource
from tui.redact import Secret, child_environ, hide_variable
from tui.text import safe_line

KEYRING_SERVICE = "liveagent-tui"
LONGEST = 512
SECONDS = 10.0
"""How long a command, a file or a keyring may take."""
_MOST_BYTES = 65_536
_LETTING_GO = 1.0
_SAFE = re.compile(r"[!-~]+")


class TokenError(Exception):
    """There is no usable token; the text says why and what to do, and holds nothing of it."""


class FileMark(NamedTuple):
    """What tells one state of a token file from the next."""

    inode: int
    size: int
    changed_ns: int


async def resolve(
    environment: Environment, environ: Mapping[str, str] | None = None, *, seconds: float = SECONDS
) -> Secret:
    """The token of `environment`, checked to fit into a header; never blocks the event loop.

    Raises TokenError.
    """
    source = environment.token
    if source is None:
        raise TokenError(f'"{environment.name}" has no token; give it one with: liveagent-tui config add')
    if source.held is not None:
        return checked(source.held.reveal(), source.describe())
    try:
        found = await _fetch(source, os.environ if environ is None else environ, seconds)
    except TimeoutError as error:
        raise TokenError(f"{_begin(source)} gave no token within {seconds:.0f} s.") from error
    return checked(found, source.describe())


def checked(value: str, origin: str) -> Secret:
    """`value` as a token, stripped; raises TokenError where it is none. `origin` says where from."""
    token = value.strip()
    if not token:
        raise TokenError(f"There is no token in {origin}: it is empty.")
    if len(token) > LONGEST:
        raise TokenError(f"What {origin} holds is no token: it is longer than {LONGEST} characters.")
    if token[0] in "\"'" or token[-1] in "\"'":
        raise TokenError(f"The token in {origin} has quotes around it; leave them out.")
    if not _SAFE.fullmatch(token):
        raise TokenError(
            f"What {origin} holds is no token: it has spaces, line breaks or characters that no token has. "
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
    if source.command:
        return await _run(source.command, environ, seconds)
    entry = source.keyring or ""
    return await in_thread(("keyring", entry), lambda: _ask_keyring(entry), seconds)


def _begin(source: TokenSource) -> str:
    described = source.describe()
    return described[:1].upper() + described[1:]


def read_token_file(file: Path) -> str:
    """What a token's file holds, without a byte order mark; raises OSError, or TokenError for no text."""
    data = read_ordinary(file, _MOST_BYTES)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in (data[:1], data[1:2]):
        raise TokenError(f"The token file {safe_line(file)} is in UTF-16; save it as plain text (UTF-8).")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TokenError(f"The token file {safe_line(file)} can't be read: it is not text.") from error


async def _run(command: tuple[str, ...], environ: Mapping[str, str], seconds: float) -> str:
    shown = f'The token command "{command[0]}"'
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=child_environ(environ),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its arguments are not usable"
        raise TokenError(f"{shown} can't be run: {reason}.") from error
    if process.stdout is None:
        raise TokenError(f"{shown} has no output.")
    try:
        async with asyncio.timeout(seconds):
            line = await process.stdout.readline()
            code = await _finish(process, process.stdout)
    except ValueError as error:
        await _kill(process)
        raise TokenError(f"{shown} printed a line that is too long for a token.") from error
    except BaseException:
        await _kill(process)
        raise
    if code != 0:
        raise TokenError(f"{shown} failed (exit code {code}); try it in a shell.")
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise TokenError(f"{shown} printed something that is not text.") from error


async def _finish(process: asyncio.subprocess.Process, output: asyncio.StreamReader) -> int:
    """Read on until the command ends, so that it never waits for us; all but the first line is dropped."""
    while await output.read(_MOST_BYTES):
        pass
    return await process.wait()


async def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
    # What the command left behind holds the pipe a moment longer; unread, it complains once the loop is gone.
    with contextlib.suppress(TimeoutError, ValueError):
        async with asyncio.timeout(_LETTING_GO):
            while process.stdout is not None and await process.stdout.read(_MOST_BYTES):
                pass
    await asyncio.sleep(0)


def _ask_keyring(entry: str) -> str:
    service, slash, user = entry.rpartition("/")
    try:
        keyring = importlib.import_module("keyring")
    except ImportError as error:
        raise TokenError(
            'The keyring needs a further package: pip install "liveagent-tui[keyring]".'
        ) from error
    try:
        value = keyring.get_password(service if slash else KEYRING_SERVICE, user)
    except Exception as error:
        raise TokenError(f'The keyring did not answer for "{entry}" ({type(error).__name__}).') from error
    if value is None:
        mend = f"keyring set {service if slash else KEYRING_SERVICE} {user}"
        raise TokenError(f'The keyring has no entry "{entry}"; add it with: {mend}')
    return str(value)
