"""The one table of actions: key bar, help, go-to box, README and config check read it."""

from typing import NamedTuple


class Action(NamedTuple):
    """Something a key does.

    `name` is the word used in `[keys]`; `keys` the defaults, by Textual's key names; `label`
    stands in the key bar; `help` is a full line. `order` ranks it in the key bar, lowest
    first; 0 keeps it out.
    """

    name: str
    keys: tuple[str, ...]
    label: str
    help: str
    order: int = 0


ACTIONS: tuple[Action, ...] = (
    Action("go_to", ("colon", "ctrl+p"), "go to", "Go to an environment, account, team, agent or action", 1),
    Action("down", ("enter",), "open", "Go down into what is selected", 2),
    Action("filter", ("slash",), "filter", "Filter the rows as you type; ! first inverts", 3),
    Action("next_account", ("a",), "account", "Next account", 4),
    Action("previous_account", ("A",), "account back", "Previous account"),
    Action("next_environment", ("e",), "environment", "Next environment", 5),
    Action("previous_environment", ("E",), "environment back", "Previous environment"),
    Action("refresh", ("r",), "refresh", "Ask the server again at once", 6),
    Action("pause", ("p",), "pause", "Pause or resume asking", 7),
    Action("next_pane", ("tab",), "pane", "Next pane"),
    Action("previous_pane", ("shift+tab",), "pane back", "Previous pane"),
    Action("row_down", ("down", "j"), "down", "Next row"),
    Action("row_up", ("up", "k"), "up", "Previous row"),
    Action("first_row", ("home", "g"), "first", "First row"),
    Action("last_row", ("end", "G"), "last", "Last row"),
    Action("page_down", ("pagedown",), "page down", "A page down"),
    Action("page_up", ("pageup",), "page up", "A page up"),
    Action("availability", ("v",), "availability", "Show agents of one availability, the next at each press"),
    Action("sort", ("s",), "sort", "Sort by the next column; S turns the order round"),
    Action("sort_reverse", ("S",), "sort order", "Turn the sort order round"),
    Action("back", ("escape", "backspace"), "back", "Back to where you came from; clears a filter first"),
    Action("settings", ("comma",), "settings", "Add, test or remove environments and accounts"),
    Action("keep", ("K",), "keep", "Keep the environment given on the command line in the config"),
    Action("help", ("question_mark",), "keys", "Every key of this screen", 90),
    Action("quit", ("q",), "quit", "Close the top layer; quits from the dashboard", 91),
    Action("quit_now", ("ctrl+c",), "quit now", "Quit from anywhere"),
)

DIGITS = tuple("123456789")

BY_NAME = {action.name: action for action in ACTIONS}
