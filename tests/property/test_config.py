"""Configs of any shape: changes mean what they should, comments survive, no text brings a traceback."""

import contextlib
import re
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tomli_w
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui.config import edit, splice
from tui.config.conditions import parse_condition
from tui.config.durations import LONGEST, format_duration, parse_duration
from tui.config.file import Sources, load, read_layer
from tui.config.keys import canonical_key
from tui.config.model import TokenSource
from tui.config.problems import ConfigError, ConfigProblem
from tui.config.scan import Scan
from tui.config.schema import ACCOUNT, CONFIG, ENVIRONMENT, TARGETS

HEADER = re.compile(r"""^\s*\[\[?(?:"[^"]*"|[^"\]#])*\]\]?""")
words = st.text("abcdefgh", min_size=1, max_size=6)
names = st.one_of(words, st.sampled_from(["prod eu", "ünï", "a.b", "x#y", "1", "q=r"]))
comments = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u0085\u2028\u2029"), max_size=20
).map(lambda text: f"# {text}")
strings = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
scalars = st.one_of(
    st.integers(-5, 9999),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    strings,
    st.datetimes(),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(strings, inner, max_size=3)),
    max_leaves=6,
)


@st.composite
def written(draw: st.DrawFn, value: Any) -> str:
    """A value in one of the ways in which people write it."""
    if isinstance(value, list):
        if not value or draw(st.booleans()):
            return splice.render(value)
        lines = ["["]
        for item in value:
            if draw(st.booleans()):
                lines.append("  " + draw(comments))
            lines.append(f"  {draw(written(item))}, {draw(comments) if draw(st.booleans()) else ''}")
        return "\n".join([*lines, "]"])
    if isinstance(value, str) and draw(st.booleans()):
        if "'" not in value and value.isprintable():
            return f"'{value}'"
        if value.isprintable() and '"' not in value and "\\" not in value:
            return f'"""\n{value}"""'
    return splice.render(value)


@st.composite
def configs(draw: st.DrawFn) -> str:
    """A text with tables, lists of tables, dotted keys, inline tables, and comments all over."""
    lines: list[str] = []

    def maybe_comment() -> None:
        for _ in range(draw(st.integers(0, 2))):
            lines.append(draw(st.one_of(comments, st.just(""))))

    def pairs(keys: Iterator[str]) -> None:
        for key in keys:
            maybe_comment()
            tail = "  " + draw(comments) if draw(st.booleans()) else ""
            dotted = f".{draw(words)}" if draw(st.integers(0, 4)) == 0 else ""
            lines.append(f"{splice.render_key(key)}{dotted} = {draw(written(draw(values)))}{tail}")

    def keys() -> Iterator[str]:
        return iter(draw(st.lists(names, max_size=3, unique=True)))

    if draw(st.booleans()):
        lines.append(f'start = "x"  {draw(comments)}')
    pairs(iter(f"root_{name}" for name in keys()))
    for name in draw(st.lists(names, max_size=3, unique=True)):
        maybe_comment()
        style = draw(st.sampled_from(["header", "header", "dotted", "sub"]))
        head = f"environments.{splice.render_key(name)}"
        if style == "header":
            lines.append(f"[{head}]  {draw(comments)}")
            lines.append('url = "https://a.example"')
            pairs(iter(f"k_{key}" for key in keys()))
            if draw(st.booleans()):
                lines.append(
                    draw(
                        st.sampled_from(
                            [
                                "accounts = []",
                                "accounts = [{ id = 1 }]",
                                "accounts = [\n { id = 1 }, # one\n]",
                            ]
                        )
                    )
                )
            else:
                for number in range(draw(st.integers(0, 2))):
                    maybe_comment()
                    lines.append(f"[[{head}.accounts]]\nid = {number + 1}")
        elif style == "sub":
            lines.append(f"[{head}.targets]\nwait = 3")
            pairs(iter(f"k_{key}" for key in keys()))
        else:
            lines.append(f"[{head}]\ntoken.env = 'T' {draw(comments)}\nurl = 'https://a.example'")
        maybe_comment()
    text = "\n".join(lines) + draw(st.sampled_from(["", "\n", "\n\n"]))
    return text.replace("\n", "\r\n") if draw(st.booleans()) and '"""' not in text else text


def comments_of(text: str) -> list[str]:
    """Every comment, by the scanner's own idea of what is a value."""
    scan = Scan(text)
    spans = sorted((entry.start, entry.value_end) for entry in scan.entries if not entry.inline)
    outside, place = "", 0
    for start, end in spans:
        outside += text[place:start]
        place = end
    outside += text[place:]
    lines = [HEADER.sub("", line) for line in outside.split("\n")]
    return [line[line.index("#") :].rstrip() for line in lines if "#" in line]


def valid(text: str) -> bool:
    try:
        tomllib.loads(text)
    except ValueError:
        return False
    return True


@contextlib.contextmanager
def file_with(text: str) -> Iterator[Sources]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "config.toml")
        file.write_bytes(text.encode())
        yield Sources(file, None, named=True)


def problems_of(file: Path) -> tuple[ConfigProblem, ...]:
    try:
        load(file, {}, need_token=False)
    except ConfigError as error:
        return error.problems
    return ()


def content(sources: Sources) -> str:
    return sources.user.read_bytes().decode()


