"""The connection, tested step by step: name, connection, API, token, accounts, counts."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import msgspec

from tui import wording
from tui.api.errors import (
    BadTokenError,
    LiveAgentError,
    NotFoundError,
    RateLimitedError,
    SignInRequiredError,
)
from tui.api.models import Profile, ProfileAccount
from tui.clock import Clock
from tui.config.model import Environment
from tui.config.secrets import Lend, TokenError, resolve
from tui.monitor.polling.session import TransportFor, client_for
from tui.monitor.zones import zones_of
from tui.text import safe_line
from tui.widgets.parts import Line, Part, wrapped

if TYPE_CHECKING:
    from tui.api.client import LiveAgentClient

StepState = Literal["waiting", "running", "good", "bad", "skipped"]

SECONDS = 35.0
"""How long one step may take at most; a call gives up after 30 s by itself."""
ZONES_FROM = 3
"""Inboxes of so many accounts are asked for their time zone."""

TITLES = {
    "name": "name",
    "connection": "connection",
    "api": "API",
    "token": "token",
    "accounts": "accounts",
    "counts": "counts",
}
SIGNS = {
    "waiting": ("·", "dim"),
    "running": ("…", "accent"),
    "good": ("✓", "good"),
    "bad": ("✗", "critical"),
    "skipped": ("–", "dim"),
}
TITLE_WIDTH = 12


class Step(msgspec.Struct, frozen=True):
    """One step: how far it is, and what came of it in plain words, with the mend where it failed."""

    key: str
    state: StepState = "waiting"
    words: str = ""
    wrong_token: bool = False
    """Whether it failed because the server does not take the token."""


@dataclass
class FoundSoFar:
    """What a test has found out so far."""

    steps: dict[str, Step] = field(default_factory=lambda: {key: Step(key) for key in TITLES})
    url: str = ""
    """The address that answered; it may differ from the one given."""
    profile: Profile | None = None
    zones: tuple[str, ...] = ()
    """The time zones that inboxes name, without UTC, the most frequent first."""

    @property
    def good(self) -> bool:
        """Whether every step is through and none failed."""
        return all(step.state in ("good", "skipped") for step in self.steps.values())

    @property
    def failed(self) -> bool:
        """Whether a step failed, which ends the test."""
        return any(step.state == "bad" for step in self.steps.values())

    @property
    def wrong_token(self) -> bool:
        """Whether it failed because the server does not take the token."""
        return any(step.wrong_token for step in self.steps.values())

    @property
    def accounts(self) -> tuple[ProfileAccount, ...]:
        """The accounts the token is told of."""
        return self.profile.accounts if self.profile else ()


async def run_test(
    environment: Environment,
    clock: Clock,
    transport_for: TransportFor | None,
    account_id: int | None,
    tell: Callable[[FoundSoFar], None],
    lend: Lend | None = None,
) -> FoundSoFar:
    """Test `environment` and `tell` the outcome after each step; may be cancelled at any moment.

    `account_id` is the one to count, else the first account the token is told of. With a
    transport of its own there is no name to look up and nothing to connect to. `lend` gives the
    terminal to a token's command that needs it. Never raises
    but for cancellation: what fails is told in the step.
    """
    outcome = FoundSoFar(url=environment.url)
    async for step in _steps(environment, clock, transport_for, account_id, outcome, lend):
        outcome.steps[step.key] = step
        tell(outcome)
    return outcome


async def _steps(
    environment: Environment,
    clock: Clock,
    transport_for: TransportFor | None,
    account_id: int | None,
    outcome: FoundSoFar,
    lend: Lend | None,
) -> AsyncIterator[Step]:
    simulated = transport_for is not None and transport_for(environment) is not None
    async for step in _network(environment, clock, simulated):
        yield step
        if step.state == "bad":
            return
    try:
        client = await client_for(environment, await resolve(environment, lend=lend), clock, transport_for)
    except TokenError as error:
        yield Step("token", "bad", str(error))
        return
    try:
        work: Sequence[tuple[str, Callable[[], Awaitable[str]]]] = (
            ("api", lambda: _api(client)),
            ("token", lambda: _token(client, outcome)),
            ("accounts", lambda: _accounts(outcome)),
            ("counts", lambda: _counts(client, outcome, account_id)),
        )
        for key, doing in work:
            yield Step(key, "running")
            step = await _done(key, doing, clock)
            outcome.url = client.base_url
            if key == "counts" and step.state == "good":
                outcome.zones = await _zones(client, outcome, account_id)
            yield step
            if step.state == "bad":
                return
    finally:
        await client.aclose()


async def _network(environment: Environment, clock: Clock, simulated: bool) -> AsyncIterator[Step]:
    if simulated:
        yield Step("name", "skipped", "the simulator needs none")
        yield Step("connection", "skipped", "the simulator needs none")
        return
    from tui.api import probe

    try:
        target = probe.target_of(environment.url, environment.proxy)
    except LiveAgentError as error:
        yield Step("name", "bad", str(error))
        return
    by = "the proxy " if target.proxy else ""

    async def name() -> str:
        addresses = await probe.look_up(target, environment.name, environment.url, environment.proxy)
        more = f" and {len(addresses) - 1} more" if len(addresses) > 1 else ""
        return f"{by}{target.host} is {addresses[0]}{more}" if addresses else f"{by}{target.host} is known"

    async def connection() -> str:
        link = await probe.connect(
            target,
            environment.name,
            environment.url,
            clock,
            proxy=environment.proxy,
            ca_file=environment.ca_file,
            client_cert=environment.client_cert,
            verify=environment.verify,
        )
        secure = f"{link.tls}, " if link.tls else "unencrypted, " if not target.proxy else ""
        until = f", certificate until {link.until}" if link.until else ""
        return f"{secure}{by}port {target.port} in {wording.count(link.seconds * 1000)} ms{until}"

    for key, doing in (("name", name), ("connection", connection)):
        yield Step(key, "running")
        yield await _done(key, doing, clock)


async def _done(key: str, doing: Callable[[], Awaitable[str]], clock: Clock) -> Step:
    try:
        async with clock.timeout(SECONDS):
            return Step(key, "good", await doing())
    except TimeoutError:
        return Step(
            key, "bad", f"No answer within {wording.spell(SECONDS)}. Check the network; press enter to retry."
        )
    except LiveAgentError as error:
        return Step(key, "bad", str(error), wrong_token=error.concerns == "token")


async def _api(client: "LiveAgentClient") -> str:
    try:
        root = (await client.api_root()).value
    except (NotFoundError, BadTokenError, SignInRequiredError):
        # Not every installation has this call; the next one tells what the token is worth.
        return "answers"
    return f"version {root.version}" if root.version else "answers"


async def _token(client: "LiveAgentClient", outcome: FoundSoFar) -> str:
    profile = (await client.profile()).value
    outcome.profile = profile
    name = profile.called
    roles = sorted({role for account in profile.accounts for role in account.roles})
    return f"belongs to {name}" + (f", {', '.join(roles)}" if roles else "")


async def _accounts(outcome: FoundSoFar) -> str:
    accounts = outcome.accounts
    if not accounts:
        raise NotFoundError(
            "The token's owner is a member of no account. Ask an administrator to be added to one, "
            "or use another person's token."
        )
    lost = f", {outcome.profile.lost} unreadable" if outcome.profile and outcome.profile.lost else ""
    names = ", ".join(account.name or str(account.id) for account in accounts)
    return f"{len(accounts)}{lost}: {safe_line(names, limit=200)}"


async def _counts(client: "LiveAgentClient", outcome: FoundSoFar, account_id: int | None) -> str:
    account = _first(outcome, account_id)
    counts = (await client.counts(account.id)).value
    name = account.name or f"account {account.id}"
    return f"{name}: {wording.count(counts.unassigned)} unassigned of {wording.count(counts.all)} open"


def _first(outcome: FoundSoFar, account_id: int | None) -> ProfileAccount:
    named = [account for account in outcome.accounts if account.id == account_id]
    if account_id is not None and not named:
        raise NotFoundError(
            f"The token's owner is no member of account {account_id}, which stands in the address. "
            "Take the address of one of the accounts above, or ask to be added.",
            concerns="account",
        )
    usable = [account for account in outcome.accounts if not account.is_suspended]
    return (named or usable or list(outcome.accounts))[0]


async def _zones(client: "LiveAgentClient", outcome: FoundSoFar, account_id: int | None) -> tuple[str, ...]:
    """What the inboxes say; a suggestion only, so a failure costs nothing."""
    first = _first(outcome, account_id)
    others = [account for account in outcome.accounts if account.id != first.id]
    seen: Counter[str] = Counter()
    for account in [first, *others][:ZONES_FROM]:
        try:
            inboxes = (await client.inboxes(account.id)).value
        except RateLimitedError:
            break
        except LiveAgentError:
            continue
        zones = zones_of(inboxes)
        seen.update(str(inbox.timezone) for inbox in inboxes if inbox.timezone in zones)
    return tuple(zone for zone, _ in seen.most_common())


def step_lines(outcome: FoundSoFar, width: int) -> list[Line]:
    """A line for each step, more where the words are long: sign, title, words."""
    lines: list[Line] = []
    for key, title in TITLES.items():
        step = outcome.steps[key]
        sign, role = SIGNS[step.state]
        words = wrapped(step.words, max(10, width - TITLE_WIDTH - 3)) or [""]
        look = {"bad": "warning", "good": "normal"}.get(step.state, "dim")
        head = [Part(f"{sign} ", role), Part(f"{title:<{TITLE_WIDTH}} ", "label"), Part(words[0], look)]
        lines.append(head)
        lines += [[Part(" " * (TITLE_WIDTH + 3)), Part(more, look)] for more in words[1:]]
    return lines
