"""Settings: the environments and their accounts; add, test and remove them, or edit the file."""

import contextlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll

from tui.aside import in_thread
from tui.columns import Column
from tui.config.durations import format_duration
from tui.config.edit import change_async, remove_account, remove_environment
from tui.config.model import Environment
from tui.config.problems import ConfigError, ConfigProblem, SaveError
from tui.identity import AccountRef
from tui.private_files import private_dir
from tui.screens.base import ConfigChanged, bindings, keys_here
from tui.screens.config_saving import NO_FILE, reload
from tui.screens.connection_test import FoundSoFar, run_test, step_lines
from tui.screens.context import Context
from tui.screens.editor import NoEditorError, edit, lend_of
from tui.screens.notices import shorter
from tui.text import safe_line
from tui.widgets.key_bar import KeyBar
from tui.widgets.layers import Box
from tui.widgets.lines import LineView
from tui.widgets.live_table import LiveTable
from tui.widgets.parts import Line, Part, clip, wrapped
from tui.widgets.rows import Cell, Row

COLUMNS = (
    Column("name", "environment, account", min_width=20, flex=2, sortable=False),
    Column("place", "address, number", min_width=18, flex=3, priority=1, sortable=False),
    Column("source", "token, listing", width=18, priority=3, sortable=False),
    Column("state", "state", width=14, priority=2, sortable=False),
    Column("key", "key", width=5, align="right", priority=4, sortable=False),
)
STATES = {
    "ok": ("● answers", "good"),
    "waiting": ("○ asking", "dim"),
    "backing_off": ("▲ no answer", "warning"),
    "rate_limited": ("▲ rate limited", "warning"),
    "dead_token": ("✗ token refused", "critical"),
    "paused": ("‖ paused", "accent"),
}
MEMBERSHIPS = {"member": "member", "no_longer": "no longer", "suspended": "suspended"}


class Picked(NamedTuple):
    """What a row stands for; without an account, the environment itself."""

    environment: str
    account: int | None = None

    def __str__(self) -> str:
        return self.environment if self.account is None else f"{self.environment}/{self.account}"


