"""The wall as a room sees it: large at every size, honest without data, alone with nobody at the keys."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest

from tests.stage import NOON, Stage, demo_config, on_stage
from tui.app.screens_on_demand import Start
from tui.clock import ManualClock
from tui.config.hours import WallHours, parse_hours
from tui.config.model import Config, TokenSource, Wall
from tui.identity import ACCOUNT, AccountRef, Measure, Slot
from tui.simulator.demo import Demo, token_of
from tui.simulator.faults import Kind
from tui.widgets.big_digits import digit_widths, digits, word, word_height

TRIAL = AccountRef("trial", 12345)
US = AccountRef("trial", 12346)
SIZES = [(80, 24), (120, 40), (200, 50), (100, 60)]
ALONE = Start(wall=True)
ALWAYS = WallHours("always")
STRAY = (
    "q", "w", "escape", "backspace", "f", "2", "a", "e", "p", "r", "colon", "question_mark", "slash",
    "enter", "tab", "comma", "K", "s", "x", "t", "c",
)  # fmt: skip


def config(
    accounts: Sequence[str] = ("trial/12345",),
    hours: WallHours = ALWAYS,
    figures: Sequence[str] = ("unassigned", "longest", "agents_online"),
    seconds: float = 20.0,
) -> Config:
    wall = Wall(accounts=tuple(accounts), seconds=seconds, figures=tuple(figures), hours=hours)
    return msgspec.structs.replace(demo_config(Demo(clock=ManualClock())), wall=wall)


def shown_names(stage: Stage) -> set[str]:
    """The accounts whose names stand on the wall."""
    lines = stage.lines()
    text = " ".join(lines)
    names = [stage.monitor.entry(ref).name for ref in stage.monitor.refs()]

    def large(name: str) -> bool:
        drawn = word(name, 3, 200)
        return all(any(part in line for line in lines) for part in (row.strip() for row in drawn))

    return {name for name in names if name in text or large(name)}


def block(stage: Stage, name: str) -> list[str]:
    """The lines of the first figure `name` as they stand on screen."""
    parts: list[str] = []
    for strip in stage.app.screen._compositor.render_strips():
        part = "".join(
            segment.text
            for segment in strip
            if segment.style is not None and segment.style.meta.get("figure") == name
        )
        if part:
            parts.append(part)
        elif parts:
            break
    return parts


def says(stage: Stage, name: str, text: str) -> bool:
    """Whether the figure `name` stands there as `text`, in digits of any width."""
    drawn = tuple(block(stage, name))
    return any(drawn == digits(text, len(drawn), wide) for wide in digit_widths(len(drawn)))


def truth(stage: Stage, measure: Measure) -> str:
    return f"{stage.truth(TRIAL)[Slot(ACCOUNT, measure)]:.0f}"


def known(stage: Stage, measure: Measure) -> str:
    """What the monitor has been told last."""
    value = stage.monitor.snapshot(TRIAL).reading(Slot(ACCOUNT, measure)).value
    return "—" if value is None else f"{value:.0f}"


def clock_says(stage: Stage, time: str) -> bool:
    """Whether the clock, five lines high at the top, shows that minute."""
    top = stage.lines()[:6]
    return any(
        all(any(row.strip() in line for line in top) for row in digits(time, 5, wide))
        for wide in range(3, 12)
    )


@pytest.mark.parametrize("size", SIZES)
async def test_digits_are_a_fifth_and_names_a_twentieth_of_the_screen_high(size: tuple[int, int]) -> None:
    async with on_stage(size=size, config=config(["trial/*"]), start=ALONE, settle=6) as stage:
        for name in ("unassigned", "longest", "agents_online"):
            drawn = block(stage, name)
            assert len(drawn) >= size[1] / 5
            assert drawn[0].strip()
            assert drawn[-1].strip()
        assert len(stage.lines()) == size[1]
        if size[1] > 24:
            high = word_height(size[1])
            assert high - 0.5 >= size[1] / 20
            for row in word("Support EU", high, 200):
                assert any(row in line for line in stage.lines())
        else:
            assert "Support EU" in stage.text()
        assert "SIMULATION" in stage.text()


async def test_the_figures_are_the_servers() -> None:
    async with on_stage(config=config(), start=ALONE, settle=4) as stage:
        assert says(stage, "unassigned", truth(stage, Measure.UNASSIGNED))
        assert says(stage, "agents_online", truth(stage, Measure.AGENTS_ONLINE))


async def test_the_clock_shows_the_minute_of_the_contact_centre() -> None:
    async with on_stage(size=(80, 24), config=config(), start=ALONE, settle=2) as stage:
        assert "CET" in stage.text()
        assert clock_says(stage, "12:00")
        await stage.run_for(62, step=2)
        assert clock_says(stage, "12:01")
        assert not clock_says(stage, "12:00")


async def test_pages_turn_by_themselves_and_everybody_comes() -> None:
    async with on_stage(size=(80, 24), config=config(["*"]), start=ALONE, settle=4) as stage:
        seen: list[frozenset[str]] = []
        for _ in range(40):
            names = frozenset(shown_names(stage))
            if not seen or seen[-1] != names:
                seen.append(names)
            await stage.run_for(5, step=5)
        assert set().union(*seen) == {stage.monitor.entry(ref).name for ref in stage.monitor.refs()}
        assert all(len(names) == 2 for names in seen)
        assert len(seen) >= 4


class Firing:
    """Alerts of one account, as screens see them."""

    problem = ""

    def __init__(self, ref: AccountRef) -> None:
        self.ref = ref
        self.walls: list[bool] = []

    def level(self, ref: AccountRef) -> str | None:
        return "critical" if ref == self.ref else None

    def on_figure(self, ref: AccountRef, slot: Slot) -> str | None:
        return "critical" if ref == self.ref and slot.measure is Measure.UNASSIGNED else None

    def words(self, ref: AccountRef) -> str:
        return "too many wait" if ref == self.ref else ""

    def active(self, ref: AccountRef | None = None) -> tuple[object, ...]:
        return (
            (SimpleNamespace(ref=self.ref, level="critical", acknowledged=False),)
            if ref in (None, self.ref)
            else ()
        )

    def on_dark(self, dark: bool) -> None:
        pass

    def on_wall(self, on: bool) -> None:
        self.walls.append(on)


async def test_who_alerts_comes_first_and_stays_longer() -> None:
    async with on_stage(size=(80, 24), config=config(["*"]), start=ALONE, settle=4) as stage:
        firing = Firing(AccountRef("onprem", 2))
        stage.app.context.alerts = firing  # type: ignore[assignment]
        await stage.run_for(6)
        assert "Service Desk" in stage.text()
        assert "too many wait" in stage.text()
        assert "! unassigned" in stage.text()
        await stage.run_for(30, step=2)
        assert "Service Desk" in stage.lines()[6]
        await stage.run_for(12, step=2)
        assert "▲ Service Desk: too many wait" in stage.text()


async def test_after_two_missed_periods_the_digits_are_gone_and_come_back_by_themselves() -> None:
    async with on_stage(size=(80, 24), config=config(), start=ALONE, settle=5) as stage:
        stage.fail(Kind.REFUSE)
        await stage.run_for(20)
        assert "NO DATA" not in stage.text()
        await stage.run_for(30)
        band = next(line for line in stage.lines() if "NO DATA SINCE" in line)
        assert "NO DATA SINCE 12:00" in band
        for name in ("unassigned", "longest", "agents_online"):
            assert says(stage, name, "—")
        stage.mend()
        await stage.run_for(130, step=2)
        assert "NO DATA" not in stage.text()
        assert says(stage, "unassigned", known(stage, Measure.UNASSIGNED))


async def test_the_band_is_inverse_from_edge_to_edge() -> None:
    async with on_stage(size=(80, 24), config=config(), start=ALONE, settle=5) as stage:
        stage.fail(Kind.REFUSE)
        await stage.run_for(45)
        row = next(number for number, line in enumerate(stage.lines()) if "NO DATA SINCE" in line)
        strip = stage.app.screen._compositor.render_strips()[row]
        assert all(segment.style is not None and segment.style.reverse for segment in strip)
        assert sum(len(segment.text) for segment in strip) == 80


@pytest.mark.parametrize("kind", [Kind.STATUS_JSON, Kind.RATE_LIMITED, Kind.HTML_200])
async def test_a_server_that_restarts_or_refuses_is_waited_for(kind: Kind) -> None:
    async with on_stage(size=(80, 24), config=config(), start=ALONE, settle=5) as stage:
        stage.fail(kind)
        await stage.run_for(60, step=2)
        assert "NO DATA SINCE" in stage.text()
        stage.mend()
        await stage.run_for(310, step=5)
        assert "NO DATA" not in stage.text()


async def test_after_a_suspend_the_old_digits_are_never_taken_for_new() -> None:
    async with on_stage(size=(80, 24), config=config(), start=ALONE, settle=5) as stage:
        stage.fail(Kind.DELAY, seconds=3.0)
        stage.clock.leap(7200)
        await stage.run_for(1, step=0.2)
        assert "NO DATA SINCE 12:00" in stage.text()
        stage.mend()
        await stage.run_for(20)
        assert "NO DATA" not in stage.text()
        assert clock_says(stage, "14:00")


async def test_a_token_replaced_in_its_file_is_taken_up(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("of-somebody-who-left-long-ago")
    file.chmod(0o600)
    base = config()
    environments = tuple(
        msgspec.structs.replace(environment, token=TokenSource(file=str(file)))
        if environment.name == "trial"
        else environment
        for environment in base.environments
    )
    used = msgspec.structs.replace(base, environments=environments)
    async with on_stage(size=(80, 24), config=used, start=ALONE, settle=5) as stage:
        assert "token refused" in stage.text()
        file.write_text(token_of("trial"))
        await stage.run_for(75)
        assert says(stage, "unassigned", known(stage, Measure.UNASSIGNED))


async def test_outside_its_hours_it_is_dark_and_asks_slowly_and_wakes_by_itself() -> None:
    hours = parse_hours("08:00-12:01")
    async with on_stage(size=(80, 24), config=config(hours=hours), start=ALONE, settle=5) as stage:
        assert block(stage, "unassigned")
        await stage.run_for(60)
        assert not block(stage, "unassigned")
        assert "outside its hours" in stage.text()
        assert stage.app.screen.has_class("-dark")
        asked = len(stage.transport.requests)
        await stage.run_for(300, step=5)
        own = [request for request in list(stage.transport.requests)[asked:] if request.account == 12345]
        assert 4 <= len(own) <= 7
        assert "NO DATA" not in stage.text()
        stage.clock.leap(20 * 3600)
        await stage.run_for(30)
        assert not stage.app.screen.has_class("-dark")
        assert says(stage, "unassigned", known(stage, Measure.UNASSIGNED))


async def test_the_hours_of_the_inboxes_hold_by_default() -> None:
    sunday = config(hours=WallHours())
    async with on_stage(size=(80, 24), config=sunday, start=ALONE, settle=8) as stage:
        assert "outside its hours" in stage.text()
    monday = NOON + 86_400
    async with on_stage(size=(80, 24), config=sunday, start=ALONE, settle=8, wall=monday) as stage:
        assert block(stage, "unassigned")


async def test_missing_data_is_told_at_night_too() -> None:
    hours = parse_hours("08:00-09:00")
    async with on_stage(size=(80, 24), config=config(hours=hours), start=ALONE, settle=70) as stage:
        stage.fail(Kind.REFUSE)
        await stage.run_for(200, step=5)
        assert "NO DATA SINCE" in stage.text()


async def test_stray_keys_do_nothing_and_ctrl_c_ends_it() -> None:
    async with on_stage(size=(80, 24), config=config(), start=ALONE, settle=5) as stage:
        before = stage.text()
        for key in STRAY:
            await stage.press(key)
            assert stage.app.is_running
            assert stage.app.current_mode == "wall"
        assert not stage.monitor.paused
        assert stage.text() == before
        await stage.press("ctrl+c")
        assert stage.app.return_code == 0


@pytest.mark.parametrize("key", ["w", "q", "escape"])
async def test_a_wall_opened_by_a_key_closes_by_one_and_gives_back_the_dashboard(key: str) -> None:
    used = msgspec.structs.replace(config(), wall=Wall(hours=ALWAYS))
    async with on_stage(size=(80, 24), config=used) as stage:
        await stage.press("2", "w")
        assert stage.app.current_mode == "wall"
        assert shown_names(stage) == {"Support US"}
        await stage.press("1")
        assert stage.app.current_mode == "wall"
        await stage.press(key)
        assert stage.app.current_mode == "dashboard"
        assert stage.monitor.looking == US
        assert not stage.monitor.watch_all
        await stage.run_for(3)
        assert "Support US" in stage.lines()[0]


async def test_no_customer_and_no_agent_is_named() -> None:
    async with on_stage(size=(200, 50), config=config(["*"]), start=ALONE, settle=10) as stage:
        people = {
            agent.name
            for ref in stage.monitor.refs()
            for agent in stage.monitor.snapshot(ref).agents.items or ()
        }
        people |= {"Ada Brandt", "ada.brandt@contact-centre.example"}
        for _ in range(4):
            assert not [name for name in people if name and name in stage.text()]
            await stage.run_for(20, step=5)


async def test_the_picture_moves_now_and_then() -> None:
    async with on_stage(size=(80, 24), config=config(), start=ALONE, settle=5) as stage:
        at = [line.index("Support EU") for line in stage.lines() if "Support EU" in line]
        stage.clock.leap(600)
        await stage.run_for(20)
        moved = [line.index("Support EU") for line in stage.lines() if "Support EU" in line]
        assert at != moved
        assert abs(at[0] - moved[0]) <= 2


async def test_nothing_is_drawn_anew_while_nothing_changes() -> None:
    async with on_stage(size=(80, 24), config=config(), start=ALONE, settle=5) as stage:
        stage.monitor.pause()
        await stage.run_for(6)
        before = stage.app.on_demand.wall.view.lines
        await stage.run_for(10)
        assert stage.app.on_demand.wall.view.lines == before


async def test_a_wall_of_four_stays_within_the_budget_and_shows_live_figures() -> None:
    async with on_stage(size=(200, 50), config=config(["*"]), start=ALONE, settle=30) as stage:
        stage.transport.requests.clear()
        await stage.run_for(180, step=2)
        hosts = {request.origin for request in stage.transport.requests}
        for host in hosts:
            own = [request.at for request in stage.transport.requests if request.origin == host]
            assert max(sum(at <= other < at + 60 for other in own) for at in own) <= 60
        assert "NO DATA" not in stage.text()


async def test_resizing_never_breaks_it() -> None:
    async with on_stage(config=config(["*"]), start=ALONE, settle=5) as stage:
        for size in ((20, 5), (40, 12), (300, 90), (80, 24)):
            await stage.resize(*size)
            await stage.run_for(2)
            assert len(stage.lines()) == size[1]
            assert all(len(line) == size[0] for line in stage.lines())


async def test_an_account_nobody_knows_is_said_in_words() -> None:
    async with on_stage(size=(80, 24), config=config(["nowhere/*"]), start=ALONE, settle=5) as stage:
        assert "No account matches" in stage.text()


async def test_the_account_of_the_command_line_overrules_the_config() -> None:
    start = Start(wall=True, ref=US)
    async with on_stage(size=(80, 24), config=config(), start=start, settle=5) as stage:
        assert shown_names(stage) == {"Support US"}
