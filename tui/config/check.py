"""One file's tables against the schema: every error at once, each with its line and the mend."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tui.config.problems import ConfigProblem
from tui.config.scan import KeyPath, Scan, show_path
from tui.guess import meant
from tui.text import excerpt, safe_line

TomlTable = dict[str, Any]
"""A table with its values converted, before the defaults."""

Reader = Callable[[object, KeyPath, "ProblemReport"], Any]
"""Turns one value of the file into one of the model; reports and returns UNSET where it can't."""

MOST = 100
"""Problems of one file that are told; whoever has more mends these first."""

_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "text in quotes",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "datetime": "a date and time",
    "date": "a date",
    "time": "a time",
    "null": "nothing",
}


class ProblemReport:
    """Collects the problems of one file."""

    def __init__(self, file: Path | str, scan: Scan | None, folder: Path | None = None) -> None:
        self.file = str(file)
        self.folder = folder or Path(file).parent
        self.problems: list[ConfigProblem] = []
        self.more = 0
        """What was not looked at any more, because `MOST` problems were found."""
        self._scan = scan

    def full(self) -> bool:
        """Whether so much is wrong that the rest is only counted; says so for one entry more."""
        if len(self.problems) < MOST:
            return False
        self.more += 1
        return True

    def add(self, path: KeyPath, message: str, mend: str = "") -> Any:
        """Note a problem; returns UNSET, so that a reader can return it."""
        if self.full():
            return msgspec.UNSET
        line = self._scan.line_of(path) if self._scan else None
        self.problems.append(ConfigProblem(self.file, line, show_path(path), message, mend))
        return msgspec.UNSET


def kind_of(value: object) -> str:
    """What a value of the file is, for a person."""
    match value:
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or time"


def plain(kind: Any) -> Reader:
    """Reads a value that msgspec can check alone: numbers with ranges, words, lists of words."""

    def read(value: object, path: KeyPath, report: ProblemReport) -> Any:
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            return report.add(path, *_sentence(str(error), value, kind))

    return read


def parsed(parse: Callable[[Any], Any]) -> Reader:
    """Reads a value with a function that raises ValueError with a sentence."""

    def read(value: object, path: KeyPath, report: ProblemReport) -> Any:
        try:
            return parse(value)
        except ValueError as error:
            message, _, mend = str(error).partition("; ")
            return report.add(path, message, mend)

    return read


def text(most: int = 200) -> Reader:
    """Reads one line of text without control characters, 1 to `most` long."""

    def read(value: object, path: KeyPath, report: ProblemReport) -> Any:
        if not isinstance(value, str):
            return report.add(path, f"expected text in quotes, found {kind_of(value)}")
        if not value.strip() or len(value) > most or not value.isprintable():
            return report.add(path, f"expected one line of 1 to {most} characters")
        return value

    return read


class Schema:
    """The keys of one table; those of `kind` that `readers` leaves out are read by their type."""

    def __init__(
        self,
        kind: type[msgspec.Struct] | None,
        readers: Mapping[str, Reader],
        *,
        skip: frozenset[str] = frozenset(),
    ) -> None:
        self.readers = dict(readers)
        if kind is not None:
            for field in msgspec.structs.fields(kind):
                if field.name not in readers and field.name not in skip:
                    self.readers[field.name] = plain(field.type)

    def __call__(self, value: object, path: KeyPath, report: ProblemReport) -> Any:
        """Read a table: the keys that are right, converted; all others are reported."""
        if not isinstance(value, dict):
            return report.add(path, f"expected a table, found {kind_of(value)}")
        table: TomlTable = {}
        for key, item in value.items():
            if report.full():
                continue
            reader = self.readers.get(key)
            if reader is None:
                report.add((*path, key), f'there is no setting "{excerpt(key, 60)}" here', self._mend(key))
                continue
            accepted = reader(item, (*path, key), report)
            if accepted is not msgspec.UNSET:
                table[key] = accepted
        return table

    def _mend(self, key: str) -> str:
        return meant(key, self.readers, f"the settings are {', '.join(self.readers)}")


def each(reader: Reader, *, least: int = 0, most: int = 1000) -> Reader:
    """Reads a list, element by element; elements that are wrong are reported and left out."""

    def read(value: object, path: KeyPath, report: ProblemReport) -> Any:
        if not isinstance(value, list):
            return report.add(path, f"expected a list, found {kind_of(value)}", "put it in [ ]")
        if not least <= len(value) <= most:
            wanted = f"{least} to {most}" if least else f"at most {most}"
            return report.add(path, f"expected {wanted} elements, found {len(value)}")
        results = [
            reader(item, (*path, index), report) for index, item in enumerate(value) if not report.full()
        ]
        return tuple(accepted for accepted in results if accepted is not msgspec.UNSET)

    return read


def named(check: Callable[[str], None], reader: Reader) -> Reader:
    """Reads a table whose keys are names; `check` raises ValueError for a name that won't do."""

    def read(value: object, path: KeyPath, report: ProblemReport) -> Any:
        if not isinstance(value, dict):
            return report.add(path, f"expected a table, found {kind_of(value)}")
        table: TomlTable = {}
        for name, item in value.items():
            if report.full():
                continue
            try:
                check(name)
            except ValueError as error:
                message, _, mend = str(error).partition("; ")
                report.add((*path, name), message, mend)
                continue
            accepted = reader(item, (*path, name), report)
            if accepted is not msgspec.UNSET:
                table[name] = accepted
        return table

    return read


def _sentence(error: str, value: object, kind: Any) -> tuple[str, str]:
    if match := re.search(r"Invalid enum value", error):
        words = _words(kind)
        shown = f'"{shown_short(value)}" is not one of {", ".join(words)}'
        return shown, meant(shown_short(value), words, f'write for example "{words[0]}"')
    if match := re.search(r"Expected `(\w+)[^`]*` (>=|<=|>|<) ([\d.]+)", error):
        bound = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}[match[2]]
        return f"must be {bound} {match[3].removesuffix('.0')}, found {shown_short(value)}", ""
    if match := re.search(r"Expected `([^`]*)`, got `(\w+)`", error):
        wanted = " or ".join(
            _KINDS.get(word.strip(), word.strip()) for word in match[1].split("|") if "null" not in word
        )
        return f"expected {wanted}, found {kind_of(value)}", ""
    return error, ""


def shown_short(value: object) -> str:
    """The start of `value`; Python itself refuses to write out the longest numbers."""
    try:
        return safe_line(value, limit=40)
    except ValueError:
        return "a number of thousands of digits"


def _words(kind: Any) -> list[str]:
    """The words that a Literal allows, also inside of `X | None`."""
    schema = msgspec.json.schema(kind)
    options = schema.get("anyOf", [schema])
    return [word for option in options for word in option.get("enum", ()) if word is not None]
