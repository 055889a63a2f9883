"""The one-shot, by the real client, prints what the simulator's world holds."""

import argparse
import json

import pytest

from tui.api.client import Connection, LiveAgentClient
from tui.clock import Clock, ManualClock
from tui.config.model import Account, Config, Environment
from tui.output import snapshot
from tui.output.document import FIGURES
from tui.redact import Secret
from tui.simulator.demo import Demo


def test_every_figure_is_the_world_s(capsys: pytest.CaptureFixture[str]) -> None:
    clock = ManualClock()
    demo = Demo(clock=clock)
    place = demo.environments[0]

    async def connect(environment: Environment, clock: Clock) -> LiveAgentClient:
        transport = demo.transport(place.url, latency=(0.0, 0.0))
        return LiveAgentClient(
            Connection(environment.url, Secret(place.token), environment.name, transport=transport), clock
        )

    parser = argparse.ArgumentParser()
    snapshot.add_parser(parser.add_subparsers())
    account = place.accounts[0].id
    config = Config(environments=(Environment("trial", place.url, accounts=(Account(account),)),))
    args = parser.parse_args(["snapshot", "trial", "--format", "json"])
    assert snapshot.run(args, config, clock=clock, connect=connect) == 0
    (document,) = json.loads(capsys.readouterr().out)
    world = demo.world(place.url)
    truth = world.truth(account, world.by_token[place.token].id)
    assert document["as"]["role"] == "administrator"
    shown = {name: figure["value"] for name, figure in document["figures"].items()}
    assert shown == {name: truth[slot] for name, slot in FIGURES.items()}
