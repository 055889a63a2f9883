"""The wizard's last page: which accounts, the name, the time zone, how long one may wait."""

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget

from tui.api.models import ProfileAccount
from tui.columns import Column
from tui.config.durations import format_duration
from tui.screens.connection_test import FoundSoFar
from tui.screens.wizard import answers
from tui.screens.wizard.forms import Field, FieldRow
from tui.widgets.live_table import LiveTable
from tui.widgets.rows import Cell, Row

COLUMNS = (
    Column("chosen", "", width=1, sortable=False),
    Column("name", "account", min_width=14, flex=1, sortable=False),
    Column("id", "number", width=9, align="right", priority=1, sortable=False),
    Column("roles", "as", width=24, priority=2, sortable=False),
    Column("status", "status", width=10, priority=3, sortable=False),
)


class Choice(NamedTuple):
    """What is to be written: name, further settings, and the accounts to list, none for all of them."""

    name: str
    settings: dict[str, Any]
    accounts: tuple[ProfileAccount, ...]


class FieldError(ValueError):
    """An answer that won't do; `field` is where it stands."""

    def __init__(self, field: Field, words: str) -> None:
        super().__init__(words)
        self.field = field


class ChoicePage(Vertical):
    """Fields with suggestions that can be saved as they stand."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.accounts = LiveTable(COLUMNS, id="wizard-accounts", empty="No account.")
        self.box = Vertical(self.accounts, id="accounts-box", classes="pane")
        self.name_row = FieldRow("Name", Field(id="wizard-name"))
        self.zone_row = FieldRow("Time zone", Field(id="wizard-zone"))
        self.wait_row = FieldRow("Longest acceptable wait", Field(id="wizard-wait"))
        self._found: tuple[ProfileAccount, ...] = ()
        self._chosen: set[int] = set()
        self._suggested: str | None = None

    def compose(self) -> ComposeResult:
        """The accounts above the fields."""
        yield self.box
        yield self.name_row
        yield self.zone_row
        yield self.wait_row

    @property
    def stops(self) -> tuple[Widget, ...]:
        """What `tab` steps through."""
        return self.accounts, *self.fields

    @property
    def fields(self) -> tuple[Field, ...]:
        """What is typed into."""
        return self.name_row.field, self.zone_row.field, self.wait_row.field

    def offer(self, name: str, outcome: FoundSoFar, general_wait: float | None) -> None:
        """Fill in what a good test has found; `general_wait` is the config's own target, in seconds."""
        self._found = outcome.accounts
        self._chosen = {account.id for account in self._found}
        self.name_row.field.value = name
        self.name_row.tell("name shown here")
        self._offer_zone(outcome.zones)
        wait = answers.DEFAULT_WAIT if general_wait is None else format_duration(general_wait)
        self.wait_row.field.value = wait
        self.wait_row.tell("90s or 5m; empty: no target")
        self._list()
        self.accounts.action_first_row()

    def _offer_zone(self, zones: tuple[str, ...]) -> None:
        """One zone that the inboxes agree on; where they differ, each account keeps its own."""
        machine = answers.machine_zone()
        self._suggested = None if zones else machine
        self.zone_row.field.value = zones[0] if len(zones) == 1 else ""
        if len(zones) == 1:
            self.zone_row.tell("as the inboxes say")
        elif zones:
            self.zone_row.tell(f"empty: as the inboxes say, {', '.join(zones)}")
        elif machine:
            self.zone_row.tell(f"empty: UTC; ↓ takes {machine}, this machine's")
        else:
            self.zone_row.tell("such as Europe/Berlin; empty: UTC")

    def take_suggestion(self) -> bool:
        """Put this machine's zone into its empty field; False where there is none to take."""
        field = self.zone_row.field
        if not field.has_focus or field.value or self._suggested is None:
            return False
        field.value = self._suggested
        field.cursor_position = len(field.value)
        return True

    def toggle(self) -> None:
        """Choose the selected account, or leave it out."""
        key = self.accounts.selected
        if isinstance(key, int):
            self._chosen ^= {key}
            self._list()

    def read(self, taken: Collection[str], general_wait: float | None) -> Choice:
        """The answers; raises FieldError for the first that won't do."""
        name = _checked(self.name_row, lambda text: answers.name(text, taken))
        zone = _checked(self.zone_row, answers.zone)
        wait = _checked(self.wait_row, answers.wait)
        chosen = tuple(account for account in self._found if account.id in self._chosen)
        listed = () if len(chosen) == len(self._found) else chosen
        return Choice(name or "", answers.settings(zone, wait, general_wait), listed)

    def _list(self) -> None:
        self.accounts.set_rows([self._row(account) for account in self._found])
        total, chosen = len(self._found), len(self._chosen)
        text = f"{chosen} of {total}; the others are left out"
        if chosen in (0, total):
            text = "all of them, and later ones too, found automatically"
        self.box.border_title = "Accounts"
        self.box.border_subtitle = text

    def _row(self, account: ProfileAccount) -> Row:
        sign = Cell("✓", "good") if account.id in self._chosen else Cell("·", "dim")
        name = Cell(account.name or f"account {account.id}")
        status = account.status or ""
        look = "warning" if account.is_suspended else "dim"
        roles = ", ".join(account.roles)
        return Row(account.id, (sign, name, Cell(str(account.id)), Cell(roles, "dim"), Cell(status, look)))


def _checked(row: FieldRow, check: Callable[[str], str | None]) -> str | None:
    try:
        return check(row.field.value)
    except ValueError as error:
        raise FieldError(row.field, str(error)) from None
