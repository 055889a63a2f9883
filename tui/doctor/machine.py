"""This machine: the config's files, the terminal, the disk."""

import contextlib
import itertools
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from tui import paths, wording
from tui.config.file import Loaded, access, holds_secrets
from tui.config.problems import ConfigProblem
from tui.doctor.finding import Finding
from tui.terminal import colours, notify, skills
from tui.terminal.style import ColourDepth
from tui.text import safe_line

LITTLE = 50 * 1024 * 1024
"""Bytes of free space below which history and state are at risk."""
MOST_FILES = 200
"""Files of one directory that are looked at."""
_NAMED_BY = "XDG_STATE_HOME and XDG_DATA_HOME"
DEPTHS = {
    ColourDepth.NONE: "none",
    ColourDepth.ANSI: "16",
    ColourDepth.EIGHT_BIT: "256",
    ColourDepth.TRUE: "16 million",
}


def config_findings(loaded: Loaded) -> Iterator[Finding]:
    """Which files the config came from, and what is worth knowing of them."""
    files = [str(layer.file) for layer in loaded.layers]
    if loaded.from_variables is not None:
        files.append("LIVEAGENT_URL")
    yield Finding("config", "pass" if files else "warn", ", ".join(files) or "there is none yet")
    for warning in loaded.warnings:
        yield Finding("config", "warn", str(warning))


def permission_findings(
    files: Iterable[Path], reported: Collection[ConfigProblem] = (), public: Collection[Path] = ()
) -> Iterator[Finding]:
    """What others could change of `files`, or read but for the `public` ones; not what was `reported`."""
    problems = [problem for file in files for problem in access(file, secret=file not in public)]
    for problem in problems:
        if problem not in reported:
            yield Finding("permissions", "warn", str(problem))
    if not problems:
        yield Finding("permissions", "pass", "files and directories are for you alone")


def disk_findings(folders: Iterable[Path]) -> Iterator[Finding]:
    """Whether state, history and logs can be written, and how much room there is."""
    places = tuple(folders)
    if not places:
        yield Finding("disk", "warn", "no home directory, so nothing is kept after the end; set HOME")
    for folder in places:
        try:
            there = next(parent for parent in (folder, *folder.parents) if parent.exists())
        except OSError as error:
            yield Finding("disk", "fail", f"{folder} can't be used: {error.strerror}; set {_NAMED_BY}")
            continue
        if not os.access(there, os.W_OK | os.X_OK):
            yield Finding(
                "disk", "fail", f"{there} can't be written; give it to yourself, or set {_NAMED_BY}"
            )
            continue
        try:
            free = shutil.disk_usage(there).free
        except OSError as error:
            yield Finding("disk", "warn", f"{there}: {error.strerror}")
            continue
        words = f"{folder}: {wording.count(free // (1024 * 1024))} MB free"
        yield Finding("disk", "pass" if free >= LITTLE else "warn", words)


def our_files(loaded: Loaded | None = None) -> tuple[Path, ...]:
    """All that is to be for this user alone: our directories, what lies in them, config and tokens.

    The directory of a config that was named is the user's own business, and so is a shared config.
    """
    files: list[Path] = []
    for folder in our_folders():
        files.append(folder)
        with contextlib.suppress(OSError):
            files += itertools.islice(
                sorted(path for path in folder.iterdir() if not path.is_dir()), MOST_FILES
            )
    if loaded is not None:
        if not loaded.sources.named:
            files.append(loaded.sources.user.parent)
        files += (layer.file for layer in loaded.layers if not layer.shared)
        files.append(loaded.sources.tokens)
        tokens = (environment.token.file for environment in loaded.config.environments if environment.token)
        files += (Path(file) for file in tokens if file is not None)
    return tuple(dict.fromkeys(files))


def public_files(loaded: Loaded) -> tuple[Path, ...]:
    """The config's files, where no secret stands in them: anyone may read those."""
    return () if holds_secrets(loaded.config) else tuple(layer.file for layer in loaded.layers)


def our_folders() -> tuple[Path, ...]:
    """Where this program writes; nowhere without a home directory."""
    try:
        return paths.state_dir(), paths.data_dir(), paths.log_dir()
    except paths.NoHomeError:
        return ()


def terminal_findings(environ: Mapping[str, str], *, isatty: bool, encoding: str) -> Iterator[Finding]:
    """What the monitor can draw with here."""
    term = safe_line(environ.get("TERM", ""), limit=80)
    if not isatty:
        yield Finding("terminal", "skip", "skipped: the output goes to a file or a pipe")
        return
    if term in ("", "dumb", "unknown"):
        words = f'TERM is "{term}": no screen can be drawn; set it to the terminal you use, as xterm-256color'
        yield Finding("terminal", "fail", words)
        return
    size = shutil.get_terminal_size()
    through = " inside tmux" if environ.get("TMUX") else ""
    enough = size.columns >= 80 and size.lines >= 24
    words = f"{term}{through}, {size.columns}x{size.lines}"
    yield Finding(
        "terminal", "pass" if enough else "warn", words + ("" if enough else "; made for 80x24 and more")
    )
    if encoding.lower().replace("-", "") == "utf8":
        yield Finding("characters", "pass", "Unicode; --ascii does without")
    else:
        yield Finding("characters", "warn", f"{encoding}: start with --ascii, or set LC_ALL=C.UTF-8")
    depth, why = colours.explained(environ, isatty=True)
    yield Finding("colours", "pass", f"{DEPTHS[depth]}, as {safe_line(why, limit=80)}; --color overrules it")
    yield from _abilities(environ)


def _abilities(environ: Mapping[str, str]) -> Iterator[Finding]:
    """What the terminal takes besides text, as far as is known of it without asking it."""
    asked = "asked for at the start, used where the terminal has it"
    unasked = "not asked for: this terminal might print the question; frames may be seen half drawn"
    yield Finding("whole frames", "pass", asked if skills.answers_queries(environ) else unasked)
    tmux = bool(environ.get("TMUX"))
    copied = "into tmux's buffer" if tmux else "by OSC 52; whether the terminal takes it can't be known"
    yield Finding("copying", "pass", copied)
    kind = notify.kind(environ)
    if not kind:
        words = "the bell in their place: this terminal has none"
    elif tmux:
        words = f"by {kind} through tmux, where allow-passthrough is on; else the bell"
    else:
        words = f"by {kind}; whether the terminal shows them can't be known"
    yield Finding("notifications", "pass", words)
