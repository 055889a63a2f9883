"""Takes all pictures anew: `python -m tests.snapshots.regenerate [SCENE ...]`. Look at what changed."""

import asyncio
import sys

from tests import shortcuts
from tests.snapshots.scenes import KEPT, SCENES, SCREENSHOTS, SHOWN


async def take(names: list[str]) -> int:
    """Write the pictures of the scenes named, or of all, and those that README.md shows."""
    KEPT.mkdir(exist_ok=True)
    SHOWN.mkdir(exist_ok=True)
    known: set[str] = set()
    for scene in SCENES:
        for size in scene.sizes:
            if names and scene.name not in names:
                known |= {path.name for path in KEPT.glob(f"{scene.name}-{size[0]}x{size[1]}-*.svg")}
                continue
            for name, svg in (await scene.pictures(size)).items():
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
