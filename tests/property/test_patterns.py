"""The patterns of an alert's `where` mean what they say, and to compare each of them comes to an end."""

from functools import cache

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.test_alerts import snapshot
from tui.config.model import Where
from tui.monitor.alerts.rules import covers

SIGNS = "aAbsß.1\n\\"


def fits(pattern: str, name: str) -> bool:
    """Whether `covers` takes `pattern` for an account of this name, whose number is 1."""
    account = msgspec.structs.replace(snapshot({}, 0.0), name=name)
    return covers(Where(account=pattern), account)


@cache
def means(pattern: str, name: str) -> bool:
    """The meaning itself: a star is any text, a question mark any one sign, all else itself."""
    if not pattern:
        return not name
    if pattern[0] == "*":
        return any(means(pattern[1:], name[at:]) for at in range(len(name) + 1))
    return name[:1] != "" and pattern[0] in {"?", name[0]} and means(pattern[1:], name[1:])


@given(st.text(f"*?{SIGNS}", max_size=9), st.text(SIGNS, max_size=12))
def test_a_pattern_means_what_it_says_whatever_the_case(pattern: str, name: str) -> None:
    folded = pattern.casefold()
    assert fits(pattern, name) is (means(folded, name.casefold()) or means(folded, "1"))


@given(st.lists(st.sampled_from("ab?"), min_size=1, max_size=4), st.text("ab", max_size=12))
def test_many_stars_mean_as_much_as_one_between_each_two_signs(signs: list[str], name: str) -> None:
    pattern = "*".join(["a", *signs])
    assert fits(f"*{pattern}*", name) is means(f"*{pattern}*", name)
    assert fits(f"**{pattern.replace('*', '***')}", name) is means(f"*{pattern}", name)


def test_many_stars_and_a_long_name_that_almost_fits_come_to_an_end() -> None:
    assert not fits("*a" * 12 + "*b", "a" * 256)
