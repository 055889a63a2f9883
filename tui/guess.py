"""What somebody who mistyped a name may have meant."""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NoReturn

COMMANDS = ("snapshot", "report", "check", "config", "demo", "history", "metrics", "version", "completion")
"""The words that begin a command line of their own."""
_LOOKED_THROUGH = 1_000
"""Names that are compared with what was typed."""


def alike(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """The one of `known` that is most like `word`, whatever its case; empty where none is alike.

    `cutoff`, 0 to 1, is how like it has to be. The work is bounded, however long both are.
    """
    import difflib
    from itertools import islice

    names = {name.lower(): name for name in islice(known, _LOOKED_THROUGH)}
    matches = difflib.get_close_matches(word[:100].lower(), names, n=1, cutoff=cutoff)
    return names[matches[0]] if matches else ""


def near(word: str, known: Iterable[str]) -> str:
    """` Did you mean "snapshot"?`, ready to follow a sentence; empty where nothing is alike."""
    known_word = alike(word, known)
    return f' Did you mean "{known_word}"?' if known_word else ""


def meant(word: str, known: Iterable[str], otherwise: str) -> str:
    """`did you mean "snapshot"?`, ready to follow a semicolon; `otherwise` where nothing is alike."""
    known_word = alike(word, known)
    return f'did you mean "{known_word}"?' if known_word else otherwise


class GuessingParser(argparse.ArgumentParser):
    """A command line that guesses which command, option or choice was meant by a mistyped one."""

    _given: Sequence[str] = ()

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """As in argparse; what was given is kept for a guess."""
        self._given = list(args or ())
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, with a guess where it is a word like one that is known; exits with 2."""
        known = set(_words(self))
        for given in self._given:
            name, _, value = given.partition("=")
            for word in (name, value):
                is_doubted = word not in known and (word in message or word.startswith("--"))
                guess = near(word, known) if word and is_doubted else ""
                if guess and "Did you mean" not in message:
                    message = f"{message.rstrip('.')}.{guess}"
        super().error(message)


def _words(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Every option, command and choice of `parser` and of its commands."""
    from tui.usage import walk

    for _, command in walk(parser):
        for action in command._actions:
            yield from action.option_strings
            yield from map(str, action.choices or ())
