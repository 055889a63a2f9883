"""What the terminal can do, by its entry in terminfo or, without one, by its name."""

import contextlib
from collections.abc import Mapping
from functools import lru_cache

from tui.terminal.painter import Skills

_MODERN = ("xterm", "alacritty", "foot", "wezterm", "ghostty", "contour", "rxvt", "konsole", "linux")
_USUAL = {"xterm", "xterm-256color"}
"""Most terminals go by one of these names, whose entries say the same on every system: they can do all.
To read one takes half a megabyte of libraries, before the first picture."""
_MUTE = {"", "dumb", "unknown"}
_PLAIN = Skills(erases_in_colour=False, erases_line=True, erases_characters=False, moves_to_column=False)


def skills(environ: Mapping[str, str]) -> Skills:
    """The skills of the terminal named by TERM; few where it is unknown."""
    return _of_term(environ.get("TERM", ""))


def refusal(environ: Mapping[str, str]) -> str | None:
    """Why a full screen can't be shown on this terminal, as a sentence with the mend; None if it can."""
    term = environ.get("TERM", "")
    if term not in _MUTE:
        return None
    named = f'TERM is "{term}"' if term else "TERM is not set"
    return (
        f"This terminal can't move its cursor as far as we know ({named}), so no screen can be drawn. "
        "Set TERM to the terminal you use, for example TERM=xterm-256color, or use a one-shot command."
    )


def answers_queries(environ: Mapping[str, str]) -> bool:
    """Whether a question about synchronized output is safe: some print what they don't understand."""
    term = environ.get("TERM", "")
    if environ.get("TERM_PROGRAM", "") == "Apple_Terminal" or term in _MUTE:
        return False
    return not term.startswith(("linux", "vt", "screen", "ansi", "cons25", "sun"))


def takes_keyboard_flags(environ: Mapping[str, str]) -> bool:
    """Whether kitty's keyboard flags may be set: a terminal that does not know them has to ignore them.

    Linux consoles before 5.7 print a part of them, and Emacs' terminal does; the others left out
    know nothing of them either, so that nothing is lost.
    """
    return answers_queries(environ) and not environ.get("TERM", "").startswith(("eterm", "emacs"))


@lru_cache(maxsize=8)
def _of_term(term: str) -> Skills:
    if term in _MUTE:
        return _PLAIN
    if term in _USUAL:
        return Skills()
    with contextlib.suppress(ImportError):
        import curses

        with contextlib.suppress(curses.error):
            curses.setupterm(term, 1)
            return Skills(
                erases_in_colour=curses.tigetflag("bce") == 1,
                erases_line=bool(curses.tigetstr("el")),
                erases_characters=bool(curses.tigetstr("ech")),
                moves_to_column=bool(curses.tigetstr("hpa")),
            )
    return Skills() if term.startswith(_MODERN) else _PLAIN
