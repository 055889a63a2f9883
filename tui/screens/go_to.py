"""What the go-to box offers: accounts, environments, teams, agents and every action that works here."""

from collections.abc import Iterable

from tui.actions import ACTIONS
from tui.monitor.reading import AccountSnapshot
from tui.screens.context import Context
from tui.widgets.picker import PickItem


def choices(context: Context, snapshot: AccountSnapshot | None, keys: dict[str, list[str]]) -> list[PickItem]:
    """Everything that can be gone to from here; `keys` are those of the actions that work here."""
    return [
        *_accounts(context),
        *_environments(context),
        *_rows(snapshot),
        *(
            PickItem(f"action:{action.name}", action.help, "action", "", " ".join(keys[action.name]))
            for action in ACTIONS
            if action.name in keys and action.name != "go_to"
        ),
    ]


def _accounts(context: Context) -> Iterable[PickItem]:
    for ref in context.monitor.refs():
        entry = context.monitor.entry(ref)
        name = entry.name or f"account {ref.account_id}"
        status = "" if entry.status in ("member", "unknown") else f" ({entry.status.replace('_', ' ')})"
        yield PickItem(f"account:{ref}", f"{name}{status}", "account", f"{ref}", context.key_of(ref))


def _environments(context: Context) -> Iterable[PickItem]:
    for environment in context.config.environments:
        yield PickItem(
            f"environment:{environment.name}",
            environment.name,
            "environment",
            environment.url,
            environment.key or "",
        )


def _rows(snapshot: AccountSnapshot | None) -> Iterable[PickItem]:
    if snapshot is None:
        return
    for team in snapshot.teams.items or ():
        yield PickItem(f"team:{team.id}", team.name, "team", "", "")
    for agent in snapshot.agents.items or ():
        yield PickItem(f"agent:{agent.id}", agent.name, "agent", agent.availability or "", "")
