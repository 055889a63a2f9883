"""Every kind of call has a name for a person, and every figure the call that tells it."""

import pytest

from tui import identity
from tui.config.conditions import DATA_AGE, FIGURES
from tui.identity import Measure, Scope, ScopeKind, Slot
from tui.measures import IN_CONFIG, SERVICE
from tui.monitor.alerts.needs import needs_of_figure
from tui.monitor.calls import What
from tui.monitor.sources import ask_for, slots_of, source_of, sources_of
from tui.panes.wall.wall import slot_of

PARTS = {ScopeKind.TEAM: Scope(ScopeKind.TEAM, "4"), ScopeKind.INBOX: Scope(ScopeKind.INBOX, "5")}
PARTS[ScopeKind.AGENT] = Scope(ScopeKind.AGENT, "6")


@pytest.mark.parametrize("what", What)
def test_every_kind_of_call_has_a_name(what: What) -> None:
    """The status line names the call that failed; one without a name would take its answer along."""
    assert what.call.name
    assert len({what.call.name for what in What}) == len(What)


@pytest.mark.parametrize("measure", IN_CONFIG)
def test_every_figure_the_config_takes_has_a_call_wherever_it_can_stand(measure: Measure) -> None:
    for kind in measure.row.of:
        slot = Slot(PARTS[kind], measure) if kind in PARTS else identity.whole(measure)
        (what, *_) = sources_of(slot)
        ask = ask_for(what, slot)
        told_at_once = what.call.each or slot.scope.kind in what.call.parts
        assert told_at_once or slot in slots_of(ask), "a failure of the call leaves it unknown"


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("scope", [identity.ACCOUNT, *PARTS.values()], ids=lambda scope: scope.kind)
def test_every_figure_of_an_alert_is_asked_for(name: str, scope: Scope) -> None:
    if name in SERVICE:  # Every account's is read, whatever the rules are.
        assert needs_of_figure(name, scope) == set()
    elif name == DATA_AGE or scope.kind in Measure(name).row.of or Measure(name).is_of_account:
        assert needs_of_figure(name, scope)


def test_every_call_asked_for_a_figure_on_the_wall_is_asked_while_the_wall_shows_it() -> None:
    """What the wall shows is asked with the counts, with the statuses or with the reports."""
    always = {What.COUNTS, What.AGENTS, What.LONGEST}
    for measure in IN_CONFIG:
        if measure.is_of_account:
            what = source_of(slot_of(str(measure)))
            assert what is not None
            assert what in always or what.call.wanted, measure


def test_the_figures_of_yesterday_and_of_who_waits_come_from_their_own_calls() -> None:
    assert source_of(identity.account(Measure.TODAY_BEFORE)) is What.SUMMARY_BEFORE
    assert source_of(identity.account(Measure.TODAY)) is What.SUMMARY
    for measure in (Measure.WAITING, Measure.OVER_TARGET, Measure.LONGEST):
        assert source_of(identity.account(measure)) is What.LONGEST


KEPT = (
    "mine assigned unassigned open queued waiting longest over_target backlog agents_online agents_busy "
    "agents_away agents_offline members members_online today avg_first_response avg_resolution resolutions "
    "today_before avg_first_response_before avg_resolution_before resolutions_before pending snoozed "
    "resolved abandoned"
)
"""The words by which version 0.1.0 writes figures into the history and the state; `all`, its word for the
figure of a status, is read in test_files_of_before.py."""


def test_the_words_of_an_older_history_are_still_understood() -> None:
    assert {str(Measure(word)) for word in KEPT.split()} == set(KEPT.split())
