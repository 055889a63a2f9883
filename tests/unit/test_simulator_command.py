"""`liveagent-tui demo --serve`: its argument, its errors, and a served simulator that ends on SIGTERM."""

import argparse
import re
import socket
import subprocess
import sys

import httpx
import pytest

from tui.simulator import command
from tui.simulator.demo import token_of

PROGRAM = """
import argparse, sys
from tui.simulator import command
parser = argparse.ArgumentParser()
command.add_parser(parser.add_subparsers())
sys.exit(command.run(parser.parse_args(["demo", "--serve", "127.0.0.1:0"])))
"""


def test_a_taken_port_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert command.run(argparse.Namespace(serve=("127.0.0.1", taken.getsockname()[1]))) == 2
    assert "cannot listen at 127.0.0.1" in capsys.readouterr().err


def test_serves_each_environment_until_told_to_end() -> None:
    with subprocess.Popen((sys.executable, "-c", PROGRAM), stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            lines = [server.stdout.readline() for _ in range(3)]
            names = [line.partition(":")[0] for line in lines]
            assert names == ["trial", "app", "onprem"]
            for name, line in zip(names, lines, strict=True):
                match = re.search(r"(http://\S+)\s+token (\S+)", line)
                assert match is not None
                assert match[2] == token_of(name)
                headers = {"api_access_token": match[2]}
                answer = httpx.get(f"{match[1]}/api/v1/profile", headers=headers, trust_env=False)
                assert answer.json()["accounts"]
        finally:
            server.terminate()
        assert server.wait(10) == 0
