"""The printed report as a browser draws it, where there is a Chromium: the charts, with their colours."""

import shutil
import subprocess
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.test_report_formats import SUNDAY, report_of, reported, tally_of
from tui.output.report_days import Report
from tui.output.report_html import to_html

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)
WIDTH, HEIGHT = 900, 1_400
PATIENCE = 240.0
COLOURS = {
    "met": (0x00, 0x72, 0xB2),
    "late": (0xE6, 0x9F, 0x00),
    "closed": (0xD5, 0x5E, 0x00),
    "queued": (0x56, 0xB4, 0xE9),
}


def day() -> Report:
    tally = tally_of(in_target=40, late=20, closed_without_reply=10, queued_late=20, held=10)
    return report_of(reported(SUNDAY, dict.fromkeys(range(32, 72, 2), tally)), name="Trial")


def week() -> Report:
    tally = tally_of(in_target=40, late=20, closed_without_reply=10, queued_late=20, held=10)
    days = [reported(SUNDAY - timedelta(days=back), {40: tally}) for back in range(6, -1, -1)]
    return report_of(*days)


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium here")
@pytest.mark.parametrize("report", [day(), week()], ids=["day", "week"])
def test_a_browser_draws_the_charts(report: Report, tmp_path: Path) -> None:
    page, picture = tmp_path / "report.html", tmp_path / "report.png"
    page.write_text(to_html([report]), encoding="utf-8")
    subprocess.run(
        [
            str(BROWSER),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--force-device-scale-factor=1",
            f"--window-size={WIDTH},{HEIGHT}",
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--screenshot={picture}",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=PATIENCE,
    )
    seen = Counter(pixels(picture.read_bytes()))
    drawn = {name: seen[colour] for name, colour in COLOURS.items()}
    assert all(number > 500 for number in drawn.values()), drawn
    # Twice as many were answered in target as late; the level chart adds to the first colour.
    assert 1.6 < drawn["late"] / drawn["closed"] < 2.4, drawn
    assert seen[255, 255, 255] > WIDTH * HEIGHT / 2


def pixels(png: bytes) -> Iterator[tuple[int, int, int]]:
    """The colours of a picture of 8 bits a channel, row by row."""
    width, height, depth, kind = (
        int.from_bytes(png[16:20]),
        int.from_bytes(png[20:24]),
        png[24],
        png[25],
    )
    assert (depth, kind in {2, 6}) == (8, True)
    size = 4 if kind == 6 else 3
    data, place = b"", 8
    while place < len(png):
        length = int.from_bytes(png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            data += png[place + 8 : place + 8 + length]
        place += length + 12
    raw = zlib.decompress(data)
    above = bytearray(width * size)
    for line in range(height):
        start = line * (width * size + 1)
        row = unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + width * size]), above, size)
        yield from zip(row[0::size], row[1::size], row[2::size], strict=True)
        above = row


def unfiltered(kind: int, row: bytearray, above: bytearray, size: int) -> bytearray:
    """A row of a PNG without the filter it was written with."""
    if kind == 2:
        return bytearray((byte + up) & 255 for byte, up in zip(row, above, strict=True))
    for place in range(len(row) if kind else 0):
        left = row[place - size] if place >= size else 0
        up, corner = above[place], above[place - size] if place >= size else 0
        near = {1: left, 3: (left + up) // 2, 4: nearest(left, up, corner)}[kind]
        row[place] = (row[place] + near) & 255
    return row


def nearest(left: int, up: int, corner: int) -> int:
    """Paeth's choice of the three neighbours."""
    about = left + up - corner
    return min((left, up, corner), key=lambda value: abs(about - value))
