"""Desktop notifications through the terminal, by the sequence it understands; else the bell."""

from collections.abc import Callable, Mapping

from tui.terminal.clipboard import run
from tui.text import safe_line

BELL = "\a"
SENT = "sent to the terminal"
RANG = "rang the bell"

_BY_777 = ("rxvt", "foot")
_UNABLE = ("linux", "vt", "dumb", "screen")


def kind(environ: Mapping[str, str]) -> str:
    """The sequence the terminal of `environ` understands, such as `OSC 9`; "" where it has none."""
    term = environ.get("TERM", "")
    if "kitty" in term:
        return "OSC 99"
    if term.startswith(_BY_777):
        return "OSC 777"
    return "" if term.startswith(_UNABLE) and "TMUX" not in environ else "OSC 9"


def sequence(title: str, body: str, environ: Mapping[str, str]) -> str:
    """The notification for the terminal of `environ` (OSC 99, 777 or 9); "" where none is understood."""
    title, body = (safe_line(text, limit=200).replace(";", ",") for text in (title, body))
    match kind(environ):
        case "OSC 99":
            return f"\x1b]99;;{title}: {body}\x1b\\"
        case "OSC 777":
            return f"\x1b]777;notify;{title};{body}\x1b\\"
        case "":
            return ""
    # A title keeps the text from beginning with a digit, by which OSC 9 means progress bars.
    return f"\x1b]9;{title or 'Alert'}: {body}\x07"


async def notify(title: str, body: str, write: Callable[[str], None], environ: Mapping[str, str]) -> str:
    """Show a notification if a way is known, else ring the bell; says which of both was tried.

    Inside tmux it passes only where the user allows that (`allow-passthrough`).
    """
    text = sequence(title, body, environ)
    if text and environ.get("TMUX"):
        allowed = await run(("tmux", "show-options", "-gqv", "allow-passthrough"), patience=1.0)
        text = wrapped(text) if (allowed or "").strip() in {"on", "all"} else ""
    write(text or BELL)
    return SENT if text else RANG


def wrapped(text: str) -> str:
    """`text` for the terminal around tmux."""
    doubled = text.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{doubled}\x1b\\"
