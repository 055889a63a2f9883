"""The fleet as a person sees it: every account with its own moment, and the way to each."""

import msgspec
import pytest

from tests.stage import Stage, demo_config, on_stage
from tui.clock import ManualClock
from tui.config.model import Config, TokenSource
from tui.identity import ACCOUNT, AccountRef, Measure, Slot
from tui.redact import Secret
from tui.simulator.demo import Demo, origin_of, token_of
from tui.simulator.faults import Kind

REFS = (
    AccountRef("trial", 12345),
    AccountRef("trial", 12346),
    AccountRef("trial", 12390),
    AccountRef("app", 204),
    AccountRef("app", 205),
    AccountRef("onprem", 2),
)
NORDICS = REFS[4]


def rows(stage: Stage) -> list[str]:
    """The lines of the table that hold an account."""
    names = [stage.monitor.entry(ref).name for ref in REFS]
    return [line for line in stage.lines() if any(name[:9] in line for name in names)]


def shown(stage: Stage, ref: AccountRef, measure: Measure) -> str:
    """What stands for a figure of one account."""
    for strip in stage.app.screen._compositor.render_strips():
        for segment in strip:
            meta = segment.style.meta if segment.style is not None else {}
            if meta.get("figure") == str(measure) and meta.get("account") == str(ref):
                return segment.text.strip()
    raise AssertionError(f"{ref} has no {measure} on screen")


async def fleet(stage: Stage, seconds: float = 30) -> None:
    await stage.press("f")
    await stage.run_for(seconds, step=2)


async def test_every_account_of_every_environment_has_its_row_and_the_servers_figures() -> None:
    async with on_stage() as stage:
        await fleet(stage)
        assert [line.split()[2] for line in rows(stage)] != []
        assert len(rows(stage)) == len(REFS)
        for ref in REFS:
            snapshot = stage.monitor.snapshot(ref)
            for measure in (Measure.UNASSIGNED, Measure.OPEN, Measure.AGENTS_ONLINE):
                known = snapshot.reading(Slot(ACCOUNT, measure)).value
                assert known is not None
                assert shown(stage, ref, measure) == f"{known:.0f}"
        waiting = sum(
            stage.monitor.snapshot(ref).reading(Slot(ACCOUNT, Measure.UNASSIGNED)).value or 0 for ref in REFS
        )
        assert f"unassigned {waiting:.0f}" in stage.text()


async def test_an_account_that_two_environments_have_counts_once_as_an_administrator_sees_it() -> None:
    trial = demo_config(Demo(clock=ManualClock())).environments[0]
    seen_as = (("team", "agent"), ("boss", "admin"), ("again", "admin"))
    environments = tuple(
        msgspec.structs.replace(
            trial,
            name=name,
            token=TokenSource(held=Secret(token_of("trial", user))),
            accounts=trial.accounts[:1],
        )
        for name, user in seen_as
    )
    async with on_stage(config=Config(environments=environments)) as stage:
        await fleet(stage)
        all_open = Slot(ACCOUNT, Measure.OPEN)
        team, boss = (
            stage.monitor.snapshot(AccountRef(name, 12345)).reading(all_open).value
            for name in ("team", "boss")
        )
        assert team is not None
        assert boss is not None
        assert team < boss
        assert f"open {boss:.0f}  " in stage.text()


async def test_rows_stand_by_environment_and_each_has_its_moment() -> None:
    async with on_stage() as stage:
        await fleet(stage)
        badges = [next(word for word in ("TRIAL", "APP", "ONPREM") if word in line) for line in rows(stage)]
        assert badges == ["TRIAL"] * 3 + ["APP"] * 2 + ["ONPREM"]
        assert all("12:00:" in line for line in rows(stage))
        assert "SIMULATION" in stage.lines()[0]


async def test_agents_and_waits_of_all_are_asked_rarely_and_only_while_it_is_open() -> None:
    async with on_stage() as stage:
        watched = [stage.monitor.watch_all]
        await fleet(stage)
        watched.append(stage.monitor.watch_all)
        await stage.press("question_mark")
        watched.append(stage.monitor.watch_all)
        await stage.press("escape", "escape")
        watched.append(stage.monitor.watch_all)
        assert watched == [False, True, True, False]


async def test_the_budget_of_each_host_holds() -> None:
    async with on_stage() as stage:
        await fleet(stage, 180)
        for host in {request.origin for request in stage.transport.requests}:
            own = [request.at for request in stage.transport.requests if request.origin == host]
            assert max(sum(at <= other < at + 60 for other in own) for at in own) <= 60


async def test_the_needed_columns_are_there_at_every_size() -> None:
    async with on_stage(size=(80, 24)) as stage:
        await fleet(stage)
        for size in ((80, 24), (120, 40), (200, 50)):
            await stage.resize(*size)
            text = stage.text()
            for title in ("account", "unassigned", "longest", "open", "online", "as of"):
                assert title in text, size
            if size[0] >= 120:
                assert "alerts" in text
                assert "server" in text
            assert "? keys" in stage.lines()[-1]


async def test_environments_that_begin_alike_look_different_at_80_cells() -> None:
    demo = demo_config(Demo(clock=ManualClock()))
    names = ("production-site-eu", "production-site-us", "production-site-ap")
    pairs = zip(demo.environments, names, strict=True)
    places = tuple(msgspec.structs.replace(environment, name=name) for environment, name in pairs)
    async with on_stage(config=Config(environments=places), size=(80, 24)) as stage:
        await fleet(stage)
        text = stage.text()
        for told in ("TE-EU ", "TE-US ", "TE-AP ", "Support EU ", "Service Desk "):
            assert told in text


