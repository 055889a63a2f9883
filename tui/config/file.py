"""Find, read and check the config: the machine's file under the user's, and the variables."""

import hashlib
import os
import re
import select
import stat
import time
import tomllib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from tui import paths
from tui.aside import PATIENCE, in_thread, within
from tui.config.check import MOST, ProblemReport
from tui.config.environ import URL, from_environ
from tui.config.merge import ConfigLayer, cross_check, merge, token_path
from tui.config.model import Config, Environment, TokenSource
from tui.config.problems import ConfigError, ConfigProblem, config_error
from tui.config.scan import KeyPath, Scan, show_path
from tui.config.schema import CONFIG
from tui.private_files import check_depth, read_ordinary
from tui.text import safe_line

MOST_BYTES = 1_000_000
PIPE_SECONDS = 8.0
"""How long whoever writes the config into a pipe may take."""
_AT_LINE = re.compile(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", re.DOTALL)


NOWHERE = Path("/dev/null/no-home")
"""In the place of files that have none: nothing can ever be there."""


class Sources(msgspec.Struct, frozen=True):
    """Which files make the config."""

    user: Path
    """The file that changes are written to; it need not exist."""
    system: Path | None
    """The machine's file, below the user's; None where another file was named, or there is none."""
    named: bool = False
    """Whether the user's file was named by `--config` or `$LIVEAGENT_TUI_CONFIG`."""
    piped: str | None = None
    """What came out of the user's file where that is a pipe, as of `--config <(…)`: it is read once."""

    @property
    def tokens(self) -> Path:
        """The directory of typed tokens, beside the user's file."""
        if self.piped is None:
            return self.user.parent / "tokens"
        try:
            return paths.config_dir() / "tokens"
        except paths.NoHomeError:
            return NOWHERE / "tokens"

    @property
    def fixed(self) -> str:
        """Why nothing can be changed in the user's file, as a sentence; empty where it can be."""
        if self.user == NOWHERE:
            return "There is no home directory to keep a config in. Set HOME, or name a file by --config."
        if self.piped is not None:
            return f"The config was read from {self.user}, which can't be changed; name an ordinary file."
        return ""

    @property
    def folder(self) -> Path:
        """What relative paths in the user's file count from."""
        return self.user.parent if self.piped is None else Path.cwd()


class Stamp(msgspec.Struct, frozen=True):
    """A file's content at one moment, to see whether somebody else changed it since."""

    size: int
    changed_ns: int
    digest: str


class Loaded(msgspec.Struct, frozen=True):
    """A config that can be used, and where it comes from."""

    config: Config
    sources: Sources
    warnings: tuple[ConfigProblem, ...] = ()
    layers: tuple[ConfigLayer, ...] = ()
    """The files that were there, in the order in which they lie on each other."""
    from_variables: str | None = None
    """The name of the environment that `LIVEAGENT_URL` made; None where the files have its address."""


def find(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Sources:
    """The files: `path`, else `$LIVEAGENT_TUI_CONFIG`, else the machine's under the user's own.

    Raises ConfigError for a name with the home of a user there is none of, and where nothing but a
    home directory could hold a config and there is none.
    """
    environ = os.environ if environ is None else environ
    named = _named(path, environ)
    if named is not None:
        try:
            file = named.expanduser().absolute()
        except (RuntimeError, OSError) as error:
            raise config_error(
                named, "leads nowhere from here", "name the file with its whole path"
            ) from error
        return Sources(file, None, named=True, piped=_piped(file))
    system = paths.system_config_file()
    shared = system if paths.may_be_there(system) else None
    try:
        return Sources(paths.config_file(), shared)
    except paths.NoHomeError as error:
        if shared is None and not environ.get(URL):
            raise config_error("the environment", str(error)) from error
        # What the machine or the variables say is enough; only, nothing can be kept.
        return Sources(NOWHERE, shared, named=True, piped="")


def _named(path: Path | None, environ: Mapping[str, str]) -> Path | None:
    return path or (Path(environ[paths.CONFIG_VARIABLE]) if environ.get(paths.CONFIG_VARIABLE) else None)


def load(
    path: Path | None = None,
    environ: Mapping[str, str] | None = None,
    *,
    need_token: bool = True,
    sources: Sources | None = None,
) -> Loaded:
    """Read and check the config; without any file it is the defaults.

    A variable that is not set, with a token for some environment, is a warning; where no
    environment can have a token at all it is an error, unless `need_token` is False. `sources`
    are those found before, where they are to be read again. Raises ConfigError with all that is
    wrong, also where the disk does not answer.
    """
    environ = os.environ if environ is None else environ
    try:
        return within(PATIENCE, lambda: _load(path, environ, need_token=need_token, sources=sources))
    except TimeoutError:
        raise _hung(path, environ, sources) from None


async def load_async(
    path: Path | None = None, environ: Mapping[str, str] | None = None, *, sources: Sources | None = None
) -> Loaded:
    """`load`, off the event loop."""
    environ = os.environ if environ is None else environ
    try:
        return await in_thread(object(), lambda: _load(path, environ, need_token=True, sources=sources))
    except TimeoutError:
        raise _hung(path, environ, sources) from None


def _hung(path: Path | None, environ: Mapping[str, str], sources: Sources | None) -> ConfigError:
    file = sources.user if sources is not None else _named(path, environ) or paths.config_file()
    return config_error(
        file, f"can't be read: it did not answer within {PATIENCE:.0f} s", "is its disk there?"
    )


def _load(
    path: Path | None, environ: Mapping[str, str], *, need_token: bool, sources: Sources | None
) -> Loaded:
    sources = sources or find(path, environ)
    layers, problems = read_layers(sources)
    config = merge(layers)
    taken = [environment.name for environment in config.environments]
    extra, more = from_environ(environ, taken)
    problems.extend(more)
    errors, warnings = cross_check(layers, config, sources.tokens, () if extra is None else (extra.name,))
    problems.extend(errors[:MOST])
    unset = unset_variables(layers, config, environ)
    if need_token and extra is None and unset and len(unset) == len(config.environments):
        problems.extend(unset)
    if problems:
        raise ConfigError(_in_order(problems, sources))
    config = _with_typed_tokens(config, sources.tokens)
    warnings += [*unset, *_access_warnings(layers, config, sources)]
    name: str | None = None
    if extra is not None:
        config, new = _with_variables(config, extra)
        name = extra.name if new else None
    return Loaded(config, sources, tuple(warnings), tuple(layers), name)


def read_layers(
    sources: Sources, replaced: str | None = None
) -> tuple[list[ConfigLayer], list[ConfigProblem]]:
    """Each file by itself, and what is wrong in it; `replaced` stands in for the user's file."""
    layers: list[ConfigLayer] = []
    problems: list[ConfigProblem] = []
    for file in (sources.system, sources.user):
        if file is None or file == NOWHERE:
            continue
        shared = file is sources.system
        try:
            text = (sources.piped if replaced is None else replaced) if not shared else None
            text = read_text(file) if text is None else text
            if text is None:
                if sources.named:
                    raise config_error(file, "there is no such file", "create it: liveagent-tui config add")
                continue
            layer, more = read_layer(file, text, shared=shared, folder=None if shared else sources.folder)
        except ConfigError as error:
            problems.extend(error.problems)
        else:
            layers.append(layer)
            problems.extend(more)
    return layers, problems


def read_layer(
    file: Path, text: str, *, shared: bool = False, folder: Path | None = None
) -> tuple[ConfigLayer, list[ConfigProblem]]:
    """One file's text, checked by itself; raises ConfigError where it is no TOML.

    Relative paths in it count from `folder`, else from the file's.
    """
    try:
        check_depth(text)
        raw = tomllib.loads(text)
        scan = Scan(text)
    except RecursionError as error:
        raise config_error(file, "tables or lists are nested too deeply", "flatten them") from error
    except ValueError as error:
        raise _syntax(file, text, error) from error
    report = ProblemReport(file, scan, folder)
    table = CONFIG(raw, (), report)
    problems = report.problems
    if report.more:
        problems.append(ConfigProblem(str(file), None, "", f"more is wrong; only the first {MOST} are told"))
    return ConfigLayer(file, text, scan, raw, table, shared), problems


def read_text(file: Path) -> str | None:
    """A file's text, None where there is no file; raises ConfigError where it can't be read."""
    try:
        content = read_ordinary(file, MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise config_error(file, f"can't be read: {error.strerror or error}") from error
    return _text(file, content)


def _piped(file: Path) -> str | None:
    """All that comes out of a pipe; None where `file` is none. Raises ConfigError."""
    try:
        if not stat.S_ISFIFO(file.stat().st_mode):
            return None
        content = _drained(file)
    except OSError:
        return None  # Told where an ordinary file would be read.
    if not content:
        raise config_error(file, "is a pipe that nothing came out of", "name an ordinary file")
    return _text(file, content)


def _drained(file: Path) -> bytes:
    content, end = b"", time.monotonic() + PIPE_SECONDS
    # Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK)
    try:
        while len(content) <= MOST_BYTES:
            try:
                part = os.read(descriptor, MOST_BYTES)
            except BlockingIOError:
                if not select.select([descriptor], [], [], max(0.0, end - time.monotonic()))[0]:
                    words = f"is a pipe that did not end within {PIPE_SECONDS:.0f} s"
                    raise config_error(file, words, "name an ordinary file") from None
                continue
            if not part:
                break
            content += part
    finally:
        os.close(descriptor)
    return content


def _text(file: Path, content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise config_error(file, "is larger than 1 MB, which no config is")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise config_error(file, "is not in UTF-8", "save it in UTF-8", line=line) from error


def stamp(file: Path) -> Stamp | None:
    """What tells whether a file changed; None where there is none. Raises OSError."""
    try:
        content = read_ordinary(file, MOST_BYTES + 1)
        status = file.stat()
    except FileNotFoundError:
        return None
    return Stamp(status.st_size, status.st_mtime_ns, hashlib.sha256(content).hexdigest())


def access(path: Path, *, secret: bool, shared: bool = False) -> list[ConfigProblem]:
    """Warnings about who else can read (where it holds secrets) or write a file or directory."""
    try:
        status = path.stat()
        above = path.parent.stat()
    except OSError:
        return []
    problems: list[ConfigProblem] = []
    own = os.getuid()
    if status.st_uid not in (own, 0):
        problems.append(
            ConfigProblem(
                str(path), None, "", f"belongs to another user ({status.st_uid}), who can change it"
            )
        )
    mode = stat.S_IMODE(status.st_mode)
    folder = stat.S_ISDIR(status.st_mode)
    private = "chmod 700" if folder else "chmod 600"
    mend = f"{'chmod go-w' if shared else private} {path}"
    if path.is_symlink():  # chmod would change what it leads to, which may be others' and read-only.
        mend = f"put a file of its own, mode 600, in place of the link {path}"
    if mode & 0o022:
        problems.append(
            ConfigProblem(str(path), None, "", f"can be changed by others (mode {mode:04o})", mend)
        )
    elif secret and mode & 0o044:
        problems.append(
            ConfigProblem(
                str(path), None, "", f"holds secrets and can be read by others (mode {mode:04o})", mend
            )
        )
    if not folder and above.st_mode & stat.S_IWOTH and not above.st_mode & stat.S_ISVTX:
        problems.append(
            ConfigProblem(
                str(path.parent),
                None,
                "",
                "can be changed by everybody, who could put another config here",
                f"chmod go-w {path.parent}",
            )
        )
    return problems


def unset_variables(
    layers: list[ConfigLayer], config: Config, environ: Mapping[str, str]
) -> list[ConfigProblem]:
    """Warnings about tokens from variables that are not set."""
    problems: list[ConfigProblem] = []
    for environment in config.environments:
        variable = environment.token.env if environment.token else None
        if variable is None or environ.get(variable, "").strip():
            continue
        path: KeyPath = ("environments", environment.name, "token", "env")
        for layer in reversed(layers):
            if layer.scan.has(path):
                problems.append(
                    ConfigProblem(
                        str(layer.file),
                        layer.scan.line_of(path),
                        show_path(path),
                        f"{variable} is not set, so {environment.name} can't be asked",
                        f"export {variable}",
                    )
                )
                break
    return problems


def _with_typed_tokens(config: Config, tokens: Path) -> Config:
    environments = tuple(
        msgspec.structs.replace(
            environment, token=TokenSource(file=str(token_path(tokens, environment.name)), typed=True)
        )
        if environment.token is None
        else environment
        for environment in config.environments
    )
    return msgspec.structs.replace(config, environments=environments)


def _with_variables(config: Config, extra: Environment) -> tuple[Config, bool]:
    """The config with the variables' environment, shown first, and whether its address is new.

    Where the files have the address, the variables' token speaks for that environment.
    """
    known = next((environment for environment in config.environments if environment.url == extra.url), None)
    name = extra.name if known is None else known.name
    start = name + "".join(f"/{account.id}" for account in extra.accounts)
    if known is None:
        environments = (*config.environments, extra)
    else:
        listed = {account.id for account in known.accounts}
        accounts = (*known.accounts, *(account for account in extra.accounts if account.id not in listed))
        changed = msgspec.structs.replace(
            known, token=extra.token, accounts=accounts if known.accounts else ()
        )
        environments = tuple(
            changed if environment is known else environment for environment in config.environments
        )
    return msgspec.structs.replace(config, start=start, environments=environments), known is None


def _access_warnings(layers: list[ConfigLayer], config: Config, sources: Sources) -> list[ConfigProblem]:
    problems: list[ConfigProblem] = []
    for layer in layers:
        if sources.piped is None or layer.shared:
            problems += access(layer.file, secret=holds_secrets(config), shared=layer.shared)
    files = {environment.token.file for environment in config.environments if environment.token}
    for file in sorted(file for file in files if file is not None):
        problems += access(Path(file), secret=True)
    return problems + access(sources.tokens, secret=True)


def holds_secrets(config: Config) -> bool:
    """Whether the files themselves hold secrets: passwords of proxies; a token never stands in them."""
    return any(urlsplit(environment.proxy).password for environment in config.environments)


def _syntax(file: Path, text: str, error: ValueError) -> ConfigError:
    match = _AT_LINE.fullmatch(str(error))
    if match is None:
        return config_error(file, f"is not TOML: {safe_line(error, limit=200)}")
    line = int(match[2]) if match[2] else text.count("\n") + 1
    message = safe_line(match[1][:1].lower() + match[1][1:], limit=200)
    return config_error(file, f"is not TOML: {message}", line=line)


def _in_order(problems: list[ConfigProblem], sources: Sources) -> list[ConfigProblem]:
    order = {str(sources.system): 0, str(sources.user): 1}
    return sorted(problems, key=lambda problem: (order.get(problem.file, 2), problem.line or 0))
