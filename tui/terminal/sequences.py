"""Cuts what a terminal sends into characters, escape sequences and pastes, wherever the reads part it.

A report that ends is one piece, whatever it says; one that never ends is given up after a while. Nothing
here is kept beyond a bound, so that no input fills memory or leaves the program deaf.
"""

from codecs import getincrementaldecoder
from enum import Enum, auto
from typing import NamedTuple

ESC = "\x1b"
LONGEST_SEQUENCE = 64
"""Characters of a sequence that are kept; no key has more, and a longer one means nothing to us."""
LONGEST_PASTE = 100_000
"""Characters of a paste that are kept."""
SEQUENCE_PAUSE = 0.5
"""Seconds without a byte after which an unfinished sequence is given up."""
SEQUENCE_TIME = 2.0
"""Seconds an unfinished sequence may take altogether, as while a key is held down."""
PASTE_PAUSE, PASTE_TIME = 1.0, 10.0
"""The same for a paste: it is longer, and may come over a slow line."""

_CTRL_C = "\x03"
_GIVES_UP = "\x18\x1a"
"""CAN and SUB end any sequence."""
_STRINGS = "]P_^X"
"""What begins an OSC, DCS, APC, PM or SOS after an escape."""
_EIGHT_BIT = {
    "\x8f": "O", "\x90": "P", "\x98": "X", "\x9b": "[", "\x9d": "]", "\x9e": "^", "\x9f": "_",
}  # fmt: skip
_PASTE_BEGINS = f"{ESC}[200~"
_PASTE_ENDS = (f"{ESC}[201~", "\x9b201~")


class Kind(Enum):
    """What a piece of input is."""

    CHARACTER = auto()
    """One character by itself; a lone escape too."""
    ALT = auto()
    """A character with an escape before it, as alt sends it; the escape is not part of the text."""
    SEQUENCE = auto()
    """A complete control sequence, written with seven bits."""
    PASTE = auto()
    """The text between paste brackets."""


class Piece(NamedTuple):
    """A piece of input."""

    kind: Kind
    text: str


class _At(Enum):
    """Where in a sequence the reading is."""

    GROUND = auto()
    ESCAPE = auto()
    CONTROL = auto()
    """After `ESC [`."""
    SINGLE = auto()
    """After `ESC O`."""
    CONSOLE = auto()
    """After `ESC [ [`, as the Linux console begins its function keys."""
    MOUSE = auto()
    """After `ESC [ M`: three characters of any kind."""
    STRING = auto()
    STRING_ESCAPE = auto()
    PASTE = auto()


_MAY_BE_ALT = (_At.CONTROL, _At.SINGLE, _At.STRING)


