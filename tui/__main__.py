"""The command `liveagent-tui`, which is `python -m tui`, too."""

import sys


def main() -> int:
    """Run the command line; ctrl+c leaves no traceback, even while its modules are still read."""
    try:
        from tui.cli import main as run
    except KeyboardInterrupt:
        return 130
    return run()


if __name__ == "__main__":
    sys.exit(main())
