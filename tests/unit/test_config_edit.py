"""Changes of the config: what is written, what survives, and when nothing is written."""

import tomllib
from pathlib import Path

import pytest

from tui.config import edit, splice
from tui.config.file import Sources, stamp
from tui.config.model import TokenSource
from tui.config.problems import ConfigError, SaveError
from tui.redact import Secret

HAND_WRITTEN = """\
# my config
start = "trial"          # first

# look
[display]
theme = "light" # bright room

[environments.trial]     # the trial
url = "https://a.example"
token = { env = "T" }    # exported in .profile
accounts = [
    { id = 1 },          # support
    # { id = 9 },
    { id = 2, name = "Two" },
]

# production, careful
[environments."prod eu"]
url = "https://b.example"
token.env = "P"
[[environments."prod eu".accounts]]
id = 5
[environments."prod eu".targets]
wait = 60

# the end
"""


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    file = tmp_path / "conf" / "config.toml"
    file.parent.mkdir()
    file.write_text(HAND_WRITTEN)
    file.chmod(0o600)
    return Sources(file, None, named=True)


def text(sources: Sources) -> str:
    return sources.user.read_text()


def test_an_added_environment_stands_at_the_end_and_all_else_is_untouched(sources: Sources) -> None:
    edit.add_environment(
        sources,
        "new",
        "https://c.example",
        token=TokenSource(command=("pass", "show", "x")),
        settings={"timezone": "Europe/Berlin"},
        accounts=[{"id": 7, "name": 'Ünï "7"'}, {"id": 8}],
    )
    after = text(sources)
    assert after.startswith(HAND_WRITTEN)
    assert (
        after.removeprefix(HAND_WRITTEN)
        == """
[environments.new]
url = "https://c.example"
timezone = "Europe/Berlin"
token = { command = ["pass", "show", "x"] }

[[environments.new.accounts]]
id = 7
name = "Ünï \\"7\\""

[[environments.new.accounts]]
id = 8
"""
    )
    edit.remove_environment(sources, "new")
    assert text(sources) == HAND_WRITTEN


def test_removing_an_environment_takes_its_tables_and_leaves_the_comments_around(sources: Sources) -> None:
    edit.remove_environment(sources, "prod eu")
    after = text(sources)
    assert "environments" in after
    assert "prod eu" not in after
    assert "# production, careful" in after
    assert "# the end" in after
    assert tomllib.loads(after)["start"] == "trial"


def test_removing_the_environment_shown_first_removes_start_too(sources: Sources) -> None:
    edit.remove_environment(sources, "trial")
    raw = tomllib.loads(text(sources))
    assert "start" not in raw
    assert list(raw["environments"]) == ["prod eu"]


@pytest.mark.parametrize("environment", ["trial", "prod eu"])
def test_accounts_come_and_go_in_the_way_the_file_is_written(sources: Sources, environment: str) -> None:
    edit.add_account(sources, environment, {"id": 77, "name": "New"})
    listed = tomllib.loads(text(sources))["environments"][environment]["accounts"]
    assert listed[-1] == {"id": 77, "name": "New"}
    assert "# { id = 9 }," in text(sources)
    edit.remove_account(sources, environment, 77)
    assert tomllib.loads(text(sources)) == tomllib.loads(HAND_WRITTEN)
    assert [line for line in text(sources).splitlines() if "#" in line] == [
        line for line in HAND_WRITTEN.splitlines() if "#" in line
    ]


def test_every_account_can_be_removed(sources: Sources) -> None:
    for account in (2, 1):
        edit.remove_account(sources, "trial", account)
    edit.remove_account(sources, "prod eu", 5)
    raw = tomllib.loads(text(sources))["environments"]
    assert not raw["trial"]["accounts"]
    assert "accounts" not in raw["prod eu"]


