"""Text can be read in every theme, whatever the terminal's colours."""

from typing import get_args

import pytest
from rich.color import ColorSystem
from textual.color import Color
from textual.css.stylesheet import Stylesheet

from tests.builders import NOW, reading, snapshot
from tests.screens.stage import Stage
from tui import identity
from tui.api.errors import NotPermittedError
from tui.app import start
from tui.config import model
from tui.identity import Measure
from tui.monitor.reading import Problem
from tui.panes.agents.agents import availability_text
from tui.panes.figures import figure
from tui.widgets import themes
from tui.widgets.painting import RolePainter
from tui.widgets.themes import PALETTES, THEMES, look_of, selection_of, style_of

OWN = [name for name, palette in PALETTES.items() if not palette.ansi]
OPEN = identity.account(Measure.OPEN)
ROLES = sorted(PALETTES["dark"].roles)
READABLE = 4.5


def contrast(colour: Color, other: Color) -> float:
    def luminance(colour: Color) -> float:
        channels = [
            value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
            for value in colour.normalized
        ]
        return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]

    light, dark = sorted((luminance(colour), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def in_256(text: str) -> Color:
    shown = Color.parse(text).rich_color.downgrade(ColorSystem.EIGHT_BIT)
    return Color.from_rich_color(shown)


@pytest.mark.parametrize("theme", OWN)
@pytest.mark.parametrize("role", ROLES)
def test_text_of_every_role_can_be_read(theme: str, role: str) -> None:
    palette = PALETTES[theme]
    grounds = {palette.background, palette.raised} | ({palette.selection} if palette.selection else set())
    needed = 7.0 if theme == "high-contrast" else READABLE
    for ground in grounds:
        colour = look_of(role, theme).colour
        assert contrast(Color.parse(colour), Color.parse(ground)) >= needed
        assert contrast(in_256(colour), in_256(ground)) >= needed


@pytest.mark.parametrize("theme", OWN)
@pytest.mark.parametrize("colour", themes.BADGE_COLOURS)
def test_badges_can_be_read(theme: str, colour: str) -> None:
    look = look_of(themes.badge(colour), theme)
    assert contrast(Color.parse(look.colour), Color.parse(look.background)) >= READABLE


@pytest.mark.parametrize("theme", OWN)
def test_colours_hardly_shift_in_256_colours(theme: str) -> None:
    palette = PALETTES[theme]
    looks = [*palette.roles.values(), *palette.badges.values()]
    colours = {palette.background, palette.raised, palette.frame, palette.accent, palette.selection}
    for text in colours | {look.colour for look in looks} | {look.background for look in looks}:
        if text:
            shifts = [
                abs(part - other) for part, other in zip(Color.parse(text).rgb, in_256(text).rgb, strict=True)
            ]
            assert max(shifts) <= 10, text
            assert shifts == [0, 0, 0] or len(set(shifts)) == 1, text


@pytest.mark.parametrize("theme", OWN)
def test_surfaces_are_neutral_grey(theme: str) -> None:
    palette = PALETTES[theme]
    for text in (palette.background, palette.raised, palette.selection, palette.frame):
        if text:
            colour = Color.parse(text)
            assert colour.r == colour.g == colour.b


def test_ansi_uses_the_terminals_own_colours_alone() -> None:
    for role in [*ROLES, *(themes.badge(colour) for colour in themes.BADGE_COLOURS)]:
        style = style_of(role, "ansi")
        for colour in (style.color, style.bgcolor):
            assert colour is None or colour.triplet is None
            assert colour is None or colour.number is None or colour.number < 16


def test_mono_uses_no_colour() -> None:
    for role in [*ROLES, *(themes.badge(colour) for colour in themes.BADGE_COLOURS)]:
        style = style_of(role, "mono")
        assert style.color is None
        assert style.bgcolor is None


def test_without_colour_attributes_tell_what_means_something_apart() -> None:
    roles = ("value", "title", "stale", "warning", "critical", "cursor", "badge-blue", "replay")
    changed = ("warning-changed", "critical-changed")
    shown = {role: frozenset(look_of(role, "mono").attributes.split()) for role in (*roles, *changed)}
    assert len(set(shown.values())) == len(shown), shown
    assert look_of("unknown", "mono") == look_of("stale", "mono")  # A figure that is none is no digit.


def test_large_figures_that_are_stale_are_dim_without_colour() -> None:
    assert style_of("stale-block", "mono").dim
    assert not style_of("critical-block", "mono").reverse


def test_what_is_reversed_stays_apart_in_a_selected_row() -> None:
    painter = RolePainter("mono", Color(0, 0, 0))
    shown = [painter.style(role, "focused") for role in ("normal", "stale", "warning", "critical", "cursor")]
    assert len({(style.reverse, style.underline, style.dim) for style in shown}) == len(shown)


@pytest.mark.parametrize("theme", THEMES)
def test_states_differ_from_a_live_figure(theme: str) -> None:
    live = style_of("value", theme)
    assert style_of("stale", theme) != live
    assert style_of("unknown", theme) != live
    assert style_of("warning", theme) not in (live, style_of("critical", theme))
    assert style_of("critical", theme) != live


@pytest.mark.parametrize("theme", THEMES)
def test_a_changed_figure_is_bold(theme: str) -> None:
    for role in ("value", "warning", "critical"):
        assert style_of(f"{role}-changed", theme).bold
        assert not style_of(role, theme).bold


@pytest.mark.parametrize("theme", THEMES)
def test_a_selected_row_looks_different(theme: str) -> None:
    selected = style_of("normal", theme) + selection_of(theme)
    assert selected != style_of("normal", theme)
    assert selected.reverse or selected.bgcolor is not None


def test_colour_blind_tells_bad_from_good_by_blue_and_orange() -> None:
    good, bad = (Color.parse(look_of(role, "colour-blind").colour) for role in ("good", "critical"))
    assert good.b > good.r
    assert bad.r > bad.b


def test_badges_by_place_go_round_and_unknown_names_are_grey() -> None:
    assert themes.badge(0) == "badge-blue"
    assert themes.badge(len(themes.BADGE_COLOURS)) == themes.badge(0)
    assert themes.badge("mauve") == "badge-grey"


def test_unknown_roles_and_themes_look_normal() -> None:
    assert look_of("no-such-role", "dark") == look_of("normal", "dark")
    assert look_of("warning", "no-such-theme") == look_of("warning", "dark")


def test_each_availability_has_a_shape_of_its_own() -> None:
    words = ("online", "busy", "away", "offline", "in_a_meeting")
    assert [availability_text(word)[0] for word in words] == ["●", "◐", "◌", "○", "?"]


@pytest.mark.parametrize("theme", THEMES)
def test_each_state_of_a_figure_looks_different(theme: str) -> None:
    refused = Problem(NotPermittedError("This role may not see it."), NOW)
    known = [
        reading(162),
        reading(162, changed=True),
        reading(162, age=900),
        reading(None),
        reading(None, problem=refused),
    ]
    shown = [
        figure(snapshot({}), OPEN, NOW),
        *(figure(snapshot({OPEN: reading}), OPEN, NOW) for reading in known),
    ]
    looks = {tuple((part.text, str(style_of(part.role, theme))) for part in line) for line in shown}
    assert len(looks) == 6


def test_the_themes_of_the_config_are_those_there_are() -> None:
    assert tuple(THEMES) == get_args(model.Theme) == start.THEMES


@pytest.mark.parametrize("theme", sorted(THEMES))
async def test_the_first_theme_is_there_without_reading_the_stylesheets_twice(
    theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_again: list[str] = []
    monkeypatch.setattr(Stylesheet, "reparse", lambda _: read_again.append("all of them"))
    stage, later = Stage(theme=theme), Stage(theme=next(name for name in THEMES if name != theme))
    async with stage.run_test():
        assert not read_again
        begun = stage.screen.styles.background, *map(vars, stage._filters), stage.classes
    monkeypatch.undo()
    async with later.run_test() as pilot:
        later.theme = theme
        await pilot.pause()
        changed = later.screen.styles.background, *map(vars, later._filters), later.classes
    assert [str(style) for style in begun] == [
        str(style - {f"-theme-{theme}"} if isinstance(style, frozenset) else style) for style in changed
    ]
