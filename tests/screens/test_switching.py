"""Switching accounts and environments: never a figure of one under the name of another."""

from pathlib import Path

import msgspec

from tests.stage import Stage, demo_config, on_stage
from tui.clock import ManualClock
from tui.config.model import Account, Config, Environment, TokenSource
from tui.config.state import load_state
from tui.identity import ACCOUNT, AccountRef, Measure, Slot
from tui.redact import Secret
from tui.simulator.demo import ADMIN, AGENT_VIEWER, Demo, origin_of, token_of
from tui.simulator.faults import Fault, Kind

EU, US = AccountRef("trial", 12345), AccountRef("trial", 12346)
OPEN, UNASSIGNED = Slot(ACCOUNT, Measure.OPEN), Slot(ACCOUNT, Measure.UNASSIGNED)
NONE_YET = {"…"}


def header(stage: Stage) -> str:
    return stage.lines()[0]


def known(stage: Stage, ref: AccountRef) -> dict[str, str]:
    """The account's own last known figures, as they would be written."""
    snapshot = stage.monitor.snapshot(ref)
    values = {str(slot.measure): snapshot.reading(slot).value for slot in (OPEN, UNASSIGNED)}
    return {name: "…" if value is None else f"{value:.0f}" for name, value in values.items()}


def shows_only(stage: Stage, ref: AccountRef) -> None:
    """Header, figures, teams and agents are of that account, or there are none."""
    snapshot, shown = stage.monitor.snapshot(ref), stage.figures()
    assert f" · {ref.account_id}" in header(stage)
    for name, value in known(stage, ref).items():
        assert shown[name] == value
    for pane, listing in ((stage.dashboard.teams, snapshot.teams), (stage.dashboard.agents, snapshot.agents)):
        assert {row.key for row in pane.table.rows} == {item.id for item in listing.items or ()}


async def test_the_next_frame_shows_the_other_account_as_last_known() -> None:
    async with on_stage() as stage:
        await stage.run_for(70, step=10)
        former = known(stage, EU)
        stage.fail(Kind.DELAY, seconds=15)
        await stage.press("a")
        shows_only(stage, US)
        assert "Support US" in header(stage)
        assert stage.figures()["open"] != former["open"]
        await stage.run_for(10)
        shows_only(stage, US)
        await stage.press("A")
        shows_only(stage, EU)
        assert "Support EU" in header(stage)


async def test_an_account_never_asked_is_loading_and_nothing_else() -> None:
    late = Fault(kind=Kind.DELAY, account=US.account_id, seconds=12)
    async with on_stage(faults=[late]) as stage:
        assert stage.figures()["open"].isdecimal()
        await stage.press("a")
        assert {stage.figures()[name] for name in ("open", "unassigned", "agents_online")} == NONE_YET
        assert "no answer yet" in header(stage)
        assert "Asking the server" in stage.text()
        await stage.run_for(14)
        shows_only(stage, US)
        assert stage.figures()["open"].isdecimal()


async def test_what_comes_late_for_the_account_left_is_not_shown_in_the_new_one() -> None:
    late = Fault(kind=Kind.DELAY, account=EU.account_id, seconds=9)
    async with on_stage(faults=[late], settle=2) as stage:
        assert set(known(stage, EU).values()) == NONE_YET
        await stage.press("a")
        for _ in range(12):
            await stage.run_for(1)
            shows_only(stage, US)
        assert known(stage, EU)["open"].isdecimal()
        assert known(stage, EU)["open"] != known(stage, US)["open"]
        await stage.press("A")
        shows_only(stage, EU)


async def test_going_to_and_fro_never_mixes_two_accounts() -> None:
    async with on_stage(size=(80, 24), latency=(0.1, 1.5), settle=0) as stage:
        for turn in range(16):
            await stage.press("a" if turn % 2 == 0 else "A")
            ref = stage.dashboard.ref
            assert ref == (US if turn % 2 == 0 else EU)
            shows_only(stage, ref)
            await stage.run_for(0.7, step=0.35)
            shows_only(stage, ref)


