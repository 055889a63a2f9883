"""Which judge looks at what stands in front: the dashboard, the fleet, the wall, a list, a chart."""

from tests.stage import Stage
from tests.truth.alerts import AlertsJudge
from tests.truth.answers import Answers
from tests.truth.bench import Bench, Tally
from tests.truth.chart import ChartJudge
from tests.truth.conversations import ListJudge
from tests.truth.dashboard import DashboardJudge
from tests.truth.day import DayJudge
from tests.truth.details import DetailsJudge
from tests.truth.fleet import FleetJudge
from tests.truth.wall import WallJudge
from tui.config.model import Config
from tui.screens.alerts import AlertsScreen
from tui.screens.chart import ChartScreen
from tui.screens.conversation import ConversationScreen
from tui.screens.conversations import ConversationsScreen
from tui.screens.dashboard.dashboard import DashboardScreen
from tui.screens.day import DayScreen
from tui.screens.fleet import FleetScreen
from tui.screens.wall import WallScreen
from tui.simulator.demo import Demo


class Judge:
    """Compares one stage's screen with the truth of its worlds."""

    def __init__(self, stage: Stage, demo: Demo, config: Config, tally: Tally, answers: Answers) -> None:
        self.bench = Bench(stage, demo, config, tally, answers)
        self._dashboard = DashboardJudge(self.bench)

    def look(self) -> list[str]:
        """What is wrong on screen just now."""
        self.bench.look()
        screen = self.bench.stage.app.screen
        if not isinstance(screen, DashboardScreen):
            self.bench.look_at(None)
        match screen:
            case DashboardScreen():
                return self._dashboard.look()
            case FleetScreen() as fleet:
                return FleetJudge(self.bench, fleet).look()
            case WallScreen() as wall:
                return WallJudge(self.bench, wall).look()
            case ConversationsScreen() as listing:
                return ListJudge(self.bench, listing).look()
            case ConversationScreen() as details:
                return DetailsJudge(self.bench, details).look()
            case DayScreen() as day:
                return DayJudge(self.bench, day).look()
            case ChartScreen() as chart:
                return ChartJudge(self.bench, chart).look()
            case AlertsScreen() as alerts:
                return AlertsJudge(self.bench, alerts).look()
            case other:
                self.bench.tally.screens[f"{other.name}, not judged"] += 1
                return []
