"""What is installed is what was tested: exact pins, and a wheel that needs nothing of the checkout."""

import ast
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.architecture.project import ROOT, text_files
from tui import __version__


def pins() -> dict[str, Version]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): Version(version) for name, version in pairs}


def declared() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lists = [project["build-system"]["requires"], project["project"]["dependencies"]]
    lists += project["project"]["optional-dependencies"].values()
    required = [Requirement(line) for requirements in lists for line in requirements]
    return [
        requirement
        for requirement in required
        if canonicalize_name(requirement.name) != project["project"]["name"]
    ]


def test_each_requirement_is_pinned_to_a_version_it_accepts() -> None:
    pinned = pins()
    for requirement in declared():
        assert pinned[canonicalize_name(requirement.name)] in requirement.specifier, requirement.name


def test_what_the_program_imports_is_declared_and_has_a_reason() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    known = {canonicalize_name(requirement.name) for requirement in declared()}
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "tui").rglob("*.py"))
    nodes = (node for tree in trees for node in ast.walk(tree))
    imported = {name.partition(".")[0] for node in nodes for name in modules_of(node)}
    for name in imported - sys.stdlib_module_names - {"tui", "_typeshed"}:
        assert canonicalize_name(name) in known, name
        assert re.search(rf"\b{name.replace('_', '[-_]')}\b", readme), name


def modules_of(node: ast.AST) -> list[str]:
    """The modules that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []


def test_ci_script_can_be_executed() -> None:
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_wheel_holds_styles_type_marker_and_every_module(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    expected = {"tui/py.typed"}
    expected |= {f"tui/styles/{path.name}" for path in (ROOT / "styles").glob("*.tcss")}
    expected |= {str(path.relative_to(ROOT)) for path in (ROOT / "tui").rglob("*.py")}
    shared = [str(path.relative_to(ROOT)) for path in (ROOT / "share").rglob("*") if path.is_file()]
    expected |= {f"tui/{path}" for path in shared}
    expected |= {f"liveagent_tui-{__version__}.data/data/{path}" for path in shared}
    assert expected <= held
    assert not [name for name in held if name.startswith(("tests/", "styles/", "share/"))]


def test_sdist_holds_what_its_tests_docs_and_readme_need(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (sdist,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    tracked = {str(path.relative_to(ROOT)) for path in text_files() if path.parent != ROOT}
    named = {
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "LICENSE",
        "constraints.txt",
        "pyproject.toml",
    }
    assert tracked | named <= held


def test_the_version_is_the_newest_of_the_changelog() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[([\d.]+)\]", text, re.MULTILINE)
    assert newest is not None
    assert newest[1] == __version__


def test_the_workflow_runs_our_checks_on_every_python_and_nothing_of_strangers() -> None:
    text = (ROOT / ".github" / "workflows" / "checks.yml").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    tried = re.findall(r'"(3\.\d+)"', text)
    named = {
        classifier.rpartition(" ")[2] for classifier in project["classifiers"] if classifier.count(" 3.")
    }
    run = [line.strip() for line in re.findall(r"run: (.*)", text)]
    assert run == [".ci/run"]
    assert named <= set(tried)
    assert all(re.fullmatch(r"actions/[\w-]+@v\d+", used) for used in re.findall(r"uses: (\S+)", text))
