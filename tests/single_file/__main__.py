"""Write the program and all its libraries into one file that any of the Pythons named can run.

Usage: python -m tests.single_file [--python 3.12 …] [--platform manylinux_2_28_x86_64 …] [OUT]

Run it where there is a package index, with the tools of `[dev]`. One file serves several Pythons, as
the names of compiled modules carry the version they are for. `--platform` names that of another
machine, as pip does.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipapp
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SUPPORTED = ("3.11", "3.12", "3.13", "3.14")
EXTRA = "metrics"
"""Its one library is all Python and needs no other."""


def main() -> int:
    """Build the file; 1 where the libraries of a Python can't be had."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.single_file", description="Write the program into one file."
    )
    parser.add_argument("out", nargs="?", type=Path, default=Path("liveagent-tui.pyz"))
    parser.add_argument(
        "--python", action="append", choices=SUPPORTED, help="default: all that are supported"
    )
    parser.add_argument(
        "--platform", action="append", default=[], help="of the other machine, as pip names it"
    )
    options = parser.parse_args()
    pythons = options.python or SUPPORTED
    with tempfile.TemporaryDirectory() as place:
        try:
            build(options.out, pythons, options.platform, Path(place))
        except subprocess.CalledProcessError as error:
            sys.stderr.write(f"{error.stderr or ''}This command failed: {' '.join(error.cmd)}\n")
            return 1
    size = options.out.stat().st_size / 1e6
    sys.stdout.write(f"{options.out}: {size:.1f} MB, for Python {', '.join(pythons)}\n")
    return 0


def build(out: Path, pythons: Sequence[str], platforms: Sequence[str], place: Path) -> None:
    """Write `out`, working in the empty folder `place`."""
    _run("-m", "hatchling", "build", "-t", "wheel", "-d", str(place))
    (wheel,) = place.glob("*.whl")
    tree = place / "tree"
    for python in pythons:
        _install(wheel, python, platforms, tree / "lib")
    for path in sorted(tree.rglob("*")):
        if path.name in ("bin", "share") and path.parent.name == "lib":
            shutil.rmtree(path)
        elif path.name == "direct_url.json":  # Names a folder of this machine.
            path.unlink()
    digest = hashlib.sha256()
    for path in sorted(path for path in tree.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(tree)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    start = Path(__file__).with_name("start.py").read_text(encoding="utf-8")
    start = filled(start, digest.hexdigest()[:16], pythons)
    (tree / "__main__.py").write_text(start, encoding="utf-8")
    zipapp.create_archive(tree, out, interpreter="/usr/bin/env python3", compressed=True)


def filled(start: str, build: str, pythons: Sequence[str]) -> str:
    """The text of `start.py` for one build and the Pythons it is for."""
    versions = ", ".join(f"(3, {python.partition('.')[2]})" for python in pythons)
    start = start.replace('BUILD = ""', f'BUILD = "{build}"', 1)
    return start.replace("PYTHONS: tuple[tuple[int, int], ...] = ()", f"PYTHONS = ({versions},)", 1)


def _install(wheel: Path, python: str, platforms: Sequence[str], to: Path) -> None:
    """Put the libraries of one Python beside those of the others."""
    place = to.parent / f"lib-{python}"
    words = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-compile"]
    words += ["--only-binary", ":all:", "--python-version", python, "--implementation", "cp"]
    words += [word for platform in platforms for word in ("--platform", platform)]
    _run(*words, "-c", str(ROOT / "constraints.txt"), "--target", str(place), f"{wheel}[{EXTRA}]")
    shutil.copytree(place, to, dirs_exist_ok=True)
    shutil.rmtree(place)


def _run(*words: str) -> None:
    subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=True)


if __name__ == "__main__":
    sys.exit(main())
