"""Text for terminals without Unicode: every character as ASCII of the same width."""

import re
import unicodedata

from rich.cells import get_character_cell_size

_BARS = " _.-~+=*#"
"""From nothing to a full cell, in eighths."""
_KNOWN = {
    "…": "~", "–": "-", "—": "-", "‐": "-", "−": "-", "·": ".", "•": "*", "‘": "'", "’": "'", "“": '"',
    "”": '"', "„": '"', "‖": "=", "×": "x", "÷": "/", "≤": "<", "≥": ">", "≈": "~", "±": "+", "°": "o",
    "●": "*", "○": "o", "◐": "%", "◑": "%", "◌": ":", "◉": "@", "◍": "@", "■": "#", "□": "o", "▪": "#",
    "▫": "o", "◆": "*", "◇": "o", "★": "*", "☆": "*", "✓": "+", "✔": "+", "✗": "x", "✘": "x", "⚠": "!",
    "▲": "^", "△": "^", "▴": "^", "▼": "v", "▽": "v", "▾": "v", "▶": ">", "▷": ">", "▸": ">", "►": ">",
    "◀": "<", "◁": "<", "◂": "<", "◄": "<", "⏎": "<", "↵": "<", "⌫": "<", "⇥": ">", "␣": "_",
    "←": "<", "→": ">", "↑": "^", "↓": "v", "↗": "/", "↘": "\\", "↖": "\\", "↙": "/", "↔": "-", "↕": "|",
    "⇐": "<", "⇒": ">", "⇑": "^", "⇓": "v", "▔": "-", "▏": "|", "▕": "|", "▌": "|", "▐": "|",
    "▀": '"', "░": ".", "▒": ":", "▓": "%", "⎸": "|", "⎹": "|", "€": "E", "£": "L",
    "ß": "s", "ø": "o", "Ø": "O", "æ": "a", "Æ": "A", "œ": "o", "Œ": "O", "đ": "d", "Đ": "D", "ł": "l",
    "Ł": "L", "ð": "d", "þ": "t", "ı": "i",
}  # fmt: skip

_OR_MORE = re.compile(r"≥(\d[\dhmsd]*(?: \d{3})*)")


class PlainTable(dict[int, str]):
    """For `str.translate`: ASCII for any character, found out once; marks and joiners vanish."""

    def __missing__(self, point: int) -> str:
        """What stands for the character with this code point."""
        plain = self[point] = _plain(chr(point))
        return plain


def _plain(char: str) -> str:
    if char.isascii():
        return char
    width = get_character_cell_size(char)
    if width == 0:
        return ""
    return (_letter(char) or "?").ljust(width, "?")[:width]


def _letter(char: str) -> str:
    point = ord(char)
    if char in _KNOWN:
        return _KNOWN[char]
    if 0x2500 <= point <= 0x257F:
        return _line(unicodedata.name(char, ""))
    if 0x2581 <= point <= 0x2588:
        return _BARS[point - 0x2580]
    if 0x2589 <= point <= 0x259F:
        return "#"
    if 0x2800 <= point <= 0x28FF:
        return _BARS[(point - 0x2800).bit_count()]
    folded = unicodedata.normalize("NFKD", char)
    letters = "".join(part for part in folded if part.isascii() and part.isprintable())
    return letters if len(letters) == 1 or get_character_cell_size(char) == len(letters) else letters[:1]


def _line(name: str) -> str:
    """A character for a box drawing one, by the directions in its Unicode name."""
    if "DIAGONAL" in name:
        return "X" if "CROSS" in name else "/" if "UPPER RIGHT" in name else "\\"
    sideways = any(word in name for word in ("HORIZONTAL", "LEFT", "RIGHT"))
    upright = any(word in name for word in ("VERTICAL", "UP", "DOWN"))
    if sideways and upright:
        return "+"
    return "|" if upright else "-"


PLAIN_TABLE = PlainTable()


def plain(text: str) -> str:
    """`text` in ASCII, as wide as before."""
    if "≥" in text:
        # `>` alone would lie. Where no blank has room for the other half, "or more" stands behind.
        text = _OR_MORE.sub(r"\1+", text.replace("≥ ", ">="))
    return text.translate(PLAIN_TABLE)
