"""The picture of imports, made from the imports: `python -m tests.imports_page` writes it."""

import ast
import tomllib
from textwrap import wrap

from tests.architecture.project import ROOT, dotted, modules
from tests.pages import between, rewrite

PAGE = ROOT / "CONTRIBUTING.md"
WIDTH = 12


def layers() -> list[list[str]]:
    """The rooms of the package from the top down, those beside each other in one list."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    lines = contracts["contracts"][0]["layers"]
    return [[name.strip(" ()") for name in line.split(":")] for line in lines]


def imports() -> dict[str, set[str]]:
    """Which rooms each room imports, at the top of a module or inside a function."""
    used: dict[str, set[str]] = {}
    for path in modules("tui"):
        room = _room(dotted(path))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                whole = node.module == "tui"
                names = [f"tui.{alias.name}" for alias in node.names] if whole else [node.module]
            rooms = {_room(name) for name in names if name.startswith("tui.")}
            used.setdefault(room, set()).update(rooms - {room})
    return used


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else module


def picture() -> str:
    """A line for each room, in the order of the layers; each imports only rooms further down."""
    used = imports()
    listed = [room for layer in layers() for room in layer]
    ground = set(listed[listed.index("identity") :])
    lines = []
    for layer in layers():
        if ground.intersection(layer):
            continue
        for room in layer:
            below = [other for other in listed if other in used.get(room, ()) and other not in ground]
            below += ["ground floor"] * bool(used.get(room, set()) & ground)
            lines.append(f"{room:<{WIDTH}} -> {', '.join(below) or 'nothing'}")
        lines.append("")
    floor_names = [room for room in listed if room in ground]
    lines += wrap(
        ", ".join(floor_names),
        initial_indent=f"{'ground floor':<{WIDTH}} ",
        subsequent_indent=" " * (WIDTH + 1),
    )
    beside = sorted(set(used) - set(listed) - {"tui", "__main__"})
    lines += ["", *(f"{room:<{WIDTH}} -> {', '.join(sorted(used[room]))} (stands alone)" for room in beside)]
    return "```text\n" + "\n".join(lines) + "\n```\n"


def with_table(text: str) -> str:
    """`text` with the picture between its two marks."""
    return between(text, "imports", picture())


if __name__ == "__main__":
    rewrite(PAGE, with_table)
