"""What is typed into the wizard, and what is meant by it."""

from pathlib import Path

import pytest

from tui.address import AddressError
from tui.config.model import TokenSource
from tui.config.secrets import TokenError
from tui.screens.wizard import answers


@pytest.mark.parametrize(
    ("typed", "url", "name"),
    [
        ("trial", "https://liveagent-trial.cognigy.ai", "trial"),
        ("APP-US", "https://liveagent-app-us.cognigy.ai", "app-us"),
        ("saas acme", "https://api-acme.liveagent.cloud", "acme"),
        ("dedicated acme", "https://api-acme.cognigy.cloud", "acme"),
        (
            "https://liveagent-app.cognigy.ai/app/accounts/7/dashboard",
            "https://liveagent-app.cognigy.ai",
            "app",
        ),
        ("localhost:3000", "http://localhost:3000", "localhost"),
    ],
)
def test_presets_and_pasted_addresses(typed: str, url: str, name: str) -> None:
    meant = answers.where(typed)
    assert (meant.address.base_url, meant.name) == (url, name)


def test_a_name_that_is_taken_is_counted_up() -> None:
    assert answers.where("trial", ["trial"]).name == "trial-2"
    assert answers.where("saas trial", ["trial", "trial-2"]).name == "trial-3"


@pytest.mark.parametrize("typed", ["", "saas", "trial acme", "saas a/b", "http://example.com", "x" * 40])
def test_what_is_no_address_is_explained(typed: str) -> None:
    with pytest.raises(AddressError, match=r"\.$|https://"):
        answers.where(typed)


@pytest.mark.parametrize(
    ("typed", "source"),
    [
        ("env:LA_TOKEN", TokenSource(env="LA_TOKEN")),
        ("file:/run/secrets/la", TokenSource(file="/run/secrets/la")),
        ("file:~/la", TokenSource(file="/home/ada/la")),
        ("command: pass show 'la eu'", TokenSource(command=("pass", "show", "la eu"))),
        ("Keyring:trial", TokenSource(keyring="trial")),
    ],
)
def test_a_token_can_be_named_by_where_it_is_kept(typed: str, source: TokenSource) -> None:
    assert answers.whose(typed, Path("/home/ada")) == (source, None)


def test_a_typed_token_is_a_secret() -> None:
    meant = answers.whose("  AbCdEf0123456789  ")
    assert meant.source is None
    assert meant.typed is not None
    assert meant.typed.reveal() == "AbCdEf0123456789"
    assert "AbCdEf" not in repr(meant)


@pytest.mark.parametrize(
    "typed", ["env:", "env:1X", "env:a b", "file:", "file:here", "command:", "command:a 'b", "keyring:"]
)
def test_a_broken_reference_is_explained(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        answers.whose(typed)


@pytest.mark.parametrize("typed", ["", "two words", '"quoted"', "x" * 600])
def test_what_is_no_token_is_explained_without_repeating_it(typed: str) -> None:
    with pytest.raises(TokenError) as caught:
        answers.whose(typed)
    assert not typed or typed not in str(caught.value)


def test_zones_and_waits_are_checked() -> None:
    assert answers.zone(" Europe/Berlin ") == "Europe/Berlin"
    assert answers.zone("") is None
    assert answers.wait("90") == "1m30s"
    assert answers.wait(" ") is None
    for wrong in ("europe/berlinn", "../etc/passwd"):
        with pytest.raises(ValueError, match="no time zone"):
            answers.zone(wrong)
    for wrong, told in (("soon", "not a duration"), ("0", "longer than nothing")):
        with pytest.raises(ValueError, match=told):
            answers.wait(wrong)


def test_a_wait_that_holds_everywhere_already_is_not_repeated() -> None:
    assert answers.settings("Europe/Berlin", "5m", 300.0) == {"timezone": "Europe/Berlin"}
    assert answers.settings(None, "5m", None) == {"targets": {"wait": "5m"}}


def test_this_machine_s_zone_is_found_and_utc_is_no_suggestion(tmp_path: Path) -> None:
    assert answers.machine_zone({"TZ": ":Asia/Tokyo"}, tmp_path) == "Asia/Tokyo"
    (tmp_path / "timezone").write_text("Europe/Vienna\n")
    assert answers.machine_zone({}, tmp_path) == "Europe/Vienna"
    (tmp_path / "timezone").write_text("Etc/UTC\n")
    assert answers.machine_zone({}, tmp_path) is None
    assert answers.machine_zone({"TZ": "nonsense"}, tmp_path / "none") is None
