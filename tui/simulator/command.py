"""`liveagent-tui demo --serve HOST:PORT`: the simulator over TCP, for other programs and machines."""

import argparse
import signal
import sys

from tui.clock import SystemClock
from tui.listening import address, stays_here
from tui.simulator.demo import Demo
from tui.simulator.serve import ServeUnavailableError, serve

DONE, UNUSABLE, INTERRUPTED = 0, 2, 130
OPEN = (
    "Other machines may reach {host}: whoever does can read the simulator, with the tokens below. "
    "127.0.0.1 keeps it to this machine.\n"
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add `demo` to a command line."""
    parser = subparsers.add_parser("demo", help="serve the embedded simulator over TCP")
    parser.add_argument(
        "--serve",
        metavar="HOST:PORT",
        required=True,
        type=address,
        help="where; each environment takes a port, from this one on; 0 takes free ones",
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Serve, a line on stdout for each environment: until SIGTERM, 0, or ctrl+c, 130; 2 where it can't."""
    host, port = args.serve
    warnings = [] if stays_here(host) else [OPEN.format(host=host)]

    def tell(line: str) -> None:
        # Only once it listens: where it can't, that alone is said.
        while warnings:
            sys.stderr.write(warnings.pop())
            sys.stderr.flush()
        _tell(line)

    try:
        ended = serve(Demo(clock=SystemClock()), host, port, tell)
    except ServeUnavailableError as problem:
        sys.stderr.write(f"{problem}\n")
        return UNUSABLE
    except OSError as problem:
        sys.stderr.write(f"The simulator cannot listen at {host}:{port}: {problem.strerror or problem}.\n")
        return UNUSABLE
    return INTERRUPTED if ended == signal.SIGINT else DONE


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
