"""The single file unpacks once, where nobody else can write, also where the home can't be written."""

import os
import stat
import subprocess
import sys
import zipapp
from pathlib import Path

import pytest

from tests.single_file import __main__ as builder

PROGRAM = """
import sys
def main():
    import tui
    print(tui.__file__)
    return 7
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with a small program in place of ours, as building the whole one needs a package index."""
    tree = tmp_path / "tree"
    (tree / "lib" / "tui").mkdir(parents=True)
    (tree / "lib" / "tui" / "__init__.py").touch()
    (tree / "lib" / "tui" / "cli.py").write_text(PROGRAM, encoding="utf-8")
    start = Path(builder.__file__).with_name("start.py").read_text(encoding="utf-8")
    assert start != builder.filled(start, "abc", ["3.11"])
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    (tree / "__main__.py").write_text(builder.filled(start, "abc", [here]), encoding="utf-8")
    zipapp.create_archive(tree, tmp_path / "program.pyz", compressed=True)
    return tmp_path / "program.pyz"


def run(file: Path, home: Path, temporary: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Without site-packages and whatever variables the tests run with; with the loosest umask."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(file)],
        env={"HOME": str(home), "TMPDIR": str(temporary), **env},
        umask=0,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_unpacks_into_the_cache_for_this_user_alone_and_only_once(file: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    first = run(file, home, tmp_path, XDG_CACHE_HOME=str(home / "cache"))
    folder = home / "cache" / "liveagent-tui"
    assert (first.returncode, first.stdout) == (7, f"{folder / 'abc' / 'lib' / 'tui' / '__init__.py'}\n")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    before = (folder / "abc").stat().st_mtime_ns
    assert run(file, home, tmp_path, XDG_CACHE_HOME=str(home / "cache")).returncode == 7
    assert (folder / "abc").stat().st_mtime_ns == before
    assert [path.name for path in folder.iterdir()] == ["abc"]


def test_where_there_is_no_home_to_write_to_it_unpacks_into_a_temporary_folder(
    file: Path, tmp_path: Path
) -> None:
    (tmp_path / "home").touch()  # No folder: nobody can write below it, root included.
    ended = run(file, tmp_path / "home", tmp_path)
    folder = tmp_path / f"liveagent-tui-{os.getuid()}"
    assert ended.stdout.startswith(str(folder))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_folder_that_somebody_else_prepared_is_not_used(file: Path, tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    (tmp_path / "theirs").mkdir()
    (tmp_path / f"liveagent-tui-{os.getuid()}").symlink_to(tmp_path / "theirs")
    ended = run(file, tmp_path / "home", tmp_path)
    assert ended.returncode == 1
    assert "Set XDG_CACHE_HOME or TMPDIR" in ended.stderr
    assert list((tmp_path / "theirs").iterdir()) == []


def test_a_folder_of_ours_that_others_could_write_to_is_closed_first(file: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache" / "liveagent-tui"
    cache.mkdir(parents=True)
    cache.chmod(0o777)
    assert run(file, tmp_path, tmp_path, XDG_CACHE_HOME=str(tmp_path / "cache")).returncode == 7
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700


def test_another_python_is_told_which_ones_it_is_for(file: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    start = Path(builder.__file__).with_name("start.py").read_text(encoding="utf-8")
    (tree / "__main__.py").write_text(builder.filled(start, "abc", ["3.99"]), encoding="utf-8")
    zipapp.create_archive(tree, file)
    ended = run(file, tmp_path, tmp_path)
    assert ended.returncode == 1
    assert "this file is for Python 3.99" in ended.stderr
