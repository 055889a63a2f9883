"""What pieces of input mean to Textual: keys, pastes, the mouse; reports that mean nothing are swallowed."""

import logging
import re
from collections.abc import Iterator

from textual import events
from textual.keys import Keys
from textual.message import Message
from textual.messages import TerminalSupportsSynchronizedOutput

from tui.terminal.sequences import Kind, Piece
from tui.terminal.textual_private import KNOWN_CODES, KNOWN_SEQUENCES, KeyParser

log = logging.getLogger(__name__)

_MOUSE = re.compile(r"\x1b\[<\d{1,3};\d{1,5};\d{1,5}[Mm]")
_SYNCHRONIZED = re.compile(r"\x1b\[\?2026;[123]\$y")
_POSITION = re.compile(r"\x1b\[\d+;\d+R")
"""Where the cursor is; some terminals send F3 with shift just so, which is not worth a wrong key."""
_EXTENDED = re.compile(r"\x1b\[([\d:]*)(?:;([\d:]*))?(?:;([\d:]*))?([u~A-FHPQS])")
"""A key in kitty's form: code and its alternates, modifiers and kind of event, text."""
_OTHER_KEYS = re.compile(r"\x1b\[27;(\d+);(\d+)~")
"""A key in the form of xterm's modifyOtherKeys: modifiers, code."""
_RELEASED = "3"
_LOCKS = 64 | 128
"""Caps lock and num lock among the modifiers."""
_SHIFT = 1
_MOST_MODIFIERS = 256
_LAST_CHARACTER = 0x10FFFF
_NO_CHARACTERS = range(0xD800, 0xF900)
"""Surrogates, and the private area that kitty has filled with keys beyond those Textual knows."""


class KeyEvents:
    """Gives the messages for each piece; whatever Textual's parser makes of it, it never raises."""

    def __init__(self) -> None:
        self._parser = KeyParser()
        self._told = False

    def of(self, piece: Piece) -> list[Message]:
        """The messages for a piece, none where it means nothing to us."""
        try:
            return [message for message in self._meant(piece) if getattr(message, "key", "") != Keys.Ignore]
        except Exception as error:  # one odd key must not cost all that follow
            if not self._told:
                self._told = True
                # Never the input itself: it may be a password.
                log.warning("A key that the terminal sent was not understood: %s", type(error).__name__)
            self._parser = KeyParser()
            return []

    def _meant(self, piece: Piece) -> Iterator[Message]:
        match piece.kind:
            case Kind.PASTE:
                yield events.Paste(piece.text.replace("\x00", ""))
            case Kind.CHARACTER if piece.text == "\x1b":
                yield events.Key("escape", "\x1b")
            case Kind.CHARACTER:
                yield from self._parser.keys(piece.text)
            case Kind.ALT if f"\x1b{piece.text}" in KNOWN_SEQUENCES:
                yield from self._parser.keys(f"\x1b{piece.text}")
            case Kind.ALT:
                yield from self._parser.keys(piece.text, alt=True)
            case Kind.SEQUENCE:
                yield from self._sequence(piece.text)

    def _sequence(self, text: str) -> Iterator[Message]:
        if _MOUSE.fullmatch(text):
            event = self._parser.parse_mouse_code(text)
            if event is not None:
                yield event
        elif _SYNCHRONIZED.fullmatch(text):
            yield TerminalSupportsSynchronizedOutput()
        elif _POSITION.fullmatch(text) is None:
            key = text if text in KNOWN_SEQUENCES else usual_form(text)
            if key is not None:
                yield from self._parser.keys(key)


def usual_form(text: str) -> str | None:
    """A key in kitty's or xterm's form, as `CSI code;modifiers;text u`; None where it is no key pressed."""
    if parts := _OTHER_KEYS.fullmatch(text):
        modifiers, code = parts.groups()
        codes, kinds, texts, end = code, modifiers, "", "u"
    elif parts := _EXTENDED.fullmatch(text):
        codes, kinds, texts, end = parts.groups(default="")
    else:
        return None
    code, _, alternates = codes.partition(":")
    modifiers, _, kind = kinds.partition(":")
    if kind not in ("", "1", "2"):
        return None
    held = int(modifiers or 1) - 1
    if not -1 <= held < _MOST_MODIFIERS:
        return None
    held = max(0, held) & ~_LOCKS
    number = int(code or 1)
    if f"{number}{end}" in KNOWN_CODES:
        return f"\x1b[{number};{held + 1}{end}"
    if end != "u" or not _printable(number):
        return None
    written = [int(word or 0) for word in texts.split(":")] if texts else []
    if any(code_point > _LAST_CHARACTER or code_point in _NO_CHARACTERS for code_point in written):
        return None
    if not written and not held & ~_SHIFT:
        # The text was not asked for, so that the terminal leaves it to us.
        shifted = alternates.partition(":")[0]
        written = [int(shifted)] if held and shifted else [_upper(number) if held else number]
    shown = ":".join(str(code_point) for code_point in written if _printable(code_point))
    return f"\x1b[{number};{held + 1}{f';{shown}' if shown else ''}u"


def _upper(number: int) -> int:
    upper = chr(number).upper()
    return ord(upper) if len(upper) == 1 else number


def _printable(number: int) -> bool:
    return 32 <= number <= _LAST_CHARACTER and not 127 <= number < 160 and number not in _NO_CHARACTERS
