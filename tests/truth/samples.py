"""Whether what was recorded is true: charts, replays and exports tell nothing else."""

import random
from collections.abc import Iterator

from tests.truth.bench import ANSWERED_WITHIN, WAITS_SLACK, Bench, slot_named
from tests.truth.reports import OF_TODAY
from tui.identity import AccountRef, Measure, ScopeKind
from tui.measures import SERVICE
from tui.monitor.history.history import PROMPT
from tui.monitor.history.reader import Exported, everything

LOOKED_AT = 400
"""Samples of a run that are compared; looking at all would take longer than the run."""
BOUNDED = {Measure.LONGEST, Measure.BACKLOG}
OTHER = {Measure.OVER_TARGET, *OF_TODAY, *SERVICE}
"""Not told by the ledger."""


async def wrong_samples(bench: Bench, rng: random.Random) -> list[str]:
    """What the history has kept and the server never held then."""
    history = bench.stage.app.context.history
    if history is None or bench.was_set:
        return []
    await history.flush()
    kept = await history.ask(lambda connection: list(everything(connection, 0.0)))
    chosen = rng.sample(kept, min(LOOKED_AT, len(kept)))
    refs = {(bench.origin(ref), ref.account_id, bench.record(ref).viewer_id): ref for ref in bench.refs}
    wrong: list[str] = []
    for exported in chosen:
        ref = refs.get((exported.origin, exported.account_id, exported.viewer_id))
        if ref is None:
            wrong.append(f"a sample of no account: {exported}")
        else:
            wrong += _wrong(exported, ref, bench)
    return wrong


def _wrong(exported: Exported, ref: AccountRef, bench: Bench) -> Iterator[str]:
    slot, since = slot_named(exported.figure), bench.now - (bench.wall - exported.at)
    if slot is None or slot.measure in OTHER or slot.scope.kind is ScopeKind.AGENT:
        return
    record, start = bench.record(ref), bench.kept(ref, since - 1.0)
    if start is None:
        return
    if since > bench.known(ref).confirmed:
        bench.tally.seen["samples of a reach not confirmed since, not judged"] += 1
        return
    end = start + PROMPT + 2.0
    marks = frozenset({exported.reach}) | bench.marks_untold(ref, start, exported.reach)
    where = f"{ref} recorded {exported.figure} = {exported.mean:g}{' at least' if exported.at_least else ''}"
    if slot.measure in BOUNDED:
        lying = slot.measure is Measure.BACKLOG
        bounds = record.backlog(start, end, marks) if lying else record.waits(slot, start, end, marks)
        unsure = 0.0 if lying else WAITS_SLACK
        if bounds is not None:
            bench.tally.seen["samples, bounded"] += 1
            if exported.mean > bounds[1] + unsure or (
                not exported.at_least and exported.mean + unsure < bounds[0]
            ):
                yield f"{where}, the truth lay in {bounds}"
        return
    held = bench.held(exported.figure, ref, since - 1.0, since + ANSWERED_WITHIN + 1.0, marks)
    if held is not None:
        bench.tally.seen["samples, exact"] += 1
        if exported.mean not in held and not (exported.at_least and exported.mean < max(held, default=0)):
            yield f"{where}, the server held {sorted(held)} for {exported.reach or 'all'}"
