"""Themes, and how each role of text looks in them."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.style import Style
from textual.color import Color
from textual.theme import Theme

from tui.terminal.textual_private import begin_with_theme

if TYPE_CHECKING:
    from textual.app import App

DEFAULT = "dark"
CHANGED = "-changed"
BLOCK = "-block"
INVERSE = "-inverse"
BADGE = "badge-"


class Look(NamedTuple):
    """A colour as a stylesheet writes it, empty for the one around it, and attributes."""

    colour: str = ""
    attributes: str = ""
    background: str = ""


class Palette(NamedTuple):
    """A theme's colours.

    Greys are neutral and, like the other colours, on or near the steps of 256-colour terminals:
    nothing changes its hue there, and all text stays readable. `selection` lies under the
    selected row; without one the row is reversed.
    """

    dark: bool
    ansi: bool
    background: str
    raised: str
    selection: str
    frame: str
    accent: str
    roles: Mapping[str, Look]
    badges: Mapping[str, Look]


def _roles(
    *,
    normal: str,
    strong: str,
    dim: str,
    stale: str,
    accent: str,
    warning: str,
    critical: str,
    good: str,
    busy: str,
    away: str,
) -> dict[str, Look]:
    return {
        "normal": Look(normal),
        "value": Look(strong),
        "title": Look(strong, "bold"),
        "label": Look(dim),
        "dim": Look(dim),
        "header": Look(dim),
        "sorted": Look(strong),
        "key": Look(accent),
        "cursor": Look(strong, "reverse"),
        "cursor-stale": Look(stale, "reverse"),
        "mark": Look(accent),
        "mark-blurred": Look(dim),
        "stale": Look(stale),
        "stale-mark": Look(warning),
        "unknown": Look(stale),
        "not-permitted": Look(stale),
        "accent": Look(accent),
        "good": Look(good),
        "warning": Look(warning),
        "critical": Look(critical, "underline"),
        "replay": Look(warning, "bold reverse"),
        "online": Look(good),
        "busy": Look(busy),
        "away": Look(away),
        "offline": Look(stale),
    }  # fmt: skip


_BADGES = {
    "blue": Look("#ffffff", "bold", "#005f87"),
    "green": Look("#ffffff", "bold", "#005f00"),
    "magenta": Look("#ffffff", "bold", "#87005f"),
    "cyan": Look("#ffffff", "bold", "#005f5f"),
    "orange": Look("#ffffff", "bold", "#875f00"),
    "red": Look("#ffffff", "bold", "#870000"),
    "yellow": Look("#ffffff", "bold", "#5f5f00"),
    "grey": Look("#ffffff", "bold", "#4e4e4e"),
}

BADGE_COLOURS = tuple(_BADGES)

PALETTES: Mapping[str, Palette] = {
    "dark": Palette(
        True, False, "#121212", "#1c1c1c", "#262626", "#4e4e4e", "#5fafd7",
        _roles(
            normal="#d0d0d0", strong="#eeeeee", dim="#a8a8a8", stale="#949494", accent="#5fafd7",
            warning="#ffaf5f", critical="#ff8787", good="#87d787", busy="#d7af87", away="#afafd7",
        ),
        _BADGES,
    ),
    "light": Palette(
        False, False, "#ffffff", "#f4f4f4", "#eeeeee", "#b2b2b2", "#005faf",
        _roles(
            normal="#262626", strong="#080808", dim="#4e4e4e", stale="#626262", accent="#005faf",
            warning="#875f00", critical="#af0000", good="#005f00", busy="#875f00", away="#5f5f87",
        ),
        _BADGES,
    ),
    "high-contrast": Palette(
        True, False, "#000000", "#000000", "", "#ffffff", "#ffff00",
        _roles(
            normal="#ffffff", strong="#ffffff", dim="#dadada", stale="#bcbcbc", accent="#ffff00",
            warning="#ffd700", critical="#ffafaf", good="#87ff87", busy="#ffd787", away="#d7d7ff",
        ),
        _BADGES,
    ),
    "colour-blind": Palette(
        True, False, "#121212", "#1c1c1c", "#262626", "#4e4e4e", "#87d7ff",
        _roles(
            normal="#d0d0d0", strong="#eeeeee", dim="#a8a8a8", stale="#949494", accent="#87d7ff",
            warning="#ffd787", critical="#ff8700", good="#5fafff", busy="#ffd787", away="#bcbcbc",
        ),
        {**_BADGES, "green": Look("#ffffff", "bold", "#303030"), "red": Look("#121212", "bold", "#ff8700")},
    ),
    "ansi": Palette(
        True, True, "ansi_default", "ansi_default", "", "ansi_default", "ansi_cyan",
        {
            **_roles(
                normal="", strong="", dim="", stale="", accent="ansi_cyan", warning="ansi_yellow",
                critical="ansi_red", good="ansi_green", busy="ansi_yellow", away="ansi_magenta",
            ),
            **dict.fromkeys(("stale", "unknown", "not-permitted", "offline"), Look("", "dim")),
            "cursor-stale": Look("", "dim reverse"),
        },
        {
            "blue": Look("ansi_bright_white", "bold", "ansi_blue"),
            "green": Look("ansi_black", "bold", "ansi_green"),
            "magenta": Look("ansi_bright_white", "bold", "ansi_magenta"),
            "cyan": Look("ansi_black", "bold", "ansi_cyan"),
            "orange": Look("ansi_black", "bold", "ansi_yellow"),
            "yellow": Look("ansi_black", "bold", "ansi_yellow"),
            "red": Look("ansi_bright_white", "bold", "ansi_red"),
            "grey": Look("", "bold reverse"),
        },
    ),
    "mono": Palette(
        True, True, "ansi_default", "ansi_default", "", "ansi_default", "ansi_default",
        {
            **dict.fromkeys(
                _roles(
                    normal="", strong="", dim="", stale="", accent="", warning="", critical="", good="",
                    busy="", away="",
                ),
                Look(),
            ),
            **dict.fromkeys(("stale", "unknown", "not-permitted", "offline"), Look("", "dim")),
            **dict.fromkeys(("title", "key", "sorted"), Look("", "bold")),
            **dict.fromkeys(("warning", "stale-mark"), Look("", "underline")),
            "cursor": Look("", "reverse"),
            "cursor-stale": Look("", "dim reverse"),
            "critical": Look("", "underline reverse"),
            # Italic where there is it: bold reverse is a badge's, and with underline a changed critical's.
            "replay": Look("", "bold italic reverse"),
        },
        dict.fromkeys(_BADGES, Look("", "bold reverse")),
    ),
}  # fmt: skip


def badge(colour: str | int) -> str:
    """The role of an environment's badge: by colour name, or by place where none is configured.

    Unknown names take the grey one, so that a taste never keeps the screen from opening.
    """
    if isinstance(colour, int):
        return BADGE + BADGE_COLOURS[colour % len(BADGE_COLOURS)]
    return BADGE + (colour if colour in _BADGES else "grey")


def look_of(role: str, theme: str) -> Look:
    """How a role looks; unknown roles look normal.

    `…-changed` is the bold form of any role, `…-block` its colour alone and whether it is dim, for
    shapes made of blocks, and `…-inverse` a band in its colour.
    """
    palette = PALETTES.get(theme, PALETTES[DEFAULT])
    if role.startswith(BADGE):
        return palette.badges.get(role.removeprefix(BADGE), palette.badges["grey"])
    look = palette.roles.get(role)
    if look is not None:
        return look
    if role.endswith(CHANGED):
        plain = look_of(role.removesuffix(CHANGED), theme)
        return plain._replace(attributes=f"{plain.attributes} bold".strip())
    if role.endswith(BLOCK):
        plain = look_of(role.removesuffix(BLOCK), theme)
        return plain._replace(attributes="dim" if "dim" in plain.attributes.split() else "")
    if role.endswith(INVERSE):
        return look_of(role.removesuffix(INVERSE), theme)._replace(attributes="bold reverse")
    return palette.roles["normal"]


@lru_cache(maxsize=512)
def style_of(role: str, theme: str) -> Style:
    """The style a line-API widget paints a role in, over its own background."""
    look = look_of(role, theme)
    attributes: dict[str, Any] = dict.fromkeys(look.attributes.split(), True)
    return Style(color=_rich(look.colour), bgcolor=_rich(look.background), **attributes)


@lru_cache(maxsize=16)
def selection_of(theme: str) -> Style:
    """What lies over a selected row: a background, or reversed video in themes without one."""
    palette = PALETTES.get(theme, PALETTES[DEFAULT])
    if palette.selection:
        return Style(bgcolor=_rich(palette.selection))
    return Style(color="default", bgcolor="default", reverse=True)


def _rich(colour: str) -> Any:
    return Color.parse(colour).rich_color if colour else None


def _theme(name: str, palette: Palette) -> Theme:
    roles = palette.roles
    text = roles["normal"].colour or "ansi_default"
    colours = {role: roles[role].colour or "ansi_default" for role in ("warning", "critical", "good", "dim")}
    variables = {
        "frame": palette.frame,
        "raised": palette.raised,
        "night": "ansi_black" if palette.ansi else "#000000",
        "dim-text": colours["dim"],
        "warning-figure": colours["warning"],
        "critical-figure": colours["critical"],
        "border": palette.accent,
        "border-blurred": palette.frame,
        "scrollbar": palette.frame,
        "scrollbar-hover": palette.frame,
        "scrollbar-active": palette.accent,
        **dict.fromkeys(
            (
                "scrollbar-background",
                "scrollbar-background-hover",
                "scrollbar-background-active",
                "scrollbar-corner-color",
            ),
            palette.background,
        ),
        "input-cursor-background": text,
        "input-cursor-foreground": palette.background,
        "input-cursor-text-style": "reverse" if palette.ansi else "none",
        "input-selection-background": palette.selection or text,
        "input-selection-foreground": text if palette.selection else palette.background,
    }
    if palette.ansi:
        variables["input-cursor-background"] = variables["input-cursor-foreground"] = "ansi_default"
        variables["ansi-background"] = "ansi_black" if palette.dark else "ansi_white"
        variables["ansi-foreground"] = "ansi_white" if palette.dark else "ansi_black"
    return Theme(
        name=name,
        primary=palette.accent,
        secondary=palette.accent,
        accent=palette.accent,
        warning=colours["warning"],
        error=colours["critical"],
        success=colours["good"],
        foreground=text,
        background=palette.background,
        surface=palette.background,
        panel=palette.raised,
        boost=palette.background,
        dark=palette.dark,
        ansi=palette.ansi,
        variables=variables,
    )


THEMES: Mapping[str, Theme] = {name: _theme(name, palette) for name, palette in PALETTES.items()}


def install(app: "App[Any]", name: str = DEFAULT) -> None:
    """Give the app our themes and the one named; call it at the end of the app's `__init__`.

    Our variables must be known before the stylesheets are read, hence the second step.
    """
    for theme in THEMES.values():
        app.register_theme(theme)
    begin_with_theme(app, name)
    app.stylesheet.set_variables(app.get_css_variables())
