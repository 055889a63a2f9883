"""How many colours to give the terminal."""

from collections.abc import Mapping

from tui.terminal.style import ColourDepth

_NAMED = {
    "none": ColourDepth.NONE,
    "16": ColourDepth.ANSI,
    "256": ColourDepth.EIGHT_BIT,
    "true": ColourDepth.TRUE,
}
_TRUE_TERMS = ("xterm-kitty", "alacritty", "foot", "wezterm", "ghostty", "xterm-ghostty", "contour")
_TRUE_PROGRAMS = {"iTerm.app", "WezTerm", "vscode", "ghostty"}
_GREY_TERMS = ("vt1", "vt2", "vt3", "vt5", "ansi-m", "sun")


def detect(environ: Mapping[str, str], isatty: bool) -> ColourDepth:
    """The depth the environment speaks for: NO_COLOR, COLORTERM, TERM and the like.

    SSH carries TERM alone, so a remote terminal mostly gets 256 colours.
    """
    return explained(environ, isatty)[0]


def explained(environ: Mapping[str, str], isatty: bool) -> tuple[ColourDepth, str]:
    """The depth that `detect` finds, and what speaks for it, in a word or two."""
    term = environ.get("TERM", "")
    by_term = f"TERM is {term}"
    if environ.get("NO_COLOR"):
        return ColourDepth.NONE, "NO_COLOR is set"
    if not isatty:
        return ColourDepth.NONE, "this is no terminal"
    if term in {"", "dumb", "unknown"} or term.startswith(_GREY_TERMS) or term.endswith(("-mono", "-m")):
        return ColourDepth.NONE, by_term
    # GNU screen hands COLORTERM on without understanding true colours; tmux turns them into what it can.
    plain_screen = term.startswith("screen") and "TMUX" not in environ
    if environ.get("COLORTERM", "").lower() in {"truecolor", "24bit"} and not plain_screen:
        return ColourDepth.TRUE, f"COLORTERM is {environ['COLORTERM']}"
    if term.startswith(_TRUE_TERMS) or term.endswith("-direct"):
        return ColourDepth.TRUE, by_term
    if not plain_screen and "TMUX" not in environ and _program_knows(environ):
        program = "Windows Terminal" if "WT_SESSION" in environ else environ["TERM_PROGRAM"]
        return ColourDepth.TRUE, f"the terminal is {program}"
    depth = ColourDepth.EIGHT_BIT if "256color" in term or term.startswith("tmux") else ColourDepth.ANSI
    return depth, by_term


def choose(option: str, environ: Mapping[str, str], isatty: bool) -> ColourDepth:
    """The depth for `--color OPTION`, one of its choices; an explicit choice outdoes NO_COLOR.

    Raises KeyError for another word.
    """
    return detect(environ, isatty) if option == "auto" else _NAMED[option]


def _program_knows(environ: Mapping[str, str]) -> bool:
    return environ.get("TERM_PROGRAM", "") in _TRUE_PROGRAMS or "WT_SESSION" in environ