async def test_a_server_that_is_gone_dims_its_rows_alone_and_is_named() -> None:
    async with on_stage() as stage:
        await fleet(stage)
        stage.fail(Kind.REFUSE, origin=origin_of("app"))
        await stage.run_for(180, step=5)
        app_rows = [line for line in rows(stage) if "APP" in line]
        assert all("ago" in line and "no answer" in line for line in app_rows)
        assert all("ago" not in line for line in rows(stage) if "TRIAL" in line)
        assert "4 of 6 known" in stage.text()
        assert "≥" in stage.text()


async def test_enter_opens_the_account() -> None:
    async with on_stage() as stage:
        await fleet(stage)
        await stage.press("G", "enter")
        assert stage.app.screen is stage.dashboard
        assert stage.dashboard.ref == REFS[-1]
        await stage.press("f", "enter")
        assert stage.dashboard.ref == REFS[-1]
        assert stage.app.screen is stage.dashboard


@pytest.mark.parametrize("key", ["escape", "f", "q"])
async def test_the_way_back_is_the_dashboard_as_it_was(key: str) -> None:
    async with on_stage() as stage:
        await stage.press("2")
        await fleet(stage, 4)
        await stage.press(key)
        assert stage.app.is_running
        assert stage.app.screen is stage.dashboard
        assert stage.dashboard.ref == REFS[1]


async def test_digits_and_own_keys_still_switch() -> None:
    base = demo_config(Demo(clock=ManualClock()))
    environments = tuple(
        msgspec.structs.replace(environment, key="ö") if environment.name == "onprem" else environment
        for environment in base.environments
    )
    async with on_stage(config=msgspec.structs.replace(base, environments=environments)) as stage:
        await fleet(stage, 4)
        await stage.press("5")
        assert (stage.app.screen, stage.dashboard.ref) == (stage.dashboard, NORDICS)
        await fleet(stage, 4)
        await stage.press("ö")
        assert (stage.app.screen, stage.dashboard.ref) == (stage.dashboard, REFS[-1])


async def test_a_filter_hides_rows_and_escape_shows_them_before_it_leaves() -> None:
    async with on_stage() as stage:
        await fleet(stage)
        await stage.press("slash", *"retail", "enter")
        assert len(rows(stage)) == 2
        await stage.press("escape")
        assert len(rows(stage)) == 6
        assert stage.app.current_mode == "fleet"
        await stage.press("escape")
        assert stage.app.current_mode == "dashboard"


async def test_sorting_overrides_the_groups_and_is_remembered() -> None:
    async with on_stage() as stage:
        await fleet(stage)
        table = stage.app.on_demand.fleet.pane.table
        while table.sorted_by is None or table.sorted_by[0] != "unassigned":
            await stage.press("s")
        values = [
            stage.monitor.snapshot(ref).reading(Slot(ACCOUNT, Measure.UNASSIGNED)).value
            for ref in (row.key for row in table.rows)
            if isinstance(ref, AccountRef)
        ]
        assert values == sorted(values, key=lambda value: value or 0, reverse=True)
        assert stage.app.context.state.sort_order("fleet") == "-unassigned"


async def test_an_order_chosen_by_a_click_is_remembered_too() -> None:
    async with on_stage() as stage:
        await fleet(stage)
        await stage.pilot.click("#fleet-table", offset=(14, 0))
        await stage.settled()
        table = stage.app.on_demand.fleet.pane.table
        assert table.sorted_by == ("name", False)
        assert stage.app.context.state.sort_order("fleet") == "name"


async def test_without_an_environment_it_says_what_to_do() -> None:
    async with on_stage(config=Config()) as stage:
        await stage.press("escape", "f")
        assert "No environment yet: press , and add one." in stage.text()


async def test_the_key_that_adds_an_environment_is_named_as_it_is_mapped() -> None:
    async with on_stage(config=Config(keys={"settings": ("Z",)})) as stage:
        await stage.press("escape", "f")
        assert "No environment yet: press Z and add one." in stage.text()


async def test_opening_it_again_and_again_leaves_the_same_screens() -> None:
    async with on_stage() as stage:
        screen = stage.app.on_demand.fleet
        for _ in range(5):
            await stage.press("f", "f", "w", "w")
        assert stage.app.on_demand.fleet is screen
        assert stage.app.screen is stage.dashboard
        assert len(stage.app.screen_stack) == 1


def weakened(*names: str) -> Config:
    """The demo's config, where the TLS of some environments is not verified."""
    config = demo_config(Demo(clock=ManualClock()))
    changed = (
        msgspec.structs.replace(environment, verify=environment.name not in names)
        for environment in config.environments
    )
    return msgspec.structs.replace(config, environments=tuple(changed))


async def test_every_environment_whose_tls_is_not_verified_is_named() -> None:
    for names in (("onprem",), ("app", "onprem")):
        async with on_stage(config=weakened(*names), size=(80, 24)) as stage:
            assert "TLS NOT VERIFIED" not in stage.lines()[0]
            await fleet(stage, 2)
            head = stage.lines()[0]
            assert f"SIMULATION  TLS NOT VERIFIED: {', '.join(names)}" in head
            assert head.rstrip().endswith("CET")


async def test_marks_that_find_no_room_tell_how_many_environments_they_mean() -> None:
    config = weakened("trial", "app", "onprem")
    long = tuple(
        msgspec.structs.replace(environment, name=f"{environment.name}-with-quite-a-long-name")
        for environment in config.environments
    )
    config = msgspec.structs.replace(config, environments=long)
    async with on_stage(config=config, size=(80, 24), settle=1) as stage:
        await fleet(stage, 2)
        assert "TLS NOT VERIFIED: 3 environments" in stage.lines()[0]
