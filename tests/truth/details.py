"""Whether the details of one conversation tell the truth: where it stood, and its times."""

from collections.abc import Iterator
from datetime import datetime, tzinfo

from tests.truth.bench import SLACK, Bench
from tests.truth.conversations import same, words
from tests.truth.record import AccountRecord
from tests.truth.segments import block, bottom, moment, rows_of, top
from tui.identity import AccountRef
from tui.panes.conversation_list.details import LABEL
from tui.screens.conversation import ConversationScreen
from tui.simulator.conversations import Plan
from tui.simulator.threads import last_activity


class DetailsJudge:
    """Compares one conversation with its life in the simulator."""

    def __init__(self, bench: Bench, screen: ConversationScreen) -> None:
        self._bench = bench
        self._screen = screen

    def look(self) -> list[str]:
        """What is wrong in the details just now."""
        bench, screen = self._bench, self._screen
        bench.tally.screens["conversation"] += 1
        ref, rows = screen.ref, rows_of(screen)
        text = block(rows, screen.box)
        if ref is None or screen.listed is None:
            return ["details of no conversation"]
        number = screen.listed.conversation.id
        if f"Conversation {number} " not in top(text):
            return [f"details of {number} under the title {top(text)}"]
        record = bench.record(ref)
        record.sample()
        told = moment(bottom(text))
        if told.as_of:
            since = bench.since(told.as_of, bench.zone(ref))
        elif told.age is not None:
            since = bench.by_age(told.age)
        else:
            return [f"details without a moment: {bottom(text)}"]
        lines = (word.strip("│┃ ") for word in text.split("\n")[1:-1])
        shown = {line[: LABEL - 1].strip(): line[LABEL:].strip() for line in lines if line}
        return [
            f"conversation {number} of {ref}: {wrong}"
            for wrong in self._wrongs(shown, number, since, ref, record)
        ]

    def _wrongs(
        self, shown: dict[str, str], number: int, since: float, ref: AccountRef, record: AccountRecord
    ) -> Iterator[str]:
        bench = self._bench
        if since > bench.now + SLACK:
            yield "a moment in the future"
        kept = bench.kept(ref, since)
        if kept is None:
            return
        cells, plan = record.cells(number, kept), record.plans.get(number)
        if cells is None or plan is None:
            yield "nobody knows it"
            return
        bench.tally.figures += len(shown)
        bench.tally.seen["lines of a conversation"] += len(shown)
        inside = {"status": "status", "team": "team"}
        fitting = [
            cell
            for cell in cells
            if cell is not None
            and all(
                same(shown[label], wanted) or (label == "team" and "" in wanted and shown[label] == "none")
                for word, wanted in words(cell, record)
                if (label := inside.get(word, "")) in shown
            )
        ]
        if not fitting:
            yield f"shown as {shown}, stood at {cells}"
        yield from self._times(shown, plan, kept, ref, record)

    def _times(
        self, shown: dict[str, str], plan: Plan, since: float, ref: AccountRef, record: AccountRecord
    ) -> Iterator[str]:
        now, ahead = record.world.moment(), record.world.shift
        moments = sorted({since, now, *(at for at in plan.times if since < at < now)})
        moments = sorted({*moments, *(at for at, _ in plan.messages(now) if since < at < now)})
        waits = {record.waits_since(plan, instant) for instant in moments}
        possible: dict[str, set[float]] = {
            "created": {plan.created},
            "first reply": {plan.first_reply},
            "last activity": {last_activity(plan, instant) for instant in moments},
            "waiting since": {wait for wait in waits if wait is not None},
        }
        for label, times in possible.items():
            at = _told(shown.get(label, ""), self._bench.zone(ref))
            if at is not None and all(int(second - ahead) != at for second in times):
                off = sorted(second - ahead - at for second in times)
                yield f"{label} {shown[label]}, the truth is {off} s from it"


def _told(text: str, zone: tzinfo) -> float | None:
    """The Unix time of a moment in words; None where there is none."""
    try:
        return datetime.strptime(text[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone).timestamp()
    except ValueError:
        return None
