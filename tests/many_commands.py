"""Many command lines in one process of their own: a start each would cost more than what they do."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence

PATIENCE = 120.0
PROBE = """
import json, os, sys, tempfile
if {user} is not None:
    os.getuid = lambda: {user}
from tui import cli
ends, end = [], os.dup(1)
for words in json.load(sys.stdin):
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
        try:
            code = cli.main(words)
        except SystemExit as ended:
            code = ended.code
        sys.stdout.flush()
        sys.stderr.flush()
        said.seek(0)
        ends.append((code, said.read().decode()))
with open(end, "w") as told:
    json.dump(ends, told)
"""


def ran_in_one(
    lines: Sequence[Sequence[str]], env: Mapping[str, str], *, user: int | None = None
) -> list[tuple[int, str]]:
    """The exit code of each command line and what it printed, both streams together.

    `user` is the number of the user the process takes itself for. A traceback of a command ends
    the process, and raises.
    """
    return _told(PROBE.format(user=user), lines, env)


def _told(program: str, lines: object, env: Mapping[str, str]) -> list[tuple[int, str]]:
    """What `program` tells of the command lines it reads: an exit code and what was said, for each."""
    run = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(lines),
        env=dict(env),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    return [(code, said) for code, said in json.loads(run.stdout)]


FORKS = """
import json, os, sys, tempfile
from tui import cli
from tui.config import commands
from tui.doctor import command
from tui.output import history_commands, snapshot
from tui.simulator import command as demo

def ends_with(words, streams, said):
    os.dup2(said.fileno(), 2)
    for number, (name, place) in enumerate(zip(("stdin", "stdout", "stderr"), streams)):
        if place is None:
            os.close(number)
            setattr(sys, name, None)
            setattr(sys, f"__{name}__", None)
        elif place:
            os.dup2(os.open(place, os.O_RDWR), number)
    sys.exit(cli.main(words))

asked, end, ends = json.load(sys.stdin), os.dup(1), []
os.dup2(os.open(os.devnull, os.O_RDWR), 0)
for words, streams in asked:
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if not child:
            ends_with(words, streams, said)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        said.seek(0)
        ends.append((code, said.read().decode()))
with open(end, "w") as told:
    json.dump(ends, told)
"""
Streams = tuple[str | None, str | None, str | None]
"""Where input, output and errors go: a file, None where the stream is closed, empty for nowhere else."""


def ran_forked(
    lines: Sequence[tuple[Sequence[str], Streams]], env: Mapping[str, str]
) -> list[tuple[int, str]]:
    """The exit code and standard error of each command line, each in a fork that ends as a process does."""
    ends = _told(FORKS, lines, env)
    for _, said in ends:
        assert "Traceback" not in said, said
        assert "Exception ignored" not in said, said
    return ends
