"""Every kept picture is what the app draws today; so are those that README.md shows."""

import re
from collections.abc import Sequence
from difflib import unified_diff
from pathlib import Path

import pytest

from tests.snapshots.scenes import KEPT, SCENES, SCREENSHOTS, SHOWN, SHOWS, THEMES, Scene, pictures, sizes

AGAIN = "If it is meant: python -m tests.snapshots.regenerate, and look at the pictures."
README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize(
    "show", [pytest.param(show, id=",".join(scene.name for scene in show)) for show in SHOWS]
)
async def test_the_screens_are_as_in_the_pictures(show: Sequence[Scene]) -> None:
    told: list[str] = []
    for size in sizes(show):
        for name, svg in (await pictures(show, size)).items():
            kept = KEPT / name
            before = kept.read_text(encoding="utf-8") if kept.exists() else ""
            if svg != before:
                rows = unified_diff(before.splitlines(), svg.splitlines(), name, "now", n=0, lineterm="")
                told += [re.sub(r"<[^>]*>", " ", row) for row in rows][:40]
    if told:
        pytest.fail("\n".join([*told, AGAIN]))


def test_no_picture_is_left_over() -> None:
    wanted = {scene.file(size, theme) for scene in SCENES for size in scene.sizes for theme in THEMES}
    assert {path.name for path in KEPT.iterdir()} == wanted, AGAIN


def test_the_screenshots_are_the_pictures_of_today() -> None:
    assert {path.name for path in SHOWN.glob("*.svg")} == set(SCREENSHOTS), AGAIN
    for shown, name in SCREENSHOTS.items():
        assert (SHOWN / shown).read_bytes() == (KEPT / name).read_bytes(), AGAIN


def test_the_readme_shows_screenshots_that_exist() -> None:
    shown = re.findall(r"\]\(screenshots/([^)]+)\)", README.read_text(encoding="utf-8"))
    assert shown
    assert set(shown) <= set(SCREENSHOTS)


def test_no_picture_fetches_anything_and_all_are_small() -> None:
    for path in KEPT.iterdir():
        text = path.read_text(encoding="utf-8")
        told = re.sub(r"<text[^>]*>[^<]*</text>", "", text)
        assert not re.search(r"url\(|href|@import|https?://(?!www\.w3\.org/2000/svg)", told), path.name
        assert len(text) < 80_000, path.name
