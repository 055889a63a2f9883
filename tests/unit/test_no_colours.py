"""Where no colour is sent, however that was chosen, a theme's attributes say what its colours would."""

import argparse
from pathlib import Path

import msgspec
import pytest

from tui.app import start
from tui.app.app import LiveAgentApp
from tui.cli import monitor_parser
from tui.config.file import load
from tui.config.model import Display


def options(*words: str) -> argparse.Namespace:
    return monitor_parser().parse_args(["--demo", *words])


def app_of(chosen: argparse.Namespace) -> LiveAgentApp:
    plan = start.demo_plan(chosen)
    return start.make_app(plan, chosen, start.make_monitor(plan))


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)


@pytest.mark.parametrize(
    ("words", "variables", "theme"),
    [
        ("--color none", {}, "mono"),
        ("--color none --theme dark", {}, "mono"),
        ("", {"NO_COLOR": "1"}, "mono"),
        ("--theme light", {"NO_COLOR": "1"}, "mono"),
        ("", {"TERM": "vt100"}, "mono"),
        ("--color 16", {"NO_COLOR": "1"}, "dark"),
        ("--theme light", {}, "light"),
    ],
)
async def test_no_colours_are_the_theme_that_needs_none(
    words: str, variables: dict[str, str], theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    chosen = options(*words.split())
    assert app_of(chosen).theme == theme


async def test_a_config_read_again_brings_no_colours_back(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[display]\ntheme = "light"\n')
    file.chmod(0o600)
    chosen = options("--color", "none")
    app = app_of(chosen)
    loaded = load(file)
    assert loaded.config.display == msgspec.structs.replace(Display(), theme="light")
    app.context.take(loaded)
    assert app.context.config.display.theme == "mono"
