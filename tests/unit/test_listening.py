"""Where a server of ours listens."""

import argparse

import pytest

from tui.listening import address, shown, stays_here


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:8321", ("127.0.0.1", 8321)),
        (":0", ("127.0.0.1", 0)),
        ("[::1]:99", ("::1", 99)),
        ("0.0.0.0:80", ("0.0.0.0", 80)),
    ],
)
def test_addresses(text: str, expected: tuple[str, int]) -> None:
    assert address(text) == expected


@pytest.mark.parametrize("text", ["", "localhost", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:70000", "a:-1"])
def test_what_is_no_address_is_told(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=r"127\.0\.0\.1:8321"):
        address(text)


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("LOCALHOST.", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.9", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_who_can_reach_it_is_known(host: str, here: bool) -> None:
    assert stays_here(host) is here


def test_an_address_is_shown_as_it_is_typed() -> None:
    for text in ("127.0.0.1:8321", "[::1]:99", "a.example:80"):
        assert shown(*address(text)) == text
