"""One thing the doctor looked at."""

from collections.abc import Iterable
from typing import Literal

import msgspec

Verdict = Literal["pass", "warn", "fail", "skip"]


class Finding(msgspec.Struct, frozen=True):
    """What was looked at, what was found, and where that is bad, what to do about it.

    `where` is the environment, or environment/account; empty for this machine.
    `seconds` is how long it took; None where that says nothing.
    """

    step: str
    verdict: Verdict
    words: str
    where: str = ""
    seconds: float | None = None


def exit_code(findings: Iterable[Finding]) -> int:
    """0 where nothing failed, 1 where something did."""
    return int(any(finding.verdict == "fail" for finding in findings))


def line(finding: Finding) -> str:
    """A finding as one line of text."""
    took = "" if finding.seconds is None else f" ({finding.seconds * 1000:.0f} ms)"
    place = f"{finding.where} " if finding.where else ""
    return f"{finding.verdict:<4}  {place}{finding.step}: {finding.words}{took}"
