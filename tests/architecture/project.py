"""Where the project's own files are, for the tests that look at all of them."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE_FOLDERS = ("tui", "tests")
TEXT_SUFFIXES = {".py", ".tcss", ".md", ".toml", ".txt", ".json", ".svg", ".yaml", ".yml", ".fish", ".1", ""}


def modules(*folders: str) -> list[Path]:
    """Return every Python file under `folders` of the project, sorted."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def text_files() -> Iterator[Path]:
    """Yield every text file a clone holds."""
    yield from (path for path in sorted(ROOT.iterdir()) if _is_text(path))
    for folder in (".ci", ".github", "docs", "tui", "share", "styles", "tests", "screenshots"):
        for path in sorted((ROOT / folder).rglob("*")):
            if _is_text(path):
                yield path


def _is_text(path: Path) -> bool:
    hidden = "__pycache__" in path.parts or path.name == ".git"
    return path.is_file() and not hidden and path.suffix in TEXT_SUFFIXES


def dotted(path: Path) -> str:
    """Return a module's name, as `import` takes it."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
