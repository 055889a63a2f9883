"""The systemd units of the docs: systemd itself takes them, and what they start at boot can be enabled."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.project import ROOT
from tests.installed import PATIENCE

UNITS = {
    f"{page.name} {number}": block.replace("\n   ", "\n")
    for page in sorted((ROOT / "docs").glob("*.md"))
    for number, block in enumerate(
        re.findall(r"```ini\n(.*?)\n *```", page.read_text(encoding="utf-8"), re.DOTALL)
    )
}
PROGRAM = re.compile(r"(?<=^ExecStart=)(-?)/\S+", re.MULTILINE)
needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


def test_there_are_units_to_look_at() -> None:
    assert {name.split()[0] for name in UNITS} == {"metrics.md", "wall.md"}
    assert all(PROGRAM.search(unit) for unit in UNITS.values())


@needs_systemd
@pytest.mark.parametrize("name", UNITS)
def test_systemd_takes_every_unit(name: str, tmp_path: Path) -> None:
    file = tmp_path / "liveagent.service"
    # The program and its user are those of another machine.
    unit = PROGRAM.sub(r"\1/bin/true", UNITS[name])
    file.write_text(re.sub(r"^User=.*\n", "", unit, flags=re.MULTILINE))
    whose = ("--user",) if "%h" in unit else ()
    done = subprocess.run(
        ["systemd-analyze", *whose, "verify", "--man=no", str(file)],
        capture_output=True, text=True, timeout=PATIENCE, check=False,
        env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "XDG_RUNTIME_DIR": str(tmp_path)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
