"""No thread keeps the program from ending: what it waits for may never come."""

import ast

from tests.architecture.project import ROOT


def test_every_thread_is_a_daemon() -> None:
    started = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "tui").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).rpartition(".")[2] in {"Thread", "Timer", "ThreadPoolExecutor"}
        and not any(
            argument.arg == "daemon" and isinstance(argument.value, ast.Constant) and argument.value.value
            for argument in node.keywords
        )
    ]
    assert started == []
