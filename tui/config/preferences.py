"""What was shown last and how tables were sorted, as the screens ask for it."""

import asyncio

from tui.config.state import StateStore
from tui.identity import AccountRef, ref_named

SETTLE = 1.0
"""Seconds that changes are gathered before they are written."""


class Remembered:
    """The state, read in memory and written a moment after it changed.

    Switching through five accounts is one write. A store without a path never touches a file.
    """

    def __init__(self, store: StateStore) -> None:
        self.store = store
        self._writing: asyncio.Task[None] | None = None
        self._changed = False

    # -- what was seen last -------------------------------------------------------------------

    @property
    def last(self) -> AccountRef | None:
        """The account shown last; None on the first run."""
        return ref_named(self.store.state.last or "")

    def last_in(self, environment: str) -> AccountRef | None:
        """The account shown last in that environment."""
        number = self.store.state.last_accounts.get(environment)
        return None if number is None else AccountRef(environment, number)

    def remember(self, ref: AccountRef) -> None:
        """Keep `ref` as the account shown last."""
        self.store.state.last = str(ref)
        self.store.state.last_accounts[ref.environment] = ref.account_id
        self._save()

    # -- sort orders of the tables ------------------------------------------------------------

    def sort_order(self, table: str) -> str | None:
        """The column a table was sorted by, `-` before it where turned round."""
        return self.store.state.sort_orders.get(table)

    def remember_sort_order(self, table: str, order: str | None) -> None:
        """Keep how a table is sorted; None where it is not."""
        orders = self.store.state.sort_orders
        if orders.get(table) == order:
            return
        if order is None:
            orders.pop(table, None)
        else:
            orders[table] = order
        self._save()

    # -- writing ------------------------------------------------------------------------------

    def _save(self) -> None:
        self._changed = True
        if self.store.path is not None and (self._writing is None or self._writing.done()):
            self._writing = asyncio.get_running_loop().create_task(self._write(), name="save state")

    async def _write(self) -> None:
        while self._changed:
            await asyncio.sleep(SETTLE)
            self._changed = False
            await self.store.save()

    def close(self) -> None:
        """Write what has not been written yet; for the way out."""
        if self._changed:
            self._changed = False
            self.store.save_now()
