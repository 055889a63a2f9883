"""Stylesheets name only widgets, ids and classes that exist."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.app import App
from textual.css.model import RuleSet, SelectorType
from textual.css.parse import parse
from textual.css.tokenize import tokenize_values
from textual.dom import DOMNode

from tests.architecture.project import ROOT, dotted, modules
from tui.widgets import themes

SHEETS = sorted((ROOT / "styles").glob("*.tcss"))


def rules(sheet: Path, theme: str = themes.DEFAULT) -> list[RuleSet]:
    app: App[None] = App()
    themes.install(app, theme)
    variables = app.get_css_variables()
    css = sheet.read_text(encoding="utf-8")
    return list(parse("", css, (str(sheet), ""), variables, tokenize_values(variables)))


def named(sheet: Path, kind: SelectorType) -> set[str]:
    return {
        selector.name
        for rule in rules(sheet)
        for selectors in rule.selector_set
        for selector in selectors.selectors
        if selector.type is kind
    }


def widget_types() -> Iterator[str]:
    for path in modules("tui/widgets", "tui/panes", "tui/screens"):
        importlib.import_module(dotted(path))
    importlib.import_module("tui.app.app")
    waiting: list[type[DOMNode]] = [DOMNode]
    while waiting:
        kind = waiting.pop()
        yield kind.__name__
        waiting += kind.__subclasses__()


@pytest.fixture(scope="module")
def source() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in modules("tui"))


def test_there_are_stylesheets() -> None:
    assert SHEETS


@pytest.mark.parametrize("theme", themes.THEMES)
@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_each_stylesheet_is_understood_in_each_theme(sheet: Path, theme: str) -> None:
    assert rules(sheet, theme)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_each_type_in_a_stylesheet_is_a_widget(sheet: Path) -> None:
    assert named(sheet, SelectorType.TYPE) <= set(widget_types())


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_each_id_and_class_in_a_stylesheet_is_given_to_a_widget(sheet: Path, source: str) -> None:
    given = set(re.findall(r"[\w-]+", " ".join(re.findall(r"[\"']([\w\- ]+)[\"']", source))))
    assert named(sheet, SelectorType.ID) | named(sheet, SelectorType.CLASS) <= given
