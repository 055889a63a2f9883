"""What an extra brings and is not there: one sentence, whose mend fits each way of installing."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture.project import ROOT, modules
from tests.single_file import __main__ as single_file
from tui.extras import lacking
from tui.output import version

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DEVELOPMENT = {"dev", "test"}
EXTRAS = {name: lines for name, lines in PROJECT["optional-dependencies"].items() if name not in DEVELOPMENT}


def asked_for() -> set[str]:
    """The extras that some part of the program says it lacks."""
    extras = set()
    for path in modules("tui"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "lacking":
                extras.add(ast.literal_eval(node.args[1]))
    return extras


def test_each_extra_is_told_of_where_it_is_missing() -> None:
    assert asked_for() == set(EXTRAS)


def test_the_mend_is_that_of_every_way_of_installing() -> None:
    told = lacking("Metrics take", "metrics")
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    for way in ("pip install", "pipx install --force", "uv tool install --reinstall"):
        assert f"{way} '.[metrics]'" in told
        assert way in page


@pytest.mark.parametrize("path", modules("tui"), ids=str)
def test_nobody_else_says_how_to_install(path: Path) -> None:
    assert path.name == "extras.py" or "pip install" not in path.read_text(encoding="utf-8")


def test_the_version_for_a_bug_report_names_every_library() -> None:
    lines = [*PROJECT["dependencies"], *(line for lines in EXTRAS.values() for line in lines)]
    assert {re.split(r"[<>=]", line, maxsplit=1)[0] for line in lines} <= set(version.LIBRARIES)


def test_the_single_file_has_the_extra_it_is_said_to_have(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []

    def run(*words: str) -> None:
        asked.extend(words)
        Path(words[words.index("--target") + 1]).mkdir(parents=True)

    monkeypatch.setattr(single_file, "_run", run)
    single_file._install(tmp_path / "some.whl", "3.11", [], tmp_path / "lib")
    assert asked[-1] == f"{tmp_path / 'some.whl'}[metrics]"
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    assert "It has the extra `metrics`" in page
