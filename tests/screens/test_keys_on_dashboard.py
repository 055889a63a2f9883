"""Every key of the dashboard: what a person sees after pressing it."""

import random
import re

import pytest
from textual import events

from tests.stage import Stage, on_stage

AGENTS = ("shift+tab", "shift+tab")
"""From the teams over the figures to the agents."""


def row(stage: Stage) -> str:
    """The row under the cursor, from its mark on."""
    rows = [line.partition("▌")[2].partition("│")[0] for line in stage.lines() if "▌" in line]
    assert len(rows) <= 1
    return rows[0].strip() if rows else ""


def figure(stage: Stage) -> str:
    """The name of the figure under the cursor."""
    for strip in stage.app.screen._compositor.render_strips():
        for segment in strip:
            style = segment.style
            if style is not None and style.reverse and "figure" in style.meta:
                return str(style.meta["figure"])
    return ""


def title(stage: Stage, word: str) -> str:
    """What the border says after `word`, up to the next border."""
    match = re.search(rf"{word} \d+([^─]*)", stage.text())
    return match[1].strip() if match else ""


def names(stage: Stage, word: str) -> list[str]:
    """What stands in the first column of the table titled `word`."""
    pane = next(pane for pane in stage.dashboard.tables.all if pane.word == word)
    return [row.cells[0].line[0].text for row in pane.table.rows]


async def test_tab_goes_round_the_panes_and_shift_tab_back() -> None:
    async with on_stage() as stage:
        here = [row(stage) or figure(stage)]
        for key in ("tab", "tab", "tab", "tab", "shift+tab", "shift+tab"):
            await stage.press(key)
            here.append(row(stage) or figure(stage))
            assert bool(row(stage)) != bool(figure(stage))
        starts = [
            "partners",
            "Website Chat",
            "Ada Brandt",
            "unassigned",
            "partners",
            "unassigned",
            "Ada Brandt",
        ]
        assert [place[: len(start)] for place, start in zip(here, starts, strict=True)] == starts


async def test_where_only_one_table_fits_tab_opens_it_and_folds_the_others() -> None:
    async with on_stage(size=(80, 24)) as stage:
        assert "╭─ Teams 8" in stage.text()
        assert "╭─ Agents" not in stage.text()
        await stage.press("tab")
        assert "╭─ Inboxes 4" in stage.text()
        await stage.press("tab")
        assert "╭─ Agents 42" in stage.text()
        assert "Teams 8" in stage.lines()[-3]


async def test_rows_are_reached_by_letters_arrows_pages_and_ends() -> None:
    async with on_stage() as stage:
        await stage.press(*AGENTS)
        agents = names(stage, "Agents")
        page = 0
        for key, there in [
            ("j", 1), ("down", 2), ("k", 1), ("up", 0), ("up", 0), ("G", 41), ("j", 41), ("g", 0),
            ("end", 41), ("home", 0),
        ]:  # fmt: skip
            await stage.press(key)
            assert row(stage).startswith(agents[there][:10]), key
        await stage.press("pagedown")
        page = agents.index(next(name for name in agents if row(stage).startswith(name[:10])))
        assert page > 10
        await stage.press("pageup")
        assert row(stage).startswith(agents[0])


async def test_figures_are_stepped_through_like_rows() -> None:
    async with on_stage() as stage:
        await stage.press("shift+tab")
        first = figure(stage)
        await stage.press("j")
        second = figure(stage)
        assert first == "unassigned" != second
        await stage.press("k")
        assert figure(stage) == first


async def test_v_shows_one_availability_after_the_other() -> None:
    async with on_stage() as stage:
        shown: list[int] = []
        for word in ("online", "busy", "away", "offline", "other"):
            await stage.press("v")
            match = re.match(rf"· (\d+) of 42 {word}", title(stage, "Agents"))
            assert match, title(stage, "Agents")
            shown.append(int(match[1]))
            assert (f" {word}" in row(stage)) == (shown[-1] > 0)
        assert sum(shown) == 42
        await stage.press("v")
        assert not title(stage, "Agents").startswith("·")
        await stage.press("v", "escape")
        assert not title(stage, "Agents").startswith("·")


async def test_s_sorts_by_the_next_column_and_capital_s_turns_round() -> None:
    async with on_stage() as stage:
        as_given = names(stage, "Teams")
        await stage.press("s")
        assert names(stage, "Teams") == sorted(as_given)
        assert "team▲" in stage.text()
        await stage.press("S")
        assert names(stage, "Teams") == sorted(as_given, reverse=True)
        assert "team▼" in stage.text()
        await stage.press("s")
        assert "▼unassigned" in stage.text()
        await stage.press("s", "s", "s", "s")
        assert names(stage, "Teams") == as_given


async def test_slash_filters_as_one_types_and_escape_shows_all_again() -> None:
    async with on_stage() as stage:
        for key, typed, count in [("b", "b", 2), ("i", "bi", 1), ("x", "bix", 0), ("backspace", "bi", 1)]:
            await stage.press(*(("slash", key) if key == "b" else (key,)))
            assert title(stage, "Teams") == f'· {count} of 8 "{typed}"'
            assert ("No row matches" in stage.text()) == (count == 0)
        await stage.press("enter")
        assert row(stage).startswith("billing")
        assert title(stage, "Teams") == '· 1 of 8 "bi"'
        await stage.press("escape")
        assert title(stage, "Teams") == ""
        assert len(names(stage, "Teams")) == 8
        await stage.press("slash", *"!bi", "down")
        assert title(stage, "Teams") == '· 7 of 8 "!bi"'
        await stage.press("slash", "escape")
        assert title(stage, "Teams") == ""


