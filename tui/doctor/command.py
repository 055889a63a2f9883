"""The command line of the doctor."""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from functools import partial
from pathlib import Path

import msgspec

from tui import wording
from tui.aside import PATIENCE, in_thread
from tui.clock import Clock, SystemClock
from tui.config.file import Loaded, load
from tui.config.model import Environment
from tui.config.problems import ConfigError
from tui.doctor.finding import Finding, exit_code, line, sure, surely, unexpected
from tui.doctor.machine import (
    config_findings,
    disk_findings,
    our_files,
    our_folders,
    permission_findings,
    public_files,
    terminal_findings,
)
from tui.guess import near
from tui.text import safe_line

UNUSABLE = 2
LONGEST_NUMBER = 18
"""Digits of an account's number."""
LONGEST_WORDS = 2_000
"""Characters of a finding."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `check` and its arguments."""
    parser = subparsers.add_parser(
        "check",
        help="look at config, network, token and endpoints",
        description="Look at everything from config to endpoints, a line each: 0 when nothing failed, "
        "1 when something did, 2 when the config or the arguments are wrong.",
    )
    parser.add_argument("target", nargs="?", metavar="ENV[/ACCOUNT]", help="left out: every environment")
    parser.add_argument("--json", action="store_true", help="print a JSON array instead of lines")


def run(options: argparse.Namespace, clock: Clock | None = None) -> int:
    """Look, print and return the exit code."""
    try:
        loaded = load(Path(options.config) if options.config else None)
    except ConfigError as error:
        findings = [Finding("config", "fail", str(problem)) for problem in error.problems]
        _print(findings, as_json=options.json)
        return UNUSABLE
    except Exception as error:
        findings = [unexpected("config", error)]
        _print(findings, as_json=options.json)
        return exit_code(findings)
    chosen = _chosen(loaded, options.target)
    if chosen is None:
        names = ", ".join(environment.name for environment in loaded.config.environments) or "none yet"
        target = safe_line(options.target, limit=80)
        hint = near(
            options.target.partition("/")[0], (environment.name for environment in loaded.config.environments)
        )
        print(f'There is no "{target}" in the config ({names}).{hint}', file=sys.stderr)  # noqa: T201
        return UNUSABLE
    try:
        findings = asyncio.run(_all(loaded, chosen, clock or SystemClock(), as_json=options.json))
    except KeyboardInterrupt:
        return 130
    if options.json:
        _print(findings, as_json=True)
    return exit_code(findings)


def _chosen(loaded: Loaded, target: str | None) -> list[tuple[Environment, int | None]] | None:
    if target is None:
        return [(environment, None) for environment in loaded.config.environments]
    name, _, number = target.partition("/")
    environment = loaded.config.environment(name)
    if environment is None or (number and not (number.isdecimal() and len(number) <= LONGEST_NUMBER)):
        return None
    return [(environment, int(number) if number else None)]


async def _all(
    loaded: Loaded, chosen: list[tuple[Environment, int | None]], clock: Clock, *, as_json: bool
) -> list[Finding]:
    findings: list[Finding] = []
    async for finding in _findings(loaded, chosen, clock):
        findings.append(finding)
        if not as_json:
            _print([finding], as_json=False)
    return findings


async def _findings(
    loaded: Loaded, chosen: list[tuple[Environment, int | None]], clock: Clock
) -> AsyncIterator[Finding]:
    from tui.doctor.server import environment_findings

    isatty, encoding = sys.stdout.isatty(), sys.stdout.encoding
    steps: list[tuple[str, Callable[[], Iterable[Finding]]]] = [
        ("config", lambda: config_findings(loaded)),
        (
            "permissions",
            lambda: permission_findings(our_files(loaded), loaded.warnings, public_files(loaded)),
        ),
        ("terminal", lambda: terminal_findings(os.environ, isatty=isatty, encoding=encoding)),
        ("disk", lambda: disk_findings(our_folders())),
    ]
    for step, look in steps:
        try:
            findings = await in_thread(("check", step), partial(sure, step, look))
        except TimeoutError:
            findings = [Finding(step, "fail", f"the disk did not answer within {wording.spell(PATIENCE)}")]
        for finding in findings:
            yield finding
    budget = loaded.config.refresh.budget
    for environment, account_id in chosen:
        about = environment_findings(environment, clock, account_id, budget)
        async for finding in surely("environment", environment.name, about):
            yield finding


def _print(findings: list[Finding], *, as_json: bool) -> None:
    findings = [_printable(finding) for finding in findings]
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(findings)).decode())  # noqa: T201
        return
    for finding in findings:
        words = safe_line(finding.words, limit=LONGEST_WORDS)
        print(line(msgspec.structs.replace(finding, words=words)), flush=True)  # noqa: T201


def _printable(finding: Finding) -> Finding:
    """`finding` with a `?` for each byte of a path that is no UTF-8."""
    words = finding.words.encode("utf-8", "replace").decode("utf-8")
    return msgspec.structs.replace(finding, words=words)
