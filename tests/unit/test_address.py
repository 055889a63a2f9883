"""What people paste becomes an address, or a hint."""

import pytest

from tui.address import PRESETS, Address, AddressError, parse, preset

TRIAL = "https://liveagent-trial.cognigy.ai"


@pytest.mark.parametrize(
    ("pasted", "base_url", "account_id"),
    [
        ("liveagent-trial.cognigy.ai", TRIAL, None),
        ("  liveagent-trial.cognigy.ai/ \n", TRIAL, None),
        ('"https://liveagent-trial.cognigy.ai"', TRIAL, None),
        ("<https://liveagent-trial.cognigy.ai/app/login>", TRIAL, None),
        ("HTTPS://LiveAgent-Trial.Cognigy.AI:443", TRIAL, None),
        ("\ufeffhttps://liveagent-trial.cognigy.ai\u200b", TRIAL, None),
        ("go to https://liveagent-trial.cognigy.ai/app now", TRIAL, None),
        ("https://liveagent-trial.cognigy.ai/api", TRIAL, None),
        ("https://liveagent-trial.cognigy.ai/api/v1", TRIAL, None),
        ("https://liveagent-trial.cognigy.ai/api/v1/accounts/7/conversations/meta?status=open", TRIAL, 7),
        ("https://liveagent-trial.cognigy.ai/accounts/12345/conversations", TRIAL, 12345),
        ("https://liveagent-trial.cognigy.ai/app/accounts/2/settings/inboxes/32852", TRIAL, 2),
        ("//liveagent-trial.cognigy.ai/app/accounts/2#top", TRIAL, 2),
        ("http://localhost:3000", "http://localhost:3000", None),
        ("localhost:3000/app/accounts/1/dashboard", "http://localhost:3000", 1),
        ("127.0.0.1:3000", "http://127.0.0.1:3000", None),
        ("10.20.30.40", "https://10.20.30.40", None),
        ("http://10.20.30.40:8080/app", "http://10.20.30.40:8080", None),
        ("[fd00::1]:3000", "https://[fd00::1]:3000", None),
        ("https://portal.example/liveagent/app/accounts/2", "https://portal.example/liveagent", 2),
        ("https://portal.example/tools/liveagent", "https://portal.example/tools/liveagent", None),
        ("https://liveagent.müller.example/app", "https://liveagent.xn--mller-kva.example", None),
        ("https://desk.example./app", "https://desk.example", None),
    ],
)
def test_pasted_address(pasted: str, base_url: str, account_id: int | None) -> None:
    assert parse(pasted) == Address(base_url, account_id)


@pytest.mark.parametrize(
    "tail", ["/openapi", "/openapi/", "/openapi#tag/Authentication", "/openapi#tag/Teams"]
)
def test_documentation_page_is_the_second_guess(tail: str) -> None:
    base = "https://api-acme.liveagent.cloud"
    assert parse(base + tail) == Address(base, None, f"{base}/openapi")


@pytest.mark.parametrize(
    ("pasted", "hint"),
    [
        ("", "no address"),
        ("   ", "no address"),
        ("{api_base_url}/api/v1/accounts", "placeholder"),
        ("https://api-<company>.cognigy.cloud/openapi", "placeholder"),
        ("<company>", "placeholder"),
        ("https://api-%7Bcompany%7D.liveagent.cloud", "placeholder"),
        ("https://ada:hunter2@desk.example", "before the @"),
        ("https://desk.example/api?api_access_token=hunter2", "token in the address"),
        ("https://desk.example/#access_token=hunter2", "token in the address"),
        ("https://odata-trial.cognigy.ai/", "OData"),
        ("https://endpoint-trial.cognigy.ai/hunter2", "endpoint"),
        ("trial.cognigy.ai", TRIAL),
        ("https://api-trial.cognigy.ai/new/v2.0", TRIAL),
        ("12345", "number alone"),
        ("hunter2hunter2hunter2hunter2", "access token"),
        ("https://desk.example/app/accounts/1abc", "digits"),
        ("ftp://desk.example", "https://"),
        ("javascript://desk.example", "https://"),
        ("https://", "host name"),
        ("https://desk.example:0", "port"),
        ("https://desk.example:99999", "not an address"),
        ("https://[::1", "not an address"),
        ("https://-desk-.example", "host name"),
        ("https://desk.example/../etc", ".."),
        ("https:\\\\desk.example", "characters"),
        ("desk example", "spaces"),
        ("a" * 5000, "too long"),
    ],
)
def test_refused_with_a_hint(pasted: str, hint: str) -> None:
    with pytest.raises(AddressError) as refused:
        parse(pasted)
    assert hint in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_presets_are_addresses() -> None:
    assert parse(preset("trial")) == Address(TRIAL)
    assert parse(preset("saas", "Acme")).base_url == "https://api-acme.liveagent.cloud"
    assert parse(preset("dedicated", "acme")).alternative == "https://api-acme.cognigy.cloud/openapi"
    assert set(PRESETS) == {"trial", "app", "app-us", "saas", "dedicated"}


@pytest.mark.parametrize("company", [None, "", "a b", "a.b", "<company>", "x/y", "-x"])
def test_preset_refuses_what_is_no_company(company: str | None) -> None:
    with pytest.raises(AddressError):
        preset("saas", company)


def test_unknown_preset_names_the_known() -> None:
    with pytest.raises(AddressError, match="app-us"):
        preset("prod")
