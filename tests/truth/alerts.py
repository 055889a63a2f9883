"""Whether the list of alerts tells the truth: whose each is, since when, and the figures it fired at."""

import re
from collections.abc import Iterator
from datetime import tzinfo

from tests.truth.bench import ANSWERED_WITHIN, MINUTE, RECORDED_WITHIN, SLACK, Bench, span
from tests.truth.record import AccountRecord, mark_of
from tests.truth.segments import TableRow, rows_of, table, top, whole
from tui.config.conditions import Comparison
from tui.identity import AccountRef, Measure, Scope, ScopeKind
from tui.monitor.alerts.engine import Alert
from tui.monitor.alerts.rules import DERIVED, slot_of
from tui.screens.alerts import AlertsScreen
from tui.screens.base import TICK
from tui.text import safe_line
from tui.widgets import themes

_SINCE = re.compile(r"(\d\d:\d\d)(?: \S+)?$")
_OVER = re.compile(r"over (\d\d:\d\d)$")
_FIGURE = re.compile(r"([a-z_ ]+?) ((?:≥ )?(?:\d[\d\u202f]*(?: h \d\d| [dms])?|none))$")
FIRING = frozenset({"new", "acknowledged", "old figures"})
"""States of what fires; all else says when, or why, it was over."""
_TITLE = re.compile(r"Alerts (\d+)")


class AlertsJudge:
    """Compares the list of alerts with what the servers held when each of them fired."""

    def __init__(self, bench: Bench, screen: AlertsScreen) -> None:
        self._bench = bench
        self._screen = screen

    def look(self) -> list[str]:
        """What is wrong in the list just now."""
        bench, pane = self._bench, self._screen.pane
        bench.tally.screens["alerts"] += 1
        bench.sample()
        rows = rows_of(self._screen)[pane.region.y : pane.region.bottom]
        stale = themes.style_of("stale", bench.stage.app.theme).color
        title = _TITLE.search(top("\n".join("".join(segment.text for segment in row) for row in rows)))
        alerts = bench.stage.app.context.alerts
        assert alerts is not None
        known = {alert.id: alert for alert in (*alerts.active(), *(past.alert for past in alerts.past()))}
        wrong = []
        firing = 0
        for row in table(rows, stale):
            if not isinstance(row.key, int):
                continue
            firing += row.cells["state"].text in FIRING if "state" in row.cells else 0
            if row.key not in known:
                wrong.append(f"alert {row.key} is none")
                continue
            wrong += [f"alert {row.key}: {sentence}" for sentence in self._row(row, known[row.key])]
        if title is not None and firing > int(title[1]):
            wrong.append(f"{firing} alerts fire below the title {title[0]}")
        return [f"alerts: {sentence}" for sentence in wrong]

    def _row(self, row: TableRow, alert: Alert) -> Iterator[str]:
        bench, ref = self._bench, alert.ref
        if bench.config.environment(ref.environment) is None:
            yield f"of no environment: {ref}"
            return
        texts = {name: cell.text for name, cell in row.cells.items()}
        record = bench.record(ref)
        yield from _named(texts, alert, record)
        since = _SINCE.match(texts.get("since", ""))
        if since is None or bench.was_set:
            bench.tally.seen["alerts without a moment that can be judged"] += 1
            return
        then = bench.since(since[1], self._zone(ref))
        if then > bench.now + SLACK:
            yield f"fired at {since[1]}, in the future"
        scope, fires = alert.subject.scope, texts.get("state") in FIRING
        if fires and scope.kind is ScopeKind.TEAM and int(scope.id) in bench.known(ref).gone:
            yield f"fires for team {scope.id}, which is gone"
        yield from self._lasted(texts, then, ref)
        if alert.since < bench.swapped.get(ref.environment, 0.0):
            bench.tally.seen["alerts of the user before, not judged"] += 1
            return
        for name, text in _figures(texts.get("figures", "")):
            yield from self._figure(name, text, then, alert)

    def _zone(self, ref: AccountRef) -> tzinfo:
        """One for all rows: that of the account last looked at."""
        return self._bench.zone(self._bench.stage.monitor.looking or ref)

    def _lasted(self, texts: dict[str, str], then: float, ref: AccountRef) -> Iterator[str]:
        """How long must fit between the minute in which it fired and now, or the minute it was over."""
        lasted, bench, state = span(texts.get("lasted", "")), self._bench, texts.get("state", "")
        over = _OVER.match(state)
        # Of what ended for another reason the list says why, not when.
        if lasted is None or (over is None and state not in FIRING):
            return
        end = bench.now if over is None else bench.since(over[1], self._zone(ref))
        least, most = end - then - MINUTE, end - then + (0 if over is None else MINUTE)
        coarse = 5.0 if texts["lasted"].endswith(" s") else 0.0
        bench.tally.figures += 1
        bench.tally.seen["how long alerts last"] += 1
        if lasted[0] > most + SLACK or lasted[1] + coarse + TICK + SLACK < least:
            yield f"lasts {texts['lasted']}, fired at {texts['since']}, {least:.0f} to {most:.0f} s"

    def _figure(self, name: str, text: str, then: float, alert: Alert) -> Iterator[str]:
        bench, where = self._bench, f"{alert.ref} {alert.rule.text!r} fired at {name} {text}"
        bench.tally.figures += 1
        if name in DERIVED:
            bench.tally.seen["what only the history knows, not judged"] += 1
            return
        slot = slot_of(name, alert.subject.scope)
        for comparison in alert.rule.when:
            if comparison.figure == name and not _holds(comparison, text):
                yield f"{where}, which is not {comparison.op} {comparison.value:g}"
        told = f"{text}/—" if slot.measure is Measure.MEMBERS_ONLINE else text
        bench.tally.seen["figures of alerts"] += 1
        # A figure is asked for before it makes an alert fire, and counts as live for two periods.
        since = then - RECORDED_WITHIN - SLACK
        until, record = then + MINUTE + ANSWERED_WITHIN, bench.record(alert.ref)
        # It may have fired at what was seen with another reach than now.
        every = frozenset(mark_of(sight.view) for sight in record.sights(float("-inf"), float("inf")))
        yield from bench.value(slot.name, told, where, since, alert.ref, until, every)