class SettingsScreen(Box[None], inherit_bindings=False):
    """Made once and reused. Posts ConfigChanged when the config changed."""

    AUTO_FOCUS = "LiveTable"
    BINDINGS = bindings(
        "add", "test", "edit", "remove", "confirm", "next_pane", "previous_pane", "row_down", "row_up",
        "first_row", "last_row", "page_down", "page_up", "back", "help", "quit",
    )  # fmt: skip

    def __init__(self, context: Context) -> None:
        super().__init__(name="settings")
        self.context = context
        self.head = LineView(id="settings-head")
        self.table = LiveTable(COLUMNS, id="settings-table", empty="No environment yet.")
        self.box = Vertical(self.table, id="settings-box", classes="pane")
        self.detail = LineView(id="settings-detail")
        self.scroll = VerticalScroll(self.detail, id="settings-scroll", classes="pane")
        self.message = LineView(id="settings-message")
        self._outcome: FoundSoFar | None = None
        self._problems: tuple[ConfigProblem, ...] = ()
        self._tested = ""
        self._asked: Picked | None = None

    def compose(self) -> ComposeResult:
        """Where the config is, the environments, details of the selected one, the keys."""
        yield self.head
        yield self.box
        yield self.scroll
        yield self.message
        yield KeyBar(id="settings-keys")

    def on_screen_resume(self) -> None:
        """Show what the config holds now."""
        self.draw()

    def on_screen_suspend(self) -> None:
        """Ask nothing and remember no question while another screen is in front."""
        self._asked = None
        self._tell("")

    def on_resize(self) -> None:
        """Break the lines anew."""
        self.call_after_refresh(self.draw)

    # -- drawing ------------------------------------------------------------------------------

    def draw(self) -> None:
        """Compare with what is shown, and mend the difference."""
        if not self.is_mounted:
            return
        loaded = self.context.loaded
        place = safe_line(shorter(str(loaded.sources.user))) if loaded is not None else "the demo: no file"
        room = max(10, self.size.width - 14)
        shown = place if cell_len(place) <= room else f"…{place[len(place) - room + 1 :]}"
        self.head.set_lines([[Part(" Settings  ", "title"), Part(shown, "dim")]])
        self.box.border_title = "Environments"
        self.table.set_rows(list(self._rows()))
        self._draw_detail()

    def _rows(self) -> Iterator[Row]:
        for environment in self.context.config.environments:
            yield self._environment_row(environment)
            for ref in self.context.monitor.refs():
                if ref.environment == environment.name:
                    yield self._account_row(environment, ref)

    def _environment_row(self, environment: Environment) -> Row:
        state, role = STATES.get(self.context.monitor.health(environment.name).state, ("", "dim"))
        return Row(
            Picked(environment.name),
            (
                Cell(environment.name, "title"),
                Cell(environment.url),
                Cell(_source(environment), "dim"),
                Cell(state, role),
                Cell(environment.key or "", "key"),
            ),
        )

    def _account_row(self, environment: Environment, ref: AccountRef) -> Row:
        entry = self.context.monitor.entry(ref)
        return Row(
            Picked(environment.name, ref.account_id),
            (
                Cell(f"  {entry.name or 'account'}"),
                Cell(str(ref.account_id), "dim"),
                Cell(self.context.listing(ref), "dim"),
                Cell(MEMBERSHIPS.get(entry.status, ""), "dim"),
                Cell(self.context.key_of(ref), "key"),
            ),
        )

    def _draw_detail(self) -> None:
        width = max(20, self.size.width - 6)
        if self._problems:
            title = f"{len(self._problems)} wrong in the config: nothing of it is used until it is right"
            lines = _problem_lines(self._problems, width)
        elif self._outcome is not None:
            title, lines = f"Connection of {self._tested}", step_lines(self._outcome, width)
        else:
            environment = self.context.config.environment(self.picked.environment) if self.picked else None
            title = environment.name if environment is not None else ""
            lines = [] if environment is None else self._about(environment, width)
        self.scroll.border_title = title
        self.detail.set_lines(lines)
        self.detail.styles.height = max(1, len(lines))

    def _about(self, environment: Environment, width: int) -> list[Line]:
        wait = self.context.config.targets_for(environment.name, 0).wait
        facts = [
            ("address", environment.url),
            ("token", f"from {shorter(environment.token.describe())}" if environment.token else "none"),
            ("time zone", environment.timezone or "the inboxes', else UTC"),
            ("wait target", format_duration(wait) if wait is not None else "none"),
        ]
        if environment.proxy:
            facts.append(("proxy", "none" if environment.proxy == "none" else "its own"))
        if environment.name == self.context.unkept:
            facts.append(("kept", "not in any file yet"))
        health = self.context.monitor.health(environment.name)
        lines: list[Line] = []
        for word, fact in [*facts, ("state", health.message)]:
            for number, text in enumerate(wrapped(fact, width - 14)):
                lines.append([Part(f"{'' if number else word:<13} ", "label"), Part(text)])
        return lines

    def _tell(self, words: str, role: str = "warning") -> None:
        width = max(20, self.app.size.width - 2)
        self.message.set_lines([[Part(f" {text}", role)] for text in wrapped(words, width, 4)])
        self.message.display = bool(words)

    @property
    def picked(self) -> Picked | None:
        """What the selected row stands for."""
        key = self.table.selected
        return key if isinstance(key, Picked) else None

    @on(LiveTable.RowSelected)
    def _moved(self, event: LiveTable.RowSelected) -> None:
        event.stop()
        if self._asked is not None:
            self._asked = None
            self._tell("")
        if self._outcome is None and not self._problems:
            self._draw_detail()

    # -- moving -------------------------------------------------------------------------------

    def action_next_pane(self) -> None:
        """From the table to the details and back."""
        self.set_focus(self.scroll if self.table.has_focus else self.table)

    action_previous_pane = action_next_pane

    def action_row_down(self) -> None:
        """The next row."""
        self._move(1)

    def action_row_up(self) -> None:
        """The row above."""
        self._move(-1)

    def action_page_down(self) -> None:
        """A page down."""
        self._move(10)

    def action_page_up(self) -> None:
        """A page up."""
        self._move(-10)

    def _move(self, rows: int) -> None:
        if self.scroll.has_focus:
            self.scroll.scroll_relative(y=rows, animate=False)
        elif abs(rows) == 1:
            (self.table.action_row_down if rows > 0 else self.table.action_row_up)()
        else:
            (self.table.action_page_down if rows > 0 else self.table.action_page_up)()

    def action_first_row(self) -> None:
        """The first row."""
        self.table.action_first_row()

    def action_last_row(self) -> None:
        """The last row."""
        self.table.action_last_row()

    def action_back(self) -> None:
        """Leave a question, a test or a list of errors; then the settings."""
        self.workers.cancel_group(self, "test")
        if self._asked is not None or self._outcome is not None or self._problems:
            self._asked, self._outcome, self._problems = None, None, ()
            self._tell("")
            self._draw_detail()
        else:
            self.dismiss()

    def action_quit(self) -> None:
        """Close the settings."""
        self.workers.cancel_group(self, "test")
        self._outcome, self._problems = None, ()
        self.dismiss()

    # -- doing --------------------------------------------------------------------------------

    async def action_help(self) -> None:
        """Every key of this screen."""
        await self.app.run_action("help")

    async def action_add(self) -> None:
        """Open the wizard."""
        await self.app.run_action("add_environment")

    def action_test(self) -> None:
        """Test the connection of the selected environment."""
        picked = self.picked
        if picked is not None:
            self._problems = ()
            self._tested, self._outcome = picked.environment, FoundSoFar()
            self._draw_detail()
            self.run_latest(partial(self._test, picked), "test")

    async def _test(self, picked: Picked) -> None:
        environment = self.context.config.environment(picked.environment)
        if environment is not None:
            context = self.context
            lend = lend_of(self.app)
            await run_test(
                environment, context.clock, context.transport_for, picked.account, self._show, lend
            )

    def _show(self, outcome: FoundSoFar) -> None:
        self._outcome = outcome
        self._draw_detail()

    def action_remove(self) -> None:
        """Ask whether the selected environment or account is to be removed."""
        picked = self.picked
        if picked is None:
            return
        if self.context.loaded is None:
            self._tell(NO_FILE)
            return
        environment = self.context.config.environment(picked.environment)
        if (
            environment is not None
            and picked.account is not None
            and environment.account(picked.account) is None
        ):
            self._tell(f"{picked} is not listed in the config: the token's owner is a member of it.")
            return
        self._asked = picked
        yes = (keys_here(self).get("confirm") or ["y"])[0]
        no = (keys_here(self).get("back") or ["escape"])[0]
        what = "the account" if picked.account is not None else "the environment with its typed token"
        self._tell(f"Remove {picked}, {what}, from the config? {yes} removes it, {no} cancels.")

    async def action_confirm(self) -> None:
        """Remove what was asked about."""
        asked, self._asked = self._asked, None
        loaded = self.context.loaded
        if asked is None or loaded is None:
            return
        sources, account = loaded.sources, asked.account
        try:
            if account is None:
                await change_async(lambda: remove_environment(sources, asked.environment))
            else:
                await change_async(lambda: remove_account(sources, asked.environment, account))
        except (SaveError, ConfigError) as error:
            self._tell(str(error))
            return
        await self._use(f"Removed {asked}.")

    def action_edit(self) -> None:
        """Open the config's file in the editor, and check it on return."""
        self.run_latest(self._edit, "editor")

    async def _edit(self) -> None:
        if self.context.loaded is None:
            self._tell(NO_FILE)
            return
        file = self.context.loaded.sources.user
        if self.context.loaded.sources.fixed:
            self._tell(self.context.loaded.sources.fixed)
            return
        try:
            await in_thread(("directory", file.parent), lambda: private_dir(file.parent))
            await self.open_editor(file)
        except NoEditorError as error:
            self._tell(str(error))
            return
        except TimeoutError:
            self._tell(f"The disk of {file} does not answer.")
            return
        except OSError as error:
            self._tell(f"{file} can't be opened: {error.strerror}.")
            return
        await self._use("The config is in use as it is now.")

    async def open_editor(self, file: Path) -> None:
        """Lend the terminal to the editor; raises NoEditorError."""
        await edit(self.app, file)

    async def _use(self, done: str) -> None:
        try:
            loaded = await reload(self.context)
        except ConfigError as error:
            self._problems = error.problems
            edit_key = (keys_here(self).get("edit") or ["e"])[0]
            self._tell(f"The config is wrong and was not taken over. {edit_key} opens it again.")
            self._draw_detail()
            with contextlib.suppress(IndexError):
                self.scroll.scroll_home(animate=False)
            return
        self._problems, self._outcome = (), None
        self._draw_detail()
        known = self.context.loaded
        if known is not None and (loaded.config, loaded.warnings) == (known.config, known.warnings):
            self._tell("Nothing was changed.", "dim")
            return
        self.app.post_message(ConfigChanged(loaded))
        self._tell(done, "good")


def _source(environment: Environment) -> str:
    token = environment.token
    if token is None:
        return "none"
    if token.typed:
        return "saved token file"
    if token.env is not None:
        return f"${token.env}"
    if token.file is not None:
        return safe_line(Path(token.file).name)
    if token.command:
        return f"{safe_line(token.command[0])} …"
    return "keyring" if token.keyring is not None else "for this run"


def _problem_lines(problems: tuple[ConfigProblem, ...], width: int) -> list[Line]:
    lines: list[Line] = []
    for problem in problems:
        place = safe_line(Path(problem.file).name) if problem.line is None else f"line {problem.line}"
        what = f"{problem.path}: {problem.message}" if problem.path else problem.message
        sentence = f"{what}; {problem.mend}" if problem.mend else what
        head = wrapped(sentence, max(10, width - 10))
        for number, text in enumerate(head):
            lines.append([Part(f"{'' if number else clip(place, 9):<9} ", "key"), Part(text, "warning")])
    return lines
