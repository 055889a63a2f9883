"""Imports run one way, and what a person waits for loads only what it needs."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.project import ROOT, dotted, modules

# Beside click, which comes with development tools alone, httpx loads rich for its own command line.
REPORT = """
import json, sys
sys.modules["click"] = None
{body}
print(json.dumps(sorted({{name.partition(".")[0] for name, module in sys.modules.items() if module}})))
"""

PLAIN = ("tui/api", "tui/config", "tui/monitor", "tui/output", "tui/simulator")
PLAIN_FILES = (
    "identity",
    "measures",
    "actions",
    "address",
    "aside",
    "clock",
    "crash",
    "durations",
    "extras",
    "guess",
    "log",
    "paths",
    "private_files",
    "proxies",
    "redact",
    "text",
    "usage",
    "wording",
)

# These are thin doors to what an extra brings, imported when somebody asks for it.
DOORS = {"tui.simulator.serve"}


def loaded(body: str, cwd: Path = ROOT) -> set[str]:
    """Return the top-level packages a fresh interpreter holds after `body`."""
    run = subprocess.run(
        [sys.executable, "-c", REPORT.format(body=body)], cwd=cwd, capture_output=True, text=True, check=True
    )
    names: list[str] = json.loads(run.stdout.splitlines()[-1])
    return set(names)


def after_command(*arguments: str) -> set[str]:
    """Return the packages loaded once the command line has done what `arguments` say."""
    return loaded(
        f"import contextlib, io, tui.cli\n"
        f"with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())):\n"
        f"    tui.cli.main({list(arguments)!r})"
    )


def test_layers_hold() -> None:
    # In a process of its own, as it configures logging for all that runs beside it.
    command = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_nothing_left_of_the_terminal_loads_textual_or_rich() -> None:
    names = [dotted(path) for path in modules(*PLAIN)] + [f"tui.{name}" for name in PLAIN_FILES]
    imports = "\n".join(f"import {name}" for name in names if name not in DOORS)
    assert not loaded(imports) & {"textual", "rich"}


def test_the_monitor_is_there_before_httpx() -> None:
    assert not loaded("import tui.monitor.monitor, tui.api.models, tui.api.errors") & {"httpx", "httpcore"}


def test_the_app_needs_no_httpx_to_be_built() -> None:
    assert not loaded("import tui.app.app") & {"httpx", "httpcore", "uvicorn", "keyring"}


def test_the_client_and_the_simulators_transport_alone_know_httpx() -> None:
    """So that what follows it is the work of one folder; for its types, too."""
    knowing = set()
    for path in modules("tui"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if {name.partition(".")[0] for name in names} & {"httpx", "httpcore"}:
                knowing.add(dotted(path))
    elsewhere = {name for name in knowing if not name.startswith("tui.api.")}
    assert elsewhere == {"tui.simulator.transport"}


START = """
import sys, tui.cli, tui.app.start
sys.modules["click"] = None
from tui.app.app import LiveAgentApp
tui.app.start._refusal = lambda wall: None
async def run_async(app): print(*sorted(sys.modules))
LiveAgentApp.run_async = run_async
tui.cli.main([])
"""
"""Prints what has been read by the moment at which the terminal is taken over."""

LATER = (
    "encodings.idna",
    "keyring",
    "statistics",
    "tomli_w",
    "tui.api.probe",
    "tui.config.commands",
    "tui.config.edit",
    "tui.config.splice",
    "tui.doctor",
    "tui.log",
    "tui.monitor.history.backfill",
    "tui.monitor.service",
    "tui.output.snapshot",
    "tui.panes.charted",
    "tui.panes.conversation_list",
    "tui.panes.conversations.inbox_view",
    "tui.panes.conversations.level_pieces",
    "tui.panes.drill_down",
    "tui.panes.filter_input",
    "tui.panes.fleet",
    "tui.panes.level_facts",
    "tui.panes.wall",
    "tui.panes.where_from",
    "tui.screens.alerts",
    "tui.screens.chart",
    "tui.screens.clipboard_and_browser",
    "tui.screens.config_saving",
    "tui.screens.connection_test",
    "tui.screens.conversation",
    "tui.screens.conversations",
    "tui.screens.dashboard.moment_prompt",
    "tui.screens.dashboard.time_input",
    "tui.screens.editor",
    "tui.screens.fleet",
    "tui.screens.go_to",
    "tui.screens.help",
    "tui.screens.settings",
    "tui.screens.wall",
    "tui.screens.where_from",
    "tui.screens.wizard",
    "tui.simulator",
    "tui.terminal.browser",
    "tui.terminal.prompt",
    "tui.widgets.chart",
    "tui.widgets.picker",
    "uvicorn",
)
"""What no start on the dashboard needs; read where somebody first wants it."""


def test_a_start_reads_the_client_before_the_first_picture_and_nothing_of_what_is_seen_later(
    tmp_path: Path,
) -> None:
    account = {"LIVEAGENT_URL": "https://127.0.0.1:9", "LIVEAGENT_TOKEN": "a-token", "LIVEAGENT_ACCOUNT": "1"}
    run = subprocess.run(
        [sys.executable, "-c", START],
        cwd=ROOT,
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"], "TERM": "xterm-256color", **account},
        capture_output=True,
        text=True,
        check=True,
    )
    read = set(run.stdout.split())
    assert {"tui.api.client", "httpx", "httpcore", "anyio._backends._asyncio"} <= read
    assert {
        module for module in read for name in LATER if module == name or module.startswith(f"{name}.")
    } == set()


def test_what_a_start_does_not_read_is_there_all_the_same() -> None:
    ours = {dotted(path) for path in modules("tui")}
    assert not [name for name in LATER if name.startswith("tui.") and name not in ours]


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_telling_the_version_loads_next_to_nothing(option: str) -> None:
    assert not after_command(option) & {"textual", "rich", "httpx", "msgspec", "asyncio", "sqlite3"}


def test_a_snapshot_never_loads_textual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVEAGENT_URL", "https://127.0.0.1:9")
    monkeypatch.setenv("LIVEAGENT_TOKEN", "a-token-nobody-has")
    monkeypatch.setenv("LIVEAGENT_ACCOUNT", "1")
    packages = after_command("snapshot", "--format", "json")
    assert "httpx" in packages
    assert not packages & {"textual", "rich"}
