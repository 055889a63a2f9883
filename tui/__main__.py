"""Lets `python -m tui` stand for the `liveagent-tui` command."""

import sys

from tui.cli import main

sys.exit(main())
