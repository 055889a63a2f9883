"""Keys in the config: their names, and two things on one key."""

import string
from pathlib import Path

import pytest
from textual.keys import Keys, _character_to_key

from tui.actions import ACTIONS
from tui.config.file import load
from tui.config.keys import canonical_key, clashes, effective_keys, show_key
from tui.config.problems import ConfigError, ConfigProblem

ENVIRON = {"T": "abc"}


def problems(tmp_path: Path, text: str) -> tuple[ConfigProblem, ...]:
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(file, ENVIRON)
    return caught.value.problems


@pytest.mark.parametrize(
    "character", [*string.punctuation, *string.ascii_letters, *string.digits, *" öÖßéжñ€§"]
)
def test_a_character_has_the_name_the_screens_give_it(character: str) -> None:
    assert canonical_key(character) == _character_to_key(character)


@pytest.mark.parametrize(
    "key", sorted({str(key.value) for key in Keys} - {"<any>", "<scroll-up>", "<scroll-down>", "<ignore>"})
)
def test_the_screens_own_names_are_accepted(key: str) -> None:
    same = {"return": "enter", "ctrl+i": "tab", "ctrl+m": "enter", "ctrl+@": "ctrl+at", "ctrl-at": "ctrl+at"}
    if key == "ctrl-at":
        return
    assert canonical_key(key) == same.get(key, key)


def test_the_default_keys_are_in_their_own_spelling() -> None:
    for action in ACTIONS:
        assert tuple(map(canonical_key, action.keys)) == action.keys


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("esc", "escape"),
        ("PgUp", "pageup"),
        ("page_down", "pagedown"),
        ("Ctrl+R", "ctrl+r"),
        ("ctrl+/", "ctrl+slash"),
        ("ctrl++", "ctrl+plus"),
        ("shift+ctrl+left", "ctrl+shift+left"),
        ("ctrl+i", "tab"),
        ("o\u0308", "ö"),
        ("colon", "colon"),
        ("plus", "plus"),
        ("backtab", "shift+tab"),
    ],
)
def test_other_spellings_mean_the_same_key(written: str, key: str) -> None:
    assert canonical_key(written) == key


@pytest.mark.parametrize(
    "key", ["", "nope", "ctrl+", "hyper+a", "ctrl+ctrl+a", "shift+a", "\x00", "\u0301", "x" * 99, 3, None]
)
def test_what_is_no_key_is_refused_with_an_example(key: object) -> None:
    with pytest.raises(ValueError, match=r"key|typed"):
        canonical_key(key)


@pytest.mark.parametrize(
    ("key", "shown"), [("slash", "/"), ("question_mark", "?"), ("tab", "tab"), ("ö", "ö")]
)
def test_keys_are_shown_as_they_are_typed(key: str, shown: str) -> None:
    assert show_key(key) == shown


def test_a_remapped_action_frees_its_default_keys() -> None:
    remapped = {"refresh": ("ö",), "pause": ("r",)}
    assert clashes(remapped, []) == []
    assert effective_keys(remapped)["pause"] == ("r",)


def test_a_key_taken_from_another_action_names_both(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, '[keys]\nrefresh = ["r", "p"]\n')
    assert (problem.line, problem.path) == (2, "keys.refresh")
    assert problem.message == '"p" is the key of both refresh and pause'


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ('refresh = "space"', '"space" is the key of both refresh and page_down'),
        ('sort = "left"', '"left" is the key of both earlier and sort'),
        ('row_down = "enter"', '"enter" is the key of both down and row_down'),
        ('next_pane = "space"', "choose"),
    ],
)
def test_keys_of_lines_figures_and_the_wizard_clash_too(tmp_path: Path, keys: str, told: str) -> None:
    assert any(told in problem.message for problem in problems(tmp_path, f"[keys]\n{keys}\n"))


def test_different_spellings_of_one_key_clash(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, '[keys]\nsort = "/"\n')
    assert problem.message == '"/" is the key of both filter and sort'


def test_environments_accounts_and_actions_share_the_keyboard(tmp_path: Path) -> None:
    errors = problems(
        tmp_path,
        """\
[environments.one]
url = "https://one.example"
token = { env = "T" }
key = "a"
[environments.two]
url = "https://two.example"
token = { env = "T" }
key = "5"
[[environments.two.accounts]]
id = 9
key = "5"
""",
    )
    assert [(problem.line, problem.message) for problem in errors] == [
        (4, '"a" is the key of both next_account and environments.one.key'),
        (11, '"5" is the key of both environments.two.key and environments.two.accounts[1].key'),
    ]


def test_a_digit_given_to_an_action_is_no_longer_an_account_s(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[keys]\nrefresh = "9"\n')
    assert "9" not in load(file, ENVIRON).config.free_digits()
