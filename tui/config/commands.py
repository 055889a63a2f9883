"""`liveagent-tui config path | show | check | add | remove`."""

import argparse
import os
import shlex
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit, urlunsplit

from tui import paths
from tui.address import PRESETS, AddressError, parse, preset
from tui.aside import PATIENCE, within
from tui.config.check import MOST
from tui.config.edit import add_account, add_environment, remove_account, remove_environment
from tui.config.environ import name_for
from tui.config.file import Loaded, Sources, find, load, read_layer, read_text
from tui.config.model import TokenSource
from tui.config.problems import ConfigError, ConfigProblem, SaveError
from tui.config.scan import KeyPath, show_path
from tui.config.schema import check_name, timezone
from tui.config.secrets import TokenError, checked, read_token_file
from tui.config.splice import render
from tui.guess import alike
from tui.private_files import named_path
from tui.redact import Secret
from tui.text import excerpt

OK, WRONG, INTERRUPTED = 0, 2, 130

Prompt = Callable[[str], str]

_COMPANY_PRESETS = frozenset(name for name, url in PRESETS.items() if "<company>" in url)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add `config` and its commands to a command line."""
    parser = subparsers.add_parser("config", help="show, check and change the config")
    commands = parser.add_subparsers(dest="config_command", metavar="COMMAND", required=True)
    _command(commands, "path", "print which files are used")
    _command(commands, "show", "print the config in force, tokens masked, with its sources")
    _command(commands, "check", "print what is wrong with the config; exit code 2 if anything is")
    add = _command(commands, "add", "add an environment, or an account to one")
    # argparse breaks no line within a group that excludes each other before Python 3.13.
    add.usage = "%(prog)s [options] PRESET|URL|NAME/ACCOUNT [company]"
    targets = f"{', '.join(PRESETS)}, an address, or an account of a known environment"
    add.add_argument("target", metavar="PRESET|URL|NAME/ACCOUNT", help=targets)
    add.add_argument("company", nargs="?", help="the company's name, for saas and dedicated")
    add.add_argument("--name", help="what to call the environment")
    source = add.add_mutually_exclusive_group()
    source.add_argument("--token-env", metavar="VARIABLE", help="the variable that holds the token")
    source.add_argument("--token-file", metavar="FILE", help="the file (mode 0600) that holds the token")
    source.add_argument("--token-command", metavar="COMMAND", help="the command that prints the token")
    source.add_argument("--token-keyring", metavar="ENTRY", help="the keyring's entry that holds the token")
    add.add_argument("--account", metavar="ID", help="list this account")
    add.add_argument("--timezone", metavar="ZONE", help="the contact centre's, such as Europe/Berlin")
    add.add_argument("--insecure-http", action="store_true", help="allow plain http to another machine")
    remove = _command(commands, "remove", "remove an environment, or an account from one")
    remove.add_argument("target", metavar="NAME[/ACCOUNT]", help="what to remove")
    return parser


def run(args: argparse.Namespace, stdout: TextIO, stderr: TextIO, *, ask_token: Prompt) -> int:
    """Do what `args` say; 0, 2 where the config or the arguments are wrong, or 130 at ctrl+c.

    `args.config`, if there, is the file of `--config`. `ask_token` prompts without echo.
    """
    named = getattr(args, "config", None)
    path = Path(named) if named else None
    try:
        match args.config_command:
            case "path":
                return _path(path, stdout)
            case "show":
                return _show(load(path, need_token=False), stdout)
            case "check":
                return _check(path, stdout)
            case "add":
                return _add(args, path, stdout, ask_token)
            case _:
                return _remove(args.target, path, stdout)
    except ConfigError as error:
        _print_problems(error.problems, stderr, "error")
    except UnicodeEncodeError:
        print("error: a name or path of other bytes than UTF-8 can't stand in the config", file=stderr)
    except (SaveError, AddressError, TokenError, ValueError) as error:
        print(f"error: {error}", file=stderr)
    except TimeoutError:
        print(f"error: the disk of the config did not answer within {PATIENCE:.0f} s", file=stderr)
    except EOFError:
        print("error: no token was typed, and nothing was changed", file=stderr)
    except KeyboardInterrupt:
        print("error: interrupted, and nothing was changed", file=stderr)
        return INTERRUPTED
    return WRONG


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, text: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    return parser


def _path(path: Path | None, stdout: TextIO) -> int:
    sources = within(PATIENCE, lambda: find(path))
    system = paths.system_config_file()
    unused = "not used, another file was named" if sources.named else "not there"

    def whether(file: Path) -> str:
        return "" if within(PATIENCE, lambda: paths.may_be_there(file)) else "not there"

    lines: list[tuple[str, Path, str]] = [
        ("config", sources.user, "a pipe, read once" if sources.piped is not None else whether(sources.user)),
        ("shared config", system, "" if sources.system else unused),
        ("typed tokens", sources.tokens, whether(sources.tokens)),
        ("state", paths.state_file(), ""),
        ("data", paths.data_dir(), ""),
        ("logs", paths.log_dir(), ""),
    ]
    for name, file, note in lines:
        print(f"{name:<14} {file}{f' ({note})' if note else ''}", file=stdout)
    return OK


def _show(loaded: Loaded, stdout: TextIO) -> int:
    for layer in loaded.layers:
        print(f"# {layer.file}", file=stdout)
        for path, value in _flat(layer.raw, ()) if layer.raw else ():
            print(f"{show_path(path)} = {render(_masked(path, value))}", file=stdout)
        print(file=stdout)
    if not loaded.layers:
        missing = f"There is no config file; {loaded.sources.user} would be it."
        print(f"# {loaded.sources.fixed or missing}", file=stdout)
    for environment in loaded.config.environments:
        print(f"# {environment.name}: {environment.url}, token {_token_of(environment.token)}", file=stdout)
    return OK


def _token_of(source: TokenSource | None) -> str:
    """Where a token comes from and, where that can be told without running anything, its mask."""
    if source is None:
        return "missing"
    value: str | None = None
    if source.env is not None:
        value = os.environ.get(source.env, "")
    elif source.file is not None:
        file = Path(source.file)
        try:
            value = within(PATIENCE, lambda: read_token_file(file))
        except (OSError, TokenError):
            value = ""
    if value is None:
        return f"from {source.describe()}"
    return f"{Secret(value.strip()) if value.strip() else 'missing'}, from {source.describe()}"


def _flat(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _flat(item, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for index, item in enumerate(value):
            yield from _flat(item, (*path, index))
    else:
        yield path, value


def _masked(path: KeyPath, value: Any) -> Any:
    """`value`, without what may be secret: a proxy's password, the arguments of a token's command."""
    if path[-1] == "proxy" and isinstance(value, str) and "@" in value:
        parts = urlsplit(value)
        return urlunsplit(parts._replace(netloc="••••@" + parts.netloc.rpartition("@")[2]))
    if path[-2:] == ("token", "command") and isinstance(value, list):
        return [value[0], *("••••" for _ in value[1:])]
    return value


def _check(path: Path | None, stdout: TextIO) -> int:
    try:
        loaded = load(path)
    except ConfigError as error:
        _print_problems(error.problems, stdout, "error")
        count = len(error.problems)
        print(f"{count} {'error' if count == 1 else 'errors'}", file=stdout)
        return WRONG
    _print_problems(loaded.warnings, stdout, "warning")
    environments = loaded.config.environments
    if not loaded.layers and not environments:
        print(f"ok: there is no config yet; add an environment: {paths.NAME} config add trial", file=stdout)
    else:
        names = ", ".join(environment.name for environment in environments) or "no environments"
        print(f"ok: {names}", file=stdout)
    return OK


def _add(args: argparse.Namespace, path: Path | None, stdout: TextIO, ask_token: Prompt) -> int:
    sources, taken = within(PATIENCE, lambda: _present(path))
    listed = _known_account(args, taken)
    if listed is not None:
        file = add_account(sources, listed[0], {"id": listed[1]})
        print(f"added {listed[0]}/{listed[1]} to {file}", file=stdout)
        return OK
    if args.company is not None and args.target not in _COMPANY_PRESETS:
        raise ValueError(f"only {' and '.join(sorted(_COMPANY_PRESETS))} are followed by a company's name")
    if args.target in PRESETS:
        address = parse(preset(args.target, args.company))
    else:
        near = alike(args.target, PRESETS, 0.75)
        if near:
            raise ValueError(f'did you mean "{near}"? A host of that name is added as https://{args.target}')
        address = parse(args.target)
    account_id = _account_id(args.account) if args.account else address.account_id
    settings: dict[str, Any] = {"timezone": timezone(args.timezone)} if args.timezone is not None else {}
    if args.insecure_http:
        settings["insecure_http"] = True
    own_name = args.target if args.target in PRESETS and not args.company else None
    name = args.name or own_name or name_for(address.base_url, taken)
    check_name(name)
    if name in taken:
        raise SaveError(
            f'There is an environment "{name}" already; choose another with --name, or remove it.'
        )
    token = _token_source(args)
    typed: Secret | None = None
    if token is None:
        typed = checked(ask_token(f"Access token for {name} (not shown): "), "what you typed")
    file = add_environment(
        sources,
        name,
        address.alternative or address.base_url,
        token=token,
        typed=typed,
        settings=settings,
        accounts=[] if account_id is None else [{"id": account_id}],
    )
    print(f'added "{name}" ({address.base_url}) to {file}', file=stdout)
    if typed is not None:
        print(f"its token is in {sources.tokens / name}, readable by you alone", file=stdout)
    elif args.token_env and not os.environ.get(args.token_env):
        print(f"{args.token_env} is not set here; set it where {paths.NAME} is started", file=stdout)
    return OK


def _present(path: Path | None) -> tuple[Sources, frozenset[str]]:
    """The files, and the environments of the user's; what is wrong is told before a token is asked for."""
    sources = find(path)
    if sources.fixed:
        raise SaveError(sources.fixed)
    text = read_text(sources.user) or ""
    return sources, frozenset(read_layer(sources.user, text)[0].raw.get("environments", {}))