async def test_the_choice_survives_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state.toml"
    async with on_stage(size=(80, 24), store=load_state(path), settle=1) as stage:
        await stage.press("4")
        assert "Retail Europe" in header(stage)
        await stage.press("2")
        assert "Support US" in header(stage)
    async with on_stage(size=(80, 24), store=load_state(path), settle=1) as stage:
        assert "Support US" in header(stage)
        await stage.press("e")
        assert "Retail Europe" in header(stage)
        await stage.press("E")
        assert "Support US" in header(stage)


async def test_two_tokens_at_one_address_see_each_their_own() -> None:
    users = (("boss", "admin", ADMIN), ("bruno", "agent", AGENT_VIEWER))
    config = Config(
        environments=tuple(
            Environment(
                name=name,
                url=origin_of("trial"),
                token=TokenSource(held=Secret(token_of("trial", user))),
                accounts=(Account(id=EU.account_id),),
            )
            for name, user, _ in users
        )
    )
    async with on_stage(config=config, settle=40) as stage:
        world = stage.demo.world(origin_of("trial"))
        all_of_it, part = (world.truth(EU.account_id, viewer)[OPEN] for _, _, viewer in users)
        assert part < all_of_it / 2
        for turn in range(6):
            name, _, viewer = users[turn % 2]
            assert f" {name.upper()} " in header(stage)
            assert abs(int(stage.figures()["open"]) - world.truth(EU.account_id, viewer)[OPEN]) <= 3
            await stage.press("e")
            await stage.run_for(2)


async def test_digits_and_keys_of_ones_own_jump() -> None:
    config = demo_config(Demo(clock=ManualClock()))
    trial, app, onprem = config.environments
    desk = msgspec.structs.replace(onprem.accounts[0], key="1")
    config = msgspec.structs.replace(
        config,
        environments=(
            trial,
            msgspec.structs.replace(app, key="u"),
            msgspec.structs.replace(onprem, accounts=(desk,)),
        ),
    )
    async with on_stage(size=(80, 24), config=config, settle=1) as stage:
        for key, name in [
            ("1", "Service Desk"),
            ("2", "Support EU"),
            ("6", "Retail Nordics"),
            ("3", "Support US"),
            ("u", "Retail Nordics"),
            ("9", "Retail Nordics"),
        ]:
            await stage.press(key)
            assert name in header(stage), key


async def test_switching_clears_filter_and_availability() -> None:
    async with on_stage() as stage:
        await stage.press("v")
        await stage.press("shift+tab", "shift+tab", "slash", "o", "r", "enter")
        assert " of 8" in stage.text()
        await stage.press("a")
        await stage.run_for(1)
        assert "Teams 5 ─" in stage.text()
        assert "Agents 24  ●" in stage.text()
        await stage.press("v")
        assert "online" in str(stage.dashboard.agents.border_title)


async def test_what_is_wrong_with_one_token_is_never_told_of_another_environment_of_the_address() -> None:
    anna, bert = (
        Environment(
            name=name,
            url=origin_of("trial"),
            token=TokenSource(file=f"/no/such/token-of-{name}"),
            accounts=(Account(id=12345, name="EU"),),
        )
        for name in ("anna", "bert")
    )
    async with on_stage(config=Config(environments=(anna, bert))) as stage:
        for mine, other in (("anna", "bert"), ("bert", "anna"), ("anna", "bert")):
            assert mine.upper() in header(stage)
            assert f"token-of-{mine}" in stage.text()
            assert f"token-of-{other}" not in stage.text()
            await stage.press("e")
            await stage.run_for(2)


async def test_a_token_file_that_was_emptied_is_told_of_its_own_environment(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(token_of("trial"))
    file.chmod(0o600)
    accounts = (Account(id=12345, name="EU"),)
    anna = Environment("anna", origin_of("trial"), token=TokenSource(file=str(file)), accounts=accounts)
    bert = msgspec.structs.replace(anna, name="bert", token=TokenSource(held=Secret(token_of("trial"))))
    async with on_stage(config=Config(environments=(anna, bert))) as stage:
        await stage.press("e")
        await stage.run_for(10)
        file.write_text("")
        for _ in range(160):
            await stage.run_for(0.5)
            assert "There is no token" not in stage.text()
        await stage.press("e")
        await stage.run_for(2)
        assert "There is no token" in stage.text()
