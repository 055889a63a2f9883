"""The installed command on networks that lie: doubled answers, proxies that can't be one, names that hang."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.contract.server import Asked, answer, raw_server
from tests.contract.test_networks_of_the_command import COMMAND, PASSWORD, TOKEN, config, failed, run, write
from tests.terminal.pty_harness import PtyProgram

__all__ = ["config"]
PATIENCE = 60.0
COUNTS = {1: 131, 2: 257}
SWITCHES = 4
HANGS = """import socket, time
real = socket.getaddrinfo
def look_up(host, *rest, **more):
    if str(host).endswith(".hanging.example"):
        time.sleep(600)
    return real(host, *rest, **more)
socket.getaddrinfo = look_up
"""
"""A name service that takes ten minutes for some names, put before everything else."""


class Doubling:
    """A Live Agent of two accounts behind a proxy that sends each answer of figures twice."""

    def __init__(self) -> None:
        self.before: dict[int, bytes] = {}

    async def speak(self, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        said = answer(self.body(asked.path), X_Request_Id=asked.headers.get("X-Request-Id", ""))
        if "/conversations/meta" in asked.path:
            # By turns at once, and just before the next answer.
            before = self.before.pop(asked.connection, b"")
            if len(self.before) % 2 or before:
                writer.write(before + said * 2)
            else:
                self.before[asked.connection] = said
                writer.write(said)
        else:
            writer.write(said)
        return True

    def body(self, path: str) -> str:
        if path.startswith("/api/v1/profile"):
            accounts = [
                {"id": count, "name": f"Desk {count}", "role": "agent", "status": "active"}
                for count in COUNTS
            ]
            return json.dumps({"id": 7, "name": "Ada", "role": "agent", "accounts": accounts})
        if "/conversations/meta" in path:
            account = int(path.split("/")[4])
            plain = "?" not in path or path.endswith("status=open")
            count = COUNTS[account] if plain else 0
            meta = {
                "unassigned_count": count,
                "all_count": count + 400,
                "mine_count": 0,
                "assigned_count": 400,
            }
            return json.dumps({"meta": meta})
        return json.dumps({"version": "2.16.1"} if path == "/api" else {"data": {"payload": []}})


def begin_with(config: Path, url: str, before: str, after: str) -> None:
    """A config that starts with the first account."""
    write(config, url)
    config.write_text(f'start = "desk/1"\n{before}{config.read_text()}\n{after}')


def put_first(folder: Path) -> None:
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(HANGS)


def _switched(config: Path, env: dict[str, str]) -> None:
    with PtyProgram(
        [COMMAND, "--config", str(config)], size=(120, 40), env=env, synchronized=True
    ) as program:
        for number in range(SWITCHES):
            shown = number % 2 + 1
            program.press(str(shown))

            def figures(program: PtyProgram, shown: int = shown) -> bool:
                lines = program._terminal.lines()
                if program.modes.drawing or f"Desk {shown}" not in lines[0]:
                    return False
                # Whatever is there by now, it is not the other account's.
                assert not any(f" {COUNTS[3 - shown]} " in line for line in lines[:8])
                return any(f" {COUNTS[shown]} " in line for line in lines[:8])

            program.wait_for(figures, PATIENCE)
        program.press("q")
        assert program.exit_code(PATIENCE) == 0


async def test_doubled_answers_never_show_the_figures_of_another_account(config: Path) -> None:
    async with raw_server(Doubling().speak) as server:
        accounts = "".join(
            f'[[environments.desk.accounts]]\nid = {account}\nname = "Desk {account}"\n' for account in COUNTS
        )
        begin_with(config, server.url, "[refresh]\nevery = 5\nbudget = 600\n", accounts)
        await asyncio.to_thread(_switched, config, {"DESK_TOKEN": TOKEN})


@pytest.mark.parametrize(
    "value",
    [
        f"http://ada:pa#{PASSWORD}@127.0.0.1:9",
        f"http://ada:p[{PASSWORD}@127.0.0.1:9",
        f'"http://ada:{PASSWORD}@127.0.0.1:9"',
        "http:127.0.0.1:80800",
    ],
)
async def test_a_proxy_that_can_not_be_one_is_told_and_never_passed_by(config: Path, value: str) -> None:
    async with raw_server(Doubling().speak) as server:
        write(config, server.url.replace("http:", "https:"))
        said = await failed(config, HTTPS_PROXY=value, https_proxy="")
        assert said.startswith("HTTPS_PROXY can't be used")
        assert "percent-encode" in said
        assert server.connections == 0


async def test_a_socks_proxy_for_all_is_left_alone_beside_one_that_works(config: Path) -> None:
    async with raw_server(Doubling().speak) as proxy:
        write(config, "https://desk.example")
        socks = "socks5://127.0.0.1:9"
        assert "SOCKS" in await failed(config, ALL_PROXY=socks)
        ran = await run(config, "check", ALL_PROXY=socks, HTTPS_PROXY=f" http://127.0.0.1:{proxy.port} ")
        assert f"by the proxy 127.0.0.1:{proxy.port}" in ran.said
        assert "SOCKS" not in ran.said
        assert {request.line.split(" ")[0] for request in proxy.asked} == {"CONNECT"}


def _left_at_once(config: Path, env: dict[str, str]) -> None:
    with PtyProgram([COMMAND, "--config", str(config)], size=(120, 40), env=env) as program:
        program.wait_for(f" {COUNTS[1]} ", PATIENCE)
        program.press("q")
        assert program.exit_code(PATIENCE) == 0


async def test_a_name_that_hangs_is_told_and_holds_up_neither_figures_nor_the_end(
    config: Path, tmp_path: Path
) -> None:
    hanging = {"PYTHONPATH": str(tmp_path / "first"), "DESK_TOKEN": TOKEN}
    put_first(tmp_path / "first")
    async with raw_server(Doubling().speak) as server:
        others = "".join(
            f'[environments.far{number}]\nurl = "https://far{number}.hanging.example"\n'
            'token = { env = "DESK_TOKEN" }\n'
            for number in range(8)
        )
        begin_with(config, server.url, "", others)
        await asyncio.to_thread(_left_at_once, config, hanging)
    write(config, "https://far.hanging.example")
    said = await failed(config, PYTHONPATH=hanging["PYTHONPATH"])
    assert said.startswith("The name far.hanging.example could not be looked up in 8 s")
