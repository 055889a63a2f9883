"""One thing the doctor looked at."""

from collections.abc import AsyncIterator, Callable, Iterable
from typing import Literal

import msgspec

from tui import wording

Grade = Literal["pass", "warn", "fail", "skip"]


class Finding(msgspec.Struct, frozen=True):
    """What was looked at, what was found, and where that is bad, what to do about it.

    `where` is the environment, or environment/account; empty for this machine.
    `seconds` is how long it took; None where that says nothing.
    """

    step: str
    verdict: Grade
    words: str
    where: str = ""
    seconds: float | None = None


def unexpected(step: str, error: Exception, where: str = "") -> Finding:
    """A step that an error of our own ended; by its kind alone, as its text may hold anything."""
    words = f"an error of liveagent-tui itself ({type(error).__name__}); what it says of this step is missing"
    return Finding(step, "fail", words, where)


def sure(step: str, look: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """What `look` finds, and where it breaks off, that it did."""
    findings: list[Finding] = []
    try:
        findings.extend(look())
    except Exception as error:
        findings.append(unexpected(step, error))
    return findings


async def surely(step: str, where: str, findings: AsyncIterator[Finding]) -> AsyncIterator[Finding]:
    """`findings`, and where they break off, that they did."""
    try:
        async for finding in findings:
            yield finding
    except Exception as error:
        yield unexpected(step, error, where)


def exit_code(findings: Iterable[Finding]) -> int:
    """0 where nothing failed, 1 where something did."""
    return int(any(finding.verdict == "fail" for finding in findings))


def line(finding: Finding) -> str:
    """A finding as one line of text."""
    took = "" if finding.seconds is None else f" ({wording.count(finding.seconds * 1000)} ms)"
    place = f"{finding.where} " if finding.where else ""
    return f"{finding.verdict:<4}  {place}{finding.step}: {finding.words}{took}"
