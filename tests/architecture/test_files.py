"""Rules every file of the project keeps: length, first line, nothing of one machine."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.project import ROOT, SOURCE_FOLDERS, modules, text_files
from tui.actions import ACTIONS, BY_NAME

MODULES = modules(*SOURCE_FOLDERS)

# Put together here, or this file would be the one that names them.
ELSEWHERE = re.compile(
    "|".join(
        (
            r"pypi\." + "org",
            r"pythonhosted\." + "org",
            r"registry\." + r"(?:npmjs|yarnpkg)",
            r"(?<![\w.~}])/(?:work|root)" + r"/",
            r"/opt/" + r"(?:venv|wheels|pypi)",
        )
    )
)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_module_is_short_and_says_what_it_is_for() -> None:
    texts = {name(path): path.read_text(encoding="utf-8") for path in MODULES}
    assert [path for path, text in texts.items() if len(text.splitlines()) >= 600] == []
    says = re.compile(r'"{3}\s*[^"\s]')
    assert [path for path, text in texts.items() if text and not says.match(text)] == []


def test_every_class_is_short() -> None:
    texts = {name(path): path.read_text(encoding="utf-8") for path in MODULES}
    long = {
        f"{path}: {node.name}": lines
        for path, text in texts.items()
        if len(text.splitlines()) >= 400
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef) and (lines := (node.end_lineno or 0) - node.lineno + 1) >= 400
    }
    assert long == {}


def test_no_file_names_a_package_registry_or_a_path_of_one_machine() -> None:
    named = [
        f"{name(path)}:{number}: {line.strip()[:100]}"
        for path in text_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if ELSEWHERE.search(line)
    ]
    assert named == []


def test_no_work_is_left_for_later_in_the_code() -> None:
    marks = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    left = [name(path) for path in MODULES if marks.search(path.read_text(encoding="utf-8"))]
    assert left == []


def test_each_action_has_a_name_keys_and_a_help_line_of_its_own() -> None:
    assert len(BY_NAME) == len(ACTIONS)
    assert all(action.keys and action.label and action.help for action in ACTIONS)
    assert len({action.help for action in ACTIONS}) == len(ACTIONS)


@pytest.mark.parametrize("place", sorted({place for action in ACTIONS for place in action.places}))
def test_no_default_key_belongs_to_two_actions_of_one_screen(place: str) -> None:
    keys = [key for action in ACTIONS if place in action.places for key in action.keys]
    assert sorted(keys) == sorted(set(keys))


def test_no_default_key_needs_altgr_or_a_function_key() -> None:
    needs = {"at", "left_square_bracket", "right_square_bracket", "left_curly_bracket", "right_curly_bracket"}
    needs |= {"backslash", "vertical_line", "tilde", "plus", "minus", *(f"f{n}" for n in range(1, 13))}
    assert not needs & {key for action in ACTIONS for key in action.keys}


STARTS = {"create_subprocess_exec", "create_subprocess_shell", "Popen"}
STARTED = re.compile("|".join((*STARTS, "subprocess")))


def test_every_command_is_started_with_variables_of_our_choice() -> None:
    """Without `env` it would inherit all of them, tokens included."""
    bare = [
        f"{name(path)}:{node.lineno}"
        for path in modules("tui")
        if STARTED.search(text := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (node.func.attr in STARTS or _is_of_subprocess(node.func))
        and "env" not in {keyword.arg for keyword in node.keywords}
    ]
    assert bare == []


def _is_of_subprocess(called: ast.Attribute) -> bool:
    return isinstance(called.value, ast.Name) and called.value.id == "subprocess"


WRITES_NUMBERS = re.compile(r"[,_]|(?:\.\d+)?[fgGeE]$")
FOR_PROGRAMS = {"tui/panes/conversations/pane.py": {"g"}}
"""A copied figure is read by other programs: they know no narrow space."""


def test_numbers_and_lengths_of_time_are_written_in_one_place() -> None:
    odd = {
        name(path): specs
        for path in modules(*(f"tui/{folder}" for folder in ("panes", "screens", "widgets", "doctor")))
        if (specs := _number_formats(path) - FOR_PROGRAMS.get(name(path), set()))
    }
    assert odd == {}, "tui/wording.py writes numbers, with thousands and units alike everywhere"


def _number_formats(path: Path) -> set[str]:
    specs = {
        "".join(str(part.value) for part in node.format_spec.values if isinstance(part, ast.Constant))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr)
    }
    return {spec for spec in specs if WRITES_NUMBERS.search(spec)}


def test_contributing_names_files_that_exist() -> None:
    named = re.findall(r"`(tui/[\w/]+\.py)`", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert len(named) > 20
    assert [file for file in named if not (ROOT / file).is_file()] == []


def test_no_query_numbers_its_placeholders() -> None:
    """Python 3.12.0 to 3.12.3 take `?1` for a named one, which a sequence of values does not fill."""
    asking = [path for path in modules("tui") if ".execute" in path.read_text(encoding="utf-8")]
    assert len(asking) > 5
    assert not [name(path) for path in asking if re.search(r"\?\d", path.read_text(encoding="utf-8"))]
