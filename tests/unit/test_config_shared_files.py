"""Files that several instances, umasks and killed writers have a hand in; configs that come out of pipes."""

import fcntl
import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.many_commands import ran_in_one
from tests.security.server import served
from tui import cli, paths
from tui.config import splice
from tui.config.edit import add_environment, remove_environment, set_value
from tui.config.file import Sources, access, find, load
from tui.config.problems import ConfigError, SaveError
from tui.config.scan import KeyPath
from tui.config.secrets import TokenError, checked, read_token_file
from tui.config.state import KnownAccount, SavedState, load_state
from tui.private_files import named_path, private_dir, write_private
from tui.redact import Secret
from tui.simulator.demo import token_of

TOKENS = ("winner-Token-0123456789a", "loser-Token-0123456789ab")
COMMAND = str(Path(sys.executable).with_name("liveagent-tui"))
URL = '[environments.desk]\nurl = "https://desk.example"\ntoken = { env = "T" }\n'


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    return Sources(tmp_path / "conf" / "config.toml", None)


def test_of_two_who_add_one_name_the_loser_leaves_the_winners_token(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, racing = splice.add_table, [True]

    def overtaken(text: str, path: KeyPath, table: dict[str, Any]) -> str:
        if racing.pop() if racing else False:
            # Without the lock the other one would come in here; it has to wait, and fails.
            other = threading.Thread(target=lose)
            other.start()
            others.append(other)
        return original(text, path, table)

    def lose() -> None:
        try:
            add_environment(sources, "trial", "https://b.example", typed=Secret(TOKENS[1]))
        except SaveError as error:
            failures.append(str(error))

    others: list[threading.Thread] = []
    failures: list[str] = []
    monkeypatch.setattr(splice, "add_table", overtaken)
    add_environment(sources, "trial", "https://a.example", typed=Secret(TOKENS[0]))
    others[0].join(30)
    assert "already" in failures[0] or "another" in failures[0].lower()
    assert (sources.tokens / "trial").read_text().strip() == TOKENS[0]
    with pytest.raises(SaveError):
        add_environment(sources, "trial", "https://c.example", typed=Secret(TOKENS[1]))
    assert (sources.tokens / "trial").read_text().strip() == TOKENS[0]
    remove_environment(sources, "trial")
    assert not (sources.tokens / "trial").exists()


def test_a_change_that_fails_takes_back_its_token(sources: Sources) -> None:
    with pytest.raises(ConfigError):
        add_environment(
            sources, "trial", "https://a.example", typed=Secret(TOKENS[0]), settings={"colour": "no such"}
        )
    assert not (sources.tokens / "trial").exists()


def test_what_two_instances_remember_is_kept_of_both(tmp_path: Path) -> None:
    file = tmp_path / "state.toml"
    first = load_state(file)
    first.state = SavedState(sort_orders={"agents": "open", "teams": "name"}, last="a/1")
    assert first.save_now()
    second = load_state(file)
    first.state.sort_orders["agents"] = "-open"
    first.state.accounts["a"] = (KnownAccount(1),)
    second.state.sort_orders["inboxes"] = "name"
    del second.state.sort_orders["teams"]
    second.state.last = "b/2"
    assert first.save_now()
    assert second.save_now()
    first.state.last_accounts["a"] = 1
    assert first.save_now()
    kept = load_state(file).state
    assert kept.sort_orders == {"agents": "-open", "inboxes": "name"}
    assert (kept.last, kept.last_accounts) == ("b/2", {"a": 1})
    assert kept.accounts == {"a": (KnownAccount(1),)}


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_directories_made_for_us_are_ours_alone_whatever_the_umask(umask: int, tmp_path: Path) -> None:
    before = os.umask(umask)
    try:
        private_dir(tmp_path / ".local" / "share" / "liveagent-tui")
        file = write_private(tmp_path / "other" / "deep" / "file", b"x")
    finally:
        os.umask(before)
    made = [
        tmp_path / ".local",
        tmp_path / ".local" / "share",
        tmp_path / ".local" / "share" / "liveagent-tui",
    ]
    for folder in [*made, file.parent, file.parent.parent]:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("words", [["history", "info"], ["config", "add", "trial", "--token-env", "T"]])
def test_no_command_leaves_a_directory_open_to_others(words: list[str], tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    subprocess.run(
        ["/bin/sh", "-c", 'umask 000; exec "$@"', "sh", COMMAND, *words],
        env={**env, "HOME": str(tmp_path), "T": TOKENS[0]},
        stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    open_ones = [
        path for path in tmp_path.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o077
    ]
    assert open_ones == []


def test_what_killed_writers_left_is_cleared_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    old = time.time() - 60
    names = {
        ".config.toml.0123456789abcdef": False,
        ".config.toml.fedcba9876543210": True,
        ".config.toml.mine": True,
        ".other.toml.0123456789abcdef": True,
        ".config.toml.0123456789abcdef.swp": True,
    }
    for name in names:
        (tmp_path / name).write_text("x")
        os.utime(tmp_path / name, (old, old))
    young = tmp_path / ".config.toml.aaaaaaaaaaaaaaaa"
    young.write_text("x")
    with (tmp_path / ".config.toml.fedcba9876543210").open() as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        write_private(file, b"y")
    assert {name: (tmp_path / name).exists() for name in names} == names
    assert young.exists()
    assert file.read_bytes() == b"y"


def test_a_config_out_of_a_pipe_is_read_once_and_never_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("T", TOKENS[0])
    monkeypatch.chdir(tmp_path)
    reader, writer = os.pipe()
    os.write(writer, URL.encode() + b'ca_file = "ca.pem"\n')
    os.close(writer)
    try:
        loaded = load(Path(f"/dev/fd/{reader}"))
    finally:
        os.close(reader)
    assert [environment.name for environment in loaded.config.environments] == ["desk"]
    assert loaded.config.environments[0].ca_file == str(tmp_path / "ca.pem")
    assert loaded.sources.tokens == paths.config_dir() / "tokens"
    assert load(sources=loaded.sources).config == loaded.config
    with pytest.raises(SaveError, match="can't be changed"):
        set_value(loaded.sources, ("display", "theme"), "light")


@pytest.mark.parametrize("words", [["config", "check"], ["check"]])
def test_the_installed_command_takes_a_config_from_a_pipe(words: list[str]) -> None:
    line = f'"{COMMAND}" --config <(printf %s "$CONFIG") {" ".join(words)}'
    run = subprocess.run(
        ["bash", "-c", line], env={**os.environ, "CONFIG": URL.replace("https://desk.example", "http://127.0.0.1:9"),
        "T": TOKENS[0]}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert "Traceback" not in run.stderr
    assert "can't be read" not in run.stdout + run.stderr
    assert run.returncode == (1 if words == ["check"] else 0)
    assert list(Path(os.environ["HOME"]).rglob("*.toml")) == []


@pytest.mark.parametrize(
    "data",
    [b"%s", b"\xef\xbb\xbf%s", b"%s\r\n", b"\xef\xbb\xbf%s \t\r\n\r\n", b"  %s\n\n", b"%s\n"],
    ids=["bare", "BOM", "CRLF", "BOM, blanks, CRLF", "blanks before", "line end"],
)
def test_a_tokens_file_as_any_editor_saves_it(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_bytes(data % TOKENS[0].encode())
    assert checked(read_token_file(file), "the file").reveal() == TOKENS[0]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_tokens_file_in_utf_16_is_a_sentence(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_bytes(TOKENS[0].encode(encoding))
    with pytest.raises(TokenError, match="is in UTF-16; save it as plain text"):
        read_token_file(file)


def test_a_path_may_hold_variables_and_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHERE", "/run/credentials")
    monkeypatch.setenv("T", TOKENS[0])
    file = tmp_path / "config.toml"
    table = {
        "$WHERE/t": "/run/credentials/t",
        "${WHERE}/t": "/run/credentials/t",
        "~/t": str(Path.home() / "t"),
        "t": str(tmp_path / "t"),
    }
    for written, meant in table.items():
        file.write_text(f'[environments.e]\nurl = "https://e.example"\ntoken = {{ file = "{written}" }}\n')
        token = load(file).config.environments[0].token
        assert token is not None
        assert token.file == meant
    file.write_text('[environments.e]\nurl = "https://e.example"\ntoken = { file = "$NO_SUCH/t" }\n')
    with pytest.raises(ConfigError, match="the variable NO_SUCH is not set; export it"):
        load(file)
    with pytest.raises(ValueError, match="home directory"):
        named_path("~nobody-of-that-name/t")


FLOODS = {
    "keys": "".join(f"k{number} = 1\n" for number in range(60_000)),
    "keys of a table": "[display]\n" + "".join(f"k{number} = 1\n" for number in range(10_000)),
    "actions": "[keys]\n" + "".join(f'act{number} = "x"\n' for number in range(10_000)),
    "environments": "".join(f"[environments.e{number}]\n" for number in range(5_000)),
    "names": "[environments]\n" + "".join(f'"a/{number}" = 1\n' for number in range(10_000)),
    "alerts": "".join(f'[[alerts]]\nwhen = "unasigned{number} > 1"\n' for number in range(8_000)),
    "accounts": "[environments.e]\naccounts = [" + "{ idd = 1 }, " * 10_000 + "]\n",
    "list": "[wall]\nfigures = [" + '"nix", ' * 20_000 + "]\n",
}


@pytest.mark.parametrize("flood", FLOODS)
def test_any_number_of_mistakes_is_told_in_little_time_and_few_lines(flood: str, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(FLOODS[flood])
    begun = time.process_time()
    with pytest.raises(ConfigError) as raised:
        load(file)
    assert time.process_time() - begun < 8
    assert 1 <= len(str(raised.value).splitlines()) <= 201
    assert len(str(raised.value)) < 100_000


def homeless(*lines: list[str], **env: str) -> list[tuple[int, str]]:
    """What comes of these command lines, for a user without a home directory: exit codes and words."""
    kept = {name: value for name, value in os.environ.items() if name not in ("HOME", "USER", "LOGNAME")}
    kept = {name: value for name, value in kept.items() if not name.startswith("XDG_")} | env
    return ran_in_one(lines, {**kept, "PYTHONPATH": str(Path(paths.__file__).parent.parent)}, user=54321)


COMMANDS = [["config", "path"], ["config", "check"], ["config", "show"], ["check"], ["snapshot"],
            ["history", "info"], ["config", "add", "trial", "--token-env", "T"], []]  # fmt: skip


@pytest.mark.parametrize("env", [{}, {"HOME": "not/whole"}, {"HOME": ""}], ids=["none", "not whole", "empty"])
def test_without_a_home_there_is_a_sentence_and_no_file(
    env: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for words, (code, said) in zip(COMMANDS, homeless(*COMMANDS, **env), strict=True):
        assert "There is no home directory" in said, words
        assert "Traceback" not in said
        assert code == 2, words
    assert list(tmp_path.iterdir()) == []


def test_variables_need_no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with served("onprem") as url:
        told = homeless(
            ["config", "check"], ["config", "show"], ["snapshot"], ["check"],
            ["config", "add", "trial", "--token-env", "T"], ["history", "info"], ["config", "path"],
            LIVEAGENT_URL=url, LIVEAGENT_TOKEN=token_of("onprem"), LIVEAGENT_ACCOUNT="2",
        )  # fmt: skip
    check, show, snapshot, doctor, add, *others = told
    assert check == (0, "ok: 127.0.0.1\n")
    assert (show[0], snapshot[0]) == (0, 0)
    assert "There is no home directory to keep a config in" in show[1]
    assert "unassigned" in snapshot[1]
    assert "warn  disk: no home directory" in doctor[1]
    assert "an error of liveagent-tui itself" not in doctor[1]
    assert add == (
        2,
        "error: There is no home directory to keep a config in. Set HOME, or name a file by --config.\n",
    )
    assert [code for code, _ in others] == [2, 2]
    assert list(tmp_path.iterdir()) == []


def test_with_named_files_no_home_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T", TOKENS[0])
    file = tmp_path / "config.toml"
    file.write_text(URL)
    file.chmod(0o600)
    assert homeless(["--config", str(file), "config", "check"]) == [(0, "ok: desk\n")]
    assert find(file).user == file


def test_a_config_without_a_line_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "config.toml"
    file.write_text("")
    assert cli.main(["--config", str(file), "config", "show"]) == 0
    assert capsys.readouterr().out == f"# {file}\n\n"


def test_no_chmod_is_advised_for_what_a_link_leads_to(tmp_path: Path) -> None:
    store, link = tmp_path / "store.toml", tmp_path / "config.toml"
    store.write_text(URL)
    store.chmod(0o444)
    link.symlink_to(store)
    (told,) = [problem for problem in access(link, secret=True) if problem.file == str(link)]
    assert "holds secrets" in str(told)
    assert "; chmod " not in str(told)
    assert f"in place of the link {link}" in str(told)
