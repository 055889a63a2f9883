"""Writing to the config from a screen: what is kept, and the config read again afterwards."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tui.config.edit import add_environment, change_async
from tui.config.file import Loaded, load_async
from tui.config.model import TokenSource
from tui.config.problems import ConfigError, SaveError
from tui.config.secrets import TokenError, resolve
from tui.panes.notice import Notice
from tui.redact import Secret
from tui.screens.context import Context
from tui.screens.notices import key_of, shorter

NO_FILE = "The demo has no config: nothing is read from a file, and nothing is written."


async def reload(context: Context) -> Loaded:
    """The config as its files are now; raises ConfigError, and SaveError in the demo."""
    if context.loaded is None:
        raise SaveError(NO_FILE)
    sources = context.loaded.sources
    if sources.piped is not None:
        return await load_async(sources=sources)
    return await load_async(sources.user if sources.named else None)


async def save_environment(
    context: Context,
    name: str,
    url: str,
    *,
    token: TokenSource | None = None,
    typed: Secret | None = None,
    settings: Mapping[str, Any] | None = None,
    accounts: Sequence[Mapping[str, Any]] = (),
) -> tuple[Path, Loaded]:
    """Write an environment; returns the file and the config read again.

    Raises SaveError, and ConfigError where the config is wrong already or would become so;
    then nothing was written.
    """
    before = await reload(context)
    file = await change_async(
        lambda: add_environment(
            before.sources, name, url, token=token, typed=typed, settings=settings, accounts=accounts
        )
    )
    return file, await reload(context)


async def keep(context: Context) -> tuple[Notice, Loaded | None]:
    """Write the environment that is not in any file yet, with its token and the accounts found.

    Returns what to tell, and the config read again; None where nothing was written.
    """
    try:
        file, token, loaded = await _keep(context)
    except (SaveError, TokenError) as error:
        return Notice("kept", f"Not saved: {error}", "warning"), None
    except ConfigError as error:
        return Notice("kept", f"Not saved: {error.problems[0]}", "warning"), None
    put_away = key_of(context.config, "put_away")
    text = f"Saved to {file}, its token to {token}, which only you can read. {put_away} dismisses this."
    return Notice("kept", shorter(text), "good"), loaded


async def _keep(context: Context) -> tuple[Path, Path, Loaded]:
    environment = context.config.environment(context.unkept or "")
    if context.loaded is None:
        raise SaveError(NO_FILE)
    if environment is None:
        raise SaveError("every environment shown stands in the config already.")
    sources = context.loaded.sources
    token = await resolve(environment)
    accounts = [
        {"id": ref.account_id, **({"name": name} if (name := context.monitor.entry(ref).name) else {})}
        for ref in context.monitor.refs()
        if ref.environment == environment.name
    ]
    file, loaded = await save_environment(
        context, environment.name, environment.alternative or environment.url, typed=token, accounts=accounts
    )
    return file, sources.tokens / environment.name, loaded
