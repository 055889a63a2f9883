"""Whose token it is, and what that user may see, by role and inbox."""

from collections.abc import Mapping

import msgspec

from tui.identity import Measure, ScopeKind, Slot, account, inbox, status, team
from tui.measures import AVAILABILITIES
from tui.simulator.conversations import Cell
from tui.simulator.ledger import Ledger, Test
from tui.simulator.people import AccountSpec, Agent

AVAILABILITY_OF = {measure: word for word, measure in AVAILABILITIES.items()}


class User(msgspec.Struct, frozen=True):
    """Somebody with a token; `kind` is user or bot."""

    id: int
    name: str
    email: str
    token: str
    kind: str = "user"


class View:
    """An account through the eyes of one member: administrators see all, others their inboxes."""

    def __init__(self, spec: AccountSpec, member: Agent) -> None:
        self.spec = spec
        self.member = member
        self.sees_all = "administrator" in member.roles
        self.reports = bool(member.roles & {"administrator", "supervisor"})
        """Whether reports are answered."""
        self.inboxes = frozenset(inbox.id for inbox in spec.inboxes) if self.sees_all else member.inboxes

    def test(self, slot: Slot) -> Test | None:
        """What a conversation must be to count for `slot`; None if the slot counts no conversations."""
        kind, word, measure = slot.scope.kind, slot.scope.id, slot.measure
        inboxes, me = self.inboxes, self.member.id
        if kind is ScopeKind.STATUS:
            if word == "all":
                return lambda cell: cell.inbox in inboxes
            return lambda cell: cell.status == word and cell.inbox in inboxes
        base = _measure_test(measure, me)
        if base is None:
            return None
        match kind:
            case ScopeKind.ACCOUNT:
                return lambda cell: cell.status == "open" and cell.inbox in inboxes and base(cell)
            case ScopeKind.TEAM:
                team = int(word)
                return lambda cell: (
                    cell.status == "open" and cell.team == team and cell.inbox in inboxes and base(cell)
                )
            case ScopeKind.INBOX:
                inbox = int(word)
                return lambda cell: (
                    cell.status == "open" and cell.inbox == inbox and inbox in inboxes and base(cell)
                )
            case _:
                agent = int(word)
                # Reports, which tell it, leave out no inbox.
                return lambda cell: cell.status == "open" and cell.assignee == agent and base(cell)

    def slots(self, statuses: tuple[str, ...]) -> list[Slot]:
        """Every figure the account has for this member."""

        measures = (Measure.MINE, Measure.ASSIGNED, Measure.UNASSIGNED, Measure.OPEN, Measure.QUEUED)
        found = [account(measure) for measure in measures]
        found += [account(measure) for measure in AVAILABILITY_OF]
        found += [status(word) for word in statuses]
        for measure in (Measure.OPEN, Measure.UNASSIGNED):
            found += [team(each.id, measure) for each in self.spec.teams]
            found += [inbox(each.id, measure) for each in self.spec.inboxes if each.id in self.inboxes]
        return found

    def value(self, ledger: Ledger, slot: Slot) -> float:
        """The figure at the ledger's present; KeyError for one no conversation or agent gives."""
        word = AVAILABILITY_OF.get(slot.measure)
        if word is not None and slot.scope.kind is ScopeKind.ACCOUNT:
            return float(sum(1 for value in ledger.availability.values() if value == word))
        test = self.test(slot)
        if test is None:
            raise KeyError(slot.name)
        return float(ledger.count(test))


def _measure_test(measure: Measure, me: int) -> Test | None:
    tests: Mapping[Measure, Test] = {
        Measure.OPEN: lambda _: True,
        Measure.ALL: lambda _: True,
        Measure.MINE: lambda cell: cell.assignee == me,
        Measure.ASSIGNED: lambda cell: cell.assignee != 0,
        Measure.UNASSIGNED: lambda cell: cell.assignee == 0,
        Measure.QUEUED: _unanswered,
    }
    return tests.get(measure)


def _unanswered(cell: Cell) -> bool:
    return cell.unanswered
