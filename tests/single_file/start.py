"""The start of the single file: unpacks the libraries once, for this user alone, and runs the program.

msgspec is compiled, and Python loads no compiled module out of an archive. Only the standard library
is used here.
"""

import contextlib
import os
import stat
import sys
import tempfile
import zipfile
from pathlib import Path

BUILD = ""
"""Of all files in the archive: a new build unpacks beside the old one."""
PYTHONS: tuple[tuple[int, int], ...] = ()


def unpacked() -> Path:
    """The folder of the libraries, in one of mode 0700; unpacked where it is not there yet."""
    for folder in _folders():
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_ours(folder):
                continue
            place = folder / BUILD
            if not place.is_dir():
                _unpack(place)
            return place / "lib"
    sys.exit(
        "liveagent-tui: no folder to unpack the libraries in: neither the cache directory nor the "
        "temporary one can be written by this user alone. Set XDG_CACHE_HOME or TMPDIR to one that can."
    )


def _folders() -> list[Path]:
    """Where to unpack: the user's cache or, where it can't be written, a temporary folder."""
    folders = []
    if os.environ.get("XDG_CACHE_HOME"):
        folders.append(Path(os.environ["XDG_CACHE_HOME"]) / "liveagent-tui")
    with contextlib.suppress(RuntimeError):
        kept = ("Library", "Caches") if sys.platform == "darwin" else (".cache",)
        folders.append(Path.home().joinpath(*kept) / "liveagent-tui")
    folders.append(Path(tempfile.gettempdir()) / f"liveagent-tui-{os.getuid()}")
    return [folder for folder in folders if folder.is_absolute()]


def _is_ours(folder: Path) -> bool:
    """Whether nobody else can put a module there; a link that somebody else laid is not followed."""
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid():
        return False
    if stat.S_IMODE(status.st_mode) & 0o077:
        folder.chmod(0o700)
    return True


def _unpack(place: Path) -> None:
    """All or nothing: under another name first, so that whoever starts meanwhile finds no half of it."""
    aside = Path(tempfile.mkdtemp(dir=place.parent, prefix="unpacking-"))
    with zipfile.ZipFile(sys.argv[0]) as archive:
        archive.extractall(aside, [name for name in archive.namelist() if name.startswith("lib/")])
    try:
        aside.rename(place)
    except OSError:
        if not place.is_dir():
            raise
        import shutil

        shutil.rmtree(aside, ignore_errors=True)


def main() -> int:
    """Run the program."""
    if sys.version_info[:2] not in PYTHONS:
        told = ", ".join(f"{major}.{minor}" for major, minor in PYTHONS)
        version = sys.version.split()[0]
        sys.exit(f"liveagent-tui: this file is for Python {told}, and {sys.executable} is {version}.")
    sys.path.insert(0, str(unpacked()))
    from tui.cli import main as run

    return run()


if __name__ == "__main__":
    sys.exit(main())
