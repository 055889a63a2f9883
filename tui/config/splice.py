"""Changes of a TOML text that leave every other byte as it is: comments and order survive.

Each function takes a text that passed tomllib and returns the changed one. None of them is
trusted: `edit` parses the result and compares it with what was meant.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import tomli_w

from tui.config.scan import Entry, KeyPath, Scan

Span = tuple[int, int]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_OPENING_COMMENTS = re.compile(r"(?:#[^\n]*\n)+[ \t]*\r?\n")
_COMMA = re.compile(r"[ \t]*,[ \t]*")
_INDENT = re.compile(r"[ \t]*")


class SpliceError(Exception):
    """The text is written in a way in which this change can't be spliced in."""


def render(value: Any) -> str:
    """A value as TOML on one line."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{render_key(key)} = {render(item)}" for key, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(render(item) for item in value)}]"
    return tomli_w.dumps({"v": value}).partition(" = ")[2].rstrip("\n")


def render_key(key: str) -> str:
    """A key, in quotes where it needs them."""
    return key if _BARE.fullmatch(key) else render(key)


def set_value(text: str, path: KeyPath, value: Any) -> str:
    """`path` set to `value`: in its place if it stands there, else beside its neighbours."""
    scan = Scan(text)
    entry = scan.entry(path)
    if entry is not None:
        return text[: entry.value_start] + render(value) + text[entry.value_end :]
    if any(header.path[: len(path)] == path for header in scan.headers):
        raise SpliceError("it is a table of its own")
    parent, key = path[:-1], path[-1]
    if isinstance(key, int):
        raise SpliceError("there is no such element")
    line = f"{render_key(key)} = {render(value)}"
    if not parent:
        return _insert_first(scan, line)
    section = scan.section(parent)
    if section is not None:
        return _insert_line(scan, section, line)
    holder = scan.entry(parent)
    if holder is not None:
        return _insert_inline(scan, holder, line)
    if (dotted := _dotted(scan, parent)) is not None:
        written = dotted.path[: len(dotted.path) - len(dotted.key_path)]
        words = ".".join(render_key(str(word)) for word in path[len(written) :])
        return _put_line(text, dotted.end, f"{words} = {render(value)}", _indent(text, dotted.start))
    if any(scan.entry(parent[:length]) or _dotted(scan, parent[:length]) for length in range(1, len(parent))):
        return set_value(text, parent, {key: value})
    if any(isinstance(word, int) for word in parent):
        raise SpliceError("there is no such element")
    return append(text, [table_head(parent), line])


def add_table(text: str, path: KeyPath, table: Mapping[str, Any]) -> str:
    """A new table `path`, at the end, or inside of an inline table if its parent is one."""
    scan = Scan(text)
    for length in range(1, len(path)):
        if scan.entry(path[:length]) is not None:
            return set_value(text, path, table)
    lines = [table_head(path)]
    nested: list[str] = []
    for key, value in table.items():
        if _is_tables(value):
            for item in value:
                nested += ["", table_head((*path, key), array=True), *pairs(item)]
        else:
            lines.append(f"{render_key(key)} = {render(value)}")
    return append(text, lines + nested)


def add_element(text: str, path: KeyPath, table: Mapping[str, Any]) -> str:
    """One more table in the list `path`, written as the list is written so far."""
    scan = Scan(text)
    entry = scan.entry(path)
    if entry is not None:
        elements = _inside(scan, entry)
        if elements:
            place = elements[-1].value_end
            return f"{text[:place]}, {render(table)}{text[place:]}"
        place = entry.value_start + 1
        return text[:place] + render(table) + text[place:]
    parent = path[:-1]
    own = [number for number, header in enumerate(scan.headers) if header.path[: len(parent)] == parent]
    if scan.section(parent) is None and not any(header.path[: len(path)] == path for header in scan.headers):
        return set_value(text, path, [table])
    listed = [number for number in own if scan.headers[number].path[: len(path)] == path]
    place = max(scan.section_end(number) for number in (listed or own))
    eol = _eol(text)
    block = eol.join(["", table_head(path, array=True), *pairs(table), ""])
    before = text[:place]
    if before and not before.endswith("\n"):
        before += eol
    return before + block + text[place:]


def remove(text: str, path: KeyPath) -> str:
    """The text without `path`, be it a value, a table with all below it, or an element."""
    scan = Scan(text)
    entry = scan.entry(path)
    if entry is not None and entry.inline:
        return _remove_inline(scan, entry)
    spans: list[Span] = []
    inside: set[int] = set()
    for number, header in enumerate(scan.headers):
        if header.path[: len(path)] == path:
            inside.add(number)
            spans.append((_line_start(text, header.start), scan.section_end(number)))
    for written in scan.entries:
        if not written.inline and written.section not in inside and written.path[: len(path)] == path:
            spans.append((_line_start(text, written.start), written.end))
    if not spans:
        raise SpliceError("it does not stand in this file")
    for start, end in sorted(spans, reverse=True):
        text = _cut(text, start, end)
    return text


def append(text: str, lines: Iterable[str]) -> str:
    """`lines` at the end, after an empty line."""
    eol = _eol(text)
    block = eol.join([*lines, ""])
    if not text.strip():
        return text + block
    return text + ("" if text.endswith("\n") else eol) + eol + block


def table_head(path: KeyPath, *, array: bool = False) -> str:
    """The line that begins the table `path`, or an element of the list `path`."""
    words = ".".join(render_key(word) for word in path if isinstance(word, str))
    return f"[[{words}]]" if array else f"[{words}]"


def pairs(table: Mapping[str, Any]) -> list[str]:
    """The lines of a table's values."""
    return [f"{render_key(key)} = {render(value)}" for key, value in table.items()]


