"""Help, man page and completions: every command has them, they fit, and shells take them."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import command_pages
from tui.cli import main, monitor_parser
from tui.output.completion import SHELLS
from tui.private_files import write_private
from tui.usage import USAGES, walk

COMMANDS = dict(walk(command_pages.whole_parser()))
BIN = Path(sys.executable).parent
CONFIG = b"""
[environments.trial]
url = "https://liveagent-trial.cognigy.ai"
token = { env = "TRIAL_TOKEN" }
[[environments.trial.accounts]]
id = 12345

[environments."$(touch pwned)"]
url = "https://liveagent-app.cognigy.ai"
token = { env = "TRIAL_TOKEN" }

[environments."`touch pwned`;"]
url = "https://liveagent-app-us.cognigy.ai"
token = { env = "TRIAL_TOKEN" }
"""
BASH = """
. {script}
COMP_WORDS=({words} {last}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 ))
_shtab_liveagent_tui
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    config = write_private(tmp_path / "config.toml", CONFIG)
    return {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "LIVEAGENT_TUI_CONFIG": str(config),
        "TRIAL_TOKEN": "a-token-for-the-test",
    }


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command or "monitor")
def test_help_fits_a_terminal_and_tells_examples_and_exit_codes(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as ended:
        main([*command.split(), "--help"])
    told = capsys.readouterr().out
    assert ended.value.code == 0
    assert [line for line in told.splitlines() if len(line) > 80] == []
    for code, when in USAGES[command].codes:
        assert f"  {code:<3} {when}" in told
    assert f"  liveagent-tui {USAGES[command].examples[0][0]}".rstrip() in told.splitlines()


def test_every_command_has_a_usage_and_every_usage_a_command() -> None:
    assert set(USAGES) == set(COMMANDS)


@pytest.mark.parametrize(
    "typed", sorted({example for usage in USAGES.values() for example, _ in usage.examples})
)
def test_every_example_is_understood(typed: str) -> None:
    words = shlex.split(typed.partition(" > ")[0])
    command = next(
        (
            command
            for command in sorted(COMMANDS, reverse=True)
            if command and words[: len(command.split())] == command.split()
        ),
        "",
    )
    if typed == "demo":  # Stands for --demo, before any parser.
        return
    if command:
        COMMANDS[command].parse_args(words[len(command.split()) :])
    else:
        monitor_parser().parse_args(words)


@pytest.mark.parametrize("page", command_pages.pages(), ids=lambda page: page.name)
def test_completions_and_man_page_are_those_of_the_command_line(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text == command_pages.pages()[page], "python -m tests.command_pages writes it"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_command_prints_the_completions_of_a_shell(
    shell: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["completion", shell]) == 0
    assert capfdbinary.readouterr().out == (command_pages.SHARE / SHELLS[shell]).read_bytes()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("liveagent-tui tr", {"trial", "trial/12345"}),
        ("liveagent-tui sn", {"snapshot"}),
        ("liveagent-tui check trial/", {"trial/12345"}),
        ("liveagent-tui snapshot --format ", {"table", "json", "csv"}),
        ("liveagent-tui snapshot --figures un", {"unassigned"}),
        ("liveagent-tui snapshot --figures unassigned,long", {"unassigned,longest"}),
        ("liveagent-tui --theme h", {"high-contrast"}),
        ("liveagent-tui config ", {"path", "show", "check", "add", "remove"}),
        ("liveagent-tui config remove t", {"trial", "trial/12345"}),
        ("liveagent-tui --config con", {"config.toml"}),
        ("liveagent-tui history export --s", {"--since"}),
        ("liveagent-tui completion f", {"fish", "figures"}),
    ],
)
def test_bash_completes_commands_options_names_and_files(
    typed: str, offered: set[str], env: dict[str, str], tmp_path: Path
) -> None:
    words, _, last = typed.rpartition(" ")
    script = BASH.format(
        script=shlex.quote(str(command_pages.SHARE / SHELLS["bash"])), words=words, last=shlex.quote(last)
    )
    run = subprocess.run(
        ["bash", "--norc", "-c", script], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )
    assert offered <= set(run.stdout.split())
    assert all(word.startswith(last) for word in run.stdout.split())


@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish on this machine")
def test_fish_completes_commands_and_names(env: dict[str, str], tmp_path: Path) -> None:
    script = command_pages.SHARE / SHELLS["fish"]
    line = f"source {shlex.quote(str(script))}; complete -C 'liveagent-tui '"
    run = subprocess.run(
        ["fish", "--no-config", "-c", line], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )
    assert {"trial", "trial/12345", "snapshot"} <= {
        line.partition("\t")[0] for line in run.stdout.splitlines()
    }


@pytest.mark.skipif(shutil.which("zsh") is None, reason="there is no zsh on this machine")
def test_zsh_reads_its_completions() -> None:
    subprocess.run(["zsh", "-n", str(command_pages.SHARE / SHELLS["zsh"])], check=True)


def test_no_word_that_a_shell_might_run_is_offered(env: dict[str, str], tmp_path: Path) -> None:
    run = subprocess.run(
        [BIN / "liveagent-tui", "completion", "names"], env=env, capture_output=True, text=True, check=True
    )
    assert run.stdout.split("\n") == ["trial", "trial/12345", ""]


def test_without_a_usable_config_no_name_is_offered_and_nothing_is_said(
    env: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "config.toml").write_text("[environments", encoding="utf-8")
    run = subprocess.run(
        [BIN / "liveagent-tui", "completion", "names"], env=env, capture_output=True, text=True, check=True
    )
    assert (run.stdout, run.stderr) == ("", "")


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="there is no mandoc on this machine")
def test_the_man_page_is_well_formed() -> None:
    subprocess.run(["mandoc", "-Tlint", "-Werror", str(command_pages.MANUAL)], check=True)


def test_the_version_for_a_bug_report_tells_no_secret(env: dict[str, str]) -> None:
    secrets = {
        "LIVEAGENT_TOKEN": "a-token-never-to-be-told",
        "LIVEAGENT_URL": "https://secret.example",
        "HTTPS_PROXY": "http://me:secret-word@proxy.example:3128",
        "SSH_CONNECTION": "192.0.2.7 22",
        "TERM": "xterm\x1b[31m",
    }
    run = subprocess.run(
        [BIN / "liveagent-tui", "version", "--verbose"],
        env=env | secrets,
        capture_output=True,
        text=True,
        check=True,
    )
    told = dict(re.split(r" {2,}| ", line, maxsplit=1) for line in run.stdout.splitlines())
    assert {"liveagent-tui", "Python", "textual", "httpx", "msgspec", "SQLite", "TERM", "config"} <= set(told)
    assert told["config"] == "~/config.toml (there)"
    assert "\x1b" not in run.stdout
    assert not re.search(r"secret|never-to-be-told|192\.0|trial", run.stdout)


def test_the_version_alone_is_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["version"]) == 0
    assert re.fullmatch(r"liveagent-tui \d+\.\d+\.\d+\n", capfd.readouterr().out)
