"""One environment, from the token's source to each endpoint."""

import email.utils
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from tui import wording
from tui.api import probe
from tui.api.call import Answer, CallRecord
from tui.api.client import LiveAgentClient
from tui.api.errors import LiveAgentError, NotFoundError, NotPermittedError
from tui.api.models import Profile
from tui.clock import Clock
from tui.config.model import Environment
from tui.config.secrets import TokenError, own_terminal, resolve
from tui.doctor.finding import Finding, surely, unexpected
from tui.durations import DAY
from tui.monitor.polling.session import client_for
from tui.monitor.service.given import REFUSED, has_unknown_zone, unknown_zones

SKEW = 5.0
"""Seconds by which the server's clock may differ before waits look wrong."""


async def environment_findings(
    environment: Environment, clock: Clock, account_id: int | None, budget: int
) -> AsyncIterator[Finding]:
    """Look at an environment step by step; what can't be reached ends it."""
    name = environment.name
    try:
        token = await resolve(environment, lend=own_terminal())
    except TokenError as error:
        yield Finding("token source", "fail", str(error), name)
        return
    except Exception as error:
        yield unexpected("token source", error, name)
        return
    source = environment.token.describe() if environment.token is not None else "what was typed"
    yield Finding("token source", "pass", f"{token.masked}, from {source}", name)
    for mark in _marks(environment):
        yield mark
    reached = True
    async for finding in surely("network", name, _network(environment, clock)):
        reached = reached and finding.verdict != "fail"
        yield finding
    if not reached:
        return
    try:
        client = await client_for(environment, token, clock)
    except LiveAgentError as error:
        yield Finding("connection", "fail", str(error), name)
        return
    try:
        async for finding in _installation(environment, client, clock, account_id, budget):
            yield finding
    finally:
        await client.aclose()


def _marks(environment: Environment) -> list[Finding]:
    findings: list[Finding] = []
    if environment.url.startswith("http://"):
        findings.append(
            Finding("encryption", "warn", "http: everybody on the way can read the token", environment.name)
        )
    if not environment.verify:
        words = "verify = false: anybody may pose as the server; give ca_file instead"
        findings.append(Finding("encryption", "warn", words, environment.name))
    return findings


async def _network(environment: Environment, clock: Clock) -> AsyncIterator[Finding]:
    try:
        target = probe.target_of(environment.url, environment.proxy)
    except LiveAgentError as error:
        yield Finding("proxy", "fail", str(error), environment.name)
        return
    by = f"by the proxy {target.host}:{target.port}" if target.proxy else "none; straight to the server"
    yield Finding("proxy", "pass", by, environment.name)
    begun = clock.now()
    try:
        addresses = await probe.look_up(target, environment.name, environment.url, environment.proxy)
        yield Finding(
            "name",
            "pass",
            f"{target.host} is {', '.join(addresses[:3])}",
            environment.name,
            clock.now() - begun,
        )
        link = await probe.connect(
            target, environment.name, environment.url, clock, proxy=environment.proxy,
            ca_file=environment.ca_file, client_cert=environment.client_cert, verify=environment.verify,
        )  # fmt: skip
    except LiveAgentError as error:
        yield Finding("network", "fail", str(error), environment.name, clock.now() - begun)
        return
    secure = link.tls or "unencrypted"
    until = f", certificate until {link.until}" if link.until else ""
    yield Finding(
        "connection", "pass", f"port {target.port}, {secure}{until}", environment.name, link.seconds
    )


async def _installation(
    environment: Environment, client: LiveAgentClient, clock: Clock, account_id: int | None, budget: int
) -> AsyncIterator[Finding]:
    name = environment.name
    root = None
    try:
        root = await client.api_root()
        words = f"version {root.value.version}" if root.value.version else "answers"
        yield Finding("API", "pass", words, name, root.call.duration)
    except NotFoundError:
        yield Finding("API", "pass", "answers; it tells no version", name)
    except LiveAgentError as error:
        yield Finding("API", "fail", str(error), name)
        return
    except Exception as error:
        yield unexpected("API", error, name)
    if root is not None:
        yield _skew(root.value.timestamp, root.call, name)
    try:
        profile = await client.profile()
    except LiveAgentError as error:
        yield Finding("token", "fail", str(error), name)
        return
    except Exception as error:
        yield unexpected("token", error, name)
        return
    yield Finding("header", "pass", f"{client.header_form}", name)
    yield Finding("token", "pass", f"belongs to {profile.value.called}", name, profile.call.duration)
    about = _accounts(environment, client, clock, profile.value, account_id)
    async for finding in surely("accounts", name, about):
        yield finding
    yield _rate(len(profile.value.accounts), budget, name)


