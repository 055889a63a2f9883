"""Servers that send too much, too deep or nonsense, and wrong certificates, before the installed command."""

import asyncio
import datetime
import gzip
import json
import re
import ssl
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import trustme

from tests.contract.server import Asked, RawServer, always, answer, raw_server
from tests.terminal.pty_harness import PtyProgram
from tests.truth.in_terminal import until

COMMAND = str(Path(sys.executable).with_name("liveagent-tui"))
TOKEN = "tok-9f8e7d6c5b4a39281706"
BOUND = 256 * 1024 * 1024
"""Bytes: what the program may need at most, whatever servers send. docs/faults.md states it."""
PASSED = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
PROFILE = json.dumps(
    {"id": 1, "name": "Ada", "accounts": [{"id": 2, "name": "Desk", "role": "administrator"}]}
)
NONSENSE = '{"meta": {"mine_count": -5, "unassigned_count": 7, "assigned_count": 1e400, "all_count": 99}}'


def piece_by_piece(total: int) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
    async def write(writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {total}\r\n\r\n["
        writer.write(head.encode())
        for _ in range(total // 65_536):
            writer.write(b" " * 65_536)
            await writer.drain()

    return write


async def test_a_server_that_floods_the_program_fills_no_memory_and_stops_nothing() -> None:
    million = ("[" + ",".join(f'{{"id":{n}}}' for n in range(1, 1_000_001)) + "]").encode()
    bomb = gzip.compress(b"[" + b" " * 300_000_000, compresslevel=1)
    deep = b"[" * 2_000_000
    bodies = {
        "profile": answer(PROFILE),
        "meta": answer(NONSENSE),
        "agents": answer(gzip.compress(million, 1), Content_Encoding="gzip"),
        "inboxes": answer(bomb, Content_Encoding="gzip"),
        "labels": answer(deep),
        "cache_keys": answer(deep),
    }
    floods = piece_by_piece(50_000_000)
    told: set[str] = set()

    async def speak(asked: Asked, writer: asyncio.StreamWriter) -> bool:
        last = asked.path.partition("?")[0].rpartition("/")[2]
        if last in bodies:
            writer.write(bodies[last])
            await writer.drain()
        else:
            await floods(writer)
        told.add(last)
        return last in bodies

    async with raw_server(speak) as server:
        env = {"LIVEAGENT_URL": server.url, "LIVEAGENT_TOKEN": TOKEN, "LIVEAGENT_ACCOUNT": "2"}
        with PtyProgram([COMMAND], size=(120, 40), env=env) as program:
            await until(lambda: re.search(r"\b7\b", "\n".join(program.screen_lines()[2:6])) is not None, 60.0)
            await until(lambda: {"agents", "inboxes", "meta"} <= told, 60.0)
            await until(lambda: "Agents 20" in "\n".join(program.screen_lines()), 60.0)
            program.press("r")
            await asyncio.sleep(3)
            assert "-5" not in "\n".join(program.screen_lines())
            used = peak(program.pid)
            assert used < BOUND, used
            program.press("q")
            await until(lambda: program._poll() is not None, 20.0)
            assert program.exit_code() == 0


def peak(pid: int) -> int:
    """The most memory the process ever held, in bytes."""
    match = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert match is not None
    return int(match[1]) * 1024


def certificate(kind: str, made: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    match kind:
        case "expired":
            made.issue_cert("127.0.0.1", not_before=PASSED, not_after=PASSED).configure_cert(context)
        case "another host":
            made.issue_cert("other.example").configure_cert(context)
        case _:
            trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("expired", "The certificate of 127.0.0.1:{} has expired"),
        ("another host", "The certificate of 127.0.0.1:{} is another host's"),
        ("self-signed", "The certificate of 127.0.0.1:{} is not trusted by this machine"),
    ],
    ids=["expired", "another-host", "self-signed"],
)
async def test_a_wrong_certificate_is_a_plain_sentence_on_screen(
    kind: str, sentence: str, tmp_path: Path
) -> None:
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    async with raw_server(always(answer(PROFILE)), tls=certificate(kind, made)) as server:
        config = written(tmp_path, server)
        argv = [COMMAND, "--config", str(config)]
        with PtyProgram(argv, size=(160, 40), env={"T": TOKEN}) as program:
            wanted = sentence.format(server.port)
            await until(lambda: wanted in "\n".join(program.screen_lines()), 40.0)
            assert "Traceback" not in "\n".join(program.screen_lines())
            program.press("q")
            await until(lambda: program._poll() is not None, 20.0)
            assert program.exit_code() == 0
    assert not server.asked


def written(folder: Path, server: RawServer) -> Path:
    config = folder / "config.toml"
    config.write_text(
        f'[environments.desk]\nurl = "{server.url.replace("http:", "https:")}"\ntoken = {{ env = "T" }}\n'
        f'ca_file = "{folder / "ca.pem"}"\n[[environments.desk.accounts]]\nid = 2\n'
    )
    config.chmod(0o600)
    return config
