"""The package without one row of the table of measures: `python -m tests.architecture.row_taken_out NAME …`.

What names the row goes with it: the element of a list or the entry of a table. A sentence that is drawn
tells of a figure that no call tells, and that the table does not hold. A line of JSON for each NAME says
what every place then tells of the figures that are left, or under `broken` what went wrong.
"""

import ast
import importlib
import importlib.abc
import json
import os
import sys
import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, get_args

from tests.architecture.project import dotted, modules
from tui.measures import Kept, Measure, MeasureRow

TABLE = "tui/measures.py"
BY_HAND = {
    "UNASSIGNED": {
        "tui/output/document.py": (
            "    unassigned: Number\n",
            "                value(each_team.id, Measure.UNASSIGNED),\n",
        ),
    },
}
"""By row and file, what else is taken out: the JSON repeats it beside the name of a team."""
HERE = "tests.architecture.row_taken_out"
PLACES = "tests.architecture.places_of_figures"
LIBRARIES = ("textual.app", "textual.widgets", "httpx", "msgspec", "sqlite3")
LISTS = (ast.Tuple, ast.List, ast.Set)
MEANT_OTHERWISE = {*get_args(Kept), "closed_without_reply"}
"""What part of a list, and how a conversation is counted, have the same words."""
WORDS = {
    str(measure): measure.name for measure in Measure if "_" in measure and measure not in MEANT_OTHERWISE
}
"""Words that nothing but a figure can be meant by, and the rows of those."""
GONE = "nothing_that_is_told"


def names(path: Path) -> set[str]:
    """The rows that a module names."""
    return _named(ast.parse(path.read_text(encoding="utf-8")))


def _named(tree: ast.AST) -> set[str]:
    return {name for node in ast.walk(tree) if (name := _row_of(node))}


def _row_of(node: ast.AST) -> str:
    """The row that this is the name of, or its word; empty where it is of none."""
    match node:
        case ast.Attribute(value=ast.Name(id="Measure") | ast.Attribute(attr="Measure"), attr=name):
            return name
        case ast.Call(func=ast.Name(id="Measure"), args=[ast.Constant(value=str(word))]):
            return Measure(word).name
        case ast.Subscript(value=ast.Name(id="Measure"), slice=ast.Constant(value=str(name))):
            return name
        case ast.Constant(value=str(word)):
            return WORDS.get(word, "")
        case _:
            return ""


def gone() -> Measure:
    """What stands in a sentence for a figure whose row is deleted: the table knows nothing of it."""
    made = str.__new__(Measure, GONE)
    made._name_ = made._value_ = GONE
    made.row = MeasureRow(GONE, GONE)
    return made


class _TakeOut(ast.NodeTransformer):
    """Takes out what names a row."""

    def __init__(self, name: str) -> None:
        self._name = name

    def _has(self, node: ast.AST | None) -> bool:
        return node is not None and self._name in _named(node)

    def visit(self, node: ast.AST) -> Any:
        """What is left of `node`."""
        if _row_of(node) == self._name:
            return ast.parse(f"__import__({HERE!r}, fromlist=['gone']).gone()", mode="eval").body
        if isinstance(node, LISTS):
            node.elts = [element for element in node.elts if not self._goes_whole(element)]
        if isinstance(node, ast.Dict):
            kept = [pair for pair in zip(node.keys, node.values, strict=True) if not self._has(pair[0])]
            node.keys, node.values = [key for key, _ in kept], [value for _, value in kept]
        return self.generic_visit(node)

    def _goes_whole(self, element: ast.expr) -> bool:
        """Whether it is the figure itself, or a row about it, and no list or table that holds more."""
        parts = ast.iter_child_nodes(element) if isinstance(element, LISTS) else [element]
        return any(map(self._is_bare, parts))

    def _is_bare(self, node: ast.AST) -> bool:
        if isinstance(node, (*LISTS, ast.Dict)) or not self._has(node):
            return False
        inner = [child for child in ast.iter_child_nodes(node) if self._has(child)]
        return not inner or any(map(self._is_bare, inner))


def without(name: str, path: Path) -> ast.Module:
    """A module of the package, with nothing in it that names the row."""
    text = path.read_text(encoding="utf-8")
    for file, pieces in BY_HAND.get(name, {}).items():
        for piece in pieces if path.as_posix().endswith(file) else ():
            assert text.count(piece) == 1, f"{file}: {piece}"
            text = text.replace(piece, "")
    tree = ast.parse(text)
    if path.as_posix().endswith(TABLE):
        (table,) = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Measure")
        table.body = [
            node
            for node in table.body
            if not (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name)
        ]
        return tree
    made = _TakeOut(name).visit(tree)
    assert isinstance(made, ast.Module)
    return ast.fix_missing_locations(made)


class _Loader(SourceFileLoader):
    """Loads a module without the row."""

    def __init__(self, name: str, path: str, row: str) -> None:
        super().__init__(name, path)
        self._row = row

    def get_code(self, fullname: str) -> CodeType | None:
        """The module's code, as it is without the row."""
        return compile(without(self._row, Path(self.path)), self.path, "exec")


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the modules that are to be loaded without the row."""

    def __init__(self, row: str, changed: Collection[str]) -> None:
        self._row = row
        self._changed = changed

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where such a module is; None for any other."""
        spec = PathFinder.find_spec(fullname, path, target) if fullname in self._changed else None
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(fullname, spec.loader.path, self._row)
        return spec


def _looked_at(name: str, naming: Collection[str]) -> Mapping[str, str]:
    """What each place tells where the row is none; `naming` are the modules that name it."""
    for module in [module for module in sys.modules if module.startswith("tui.")]:
        del sys.modules[module]
    sys.meta_path.insert(0, _Finder(name, {*naming, "tui.measures"}))
    for module in naming:
        importlib.import_module(module)
    places: Callable[[], dict[str, str]] = importlib.import_module(PLACES).places
    return places()


def main(rows: list[str]) -> None:
    """Look at each row in a process of its own, which finds the libraries imported."""
    for library in LIBRARIES:
        importlib.import_module(library)
    named = {dotted(path): names(path) for path in modules("tui")}
    for name in rows:
        if os.fork():
            os.wait()
            continue
        try:
            told = _looked_at(name, [module for module, those in named.items() if name in those])
        except Exception:
            told = {"broken": traceback.format_exc(limit=-3)}
        os.write(1, f"{json.dumps({'row': name, **told})}\n".encode())
        os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
