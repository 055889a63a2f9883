"""Whatever a config, an argument or a path holds: nothing printed does anything to a terminal."""

import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest

from tests.many_commands import ran_in_one
from tests.terminal.pty_harness import PtyProgram
from tui import paths, redact
from tui.redact import Secret
from tui.text import excerpt, printable, safe_line

COMMAND = str(Path(sys.executable).with_name("liveagent-tui"))
TOKEN = "Tk9secretQ7zPw3nVx8LmRb2"
BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\u200b\u2066x"
FIELDS = {
    "command": "[environments.e]\nurl = 'https://127.0.0.1:9'\ntoken = { command = [@, @] }",
    "file": "[environments.e]\nurl = 'https://127.0.0.1:9'\ntoken = { file = @ }",
    "keyring": "[environments.e]\nurl = 'https://127.0.0.1:9'\ntoken = { keyring = @ }",
    "env": "[environments.e]\nurl = 'https://127.0.0.1:9'\ntoken = { env = @ }",
    "ca_file": "[environments.e]\nurl = 'https://127.0.0.1:9'\ntoken = { env = 'T' }\nca_file = @",
    "client_cert": "[environments.e]\nurl = 'https://127.0.0.1:9'\ntoken = { env = 'T' }\nclient_cert = @",
    "proxy": "[environments.e]\nurl = 'https://127.0.0.1:9'\ntoken = { env = 'T' }\nproxy = @",
    "badge": "[environments.e]\nurl = 'https://127.0.0.1:9'\ntoken = { env = 'T' }\nbadge = @",
    "timezone": "[environments.e]\nurl = 'https://127.0.0.1:9'\ntoken = { env = 'T' }\ntimezone = @",
    "url": "[environments.e]\nurl = @\ntoken = { env = 'T' }",
    "name": "[environments.@]\nurl = 'https://127.0.0.1:9'\ntoken = { env = 'T' }",
    "account": "[environments.e]\nurl = 'https://127.0.0.1:9'\ntoken = { env = 'T' }\n"
    "accounts = [{ id = 1, name = @ }]",
    "key": "[keys]\nquit = @",
    "action": "[keys]\n@ = 'x'",
    "setting": "@ = 1",
    "start": "start = @",
    "theme": "[display]\ntheme = @",
    "alert": "[[alerts]]\nwhen = @",
    "where": "[[alerts]]\nwhen = 'unassigned > 1'\nwhere = { environment = @, team = @ }",
    "alert command": "[[alerts]]\nwhen = 'unassigned > 1'\nnotify = { command = [@] }",
    "wall": "[wall]\naccounts = [@]",
    "no TOML": "x = @ @",
}
COMMANDS: list[list[str]] = [
    ["config", "check"],
    ["config", "show"],
    ["config", "path"],
    ["check"],
    ["check", "--json"],
    ["snapshot"],
    ["snapshot", "--format", "json"],
    [],
]


def test_no_command_prints_a_control_that_stands_in_the_config(tmp_path: Path) -> None:
    lines = []
    for field, text in FIELDS.items():
        file = tmp_path / field.replace(" ", "-")
        file.write_text(text.replace("@", json.dumps(EVIL)), encoding="utf-8")
        lines += [["--config", str(file), *words] for words in COMMANDS]
    ends = ran_in_one(lines, {**os.environ, "T": TOKEN})
    for words, (_, said) in zip(lines, ends, strict=True):
        assert not BAD.search(said), (words, said)
        assert said, words
    for number, field in enumerate(FIELDS):
        told = ends[number * len(COMMANDS) : (number + 1) * len(COMMANDS)]
        assert len("".join(said for _, said in told)) > 200, field


def test_no_command_repeats_a_control_of_its_arguments() -> None:
    lines = [
        ["nothing" + EVIL],
        ["--theme", EVIL],
        ["--bogus" + EVIL],
        ["check", EVIL],
        ["snapshot", EVIL],
        ["snapshot", "--format", EVIL],
        ["config", EVIL],
        ["config", "add", EVIL],
        ["config", "remove", EVIL],
        ["history", EVIL],
        ["history", "export", "--since", EVIL],
        ["demo", "--serve", EVIL],
        ["--config", "/" + EVIL],
    ]
    for words, (code, said) in zip(lines, ran_in_one(lines, os.environ), strict=True):
        assert code == 2, words
        assert said, words
        assert not BAD.search(said), (words, said)


def test_the_installed_command_repeats_none_either() -> None:
    run = subprocess.run(
        [COMMAND, "nothing" + EVIL], stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
    )
    assert run.stderr
    assert not BAD.search((run.stdout + run.stderr).decode())


def test_the_screens_show_none_either(monkeypatch: pytest.MonkeyPatch) -> None:
    file = paths.config_file()
    file.parent.mkdir(parents=True)
    file.write_text(FIELDS["command"].replace("@", json.dumps(EVIL)), encoding="utf-8")
    with PtyProgram([COMMAND], size=(120, 40)) as program:
        program.wait_for("token command", 60)
        program.press(",")
        program.wait_for("Settings", 60)
        program.press("q", "q")
        assert program.exit_code(60) == 0
        raw = program.raw.decode(errors="replace")
    assert "owned" not in re.findall("\x1b\\][^\x07\x1b]*", raw)
    assert "\x1b]0;owned" not in raw
    assert "\x9b" not in raw
    assert not re.search("[\u202e\u2066\u200b]", raw)


def test_line_ends_and_tabs_stay() -> None:
    assert printable("a\tb\r\nc\n") == "a\tb\r\nc\n"
    assert printable(EVIL + "é€😀") == "�]0;owned��[2J�31m���x" + "é€😀"
    for code in [*range(0x20), *range(0x7F, 0xA0), 0x202E, 0x2066, 0x200B, 0xFEFF]:
        assert not BAD.search(printable(f"a{chr(code)}b")) or chr(code) in "\n\t"


@pytest.fixture
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    Secret(TOKEN)
    assert TOKEN in redact._known


DISGUISES = {
    "as it is": TOKEN,
    "zero-width between": "\u200b".join(TOKEN),
    "an accent after": TOKEN + "\u0301",
    "an accent on each": "\u0301".join(TOKEN),
    "soft hyphens": "\xad".join(TOKEN),
    "controls": "\x00".join(TOKEN),
    "wide letters": "".join(chr(ord(letter) + 0xFEE0) for letter in TOKEN),
    "bidi": "\u202e".join(TOKEN),
}


def revealed(shown: str) -> str:
    """`shown` as somebody could turn it back into a token: wide letters plain, without accents."""
    if shown.isascii():
        return shown
    letters = unicodedata.normalize("NFKD", shown)
    return "".join(letter for letter in letters if not unicodedata.category(letter).startswith("M"))


@pytest.mark.usefixtures("_secret")
@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("limit", [16, 40, 256])
def test_no_part_of_a_token_is_left_wherever_it_is_cut(disguise: str, limit: int) -> None:
    hidden = DISGUISES[disguise]
    for filler in ("\u200b", "x", "é ", ""):
        for before in {
            0,
            1,
            limit - 5,
            limit - 1,
            limit,
            *range(16 * limit - len(hidden) - 2, 16 * limit + 2, 3),
        }:
            text = (filler * before)[: max(0, before)] + hidden
            for shown in map(revealed, (safe_line(text, limit=limit), excerpt(text, limit))):
                assert not any(TOKEN[at : at + 6] in shown for at in range(len(TOKEN) - 5 - 4)), (
                    before,
                    shown,
                )
