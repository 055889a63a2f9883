"""Which way a request takes: by the proxy that is named, or not at all; directly only where none is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.pretty import pretty_repr

from tui import proxies
from tui.api.request import Connection
from tui.proxies import Proxy, UnusableProxyError, Way, parse, way_to
from tui.redact import Secret

URL = "https://desk.example"
SECRET = "hunter2"
GOOD = "http://proxy.example:3128"
BY_GOOD = Proxy("http", "proxy.example", 3128)
NO_PROXIES = {
    "a sign not encoded": f"http://user:pa#{SECRET}@proxy.example:3128",
    "a bracket": f"http://user:p[{SECRET}@proxy.example:3128",
    "a closing bracket": f"http://user:p]{SECRET}@proxy.example:3128",
    "a question mark": f"http://user:pa?{SECRET}@proxy.example:3128",
    "a slash": f"http://user:pa/{SECRET}@proxy.example:3128",
    "a slash after digits": f"http://user:12/{SECRET}@proxy.example:3128",
    "a slash in the name": f"http://user/{SECRET}@proxy.example:3128",
    "a backslash": f"http:\\\\user:{SECRET}@proxy.example:3128",
    "a space": f"http://user:{SECRET} x@proxy.example:3128",
    "a control sign": f"http://user:{SECRET}\x1b[31m@proxy.example:3128",
    "double quotes": f'"http://user:{SECRET}@proxy.example:3128"',
    "single quotes": f"'http://user:{SECRET}@proxy.example:3128'",
    "one quote": f'http://user:{SECRET}@proxy.example:3128"',
    "a port too high": f"http://user:{SECRET}@proxy.example:80800",
    "port 0": f"http://user:{SECRET}@proxy.example:0",
    "a port of words": f"http://user:{SECRET}@proxy.example:http",
    "a port below 0": f"http://user:{SECRET}@proxy.example:-1",
    "a port of other digits": f"http://user:{SECRET}@proxy.example:٣١٢٨",
    "two ports": f"http://user:{SECRET}@proxy.example:1:2",
    "no slashes": "http:proxy.example:3128",
    "no slashes, no port": "http:proxy.example",
    "no slashes, a port alone": "http:3128",
    "one slash": "http:/proxy.example:3128",
    "three slashes": "http:///proxy.example:3128",
    "twice the scheme": "http://http://proxy.example:3128",
    "no host": f"http://user:{SECRET}@:3128",
    "nothing but the scheme": "http://",
    "two dots": "http://proxy..example:3128",
    "a variable": "$PROXY",
    "a variable in braces": "http://${PROXY}:3128",
    "a path": "http://proxy.example:3128/path",
    "a query": "http://proxy.example:3128?a=b",
    "a fragment": "http://proxy.example:3128#a",
    "IPv6 without brackets": "http://::1:3128",
    "half a bracket": "http://[::1:3128",
    "no IPv6": "http://[proxy.example]:3128",
    "after the bracket": "http://[::1]3128",
    "SOCKS": f"socks5://user:{SECRET}@proxy.example:1080",
    "SOCKS with names": "socks5h://proxy.example:1080",
    "FTP": "ftp://proxy.example:3128",
    "a name that is none": "http://xn--\udcff.example:3128",
}


@pytest.mark.parametrize("value", NO_PROXIES.values(), ids=NO_PROXIES.keys())
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "Https_Proxy", ""])
def test_what_is_no_proxy_is_said_and_never_passed_by(name: str, value: str) -> None:
    way = way_to(URL, {name: value}) if name else way_to(URL, {}, value)
    assert way.proxy is None
    assert way.problem.startswith(name or "proxy in the config")
    assert "percent-encode" in way.problem
    assert SECRET not in way.problem
    assert way.problem.endswith(".")
    assert way.problem.isprintable()


@pytest.mark.parametrize(
    ("value", "proxy"),
    [
        (GOOD, BY_GOOD),
        (f"  {GOOD}\t\n", BY_GOOD),
        (f"{GOOD}/", BY_GOOD),
        ("proxy.example:3128", BY_GOOD),
        ("HTTP://proxy.example:3128", BY_GOOD),
        ("proxy.example", Proxy("http", "proxy.example", 80)),
        ("https://proxy.example", Proxy("https", "proxy.example", 443)),
        ("http://proxy.example.:8080", Proxy("http", "proxy.example.", 8080)),
        ("http://proxy_1:8080", Proxy("http", "proxy_1", 8080)),
        ("http://[::1]:3128", Proxy("http", "::1", 3128)),
        ("[fe80::1%eth0]", Proxy("http", "fe80::1%eth0", 80)),
        ("http://bücher.example:1", Proxy("http", "xn--bcher-kva.example", 1)),
        ("http://ada:pa%23ss%3F@proxy.example:1", Proxy("http", "proxy.example", 1, ("ada", "pa#ss?"))),
        ("http://ada:p@ss:w@proxy.example:1", Proxy("http", "proxy.example", 1, ("ada", "p@ss:w"))),
        ("ada@proxy.example:65535", Proxy("http", "proxy.example", 65535, ("ada", ""))),
        ("http://desk%5Cada:pä@proxy.example:1", Proxy("http", "proxy.example", 1, ("desk\\ada", "pä"))),
    ],
)
def test_what_is_a_proxy(value: str, proxy: Proxy) -> None:
    assert parse(value) == proxy
    assert way_to(URL, {"HTTPS_PROXY": value}) == Way(proxy)
    assert way_to(URL, {}, value) == Way(proxy)


@pytest.mark.parametrize(
    ("environ", "way"),
    [
        ({}, Way()),
        ({"HTTPS_PROXY": ""}, Way()),
        ({"HTTPS_PROXY": "  "}, Way()),
        ({"HTTP_PROXY": GOOD}, Way()),
        ({"FTP_PROXY": GOOD, "PROXY": GOOD}, Way()),
        ({"HTTPS_PROXY": GOOD, "https_proxy": ""}, Way(BY_GOOD)),
        ({"https_proxy": GOOD, "HTTPS_PROXY": "http://other.example"}, Way(BY_GOOD)),
        ({"ALL_PROXY": GOOD}, Way(BY_GOOD)),
        ({"all_proxy": GOOD, "HTTPS_PROXY": ""}, Way(BY_GOOD)),
        ({"ALL_PROXY": "socks5://other.example:1", "HTTPS_PROXY": GOOD}, Way(BY_GOOD)),
        ({"all_proxy": "http://[", "HTTPS_PROXY": GOOD}, Way(BY_GOOD)),
        ({"HTTPS_PROXY": GOOD, "REQUEST_METHOD": "GET"}, Way(BY_GOOD)),
    ],
)
def test_which_variable_counts(environ: dict[str, str], way: Way) -> None:
    assert way_to(URL, environ) == way
    assert way_to(URL, environ, "none") == way_to(URL, environ, " none ") == Way()
    assert way_to(URL, environ, "http://own.example:1") == Way(Proxy("http", "own.example", 1))


def test_a_wrong_variable_is_not_passed_by_for_a_right_one() -> None:
    for environ in (
        {"https_proxy": "http://[", "HTTPS_PROXY": GOOD},
        {"HTTPS_PROXY": "http://[", "ALL_PROXY": GOOD},
    ):
        way = way_to(URL, environ)
        assert way.proxy is None
        assert way.problem.startswith(next(iter(environ)))


LEFT_OUT = [
    ("https://desk.example", "desk.example"),
    ("https://desk.example", "DESK.example"),
    ("https://DESK.example", "desk.example"),
    ("https://desk.example", "other.example, desk.example"),
    ("https://desk.example", "other.example desk.example"),
    ("https://desk.example", " ,, desk.example ,"),
    ("https://desk.example", "desk.example."),
    ("https://desk.example.", "desk.example"),
    ("https://desk.example", ".desk.example"),
    ("https://a.desk.example", ".desk.example"),
    ("https://a.desk.example", "*.desk.example"),
    ("https://a.desk.example", "desk.example"),
    ("https://a.desk.example", "example."),
    ("https://desk.example", "*"),
    ("https://desk.example", "other.example,*"),
    ("https://desk.example", "desk.example:443"),
    ("https://desk.example:8443", "desk.example:8443"),
    ("https://desk.example:8443", "desk.example"),
    ("https://a.desk.example:8443", ".desk.example:8443"),
    ("https://desk.example", "https://desk.example"),
    ("https://10.1.2.3", "10.0.0.0/8"),
    ("https://10.1.2.3:8443", "10.0.0.0/8"),
    ("https://10.1.2.3", "10.1.2.99/24"),
    ("https://10.1.2.3", "10.1.2.3"),
    ("https://10.1.2.3:8443", "10.1.2.3:8443"),
    ("https://[fd00::7]", "fd00::/8"),
    ("https://[fd00::7]", "[fd00::]/8"),
    ("https://[::1]", "::1"),
    ("https://[::1]", "[::1]"),
    ("https://[::1]:8443", "[::1]:8443"),
    ("https://[0:0:0:0:0:0:0:1]", "::1"),
    ("https://[::ffff:10.1.2.3]", "10.0.0.0/8"),
    ("https://xn--bcher-kva.example", "bücher.example"),
    ("http://desk.example", "http://desk.example"),
]
NOT_LEFT_OUT = [
    ("https://desk.example", ""),
    ("https://desk.example", "other.example"),
    ("https://mydesk.example", "desk.example"),
    ("https://desk.example.org", "desk.example"),
    ("https://desk.example", "a.desk.example"),
    ("https://desk.example", "desk.example:8443"),
    ("https://desk.example:8443", "desk.example:443"),
    ("https://desk.example", "http://desk.example"),
    ("https://desk.example", "."),
    ("https://desk.example", "*."),
    ("https://desk.example", "10.0.0.0/8"),
    ("https://11.1.2.3", "10.0.0.0/8"),
    ("https://10.1.2.3", "10.0.0.0/99"),
    ("https://10.1.2.3", "2.3"),
    ("https://10.1.2.3", "3"),
    ("https://[fd00::7]", "fe80::/10"),
    ("https://[::1]:8443", "[::1]:443"),
    ("https://[::1]", "[::2"),
    ("https://desk.example", "/8"),
    ("https://desk.example", "\udcff"),
]


@pytest.mark.parametrize(("url", "no_proxy"), LEFT_OUT)
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_what_no_proxy_leaves_out(url: str, no_proxy: str, name: str) -> None:
    environ = {"HTTPS_PROXY": "http://[", "HTTP_PROXY": GOOD, name: no_proxy}
    assert way_to(url, environ) == Way()
    assert way_to(url, environ, GOOD) == Way(BY_GOOD), "the config's own is meant for this very server"


@pytest.mark.parametrize(("url", "no_proxy"), NOT_LEFT_OUT)
def test_what_no_proxy_does_not_leave_out(url: str, no_proxy: str) -> None:
    assert way_to(url, {"HTTPS_PROXY": GOOD, "NO_PROXY": no_proxy}) == Way(BY_GOOD)


def test_this_machine_in_the_clear_is_left_out_by_itself() -> None:
    for host in ("localhost", "127.0.0.1", "[::1]"):
        assert way_to(f"http://{host}:3000", {"HTTP_PROXY": GOOD, "ALL_PROXY": GOOD}) == Way()
        assert way_to(f"https://{host}:3000", {"HTTPS_PROXY": GOOD}) == Way(BY_GOOD)


SIGNS = st.text(st.sampled_from("htps:/@#?[]%.\\'\" a1é\x00-_${}\u200b"), min_size=1) | st.text(min_size=1)


@given(
    value=SIGNS | SIGNS.map("http://".__add__),
    name=st.sampled_from(["HTTPS_PROXY", "https_proxy", "ALL_PROXY"]),
)
def test_no_variable_that_names_something_leads_past_it(value: str, name: str) -> None:
    """Whatever stands there: a proxy, or a sentence; directly only where it is empty."""
    way = way_to(URL, {name: value})
    assert (way == Way()) == (not value.strip())
    assert not (way.proxy and way.problem)
    assert way_to(URL, {}, value) == Way() or way_to(URL, {}, value).proxy == way.proxy
    try:
        parse(value)
    except UnusableProxyError:
        assert way.proxy is None


@given(entry=SIGNS.filter(lambda text: "*" not in text and "desk" not in text.lower()))
def test_no_proxy_holds_anything_without_leading_past_the_proxy(entry: str) -> None:
    known = {".", "example"} & {part.strip(".").lower() for part in entry.replace(",", " ").split()}
    assert known or way_to(URL, {"HTTPS_PROXY": GOOD, "NO_PROXY": entry}) == Way(BY_GOOD)


def test_the_settings_of_the_system_count_where_no_variable_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.proxies.os.environ", {})
    monkeypatch.setattr("urllib.request.getproxies", lambda: {"https": GOOD})
    monkeypatch.setattr("urllib.request.proxy_bypass", lambda host: host == "left.example")
    assert proxies.current_way(URL) == Way(BY_GOOD)
    assert proxies.current_way("https://left.example") == Way()
    monkeypatch.setattr("tui.proxies.os.environ", {"HTTPS_PROXY": "http://other.example:1"})
    assert proxies.current_way(URL) == Way(Proxy("http", "other.example", 1))


def test_no_text_of_a_proxy_or_a_connection_holds_the_password() -> None:
    proxy = Proxy("http", "proxy.example", 3128, ("ada", "pa55word"))
    way = Connection(
        "https://one.example", Secret("tok_1234567890ab"), "one", proxy="http://ada:pa55word@proxy.example"
    )
    for held in (proxy, way):
        for text in (repr(held), str(held), f"{held}", pretty_repr(held)):
            assert "pa55word" not in text
            assert "tok_1234567890ab" not in text
