"""One name, one thing; and what one module alone needs lies with it."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.project import ROOT, SOURCE_FOLDERS, dotted, modules

OWN_WORLD = "tui.simulator"
"""It stands alone, and plays the server: its accounts, teams and agents are called as the server's are."""
SILENT = {"one", "found", "thing", "got", "res", "tmp", "val", "obj"}
"""Names that say nothing of what they hold."""
MODULES = {dotted(path): path for path in modules("tui")}


def types_of(path: Path) -> Iterator[str]:
    """The classes of a module and its names for types; those inside a class are called by its name, too."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign) and re.fullmatch("_?[A-Z][a-z]\\w*", ast.unparse(node.targets[0])):
            yield ast.unparse(node.targets[0])


def imported_by(path: Path) -> Iterator[str]:
    """The modules of the package that one imports, at its top or where it needs them."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in MODULES else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def layer_of(name: str) -> str:
    """The folder below `tui`; of the ground floor the module itself."""
    return ".".join(name.split(".")[:2])


def test_no_type_is_called_as_another_one() -> None:
    named: dict[str, list[str]] = defaultdict(list)
    for name, path in MODULES.items():
        if not name.startswith(OWN_WORLD):
            for kind in types_of(path):
                named[kind].append(name)
    assert {kind: places for kind, places in named.items() if len(places) > 1} == {}


def test_what_one_module_alone_imports_lies_in_its_folder() -> None:
    """Where both are of one layer: what is drawn and what draws it are two."""
    users: dict[str, set[str]] = defaultdict(set)
    for name, path in MODULES.items():
        for used in set(imported_by(path)) & MODULES.keys() - {name}:
            users[used].add(name)
    far = []
    for name, used_by in users.items():
        (user, *others) = used_by
        folder = MODULES[name].parent
        if others or MODULES[name].name == "__init__.py" or layer_of(name) != layer_of(user):
            continue
        if not folder.is_relative_to(MODULES[user].parent):
            far.append(f"{name} lies in {folder.relative_to(ROOT)}, and {user} alone imports it")
    assert far == []


def variables_of(path: Path) -> Iterator[tuple[str, int]]:
    """What a module calls its parameters and variables, and on which line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name, node.lineno
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name, node.lineno


def test_a_variable_says_what_it_holds() -> None:
    silent = [
        f"{dotted(path)}:{line}: {variable}"
        for path in modules(*SOURCE_FOLDERS)
        for variable, line in variables_of(path)
        if variable in SILENT
    ]
    assert silent == [], "a variable has the field's word for what it holds: team, row, reading, problem"


def test_lengths_of_time_stand_in_one_module() -> None:
    """But what the simulator plays by, which stands alone."""
    lengths = {60, 900, 1_800, 3_600, 86_400}
    elsewhere = [
        f"{name}: {target.id}"
        for name, path in MODULES.items()
        if not name.startswith(OWN_WORLD) and name != "tui.durations" and ".service." not in name
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and node.value.value in lengths
        for target in node.targets
        if isinstance(target, ast.Name)
        and target.id.strip("_") in {"MINUTE", "QUARTER", "HALF_HOUR", "HOUR", "DAY"}
    ]
    assert elsewhere == []


def test_a_number_with_a_fraction_says_its_unit() -> None:
    """Seconds, shares and points look alike; whole numbers are counts, and their names say of what."""
    silent = []
    for name, path in MODULES.items():
        if name.startswith(OWN_WORLD):
            continue
        body = ast.parse(path.read_text(encoding="utf-8")).body
        for node, following in zip(body, [*body[1:], None], strict=True):
            if not isinstance(node, ast.Assign):
                continue
            values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            told = isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
            written = ast.unparse(node.targets[0])
            if not told and "SECONDS" not in written and any(map(_is_fraction, values)):
                silent.append(f"{name}: {written}")
    assert silent == []


def _is_fraction(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, float)
