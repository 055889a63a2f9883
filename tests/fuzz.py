"""How many examples the fuzzing of text takes: a hundred or so, or as many as somebody asks for."""

import os


def examples(usual: int) -> int:
    """`usual`, or what FUZZ_EXAMPLES says where that is more."""
    return max(usual, int(os.environ.get("FUZZ_EXAMPLES", "0")))
