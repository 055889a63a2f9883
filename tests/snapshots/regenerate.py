"""Takes all pictures anew: `python -m tests.snapshots.regenerate [SCENE ...]`. Look at what changed."""

import asyncio
import sys

from tests import shortcuts
from tests.snapshots.scenes import KEPT, SCREENSHOTS, SHOWN, SHOWS, THEMES, pictures, sizes


async def take(names: list[str]) -> int:
    """Write the pictures of the scenes named, or of all, and those that README.md shows."""
    KEPT.mkdir(exist_ok=True)
    SHOWN.mkdir(exist_ok=True)
    known: set[str] = set()
    for show in SHOWS:
        wanted = [scene for scene in show if not names or scene.name in names]
        for scene in set(show).difference(wanted):
            known |= {scene.file(size, theme) for size in scene.sizes for theme in THEMES}
        for size in sizes(wanted):
            for name, svg in (await pictures(wanted, size)).items():
                (KEPT / name).write_text(svg, encoding="utf-8")
                known.add(name)
    for path in KEPT.glob("*.svg"):
        if path.name not in known:
            path.unlink()
    for shown, name in SCREENSHOTS.items():
        (SHOWN / shown).write_bytes((KEPT / name).read_bytes())
    return 0


if __name__ == "__main__":
    shortcuts.take()
    sys.exit(asyncio.run(take(sys.argv[1:])))
