"""The one table of actions: key bar, help, go-to box, README and config check read it."""

from typing import NamedTuple


class Action(NamedTuple):
    """Something a key does.

    `name` is the word used in `[keys]`; `keys` the defaults, by Textual's key names; `label`
    stands in the key bar; `help` is a full line. `order` ranks it in the key bar, lowest
    first; 0 keeps it out. `places` are the screens where its keys hold: two actions may share
    a key where they share no place.
    """

    name: str
    keys: tuple[str, ...]
    label: str
    help: str
    order: int = 0
    places: tuple[str, ...] = ("monitor",)


EVERYWHERE = ("monitor", "settings", "wizard")
TABLES = ("monitor", "settings")
SETTINGS = ("settings",)
WIZARD = ("wizard",)

ACTIONS: tuple[Action, ...] = (
    Action("go_to", ("colon", "ctrl+p"), "go to", "Go to an environment, account, team, agent or action", 1),
    Action("down", ("enter",), "open", "Open the selection", 2),
    Action("filter", ("slash",), "filter", "Filter the rows as you type; ! first inverts", 3),
    Action("more", ("m",), "more", "Read the next pages of a long list", 4),
    Action(
        "open_web", ("o",), "web", "Open the conversation in the browser, or copy its address over SSH", 5
    ),
    Action("next_account", ("a",), "account", "Next account", 6),
    Action("previous_account", ("A",), "account back", "Previous account"),
    Action("next_environment", ("e",), "environment", "Next environment", 7),
    Action("previous_environment", ("E",), "environment back", "Previous environment"),
    Action("where_from", ("i",), "source", "Source of the figures under the cursor, and a curl line", 8),
    Action("refresh", ("r",), "refresh", "Refresh now", 9),
    Action("pause", ("p",), "pause", "Pause or resume asking", 14),
    Action("copy", ("y",), "copy", "Copy the number or name under the cursor", 10),
    Action("time", ("t",), "time", "Go to a time: what the figures were then; escape is back to now", 12),
    Action("chart", ("c",), "chart", "Chart the figure under the cursor over an hour up to a week", 13),
    Action("day", ("D",), "day", "The day by half-hours: who came, answered in target, late, forecast", 13),
    Action("busiest", ("H",), "busiest hours", "Busiest hours of the week, and how long customers waited"),
    Action("interval", ("z",), "15/30/60 min", "Rows of 15, 30 or 60 minutes of the day, the next"),
    Action(
        "earlier",
        ("left",),
        "earlier",
        "Previous figure or day; in a replay a minute back; on the chart a longer range",
    ),
    Action(
        "later",
        ("right",),
        "later",
        "Next figure or day; in a replay a minute on; on the chart a shorter range",
    ),
    Action("fleet", ("f",), "fleet", "All accounts of all environments in one table", 14),
    Action("wall", ("w",), "wall", "A few large figures for a whole room", 15),
    Action("next_pane", ("tab",), "pane", "Next pane", places=EVERYWHERE),
    Action("previous_pane", ("shift+tab",), "pane back", "Previous pane", places=EVERYWHERE),
    Action("row_down", ("down", "j"), "down", "Next row", places=EVERYWHERE),
    Action("row_up", ("up", "k"), "up", "Previous row", places=EVERYWHERE),
    Action("first_row", ("home", "g"), "first", "First row", places=TABLES),
    Action("last_row", ("end", "G"), "last", "Last row", places=TABLES),
    Action("page_down", ("pagedown", "space"), "page down", "A page down", places=TABLES),
    Action("page_up", ("pageup",), "page up", "A page up", places=TABLES),
    Action("availability", ("v",), "availability", "Show agents of one availability, the next at each press"),
    Action("members", ("M",), "members", "Who belongs to the team under the cursor, and who is there", 16),
    Action("inbox", ("b",), "inbox", "Show one inbox in place of the account; of a day also one team", 17),
    Action("sort", ("s",), "sort", "Sort by the next column; S reverses the sort"),
    Action("sort_reverse", ("S",), "sort order", "Reverse the sort"),
    Action(
        "back",
        ("escape", "backspace"),
        "back",
        "Back to where you came from; clears a filter first",
        places=EVERYWHERE,
    ),
    Action("settings", ("comma",), "settings", "Add, test or remove environments and accounts"),
    Action("acknowledge", ("exclamation_mark",), "acknowledge", "Acknowledge alerts (stops the bell)"),
    Action("alerts", ("x",), "alerts", "Active and past alerts, of all accounts", 14),
    Action("keep", ("K",), "save", "Save the environment given on the command line in the config"),
    Action("put_away", ("d",), "dismiss", "Dismiss the notice under the header"),
    Action("add", ("a",), "add", "Add an environment", 2, SETTINGS),
    Action("test", ("t",), "test", "Test the connection of the selected environment", 2, SETTINGS),
    Action("edit", ("e",), "edit", "Open the config file in your editor", 3, SETTINGS),
    Action("remove", ("d", "delete"), "remove", "Remove the selected environment or account", 4, SETTINGS),
    Action("confirm", ("y",), "yes", "Yes, remove it", 0, SETTINGS),
    Action("go_on", ("enter",), "continue", "Continue with the next field or page", places=WIZARD),
    Action("choose", ("space",), "choose", "Choose an account in the wizard, or leave it out", places=WIZARD),
    Action("help", ("question_mark",), "keys", "Every key of this screen", 90, places=TABLES),
    Action("quit", ("q",), "quit", "Close the top layer; quits from the dashboard", 91, places=TABLES),
    Action(
        "redraw",
        ("ctrl+l",),
        "repaint",
        "Repaint the whole screen, after another program wrote over it",
        places=EVERYWHERE,
    ),
    Action("quit_now", ("ctrl+c",), "quit now", "Quit from anywhere", places=EVERYWHERE),
    Action(
        "suspend_process",
        ("ctrl+z",),
        "suspend",
        "Suspend (fg resumes)",
        places=EVERYWHERE,
    ),
)

DIGITS = tuple("123456789")

BY_NAME = {action.name: action for action in ACTIONS}
