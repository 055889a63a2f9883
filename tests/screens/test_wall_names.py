"""Names on the wall: no two accounts look alike."""

import msgspec
import pytest

from tests.screens.test_wall import ALONE, SIZES, config
from tests.stage import demo_config, on_stage
from tui.clock import ManualClock
from tui.config.model import Account
from tui.simulator.demo import Demo
from tui.widgets.big_digits import word, word_height


@pytest.mark.parametrize(
    ("names", "size"),
    [(("Support", "SUPPORT", "Support"), size) for size in SIZES]
    + [(("Support of the north", "Support of the south", "Support of the west"), (160, 40))],
)
async def test_accounts_whose_names_look_alike_are_told_by_their_numbers(
    names: tuple[str, ...], size: tuple[int, int]
) -> None:
    trial = demo_config(Demo(clock=ManualClock())).environments[0]
    numbers = [account.id for account in trial.accounts]
    accounts = tuple(Account(id=number, name=name) for number, name in zip(numbers, names, strict=True))
    wanted = config(["trial/*"], figures=("unassigned",))
    wanted = msgspec.structs.replace(
        wanted, environments=(msgspec.structs.replace(trial, accounts=accounts),)
    )
    async with on_stage(size=size, config=wanted, start=ALONE, settle=6) as stage:
        told = set()
        for _ in range(60):
            lines = stage.lines()
            for number in numbers:
                drawn = (
                    [row.strip() for row in word(str(number), word_height(size[1]), 200)]
                    if size[1] >= 28
                    else []
                )
                large = bool(drawn) and all(any(row in line for line in lines) for row in drawn)
                told |= {number} if large or str(number) in "".join(lines) else set()
            if told == set(numbers):
                break
            await stage.run_for(1)
        assert told == set(numbers)