def _known_account(args: argparse.Namespace, taken: Collection[str]) -> tuple[str, int] | None:
    """The environment of the config and the account that are meant, as in `add trial/12345`."""
    name, slash, account = args.target.partition("/")
    if name not in taken or args.name or args.company:
        return None
    if slash:
        return name, _account_id(account)
    return (name, _account_id(args.account)) if args.account else None


def _token_source(args: argparse.Namespace) -> TokenSource | None:
    if args.token_env:
        return TokenSource(env=args.token_env)
    if args.token_file:
        # A variable stays one: it may lead elsewhere tomorrow, as a service's credentials do.
        where = args.token_file if "$" in args.token_file else str(named_path(args.token_file).absolute())
        return TokenSource(file=where)
    if args.token_command:
        words = shlex.split(args.token_command)
        if not words:
            raise ValueError("the token's command is empty")
        return TokenSource(command=tuple(words))
    return TokenSource(keyring=args.token_keyring) if args.token_keyring else None


def _account_id(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < len(text) <= 18 and int(text) > 0):
        raise ValueError(f'"{excerpt(text)}" is no account\'s number; write the digits of its web address')
    return int(text)


def _remove(target: str, path: Path | None, stdout: TextIO) -> int:
    sources = within(PATIENCE, lambda: find(path))
    name, slash, account = target.partition("/")
    account_id = _account_id(account) if slash else None
    if account_id is None:
        file = remove_environment(sources, name)
    else:
        file = remove_account(sources, name, account_id)
    print(f"removed {target} from {file}", file=stdout)
    return OK


def _print_problems(
    problems: list[ConfigProblem] | tuple[ConfigProblem, ...], stream: TextIO, word: str
) -> None:
    for problem in problems[:MOST]:
        print(f"{word}: {problem}", file=stream)
    if len(problems) > MOST:
        print(f"… and {len(problems) - MOST} more", file=stream)