def _skew(timestamp: str, call: CallRecord, name: str) -> Finding:
    if not timestamp:
        return Finding("clock", "skip", "the server doesn't tell its time", name)
    moment = _moment(timestamp)
    if moment is None:
        words = "the server tells its time in a form that can't be read, so the clocks are not compared"
        return Finding("clock", "warn", words, name)
    apart = moment - (call.asked_wall + call.duration / 2)
    if abs(apart) <= SKEW:
        return Finding("clock", "pass", "in step with the server", name)
    way = "ahead of" if apart < 0 else "behind"
    difference = wording.spell(abs(apart))
    words = f"this machine is {difference} {way} the server, and waits look it; set the time by NTP"
    return Finding("clock", "warn", words, name)


def _moment(timestamp: str) -> float | None:
    """Unix time of a server's words, UTC where they name no zone; None where they are none."""
    try:
        if "," in timestamp:
            parsed = email.utils.parsedate_to_datetime(timestamp)
        else:
            parsed = datetime.strptime(timestamp, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - its zone comes next
        return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


async def _accounts(
    environment: Environment, client: LiveAgentClient, clock: Clock, profile: Profile, account_id: int | None
) -> AsyncIterator[Finding]:
    listed = [account.id for account in environment.accounts]
    theirs = {account.id: account for account in profile.accounts}
    if account_id is not None:
        wanted = [account_id]
    elif listed:
        wanted = listed
    else:
        wanted = list(theirs)
    if not wanted:
        yield Finding("accounts", "fail", "the token's owner is a member of none", environment.name)
    for number in wanted:
        where = f"{environment.name}/{number}"
        account = theirs.get(number)
        if account is None:
            yield Finding(
                "account", "fail", "the token's owner is no member; take another number or token", where
            )
            continue
        roles = ", ".join(account.roles) or "role not told"
        yield Finding("role", "pass", f"{account.name}: {roles}", where)
        async for finding in _endpoints(client, clock, number, where):
            yield finding


async def _endpoints(
    client: LiveAgentClient, clock: Clock, number: int, where: str
) -> AsyncIterator[Finding]:
    until = int(clock.wall())
    since = until - DAY
    first_team: list[int] = []

    async def teams() -> Answer[Any]:
        answer = await client.teams(number)
        first_team.extend(team.id for team in answer.value[:1])
        return answer

    calls: list[tuple[str, Callable[[], Awaitable[Answer[Any]]]]] = [
        ("counts", lambda: client.counts(number)),
        ("counts, pending", lambda: client.counts(number, status="pending")),
        ("queued", lambda: client.counts(number, conversation_type="unattended")),
        ("agents", lambda: client.agents(number)),
        ("teams", teams),
        ("members of a team", lambda: client.team_members(number, first_team[0])),
        ("inboxes", lambda: client.inboxes(number)),
        ("labels", lambda: client.labels(number)),
        ("cache keys", lambda: client.cache_keys(number)),
        ("conversations", lambda: client.conversations(number)),
        ("report, account", lambda: client.account_load(number)),
        ("report, agents", lambda: client.agent_loads(number)),
        ("report, summary", lambda: client.summary(number, since=since, until=until)),
        (
            "report, by hour",
            lambda: client.report(
                number, metric="conversations_count", since=since, until=until, group_by="hour"
            ),
        ),
    ]
    for step, ask in calls:
        if step == "members of a team" and not first_team:
            yield Finding(step, "skip", "there is no team", where)
            continue
        try:
            answer = await ask()
        except (NotPermittedError, NotFoundError) as error:
            yield Finding(step, "warn", f"left out on screen: {error}", where)
            if step == "inboxes" and isinstance(error, NotPermittedError):
                yield Finding("opening hours", "warn", REFUSED, where)
        except LiveAgentError as error:
            yield Finding(step, "fail", str(error), where)
        except Exception as error:
            yield unexpected(step, error, where)
        else:
            lost = f", {answer.lost} items unreadable" if answer.lost else ""
            words = f"{answer.call.status}{lost}"
            yield Finding(step, "warn" if lost else "pass", words, where, answer.call.duration)
            if step == "inboxes":
                strange = [inbox for inbox in answer.value if has_unknown_zone(inbox)]
                for sentence in unknown_zones(strange, "the contact centre's"):
                    yield Finding("opening hours", "warn", sentence, where)


def _rate(accounts: int, budget: int, name: str) -> Finding:
    needed = 18 + max(0, accounts - 1)
    words = f"about {needed} requests a minute for {accounts} accounts, of the {budget} allowed"
    if needed <= budget:
        return Finding("rate", "pass", words, name)
    return Finding("rate", "warn", f"{words}; accounts not on screen are asked less often", name)