class Cutter:
    """Takes bytes with the time they came, in seconds of any clock, and gives whole pieces.

    `escape_pause`: seconds after which a lone escape is the key.
    """

    def __init__(self, escape_pause: float = 0.1) -> None:
        self._escape_pause = escape_pause
        self._decoder = getincrementaldecoder("utf-8")("surrogateescape")
        self._broken_character = False
        self._at = _At.GROUND
        self._kept: list[str] = []
        self._void = False
        """Whether the sequence means nothing already, and is only followed to its end."""
        self._by_escape = True
        """Whether an escape began it, which may have been alt; else one control of eight bits."""
        self._tail = ""
        self._pieces: list[Piece] = []
        self._begun = self._latest = 0.0

    def feed(self, data: bytes, now: float) -> list[Piece]:
        """The pieces that `data` completes."""
        if self._unfinished and now - self._begun >= self._times[1]:
            self._give_up()
        before = self._unfinished
        for character in self._decoder.decode(data):
            self._take(self._seven_or_eight(character), now)
        self._latest = now
        if self._unfinished and not before:
            self._begun = max(self._begun, now)
        return self._handed_out()

    def expire(self, now: float) -> list[Piece]:
        """What an unfinished sequence comes to, if it has been waited for long enough."""
        if self._unfinished and now >= self._due:
            self._give_up()
        return self._handed_out()

    def wait(self, now: float) -> float | None:
        """Seconds until `expire` is to be called; None while nothing is unfinished."""
        return max(0.0, self._due - now) if self._unfinished else None

    @property
    def _unfinished(self) -> bool:
        return self._at is not _At.GROUND or bool(self._decoder.getstate()[0])

    @property
    def _times(self) -> tuple[float, float]:
        if self._at is _At.PASTE:
            return PASTE_PAUSE, PASTE_TIME
        return (self._escape_pause if self._at is _At.ESCAPE else SEQUENCE_PAUSE), SEQUENCE_TIME

    @property
    def _due(self) -> float:
        pause, altogether = self._times
        return min(self._latest + pause, self._begun + altogether)

    def _handed_out(self) -> list[Piece]:
        pieces, self._pieces = self._pieces, []
        return pieces

    def _seven_or_eight(self, character: str) -> str:
        """A byte that is no UTF-8 is a control of eight bits, unless it belongs to a broken character."""
        if not "\udc80" <= character <= "\udcff":
            self._broken_character = False
            return character
        if character >= "\udcc0":
            self._broken_character = True
        if self._broken_character or character > "\udc9f":
            return "\ufffd"
        return chr(ord(character) - 0xDC00)

    def _give_up(self) -> None:
        """Drop what is unfinished; an escape, and alt with a key, were just not distinguished until now."""
        self._decoder.reset()
        kept = "".join(self._kept)
        if self._at is _At.ESCAPE:
            self._emit(Kind.CHARACTER, ESC)
        elif self._at is _At.PASTE:
            self._emit(Kind.PASTE, kept)
        elif self._at in _MAY_BE_ALT and self._by_escape and len(kept) == 1 and not self._void:
            self._emit(Kind.ALT, kept)
        else:
            self._to_ground()

    def _emit(self, kind: Kind, text: str) -> None:
        self._to_ground()
        self._pieces.append(Piece(kind, text))

    def _to_ground(self) -> None:
        self._at = _At.GROUND
        self._kept.clear()
        self._tail = ""
        self._void = False

    def _enter(self, at: _At, *kept: str) -> None:
        self._to_ground()
        self._at = at
        self._kept.extend(kept)

    def _keep(self, character: str) -> None:
        if len(self._kept) < LONGEST_SEQUENCE:
            self._kept.append(character)
        else:
            self._void = True

    def _take(self, character: str, now: float) -> None:
        match self._at:
            case _At.PASTE:
                self._in_paste(character)
            case _At.STRING | _At.STRING_ESCAPE:
                self._in_string(character, now)
            case _At.GROUND:
                self._begun = now
                self._on_ground(character)
            case _At.ESCAPE if character in (ESC, _CTRL_C) or character in _EIGHT_BIT:
                self._emit(Kind.CHARACTER, ESC)
                self._take(character, now)
            case _At.ESCAPE:
                self._after_escape(character)
            case _At.MOUSE if character >= " ":
                self._kept.append(character)
                if len(self._kept) == 5:
                    self._to_ground()
            case _ if not " " <= character <= "~":
                # No terminal sends these within a sequence: its rest was lost, and something else came.
                self._begin_anew(character, now)
            case _At.CONTROL:
                self._in_control(character)
            case _At.SINGLE:
                self._in_single(character, now)
            case _At.CONSOLE:
                self._in_console(character, now)

    def _begin_anew(self, character: str, now: float) -> None:
        self._to_ground()
        self._take(character, now)

    def _on_ground(self, character: str) -> None:
        self._by_escape = character == ESC
        if character == ESC:
            self._enter(_At.ESCAPE)
        elif character in _EIGHT_BIT:
            self._after_escape(_EIGHT_BIT[character])
        elif not "\x80" <= character <= "\x9f":
            self._emit(Kind.CHARACTER, character)

    def _after_escape(self, character: str) -> None:
        if character == "[":
            self._enter(_At.CONTROL, "[")
        elif character == "O":
            self._enter(_At.SINGLE, "O")
        elif character in _STRINGS:
            self._enter(_At.STRING, character)
        elif self._by_escape:
            self._emit(Kind.ALT, character)

    def _in_control(self, character: str) -> None:
        first = len(self._kept) == 1 and not self._void
        self._keep(character)
        if first and character == "M":
            self._at = _At.MOUSE
        elif first and character == "[":
            self._at = _At.CONSOLE
        elif "@" <= character <= "~":
            self._end_sequence()
        elif character == "$" and "".join(self._kept[1:-1]).isdecimal():
            # rxvt's shift with a key; every report that holds this sign has a question mark, or two numbers.
            self._end_sequence()

    def _end_sequence(self) -> None:
        text, void = ESC + "".join(self._kept), self._void
        if void:
            self._to_ground()
        elif text == _PASTE_BEGINS:
            self._enter(_At.PASTE)
        else:
            self._emit(Kind.SEQUENCE, text)

    def _in_single(self, character: str, now: float) -> None:
        if "@" <= character <= "~":
            self._keep(character)
            self._end_sequence()
        elif character.isdecimal() or character == ";":
            self._keep(character)
        else:
            self._give_up()
            self._take(character, now)

    def _in_console(self, character: str, now: float) -> None:
        if "A" <= character <= "E":
            self._keep(character)
            self._end_sequence()
        else:
            self._begin_anew(character, now)

    def _in_string(self, character: str, now: float) -> None:
        """Follow a string to its end; none of them is a key, so that nothing of it is kept."""
        if self._at is _At.STRING_ESCAPE and character != "\\":
            self._begin_anew(ESC, now)
            self._take(character, now)
        elif character == _CTRL_C:
            self._begin_anew(character, now)
        elif character == ESC:
            self._at = _At.STRING_ESCAPE
        elif (
            character in (*_GIVES_UP, "\x9c")
            or self._at is _At.STRING_ESCAPE
            or (character == "\x07" and self._kept == ["]"])
        ):
            self._to_ground()
        else:
            self._void = True

    def _in_paste(self, character: str) -> None:
        if len(self._kept) < LONGEST_PASTE:
            self._kept.append(character)
        self._tail = (self._tail + character)[-len(_PASTE_ENDS[0]) :]
        for end in _PASTE_ENDS if character == "~" else ():
            if self._tail.endswith(end):
                text = "".join(self._kept)
                for length in range(len(end), 0, -1):
                    if text.endswith(end[:length]):
                        text = text[:-length]
                        break
                self._emit(Kind.PASTE, text)
                return