def _is_tables(value: Any) -> bool:
    return (
        isinstance(value, list | tuple) and bool(value) and all(isinstance(item, Mapping) for item in value)
    )


def _eol(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _line_start(text: str, place: int) -> int:
    return text.rfind("\n", 0, place) + 1


def _indent(text: str, place: int) -> str:
    match = _INDENT.match(text, _line_start(text, place))
    return match[0] if match else ""


def _put_line(text: str, place: int, line: str, indent: str = "") -> str:
    eol = _eol(text)
    before = text[:place]
    if before and not before.endswith("\n"):
        before += eol
    return f"{before}{indent}{line}{eol}{text[place:]}"


def _insert_first(scan: Scan, line: str) -> str:
    own = list(scan.section_entries(-1))
    if own:
        return _put_line(scan.text, scan.section_end(-1), line)
    match = _OPENING_COMMENTS.match(scan.text)
    place = match.end() if match else 0
    after = scan.text[place:]
    eol = _eol(scan.text)
    return f"{scan.text[:place]}{line}{eol}{eol if after.strip() else ''}{after}"


def _insert_line(scan: Scan, section: int, line: str) -> str:
    own = list(scan.section_entries(section))
    indent = _indent(scan.text, own[-1].start if own else scan.headers[section].start)
    return _put_line(scan.text, scan.section_end(section), line, indent)


def _insert_inline(scan: Scan, holder: Entry, pair: str) -> str:
    text = scan.text
    if text[holder.value_start : holder.value_start + 1] != "{":
        raise SpliceError("it is not a table")
    inside = _inside(scan, holder)
    place = inside[-1].value_end if inside else holder.value_start + 1
    return f"{text[:place]}{', ' if inside else ' '}{pair}{'' if inside else ' '}{text[place:]}"


def _inside(scan: Scan, holder: Entry) -> list[Entry]:
    """The elements or pairs directly in an inline value, in their order."""
    entries = [
        entry
        for entry in scan.entries
        if entry.inline
        and holder.value_start < entry.start < holder.value_end
        and len(entry.path) - len(entry.key_path) == len(holder.path)
    ]
    return sorted(entries, key=lambda entry: entry.start)


def _dotted(scan: Scan, parent: KeyPath) -> Entry | None:
    """The last line whose dotted key makes `parent` a table."""
    dotted = [
        entry
        for entry in scan.entries
        if not entry.inline
        and len(entry.path) > len(parent)
        and entry.path[: len(parent)] == parent
        and len(entry.path) - len(entry.key_path) < len(parent)
    ]
    return max(dotted, key=lambda entry: entry.end, default=None)


def _remove_inline(scan: Scan, entry: Entry) -> str:
    text = scan.text
    holder = min(
        (
            outer
            for outer in scan.entries
            if outer.value_start < entry.start and entry.value_end < outer.value_end
        ),
        key=lambda outer: outer.value_end - outer.value_start,
    )
    siblings = _inside(scan, holder)
    place = siblings.index(entry)
    comma = _COMMA.match(text, entry.value_end)
    if comma is not None:
        return text[: entry.start] + text[comma.end() :]
    if place > 0 and "#" not in text[siblings[place - 1].value_end : entry.start]:
        return text[: siblings[place - 1].value_end] + text[entry.value_end :]
    return text[: entry.start] + text[entry.value_end :]


def _cut(text: str, start: int, end: int) -> str:
    before, after = text[:start], text[end:]
    blank = re.search(r"(?:^|\n)([ \t]*\r?\n)\Z", before)
    if blank is not None and (not after.strip() or re.match(r"[ \t]*\r?\n", after)):
        before = before[: blank.start(1)]
    elif not before.strip():
        after = re.sub(r"\A[ \t]*\r?\n", "", after)
    return before + after
