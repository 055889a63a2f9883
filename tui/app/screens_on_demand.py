"""The screens beside the dashboard: read from disk, and made, when somebody first wants them."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import msgspec
from textual.app import App
from textual.screen import Screen

from tui.identity import AccountRef
from tui.screens.context import Context

if TYPE_CHECKING:
    from tui.screens.fleet import FleetScreen
    from tui.screens.help import HelpScreen
    from tui.screens.settings import SettingsScreen
    from tui.screens.wall import WallScreen
    from tui.screens.wizard.wizard import WizardScreen
    from tui.widgets.picker import Picker


class Start(msgspec.Struct, frozen=True):
    """How the app was asked to begin."""

    ref: AccountRef | None = None
    environment: str | None = None
    wizard: bool = False
    wall: bool = False


class ScreensOnDemand:
    """All but the dashboard: a start reads the modules of that alone; each screen is made once."""

    def __init__(self, context: Context, begun: Start) -> None:
        self._context = context
        self._begun = begun

    @cached_property
    def fleet(self) -> "FleetScreen":
        """All accounts in one table."""
        from tui.screens.fleet import FleetScreen

        return FleetScreen(self._context)

    @cached_property
    def wall(self) -> "WallScreen":
        """A few large figures."""
        from tui.screens.wall import WallScreen

        begun = self._begun
        return WallScreen(self._context, alone=begun.wall, only=begun.ref, only_in=begun.environment)

    @cached_property
    def helper(self) -> "HelpScreen":
        """The keys of the screen in front."""
        from tui.screens.help import HelpScreen

        return HelpScreen()

    @cached_property
    def settings(self) -> "SettingsScreen":
        """What the config says, and its editor."""
        from tui.screens.settings import SettingsScreen

        return SettingsScreen(self._context)

    @cached_property
    def wizard(self) -> "WizardScreen":
        """A new environment, step by step."""
        from tui.screens.wizard.wizard import WizardScreen

        return WizardScreen(self._context)

    @cached_property
    def picker(self) -> "Picker":
        """The box to choose from."""
        from tui.widgets.picker import Picker

        return Picker()

    def install(self, app: App[int]) -> None:
        """Give each its name, by which `app` opens it."""
        for mode, base in {"fleet": lambda: self.fleet, "wall": lambda: self.wall}.items():
            app.add_mode(mode, base)
        makers: dict[str, Callable[[], Screen[Any]]] = {
            "help": lambda: self.helper,
            "settings": lambda: self.settings,
            "wizard": lambda: self.wizard,
            "picker": lambda: self.picker,
            "alerts": self._alerts,
            "conversations": self._conversations,
            "conversation": self._conversation,
            "where-from": self._where_from,
            "chart": self._chart,
            "day": self._day,
            "arrivals": self._arrivals,
        }
        for name, make in makers.items():
            # Textual calls it at the first use, as it does with those of SCREENS.
            app.install_screen(cast("Screen[Any]", make), name)

    def _alerts(self) -> Screen[Any]:
        from tui.screens.alerts import AlertsScreen

        return AlertsScreen(self._context)

    def _conversations(self) -> Screen[Any]:
        from tui.screens.conversations import ConversationsScreen

        return ConversationsScreen(self._context)

    def _conversation(self) -> Screen[Any]:
        from tui.screens.conversation import ConversationScreen

        return ConversationScreen(self._context)

    def _where_from(self) -> Screen[Any]:
        from tui.screens.where_from import WhereFromScreen

        return WhereFromScreen()

    def _chart(self) -> Screen[Any]:
        from tui.screens.chart import ChartScreen

        return ChartScreen(self._context)

    def _day(self) -> Screen[Any]:
        from tui.screens.day import DayScreen

        return DayScreen(self._context)

    def _arrivals(self) -> Screen[Any]:
        from tui.screens.arrivals import ArrivalsScreen

        return ArrivalsScreen(self._context)
