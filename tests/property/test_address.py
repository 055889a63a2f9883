"""Nothing pasted breaks the parser, and nothing secret comes back out of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.address import AddressError, parse

PIECES = st.sampled_from(
    [
        "https://", "http://", "/", "?", "#", "@", ":", ":443", ":8080", "[::1]", "desk.example",
        "localhost", "10.0.0.1", "api", "app", "openapi", "accounts", "12", "%2e", "%7B", "..", "<", ">",
        "ü", "xn--", " ", "\n", "\u202e", "\ud800", "&", "=", "token", "[", "]", "\\", "\x00",
    ]
)  # fmt: skip
PASTED = st.one_of(st.text(), st.lists(st.one_of(PIECES, st.text(max_size=3)), max_size=12).map("".join))
SECRET = st.text("0123456789ABCDEF", min_size=12, max_size=24)


@given(PASTED)
def test_only_ever_an_address_or_a_hint(text: str) -> None:
    try:
        address = parse(text)
    except AddressError:
        return
    assert address.base_url.isascii()
    assert not address.base_url.endswith("/")
    again = parse(address.base_url)
    assert (again.base_url, again.account_id, again.alternative) == (address.base_url, None, None)
    if address.alternative is not None:
        assert parse(address.alternative).base_url == address.base_url


@given(
    SECRET,
    st.sampled_from(
        [
            "https://ada:{}@desk.example/app",
            "{}@desk.example",
            "https://desk.example/api?api_access_token={}",
            "https://desk.example/api?x=1&token={}&y=2",
            "desk.example/#/app?password={}",
            "https://desk.example/#access_token={}",
        ],
    ),
)
def test_a_secret_is_refused_and_not_repeated(secret: str, form: str) -> None:
    with pytest.raises(AddressError) as refused:
        parse(form.format(secret))
    assert secret not in str(refused.value)
