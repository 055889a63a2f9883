"""What terminals send beside keys, and odd forms of keys: each was seen, or follows from a specification."""

ODD_KEYS = (
    "\x1b[100;5:3u",
    "\x1b[1;1:3A",
    "\x1b[97:65;2:3u",
    "\x1b[13;1:3u",
    "\x1b[3;1:3~",
    "\x1b[57441;2:3u",
    "\x1b[1114112u",
    "\x1b[55296u",
    "\x1b[99999999999999999999u",
    "\x1b[:u",
    "\x1b[;:u",
    "\x1b[::;::;::u",
    "\x1b[97;99999u",
    "\x1b[97;1;1114112u",
    "\x1b[97;1:9u",
    "\x1b[1u",
    "\x1b[57352u",
    "\x1b[99;;~",
    "\x1b[27;5;1114112~",
    "\x1b[97;1A",
)
"""Reports of keys that are none pressed: releases, and numbers no key has."""

REPORTS = (
    "\x1bP>|XTerm(370)\x1b\\",
    "\x1bP>|foot(1.16.2)\x1b\\",
    "\x1bP1$r0m\x1b\\",
    "\x1bP1+r544e=787465726d\x1b\\",
    "\x1b]11;rgb:0000/0000/0000\x1b\\",
    "\x1b]10;rgb:ffff/ffff/ffff\x07",
    "\x1b]4;1;rgb:cdcd/0000/0000\x1b\\",
    "\x1b]52;c;cXVpdA==\x1b\\",
    "\x1b]l" + "q" * 300 + "\x1b\\",
    "\x1b_Gi=31;OK\x1b\\",
    "\x1b_Gi=31;ENOENT:no such image?\x1b\\",
    "\x1b^?q\x1b\\",
    "\x1bX?q\x1b\\",
    "\x1b[?997;1n",
    "\x1b[?997;2n",
    "\x1b[0n",
    "\x1b[24;80R",
    "\x1b[?24;80;1R",
    "\x1b[?62;22c",
    "\x1b[?1;2c",
    "\x1b[>41;370;0c",
    "\x1b[=0c",
    "\x1b[?2048;0$y",
    "\x1b[?2026;0$y",
    "\x1b[?1016;2$y",
    "\x1b[4;2$y",
    "\x1b[?0u",
    "\x1b[?31u",
    "\x1b[>4;2m",
    "\x1b[8;24;80t",
    "\x1b[4;600;800t",
    "\x1b[48;24;80;600;800t",
    "\x1b[I",
    "\x1b[O",
    "\x1b[201~",
    "\x1b[M !!",
    "\x1b[M#\u00e9\u00e9",
    "\x1b[32;10;10M",
    "\x1b[<0;-3;5M",
    "\x1b[<0;5M",
    "\x1b[<0;999999;5M",
    "\x1b[1;2;3;4;5;6;7;8;9 q",
    "\x1b[" + "1;" * 100 + "?u",
)
"""Complete reports that mean nothing to us."""

EIGHT_BIT = {"[": b"\x9b", "]": b"\x9d", "P": b"\x90", "_": b"\x9f", "^": b"\x9e", "X": b"\x98"}


def eight_bit(report: str) -> bytes:
    """The same with the controls of eight bits in place of escapes."""
    body = report[2:].removesuffix("\x1b\\")
    end = b"\x9c" if report.endswith("\x1b\\") else b""
    return EIGHT_BIT[report[1]] + body.encode() + end