async def test_what_is_typed_ahead_goes_where_it_was_meant_to_go() -> None:
    async with on_stage() as stage:
        for key, character in [("slash", "/"), *((letter, letter) for letter in "orae")]:
            stage.app.post_message(events.Key(key, character))
        await stage.pilot.pause()
        assert "Support EU" in stage.lines()[0]
        assert stage.dashboard.teams.typed == "orae"
        await stage.press("escape")
        for key, character in [("colon", ":"), *((letter, letter) for letter in "desk")]:
            stage.app.post_message(events.Key(key, character))
        await stage.pilot.pause()
        await stage.press("enter")
        assert "Service Desk" in stage.lines()[0]


async def test_r_asks_at_once_and_p_holds_everything_until_p() -> None:
    async with on_stage() as stage:
        await stage.run_for(5)
        asked = len(stage.transport.requests)
        await stage.press("r")
        await stage.run_for(1)
        assert len(stage.transport.requests) > asked
        assert "as of 12:00:08" in stage.lines()[0]
        await stage.press("p")
        assert "paused" in stage.lines()[0]
        asked = len(stage.transport.requests)
        await stage.run_for(120, step=20)
        assert len(stage.transport.requests) == asked
        assert "out of date, 1 min" in stage.lines()[0]
        await stage.press("p")
        await stage.run_for(5)
        assert "paused" not in stage.lines()[0]
        assert "as of 12:02:0" in stage.lines()[0]


async def test_accounts_and_environments_have_keys_in_both_directions() -> None:
    async with on_stage(size=(80, 24), settle=1) as stage:
        for key, name in [
            ("a", "Support US"), ("a", "Pilot Lab"), ("a", "Retail Europe"), ("A", "Pilot Lab"),
            ("e", "Retail Europe"), ("e", "Service Desk"), ("e", "Pilot Lab"), ("E", "Service Desk"),
            ("1", "Support EU"), ("5", "Retail Nordics"), ("9", "Retail Nordics"),
        ]:  # fmt: skip
            await stage.press(key)
            assert name in stage.lines()[0], key


async def test_the_go_to_box_leads_everywhere() -> None:
    async with on_stage() as stage:
        for opener, typed, expected in [
            ("colon", "retailnordics", "Retail Nordics"),
            ("ctrl+p", "onprem", "Service Desk"),
            ("colon", "support eu", "Support EU"),
        ]:
            await stage.press(opener)
            assert "Go to" in stage.text()
            await stage.press(*("space" if letter == " " else letter for letter in typed), "enter")
            assert "Go to" not in stage.text()
            assert expected in stage.lines()[0]
        await stage.run_for(1)
        await stage.press("colon", *"theonovak", "enter")
        assert row(stage).startswith("Theo Novák")
        await stage.press("colon", *"billing", "enter")
        assert row(stage).startswith("billing")
        await stage.press("colon", *"pauseor", "enter")
        assert "paused" in stage.lines()[0]
        await stage.press("colon", "q", "escape")
        assert "Go to" not in stage.text()
        assert stage.app.is_running


async def test_help_names_the_keys_and_closes() -> None:
    async with on_stage(settle=0) as stage:
        for closer in ("question_mark", "escape", "q"):
            await stage.press("question_mark")
            for words in ("Next account", "Next row"):
                assert words in stage.text()
            await stage.press(closer)
            assert "Next account" not in stage.text()
            assert stage.app.is_running


@pytest.mark.parametrize("keys", [("q",), ("ctrl+c",), ("colon", "ctrl+c"), ("question_mark", "ctrl+c")])
async def test_the_keys_that_quit(keys: tuple[str, ...]) -> None:
    async with on_stage(settle=0) as stage:
        await stage.press(*keys)
        assert stage.app.return_code == 0
        assert stage.app._exit


RANDOM = [
    *"jkgGvsSrpaAeE123459/:?!", *"bilo", "tab", "shift+tab", "enter", "escape", "backspace", "up", "down",
    "home", "end", "pageup", "pagedown", "left", "right", "space", "ctrl+p", "delete",
]  # fmt: skip
NAMES = {"/": "slash", ":": "colon", "?": "question_mark", "!": "exclamation_mark"}


async def test_five_hundred_random_keys_neither_crash_nor_blank_the_screen() -> None:
    rng = random.Random(11)
    async with on_stage(size=(80, 24)) as stage:
        for burst in range(50):
            for key in rng.choices(RANDOM, k=10):
                character = key if len(key) == 1 else " " if key == "space" else None
                stage.app.post_message(events.Key(NAMES.get(key, key), character))
            await stage.clock.advance(1)
            await stage.pilot.pause()
            assert stage.app.is_running
            assert sum(line.strip() != "" for line in stage.lines()) > 8, burst
        await stage.press(*["escape"] * 4)
        await stage.run_for(2)
        assert "Conversations" in stage.text()
        assert stage.figures()["unassigned"].isdecimal()
