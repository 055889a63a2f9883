"""What somebody who mistyped a name may have meant."""

from collections.abc import Iterable

COMMANDS = ("snapshot", "check", "config", "demo", "history")
"""The words that begin a command line of their own."""
_LOOKED_THROUGH = 500


def near(word: str, known: Iterable[str]) -> str:
    """` Did you mean "snapshot"?`, ready to follow a sentence; empty where nothing is alike."""
    import difflib
    from itertools import islice

    names = {name.lower(): name for name in islice(known, _LOOKED_THROUGH)}
    found = difflib.get_close_matches(word[:100].lower(), names, n=1, cutoff=0.6)
    return f' Did you mean "{names[found[0]]}"?' if found else ""
