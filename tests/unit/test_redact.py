"""A secret never prints, and is taken out of any text."""

import copy
import pickle

import pytest

from tui.redact import Secret, child_environ, hide_variable, scrub

VALUE = "k9XwZ3pLq7Rt5vB2nM8c4f2a"


def test_a_secret_shows_its_end_alone() -> None:
    secret = Secret(VALUE)
    assert secret.masked == "•••• 4f2a"
    for shown in (repr(secret), str(secret), f"{secret}", f"{secret:>20}", "%s" % secret, repr([secret])):  # noqa: UP031
        assert VALUE not in shown
        assert "4f2a" in shown
    assert secret.reveal() == VALUE


@pytest.mark.parametrize("value", ["", "abc", "abcdef", "abcdefghijk"])
def test_a_short_secret_shows_nothing(value: str) -> None:
    assert Secret(value).masked == "••••"


def test_secrets_compare_and_count_as_their_values() -> None:
    assert Secret(VALUE) == Secret(VALUE)
    assert Secret(VALUE) != Secret(VALUE[::-1])
    assert Secret(VALUE) != VALUE
    assert len({Secret(VALUE), Secret(VALUE)}) == 1
    assert not Secret("")


def test_a_secret_is_not_written_anywhere() -> None:
    secret = Secret(VALUE)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert copy.deepcopy([secret])[0] is secret


def test_scrub_takes_out_every_secret_there_was() -> None:
    Secret("first/secret+0001")
    Secret(VALUE)
    text = scrub(f"a {VALUE} b first/secret+0001 c first%2Fsecret%2B0001 {VALUE}")
    assert VALUE not in text
    assert "secret" not in text
    assert text.startswith("a •••• 4f2a b •••• 0001 c")


def test_scrub_leaves_ordinary_words_alone() -> None:
    Secret("a")
    Secret("")
    assert scrub("a banana") == "a banana"


@pytest.fixture(scope="module")
def _tests_before() -> None:
    """What other tests of the same process did: pytest sets this up ahead of what is each test's own."""
    Secret("test")
    Secret("token")
    hide_variable("OUR_DESK")


@pytest.mark.usefixtures("_tests_before")
def test_no_test_knows_the_secrets_of_another() -> None:
    assert scrub("test_crash.py, token.py") == "test_crash.py, token.py"
    assert child_environ({"OUR_DESK": "a test"}) == {"OUR_DESK": "a test"}
