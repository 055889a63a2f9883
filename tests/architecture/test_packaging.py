"""What is installed is what was tested: exact pins, and a wheel that needs nothing of the checkout."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.architecture.project import ROOT
from tui import __version__


def pins() -> dict[str, Version]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): Version(version) for name, version in pairs}


def declared() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lists = [project["build-system"]["requires"], project["project"]["dependencies"]]
    lists += project["project"]["optional-dependencies"].values()
    found = [Requirement(line) for requirements in lists for line in requirements]
    return [one for one in found if canonicalize_name(one.name) != project["project"]["name"]]


def test_each_requirement_is_pinned_to_a_version_it_accepts() -> None:
    pinned = pins()
    for requirement in declared():
        assert pinned[canonicalize_name(requirement.name)] in requirement.specifier, requirement.name


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
