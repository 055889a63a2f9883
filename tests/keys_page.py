"""The page of keys, made from the one table of actions: `python -m tests.keys_page` writes it."""

from pathlib import Path

from tests.pages import between, rewrite
from tui.actions import ACTIONS
from tui.config.keys import show_key

PAGE = Path(__file__).parent.parent / "docs" / "keys.md"


def table() -> str:
    """A row for each action: its keys, its name for `[keys]`, what it does."""
    rows = ["| keys | action | what it does |", "|---|---|---|"]
    for action in ACTIONS:
        keys = " ".join(f"`{show_key(key)}`" for key in action.keys)
        rows.append(f"| {keys} | {action.name} | {action.help} |")
    return "\n".join(rows) + "\n"


def with_table(text: str) -> str:
    """`text` with the table between its two marks."""
    return between(text, "keys", table())


if __name__ == "__main__":
    rewrite(PAGE, with_table)
