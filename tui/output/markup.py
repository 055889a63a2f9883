"""HTML as a tree of elements: whatever text stands in it is escaped where it is written, and nowhere else."""

from collections.abc import Mapping
from html import escape
from typing import NamedTuple

from tui.text import safe_line

LONGEST = 1_000
"""Characters of a text; sentences are shorter."""
ALONE = frozenset({"meta", "br"})
"""What has no end in HTML; written so that it is well-formed XML, too."""


class Node(NamedTuple):
    """An element, its attributes and what is inside: elements and plain text."""

    tag: str
    attributes: Mapping[str, str]
    inside: tuple["Node | str", ...]


def node(tag: str, attributes: Mapping[str, str], *inside: "Node | str") -> Node:
    """An element of `inside`."""
    return Node(tag, attributes, inside)


def markup(content: "Node | str") -> str:
    """`content` as HTML that is well-formed XML; of a text whatever could do something is escaped or gone."""
    if isinstance(content, str):
        return escape(_safe(content), quote=True)
    attributes = "".join(
        f' {name}="{escape(value, quote=True)}"' for name, value in content.attributes.items()
    )
    if content.tag in ALONE:
        return f"<{content.tag}{attributes}/>"
    return f"<{content.tag}{attributes}>{''.join(map(markup, content.inside))}</{content.tag}>"


def _safe(text: str) -> str:
    """One line without controls; a blank at either end stays, as words beside it need it."""
    first = " " if text.startswith(" ") else ""
    return f"{first}{safe_line(text, limit=LONGEST)}"
