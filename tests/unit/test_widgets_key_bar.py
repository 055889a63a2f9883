"""The key bar names the keys of the one table of actions, in its order, as many as fit."""

from tui.actions import ACTIONS
from tui.widgets.key_bar import bar, hints
from tui.widgets.parts import width_of

ALL = hints([(action.name, action.keys[0], action.keys[0]) for action in ACTIONS])


def test_hints_stand_in_the_order_of_the_table_once_each() -> None:
    shown = hints(
        [("quit", "q", "q"), ("go_to", "colon", ":"), ("go_to", "ctrl+p", "^p"), ("unknown", "x", "x")]
    )
    assert [(hint.shown, hint.label) for hint in shown] == [(":", "go to"), ("q", "quit")]


def test_actions_without_an_order_stay_out() -> None:
    assert hints([("row_down", "down", "↓")]) == []


def test_help_is_there_however_narrow() -> None:
    for width in (10, 24, 40, 80, 200):
        text = "".join(part.text for part in bar(ALL, width))
        assert "keys" in text
        assert width_of(bar(ALL, width)) <= max(width, 26)


def test_a_hint_tells_the_key_to_press() -> None:
    pressed = [part.meta["press"] for part in bar(ALL, 200) if part.meta and part.role == "key"]
    assert pressed[0] == "colon"
    assert "question_mark" in pressed


def test_above_another_screen_the_key_that_quits_is_said_to_close() -> None:
    bindings = [("quit", "q", "q")]
    assert [hint.label for hint in hints(bindings)] == ["quit"]
    assert [hint.label for hint in hints(bindings, above=True)] == ["close"]
