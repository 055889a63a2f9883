"""Textual's private names stand in one module, where the next version of it is to be looked at."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import textual

from tests.architecture.project import ROOT, dotted, modules

OURS = ROOT / "tui" / "terminal" / "textual_private.py"
DRAWING = [
    path
    for path in modules("tui/app", "tui/screens", "tui/panes", "tui/widgets", "tui/terminal")
    if path != OURS
]
MADE_BY_TEXTUAL = {
    "_abc_impl", "_computes", "_css_type_name", "_css_type_names", "_decorated_handlers", "_inherit_bindings",
    "_inherit_component_classes", "_inherit_css", "_merged_bindings", "_reactives",
}  # fmt: skip
"""What Textual gives every class by itself."""


OF_PYTHON = {"_replace", "_exit"}
"""Of named tuples and `os`; Textual has some of the same name."""


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


@cache
def names_of_textual() -> frozenset[str]:
    """The private methods and attributes of Textual's own classes."""
    names: set[str] = set()
    for path in Path(textual.__file__).parent.rglob("*.py"):
        names.update(re.findall(r"(?:def |self\.)(_[a-z]\w+)", path.read_text(encoding="utf-8")))
    return frozenset(name for name in names - OF_PYTHON if is_private(name))


@cache
def private_names(base: type) -> frozenset[str]:
    """The private names that a class of Textual itself gives."""
    return frozenset(re.findall(r"(?:def |self\.|^    )(_[a-z]\w+)", inspect.getsource(base), re.M))


def bound_in(tree: ast.AST) -> set[str]:
    """The names that a module gives to something itself."""
    bound = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and not is_read(node)}
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    bound |= {node.name for node in ast.walk(tree) if isinstance(node, functions)}
    return bound | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def is_read(node: ast.Attribute) -> bool:
    return isinstance(node.ctx, ast.Load)


def of_others(path: Path) -> Iterator[str]:
    """Private names of Textual that a module imports, or asks of an object it holds."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = bound_in(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "textual":
            parts = [*(node.module or "").split("."), *(alias.name for alias in node.names)]
            yield from filter(is_private, parts)
        elif isinstance(node, ast.Attribute) and node.attr in names_of_textual():
            asked = ast.unparse(node)
            if node.attr not in own or asked.startswith("super()."):
                yield asked


def of_bases(path: Path) -> Iterator[str]:
    """Private names of Textual that a class overrides, or asks of itself."""
    module = importlib.import_module(dotted(path))
    for item in vars(module).values():
        if not isinstance(item, type) or item.__module__ != module.__name__:
            continue
        bases = [base for base in item.__mro__ if base.__module__.partition(".")[0] == "textual"]
        if not bases:
            continue
        private = frozenset[str]().union(*map(private_names, bases))
        asked = set(re.findall(r"\bself\.(_[a-z]\w+)", inspect.getsource(item)))
        touched = asked | (vars(item).keys() - MADE_BY_TEXTUAL)
        yield from sorted(f"{item.__name__}.{name}" for name in touched & private)


def test_no_other_module_touches_a_private_name_of_textual() -> None:
    assert len(DRAWING) > 100
    touched = {path.relative_to(ROOT): [*of_others(path), *of_bases(path)] for path in DRAWING}
    assert {path: names for path, names in touched.items() if names} == {}


def test_the_one_that_does_is_found_out() -> None:
    """The same look at our one module finds names: it would find them elsewhere."""
    asked = {"_ansi_sequences", "app._driver", "app._check_bindings", "super()._screen_resized"}
    assert asked <= set(of_others(OURS))
    assert {"OwnDriver._loop", "OwnCrash._fatal_error"} <= set(of_bases(OURS))


def test_the_version_that_was_read_is_the_one_that_is_pinned() -> None:
    named = re.search(r"Textual ([\d.]+\d)", OURS.read_text(encoding="utf-8"))
    pinned = re.search(r"^textual==(.+)$", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.M)
    assert named is not None
    assert pinned is not None
    assert named[1] == pinned[1]