@pytest.mark.parametrize(
    ("before", "path", "value", "after"),
    [
        ("", ("start",), "trial", 'start = "trial"\n'),
        ("# head\n\n[wall]\n", ("start",), "trial", '# head\n\nstart = "trial"\n\n[wall]\n'),
        ("start = 'x' # why\n", ("start",), "trial", 'start = "trial" # why\n'),
        (
            "[display]\ntheme = 'dark'\n# c\n",
            ("display", "agent_times"),
            False,
            "[display]\ntheme = 'dark'\nagent_times = false\n# c\n",
        ),
        ("[display]", ("display", "theme"), "mono", '[display]\ntheme = "mono"\n'),
        (
            "display.theme = 'dark'\n",
            ("display", "agent_times"),
            True,
            "display.theme = 'dark'\ndisplay.agent_times = true\n",
        ),
        (
            "display = { theme = 'dark' }\n",
            ("display", "agent_times"),
            True,
            "display = { theme = 'dark', agent_times = true }\n",
        ),
        ("display = {}\n", ("display", "theme"), "mono", 'display = { theme = "mono" }\n'),
        (
            "[display]\nprivacy = { agents = 'wall' }\n",
            ("display", "privacy", "agents"),
            "never",
            '[display]\nprivacy = { agents = "never" }\n',
        ),
        (
            "display = { theme = 'dark' }\n",
            ("display", "privacy", "agents"),
            "wall",
            "display = { theme = 'dark', privacy = { agents = \"wall\" } }\n",
        ),
        (
            "[display.privacy]\nagents = 'wall'\n",
            ("display", "theme"),
            "mono",
            "[display.privacy]\nagents = 'wall'\n\n[display]\ntheme = \"mono\"\n",
        ),
        (
            "  [refresh]\r\n  every = 20\r\n",
            ("refresh", "budget"),
            9,
            "  [refresh]\r\n  every = 20\r\n  budget = 9\r\n",
        ),
        ("x = 1", ("y z",), [1, "a"], 'x = 1\n"y z" = [1, "a"]\n'),
    ],
)
def test_a_value_is_set_where_it_belongs(
    before: str, path: tuple[str, ...], value: object, after: str
) -> None:
    assert splice.set_value(before, path, value) == after


def test_a_setting_is_set_and_removed(sources: Sources) -> None:
    edit.set_value(sources, ("environments", "trial", "timezone"), "Europe/Berlin")
    edit.set_value(sources, ("display", "theme"), "mono")
    edit.set_value(sources, ("start",), "trial/2")
    raw = tomllib.loads(text(sources))
    assert raw["environments"]["trial"]["timezone"] == "Europe/Berlin"
    assert 'theme = "mono" # bright room' in text(sources)
    edit.set_value(sources, ("start",), None)
    edit.set_value(sources, ("environments", "trial", "timezone"), None)
    raw = tomllib.loads(text(sources))
    assert "start" not in raw
    assert "timezone" not in raw["environments"]["trial"]


