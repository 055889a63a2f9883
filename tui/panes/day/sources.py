"""Where the numbers of a row of the day come from, as `i` explains them."""

from tui import wording
from tui.monitor.service.stretches import Extent, Stretch
from tui.panes.day import rows
from tui.panes.day.rows import ShownDay
from tui.panes.level_facts import facts_of
from tui.panes.where_from import Source

KEPT = "kept in the history when it was read, and read once more in each of the two nights after"


def source_of(row: Stretch, shown: ShownDay, day: Source) -> Source:
    """What one row counts; `day` is the source of the day's level, whose call stands behind today's rows."""
    means = f"service level of the conversations created {rows.facts_title(row, shown)}"
    name, tally, live = rows.time_text(row, shown), row.tally, shown.today is not None
    if tally is None:
        return Source(name, means, wording.UNKNOWN, "unknown", "unknown", covers=day.covers, kept=True)
    facts = facts_of(tally, shown.rules, shown.goal)
    if shown.other_target is not None:
        limit = wording.limit(shown.other_target)
        facts[0] = (
            "target",
            f"{rows.OTHER_TARGET}, which says below who was in time; the level is by {limit}",
        )
    elif shown.other_rules:
        facts[0] = ("target", f"{rows.OTHER_RULES}, which say here who was in time")
    return Source(
        name=name,
        means=means,
        value=rows.level_of(tally, shown),
        look="stale" if shown.stale else "value",
        state=_state(row, shown),
        why=day.why if shown.stale else "",
        call=day.call if live else None,
        derived=day.derived if live else KEPT,
        covers=day.covers,
        curl=day.curl if live else "",
        more=facts,
        kept=not live,
    )


def _state(row: Stretch, shown: ShownDay) -> str:
    if shown.today is None:
        return "as it was kept"
    moment = wording.minute(shown.today.as_of, shown.zone)
    if shown.stale:
        return f"out of date, as of {moment}"
    return f"so far, as of {moment}" if row.known is Extent.SO_FAR else f"as of {moment}"
