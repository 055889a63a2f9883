"""The README says what is so."""

import ast
import contextlib
import os
import re
import shlex
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from types import ModuleType

import pytest

from tests import config_page, figures_page, imports_page, keys_page, metrics_page
from tests.architecture.project import ROOT, modules
from tui.cli import main
from tui.config.file import load

README = ROOT / "README.md"
PAGES = (README, *sorted((README.parent / "docs").glob("*.md")))
DEVELOPMENT = ("dev", "test")
FIELDS = ("License-Expression", "License", "Classifier")
ACTIVATE = ". .venv/bin/activate"


def blocks(page: Path) -> list[str]:
    """The shell commands of a page, in the order in which a reader comes upon them."""
    fenced = re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    return [line.strip() for block in fenced for line in block.splitlines()]


def inline(page: Path) -> list[str]:
    """What a page says may be typed, amid its sentences."""
    return re.findall(r"`(liveagent-tui(?: [^`…]+)?)`", page.read_text(encoding="utf-8"))


def typed() -> list[str]:
    lines = [line for page in PAGES for line in (*inline(page), *blocks(page))]
    return sorted({line for line in lines if re.match(r"liveagent-tui\b", line) and "--serve" not in line})


@pytest.mark.parametrize(
    "page", [config_page, figures_page, imports_page, keys_page, metrics_page], ids=lambda page: page.__name__
)
def test_a_page_made_from_a_table_is_that_of_the_table(page: ModuleType) -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    assert text == page.with_table(text), f"python -m {page.__name__} writes it"


def test_every_setting_of_the_config_is_documented() -> None:
    assert config_page.every_schema() == {id(table.schema) for table in config_page.TABLES}
    silent = [
        (table.heading, key)
        for table in config_page.TABLES
        for key, words in config_page.told(table).items()
        if not words
    ]
    assert silent == []


def test_the_config_shown_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVEAGENT_TRIAL_TOKEN", "a-token-for-the-test")
    shown = re.findall(r"```toml\n(.*?)```", config_page.PAGE.read_text(encoding="utf-8"), re.DOTALL)
    file = tmp_path / "config.toml"
    file.write_text("\n".join(shown), encoding="utf-8")
    file.chmod(0o600)
    loaded = load(file)
    assert loaded.warnings == ()
    assert [environment.name for environment in loaded.config.environments] == ["trial"]


@pytest.mark.parametrize(
    "page", [*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"], ids=lambda page: page.name
)
def test_every_file_it_names_is_there(page: Path) -> None:
    named = re.findall(r"\]\(([\w./-]+)\)", page.read_text(encoding="utf-8"))
    assert [name for name in named if not (page.parent / name).exists()] == []


def test_the_readme_leads_to_every_page() -> None:
    named = set(re.findall(r"\]\(docs/([\w-]+\.md)\)", README.read_text(encoding="utf-8")))
    assert named == {page.name for page in PAGES if page != README}


@pytest.mark.parametrize("line", typed())
def test_every_command_shown_is_understood(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVEAGENT_TOKEN", "a-token-for-the-test")
    monkeypatch.setattr("tui.terminal.prompt.ask_hidden", lambda _: "a-token-for-the-test")
    monkeypatch.setattr("tui.output.metrics.run", lambda *_, **__: 0)  # It would not end.
    refused = None
    try:
        main(shlex.split(line.partition(" > ")[0])[1:])
    except SystemExit as end:
        refused = end.code
    assert not refused


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_bare_command_stands_only_where_it_is_on_the_path(page: Path) -> None:
    on_path = page != README
    for line in blocks(page):
        on_path = on_path or line == ACTIVATE
        assert on_path or not line.startswith("liveagent-tui"), line


def test_the_shell_knows_the_command_once_the_environment_is_active(tmp_path: Path) -> None:
    assert ACTIVATE in blocks(README)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", ".venv"], cwd=tmp_path, check=True)
    command = Path(sys.executable).with_name("liveagent-tui")
    (tmp_path / ".venv/bin/liveagent-tui").symlink_to(command)
    for before, code in ((ACTIVATE, 0), (":", 127)):
        run = subprocess.run(
            ["sh", "-c", f"{before}\nliveagent-tui --version"],
            cwd=tmp_path,
            env={"PATH": os.defpath, "HOME": str(tmp_path)},
            capture_output=True,
            check=False,
        )
        assert run.returncode == code


def test_debian_is_told_what_it_keeps_apart() -> None:
    for page in (README, README.parent / "CONTRIBUTING.md"):
        text = page.read_text(encoding="utf-8")
        assert text.index("python3-venv") < text.index("python3 -m venv")


def test_every_library_is_listed_with_its_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [
        line
        for name, lines in project["optional-dependencies"].items()
        if name not in DEVELOPMENT
        for line in lines
    ]
    needed = {re.split(r"[<>=]", line, maxsplit=1)[0] for line in (*project["dependencies"], *extras)}
    rows = re.findall(
        r"^\| ([\w-]+)[^|]* \| [^|]+ \| ([^|]+) \| (?:20\d\d-\d\d|with \w+) \|$",
        README.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert {name for name, _ in rows} == needed
    for name, licence in rows:
        with contextlib.suppress(PackageNotFoundError):  # An extra may not be installed.
            said = metadata(name)
            told = [line for field in FIELDS for line in said.get_all(field) or ()]
            assert any(licence in line for line in told), name


def test_every_message_of_troubleshooting_is_one_of_the_program() -> None:
    text = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    part = text.partition("## A figure looks odd")[0]
    shown = {
        word
        for row in re.findall(r"^\| (`.*?) \|", part, re.MULTILINE)
        for word in re.findall(r"`([^`]+)`", row)
    }
    said = "\n".join(
        node.value
        for path in modules("tui")
        if "simulator" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    assert {word for word in shown - NOT_OURS if word.rstrip('".') not in said} == set()


NOT_OURS = {
    "command not found", "ensurepip is not available", "No module named 'tui.cli'", "SyntaxError",
    "tui/__init__.py", "429", 'TERM is "dumb"',
}  # fmt: skip
"""What the shell, Debian and Python say, a number, and a sentence that is put together."""
