"""Hostile text -> one safe line: everything the server says comes through here first."""

import re
import unicodedata

from tui.redact import scrub, scrub_disguised, without_beginning

_TOKEN = 12
"""A shorter one is no token of Live Agent, and could stand in an ordinary name."""
MARKS_PER_BASE = 2
_SCANNED_PER_KEPT = 16
"""Characters that are looked at for each that is kept: most of a hostile text is dropped."""
_SPACES = re.compile(" {2,}")
_CUT = "…"
_DOES_SOMETHING = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]|\r(?!\n)"
)
"""Controls of both kinds, and what turns the direction of writing or has no width at all."""

# Letters to Unicode, nothing to the eye: they would make two different names look the same.
_INVISIBLE_LETTERS = frozenset({0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, 0x034F})
_BLANK_BRAILLE = 0x2800
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SEPARATORS = frozenset({"Zs", "Zl", "Zp"})


class _Translation(dict[int, int | str | None]):
    """What becomes of each character, worked out when it is first met.

    Only characters below U+3000 are remembered, so that no server can fill the memory.
    """

    def __missing__(self, code: int) -> int | str | None:
        becomes = _becomes(code)
        if code < 0x3000:
            self[code] = becomes
        return becomes


def _becomes(code: int) -> int | str | None:
    if code in (0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x85, _BLANK_BRAILLE):
        return " "
    if 0x1F1E6 <= code <= 0x1F1FF:  # flags: width 1 or 2, as the terminal pleases
        return chr(ord("A") + code - 0x1F1E6)
    if 0x1F3FB <= code <= 0x1F3FF or 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:
        return None
    if 0x180B <= code <= 0x180F or code in _INVISIBLE_LETTERS:
        return None
    category = unicodedata.category(chr(code))
    if category in _SEPARATORS:
        return " "
    return None if category in _DROPPED or category == "Me" else code


_TRANSLATION = _Translation()


def safe_line(value: object, *, limit: int = 256) -> str:
    """`value` as one printable line of at most `limit` characters, cut with `…`.

    No control, escape, bidi or zero-width character is left, no lone surrogate, no token that
    a server sends back, and at most two marks on a letter; flags become letters and skin tones
    go, so that every program agrees on how many cells the line takes. None is the empty line.
    The work is bounded by `limit`, not by the size of `value`. `limit` is at least 1.
    """
    text = value if isinstance(value, str) else _as_text(value)
    if text.isascii() and len(text) <= limit and text.isprintable():
        return scrub(text if _is_folded(text) else _fold(text), shortest=_TOKEN)
    # A surrogate pair that came apart in JSON is dropped below, so the scan never fails.
    scanned = text[: limit * _SCANNED_PER_KEPT]
    line = unicodedata.normalize("NFC", scanned.translate(_TRANSLATION))
    if not line.isascii() and max(line) >= "\u0300":
        line = _without_surplus_marks(line)
    # Before it is cut: half a token would no longer be known as one.
    line = scrub(_fold(line), shortest=_TOKEN)
    if not line.isascii():
        line = scrub_disguised(line, shortest=_TOKEN)
    if len(scanned) < len(text):
        line = without_beginning(line, shortest=_TOKEN)
    if len(line) > limit or len(scanned) < len(text):
        line = line[: limit - 1].rstrip() + _CUT
    return line


def excerpt(text: str, limit: int = 40) -> str:
    """The start of what a person wrote, to be repeated in a sentence: masked, then cut."""
    return safe_line(text, limit=limit)


def printable(text: str) -> str:
    """`text` of several lines without a character that does something to a terminal; `\ufffd` in its place.

    What leaves the program for a terminal, a file or a pipe goes through here as a whole: whatever
    a config, an argument, a path or a server's name holds. Line ends and tabs stay.
    """
    return _DOES_SOMETHING.sub("\ufffd", text)


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value[:65_536]).decode("utf-8", "replace")
    try:
        return str(value)
    except (ValueError, RecursionError):
        return ""


def _is_folded(text: str) -> bool:
    return "  " not in text and not text.startswith(" ") and not text.endswith(" ")


def _fold(text: str) -> str:
    return _SPACES.sub(" ", text).strip(" ")


def _without_surplus_marks(text: str) -> str:
    kept: list[str] = []
    room = 0
    for character in text:
        if unicodedata.category(character) in ("Mn", "Mc"):
            if room == 0:
                continue
            room -= 1
        else:
            room = 0 if character == " " else MARKS_PER_BASE
        kept.append(character)
    return "".join(kept)