@given(configs().filter(valid), names)
@settings(max_examples=60, deadline=None)
@example("# c", "new")
@example("environments = { a = { url = 'https://a.example' } } # c\n", "new")
@example("environments.a.url = 'https://a.example'\n", "new")
def test_an_environment_that_comes_and_goes_leaves_the_config_as_it_was(text: str, name: str) -> None:
    before = tomllib.loads(text)
    if name in before.get("environments", {}):
        return
    with file_with(text) as sources:
        accounts = [{"id": 7, "name": "x # y"}]
        edit.add_environment(
            sources, name, "https://n.example", token=TokenSource(env="T"), accounts=accounts
        )
        added = content(sources)
        assert edit.same(
            tomllib.loads(added)["environments"][name],
            {"url": "https://n.example", "token": {"env": "T"}, "accounts": accounts},
        )
        assert comments_of(added) == comments_of(text)
        edit.remove_environment(sources, name)
        after = content(sources)
    if before.get("start", "").partition("/")[0] == name:
        before.pop("start")
    else:
        assert comments_of(after) == comments_of(text)
    assert edit.same(tomllib.loads(after), before)


@given(configs().filter(valid), st.data())
@settings(max_examples=60, deadline=None)
def test_an_account_that_comes_and_goes_leaves_the_config_as_it_was(text: str, data: st.DataObject) -> None:
    before = tomllib.loads(text)
    if not before.get("environments"):
        return
    name = data.draw(st.sampled_from(sorted(before["environments"])))
    with file_with(text) as sources:
        edit.add_account(sources, name, {"id": 77, "name": "n"})
        added = content(sources)
        assert tomllib.loads(added)["environments"][name]["accounts"][-1] == {"id": 77, "name": "n"}
        assert comments_of(added) == comments_of(text)
        edit.remove_account(sources, name, 77)
        after = content(sources)
    assert edit.same(tomllib.loads(after), before)
    assert comments_of(after) == comments_of(text)


@given(configs().filter(valid), st.sampled_from(["dark", "mono"]))
@settings(max_examples=40, deadline=None)
def test_a_setting_that_comes_and_goes_leaves_the_config_as_it_was(text: str, theme: str) -> None:
    before = tomllib.loads(text)
    with file_with(text) as sources:
        edit.set_value(sources, ("display", "theme"), theme)
        edit.set_value(sources, ("display", "theme"), "light")
        changed = tomllib.loads(content(sources))
        assert changed.pop("display") == {"theme": "light"}
        assert edit.same(changed, before)
        edit.set_value(sources, ("display", "theme"), None)
        after = content(sources)
    assert edit.same(tomllib.loads(after), before)
    assert comments_of(after) == comments_of(text)


@given(configs().filter(valid))
@settings(max_examples=100, deadline=None)
def test_the_scanner_finds_every_value_where_it_stands(text: str) -> None:
    scan = Scan(text)

    def look(path: tuple[str | int, ...], value: Any) -> None:
        assert scan.line_of(path) is not None, path
        entry = scan.entry(path)
        if entry is not None:
            snippet = text[entry.value_start : entry.value_end]
            assert edit.same(tomllib.loads(f"v = {snippet}")["v"], value)
        if isinstance(value, dict):
            for key, item in value.items():
                look((*path, key), item)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                look((*path, index), item)
        else:
            assert entry is not None, path

    for key, value in tomllib.loads(text).items():
        look((key,), value)


@given(st.dictionaries(strings, values, max_size=4))
@settings(max_examples=100, deadline=None)
def test_what_is_rendered_means_the_same(table: dict[str, Any]) -> None:
    text = "".join(f"{splice.render_key(key)} = {splice.render(value)}\n" for key, value in table.items())
    assert edit.same(tomllib.loads(text), table)


KNOWN = st.sampled_from(
    sorted(
        {*CONFIG.readers, *ENVIRONMENT.readers, *ACCOUNT.readers, *TARGETS.readers}
        | {"every", "budget", "theme", "privacy", "when", "for", "where", "notify", "hours", "env", "command"}
    )
)
SHAPES = st.recursive(
    st.dictionaries(KNOWN, values, max_size=4),
    lambda inner: st.dictionaries(KNOWN, st.one_of(inner, st.lists(inner, max_size=2)), max_size=4),
    max_leaves=12,
)


@given(st.one_of(st.text(max_size=60), SHAPES.map(tomli_w.dumps), configs()))
@settings(max_examples=100, deadline=None)
@example("a = [" * 400)
@example('"\\ud800" = 1')
def test_no_text_brings_a_traceback_and_every_error_has_its_place(text: str) -> None:
    with file_with(text.encode("utf-8", "replace").decode()) as sources:
        for problem in problems_of(sources.user):
            assert problem.file == str(sources.user)
            assert problem.line is not None
            assert str(problem).isprintable()


@given(st.text(max_size=30))
@settings(max_examples=100)
def test_no_text_breaks_the_small_parsers(text: str) -> None:
    for parse in (parse_condition, parse_duration, canonical_key):
        with contextlib.suppress(ValueError):
            parse(text)
    read_layer(Path("x"), f"start = {splice.render(text)}")


@given(st.integers(0, int(LONGEST)).map(float))
def test_a_duration_is_read_as_it_is_written(seconds: float) -> None:
    assert parse_duration(format_duration(seconds)) == seconds