def _named(texts: dict[str, str], alert: Alert, record: AccountRecord) -> Iterator[str]:
    """That account, team and inbox are called so, as far as there is room for their names."""
    names = (record.spec.name, f"account {alert.ref.account_id}")
    places = [f"{alert.ref.environment} · {name}" for name in names]
    if not any(_begins(place, texts.get("account", place)) for place in places):
        yield f"stands under {texts['account']}, and is of {places[0]}"
    called = _called(alert.subject.scope, record)
    wanted = f"{called}: {alert.rule.text}" if called else alert.rule.text
    if not _begins(wanted, texts.get("matter", wanted)):
        yield f"is told as {texts['matter']!r}, and is {wanted!r}"


def _called(scope: Scope, record: AccountRecord) -> str:
    names = {(ScopeKind.TEAM, str(team.id)): team.name for team in record.spec.teams}
    names |= {(ScopeKind.INBOX, str(inbox.id)): inbox.name for inbox in record.spec.inboxes}
    return safe_line(names.get((scope.kind, scope.id), ""))


def _begins(wanted: str, text: str) -> bool:
    return text == wanted or (text.endswith("…") and wanted.startswith(text[:-1].rstrip()))


def _figures(text: str) -> Iterator[tuple[str, str]]:
    """Each figure by its name in conditions; the last one may be cut off."""
    for part in text.split(", "):
        match = _FIGURE.match(part)
        if match is not None:
            yield match[1].replace(" ", "_"), match[2]


def _holds(comparison: Comparison, text: str) -> bool:
    bare = text.removeprefix("≥ ")
    if span(bare) is None:
        return comparison.holds(float(whole(bare)))
    least, most = span(bare) or (0.0, 0.0)
    return any(comparison.holds(figure) for figure in (least, (least + most) / 2, most))
