"""Every control sequence in what a program wrote, held against those that are ours to write."""

import re

from tests.security.hostile import unsafe

_SEQUENCE = re.compile(
    r"\x1b(?:"
    r"\[(?P<csi>[0-?]*[ -/]*[@-~])"
    r"|\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|(?P<string>[PX^_])"
    r"|(?P<other>[ -/]*[0-~])?"
    r")"
)
_OURS = re.compile(
    r"[\d;]*m"  # colours and weights
    r"|\d*(?:;\d*)?H|\d*[ABCDGd]"  # the cursor
    r"|\d*[JKX]"  # erasing
    r"|\d*[b@PLM]|\d*(?:;\d*)?r|\d*[ST]"  # repeating, moving, scrolling
    r"|\?(?:1049|25|7|2004|1000|1002|1003|1006|1015|1016|1004|2026|2048|2031)[hl]"
    r"|\?2026\$p|[<>=]\d*u|2[23];\d?t"
)
_TITLE = re.compile(r"[02];(?P<title>.*)", re.DOTALL)
_LINES = re.compile(r"[\r\n\x07\x08]|\x0f")


def foreign(raw: bytes) -> list[str]:
    """What of `raw` is neither a sequence of ours nor printable text; empty where all is well."""
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        return [f"not UTF-8: {error}"]
    strange: list[str] = []

    def judge(match: re.Match[str]) -> str:
        csi, osc = match["csi"], match["osc"]
        if csi is not None:
            if not _OURS.fullmatch(csi):
                strange.append(f"CSI {csi!r}")
        elif osc is not None:
            title = _TITLE.fullmatch(osc)
            if title is None or unsafe(title["title"]):
                strange.append(f"OSC {osc[:80]!r}")
        elif match[0] not in ("\x1b7", "\x1b8", "\x1b(B", "\x1b=", "\x1b>"):
            strange.append(f"ESC {match[0]!r}")
        return ""

    plain = _SEQUENCE.sub(judge, text)
    return strange + unsafe(_LINES.sub("", plain))
