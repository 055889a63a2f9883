"""The fault table of the docs names tests that exist, and states the bounds that hold."""

import re

from tests.architecture.project import ROOT
from tests.security.test_hostile_servers import BOUND
from tui.api.request import LARGEST_BODY

TABLE = ROOT / "docs" / "faults.md"
_ROW = re.compile(r"^\| (?!Fault|-)(.*) \|$", re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_each_fault_has_a_recovery_and_a_test_that_exists() -> None:
    rows = [row.split(" | ") for row in _ROW.findall(TABLE.read_text(encoding="utf-8"))]
    assert len(rows) > 40
    for row in rows:
        assert len(row) == 4, row
        assert all(cell.strip() for cell in row), row
        named = _TEST.fullmatch(row[3])
        assert named is not None, row[3]
        source = (ROOT / named[1]).read_text(encoding="utf-8")
        assert re.search(rf"^(?:async )?def {named[2]}\(", source, re.MULTILINE), row[3]


def test_the_bound_of_memory_is_the_tested_one() -> None:
    text = TABLE.read_text(encoding="utf-8")
    assert f"at most {BOUND // 1024 // 1024} MB" in text
    assert f"up to {LARGEST_BODY // 1024 // 1024} MiB" in text
