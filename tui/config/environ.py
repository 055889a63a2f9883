"""`LIVEAGENT_URL`, `LIVEAGENT_TOKEN` and `LIVEAGENT_ACCOUNT`: an environment without a file."""

import re
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from tui.address import AddressError, parse
from tui.config.model import Account, Environment, TokenSource
from tui.config.problems import ConfigProblem
from tui.config.schema import is_plain_http_elsewhere

URL = "LIVEAGENT_URL"
TOKEN = "LIVEAGENT_TOKEN"  # noqa: S105 - the name of the variable
ACCOUNT = "LIVEAGENT_ACCOUNT"
_PLACE = "the environment"


def name_for(url: str, taken: Collection[str] = ()) -> str:
    """A short name for the environment at `url`, such as `trial`, that is not in `taken`."""
    host = urlsplit(url).hostname or "liveagent"
    if ":" in host:
        short = "ipv6-" + re.sub(r":+", "-", host).strip("-")
    elif re.fullmatch(r"[\d.]+", host):
        short = host
    else:
        short = re.sub(r"^(liveagent|api)-(?=.)", "", host.split(".")[0])
    name, number = short or "liveagent", 1
    while name in taken:
        number += 1
        name = f"{short}-{number}"
    return name


def from_environ(
    environ: Mapping[str, str], taken: Collection[str] = ()
) -> tuple[Environment | None, list[ConfigProblem]]:
    """The environment that the variables describe, None without `LIVEAGENT_URL`, and what is wrong."""
    address = environ.get(URL, "").strip()
    if not address:
        return None, []
    problems: list[ConfigProblem] = []
    try:
        parsed = parse(address)
    except AddressError as error:
        return None, [ConfigProblem(_PLACE, None, URL, str(error))]
    if is_plain_http_elsewhere(parsed.base_url):
        problems.append(
            ConfigProblem(
                _PLACE,
                None,
                URL,
                "plain http exposes the token to the network",
                "write https://, or put it into the config with insecure_http = true",
            )
        )
    if not environ.get(TOKEN, "").strip():
        problems.append(
            ConfigProblem(_PLACE, None, TOKEN, f"{URL} is set, but there is no token", f"set {TOKEN} as well")
        )
    account = environ.get(ACCOUNT, "").strip()
    account_id = parsed.account_id
    if account:
        if re.fullmatch(r"[1-9]\d{0,17}", account, re.ASCII):
            account_id = int(account)
        else:
            problems.append(
                ConfigProblem(
                    _PLACE,
                    None,
                    ACCOUNT,
                    "this is no account's number",
                    "write the digits of its web address",
                )
            )
    if problems:
        return None, problems
    return (
        Environment(
            name=name_for(parsed.base_url, taken),
            url=parsed.base_url,
            alternative=parsed.alternative,
            token=TokenSource(env=TOKEN),
            accounts=(Account(id=account_id),) if account_id is not None else (),
            others=True,
        ),
        [],
    )