def test_a_change_that_would_make_the_config_wrong_is_not_written(sources: Sources) -> None:
    with pytest.raises(ConfigError, match="key of both"):
        edit.add_environment(
            sources, "new", "https://c.example", token=TokenSource(env="T"), settings={"key": "a"}
        )
    with pytest.raises(ConfigError, match="not one of"):
        edit.set_value(sources, ("display", "theme"), "pink")
    assert text(sources) == HAND_WRITTEN


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda s: edit.add_environment(s, "trial", "https://x.example", token=TokenSource(env="T")),
            "already",
        ),
        (lambda s: edit.add_environment(s, "a/b", "https://x.example", token=TokenSource(env="T")), "name"),
        (lambda s: edit.remove_environment(s, "gone"), "no environment"),
        (lambda s: edit.add_account(s, "trial", {"id": 2}), "listed already"),
        (lambda s: edit.remove_account(s, "trial", 99), "not listed"),
        (lambda s: edit.set_value(s, ("targets", "wait"), None), "does not stand"),
        (lambda s: edit.set_value(s, ("display",), 3), "table of its own"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(sources: Sources, change: object, says: str) -> None:
    assert callable(change)
    with pytest.raises(SaveError, match=says):
        change(sources)
    assert text(sources) == HAND_WRITTEN


def test_a_file_changed_since_it_was_read_is_not_written_over(sources: Sources) -> None:
    seen = stamp(sources.user)
    sources.user.write_text(HAND_WRITTEN + "# from another terminal\n")
    with pytest.raises(SaveError, match="changed since"):
        edit.set_value(sources, ("start",), None, seen=seen)
    assert text(sources).endswith("# from another terminal\n")


def test_a_file_changed_in_the_middle_of_a_change_is_not_written_over(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meddle(before: str) -> str:
        sources.user.write_text(HAND_WRITTEN + "# meanwhile\n")
        return before + "# mine\n"

    with pytest.raises(SaveError, match="another program just now"):
        edit.change(sources, meddle, lambda raw: None)
    assert text(sources).endswith("# meanwhile\n")


def test_a_splice_that_means_something_else_is_not_written(sources: Sources) -> None:
    with pytest.raises(SaveError, match="would not have meant"):
        edit.change(sources, lambda before: "x = 1\n" + before, lambda raw: None)
    with pytest.raises(SaveError, match="would not have meant"):
        edit.change(sources, lambda before: "not toml [" + before, lambda raw: None)
    assert text(sources) == HAND_WRITTEN


def test_a_broken_file_is_told_and_left_alone(sources: Sources) -> None:
    sources.user.write_text("x = [")
    with pytest.raises(ConfigError, match="is not TOML"):
        edit.set_value(sources, ("start",), None)
    assert text(sources) == "x = ["


def test_a_new_file_and_its_directory_are_private(tmp_path: Path) -> None:
    sources = Sources(tmp_path / "a" / "b" / "config.toml", None, named=True)
    edit.add_environment(sources, "trial", "https://a.example", typed=Secret("typed-token-123"))
    assert (sources.user.stat().st_mode & 0o777) == 0o600
    assert (sources.user.parent.stat().st_mode & 0o777) == 0o700
    assert (sources.tokens.stat().st_mode & 0o777) == 0o700
    token = sources.tokens / "trial"
    assert (token.stat().st_mode & 0o777) == 0o600
    assert token.read_text() == "typed-token-123\n"
    assert "typed-token" not in text(sources)
    edit.remove_environment(sources, "trial")
    assert not token.exists()


def test_a_typed_token_does_not_stay_behind_when_the_environment_is_refused(sources: Sources) -> None:
    with pytest.raises(ConfigError):
        edit.add_environment(
            sources, "new", "https://c.example", typed=Secret("typed"), settings={"key": "a"}
        )
    assert not (sources.tokens / "new").exists()


def test_a_typed_token_of_another_environment_is_never_overwritten(sources: Sources) -> None:
    sources.tokens.mkdir()
    (sources.tokens / "trial").write_text("kept")
    with pytest.raises(SaveError, match="already"):
        edit.add_environment(sources, "trial", "https://c.example", typed=Secret("typed"))
    assert (sources.tokens / "trial").read_text() == "kept"


def test_a_symlink_stays_one_and_a_stricter_mode_is_kept(sources: Sources, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "real.toml"
    real.parent.mkdir()
    sources.user.rename(real)
    real.chmod(0o400)
    sources.user.symlink_to(real)
    edit.set_value(sources, ("start",), None)
    assert sources.user.is_symlink()
    assert "start" not in tomllib.loads(real.read_text())
    assert (real.stat().st_mode & 0o777) == 0o400


def test_no_temporary_file_is_left_behind(sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    edit.set_value(sources, ("start",), None)

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(SaveError, match="No space left"):
        edit.set_value(sources, ("start",), "trial")
    assert [path.name for path in sources.user.parent.iterdir()] == ["config.toml"]
    assert "start" not in tomllib.loads(text(sources))


def test_an_account_can_be_listed_under_an_environment_of_the_shared_file(tmp_path: Path) -> None:
    shared = tmp_path / "shared.toml"
    shared.write_text('[environments.trial]\nurl = "https://a.example"\ntoken = { env = "T" }\n')
    sources = Sources(tmp_path / "own" / "config.toml", shared)
    edit.add_account(sources, "trial", {"id": 3})
    assert text(sources) == "[[environments.trial.accounts]]\nid = 3\n"
    edit.remove_account(sources, "trial", 3)
    assert tomllib.loads(text(sources)) == {}
    with pytest.raises(SaveError, match="no environment"):
        edit.remove_environment(sources, "trial")


async def test_changes_run_off_the_event_loop(sources: Sources) -> None:
    await edit.change_async(lambda: edit.set_value(sources, ("start",), "prod eu"))
    assert 'start = "prod eu"' in text(sources)
