"""No thread keeps the program from ending: what it waits for may never come."""

import ast

from tests.architecture.project import ROOT


def test_every_thread_is_a_daemon() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "tui").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).rpartition(".")[2] in {"Thread", "Timer", "ThreadPoolExecutor"}
        and not any(
            one.arg == "daemon" and isinstance(one.value, ast.Constant) and one.value.value
            for one in node.keywords
        )
    ]
    assert found == []
