"""The judge sees a header, a figure, a team and a sample of a reach that is over."""

from typing import Any

import msgspec
import pytest

from tests.truth.bench import Tally
from tests.truth.drive import play
from tests.truth.plan import Assign, Belong, DeleteTeam, Lock, Press, Resize, Step, Wait
from tui.figures import AccountKey, AccountRef
from tui.monitor.change_of_reach import ChangeOfReach
from tui.monitor.directory import Directory
from tui.monitor.reach import Reaches
from tui.monitor.reading import Viewer
from tui.monitor.store import Store
from tui.simulator.demo import ADMIN

HERE = 12345
LESS = Assign(ADMIN, HERE, "agent", frozenset({1}))
MORE = Assign(ADMIN, HERE, "administrator", frozenset())
WIDE = Resize(200, 50)
"""Room for the role in the header."""
REFRESH = Press(("r",))


async def violations(*plan: Step) -> str:
    tally = Tally()
    assert await play([WIDE, Wait(15.0), *plan], tally)
    return "\n".join(tally.violations)


async def test_roles_memberships_and_teams_that_change_are_told_and_true() -> None:
    tally = Tally()
    gone: list[Step] = [Lock(HERE, True), Wait(31.0), Lock(HERE, False), REFRESH]
    out: list[Step] = [Belong(ADMIN, HERE, False), Wait(31.0), Belong(ADMIN, HERE, True), REFRESH]
    plan: list[Step] = [WIDE, Wait(15.0), LESS, Wait(64.0), MORE, REFRESH, Wait(6.0), *gone, Wait(6.0), *out]
    assert await play([*plan, DeleteTeam(HERE, 3, True), Wait(64.0), Wait(31.0)], tally) == []
    assert tally.seen["headers that must be right by now"]


async def test_a_header_of_the_former_role_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Directory.viewer

    def deaf(directory: Directory, ref: AccountRef) -> Viewer | None:
        found = honest(directory, ref)
        return found and msgspec.structs.replace(found, roles=("administrator",))

    monkeypatch.setattr(Directory, "viewer", deaf)
    assert "the header says ['administrator'], the server has said" in await violations(LESS, Wait(64.0))


async def test_figures_of_the_former_reach_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ChangeOfReach, "begin_anew", lambda *_: None)
    monkeypatch.setattr(Reaches, "mark", lambda *_: "")
    assert "of reach" in await violations(Wait(15.0), LESS, REFRESH, Wait(3.0))


async def test_a_team_that_is_gone_and_still_counted_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "void", lambda *_: None)
    honest, listed = Store.put_list, list[str]()

    def once(store: Store, key: AccountKey, name: str, *told: Any) -> None:
        listed.append(name)
        if name != "teams" or listed.count(name) < 2:
            honest(store, key, name, *told)

    monkeypatch.setattr(Store, "put_list", once)
    shown = DeleteTeam(HERE, 1, True), Wait(64.0), Wait(64.0)
    assert "and the team is gone" in await violations(*shown)


async def test_a_sample_of_another_reach_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reaches, "mark", lambda *_: "agent 4")
    assert "the server held [] for agent 4" in await violations(Wait(31.0))
