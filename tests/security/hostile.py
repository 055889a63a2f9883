"""A server that says what strangers typed: every free text and header carries an attack; and the judge."""

import json
import unicodedata
import zlib
from collections.abc import MutableMapping
from typing import Any

from rich.cells import cell_len
from wcwidth import wcwidth

from tui.simulator.app import App, Receive, Request, Scope, Send
from tui.simulator.replies import Reply
from tui.simulator.world import World

ATTACKS: tuple[str, ...] = (
    "\x1b[31m\x1b[2J\x1b[1;1H",
    "\x1b]52;c;cHduZWQ=\x07\x1b]0;owned\x07",
    "\x1b]8;;http://evil.example\x1b\\x\x1b]8;;\x1b\\",
    "\x1bP+q544e\x1b\\\x1b_Gf=1\x1b\\\x1b^x\x1b\\\x1bc",
    "\x9b31m\x9d52;c;eA==\x9c\x90q\x9c",
    "".join(map(chr, range(0x80, 0xA0))),
    "".join(map(chr, range(0x20))) + "\x7f\x7f",
    "a\r\nb\tc\x0b\x0cd\u2028e\u2029f\x85g",
    "\u202e\u202d\u2066\u2067\u2068\u2069\u200f\u200e\u061c",
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e\u3164\u2800",
    "e" + "\u0301\u0489\u20dd\u0e31" * 200,
    "\ud83dx\udc00y\ud800",
    "[bold red]loud[/] [@click=app.quit]q[/] [link=http://evil.example]l[/][/] $x {y} %s \\[z",
    "漢字👨‍👩‍👧🇩🇪👍🏽❤️\U000e0041\ue000\U0010ffff",
)
HUGE = "\x1b[5m\u202eA" * 200_000
"""A megabyte of it."""
FREE = frozenset(
    {"name", "available_name", "title", "description", "content", "email", "error", "message", "version"}
)
"""Keys under which strangers write as they like."""
OPEN = frozenset({"priority", "channel", "channel_type", "timezone", "role", "availability_status"})
"""Keys whose words come from a list, until a server has another list."""
HEADERS: tuple[tuple[str, str], ...] = (
    ("x-request-id", "\x9b31m\x9d0;owned\x9c" + "r" * 3_000),
    ("x-runtime", "\x9b2J"),
    ("retry-after", "\x85\x9b5;\xad"),
    ("location", "//evil.example/\x9b2J"),
    ("server", "\x9b5m" * 50),
)
"""What passes a real connection: HTTP lets no other control character through."""


def attack(text: str) -> str:
    """`text` between two copies of an attack, always the same one."""
    chosen = ATTACKS[zlib.crc32(text.encode("utf-8", "replace")) % len(ATTACKS)]
    return f"{chosen}{text}{chosen}"


def spoiled(value: Any, key: str = "") -> Any:
    """The same JSON with an attack in each text that a stranger could have written."""
    match value:
        case dict():
            return {name: spoiled(each, name) for name, each in value.items()}
        case list():
            return [attack(each) if isinstance(each, str) else spoiled(each, key) for each in value]
        case str() if key in FREE or (key in OPEN and zlib.crc32(value.encode()) % 2):
            return attack(value)
        case _:
            return value


class HostileApp(App):
    """Answers as the simulator does, every free text spoiled; the first agent's is a megabyte long.

    With `failing` each call but the profile is refused, in words of the same kind.
    """

    def __init__(self, world: World, *, failing: int = 0) -> None:
        super().__init__(world)
        self.failing = failing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, with headers of our own before the simulator's."""

        async def spoil(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                ours = [(name.encode(), value.encode("latin-1")) for name, value in HEADERS]
                names = {name for name, _ in ours}
                kept = [pair for pair in message["headers"] if pair[0] not in names]
                message["headers"] = [*ours, *kept]
            await send(message)

        await super().__call__(scope, receive, spoil)

    async def answer(self, request: Request) -> Reply:
        """What the simulator says, spoiled."""
        if self.failing and not request.path.endswith("profile"):
            words = attack(request.path) + HUGE
            return Reply(self.failing, json.dumps({"error": words, "message": words}).encode())
        reply = await super().answer(request)
        if not reply.body.startswith((b"{", b"[")):
            return reply
        value = spoiled(json.loads(reply.body))
        if request.path.endswith("/agents") and isinstance(value, list) and value:
            value[0] = {**value[0], "name": HUGE, "available_name": HUGE}
        kept = tuple(pair for pair in reply.headers if pair[0] != "content-length")
        return Reply(reply.status, json.dumps(value).encode(), reply.content_type, kept)


def unsafe(text: str) -> list[str]:
    """The characters of `text` that must never reach a terminal, by code point."""
    wrong = {
        char
        for char in text
        if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Me"}
        or char in "\u034f\u115f\u1160\u3164\uffa0"
        or 0xFE00 <= ord(char) <= 0xFE0F
    }
    return sorted(f"U+{ord(char):04X}" for char in wrong)


def askew(line: str, width: int) -> bool:
    """Whether a rendered line is wider or narrower than the screen, by either table of widths."""
    return cell_len(line) != width or sum(map(wcwidth, line)) != width
