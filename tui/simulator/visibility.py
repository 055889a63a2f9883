"""Whose token it is, and what that user may see, by role and inbox."""

import msgspec

from tui.identity import Measure, ScopeKind, Slot, account, inbox, status, team
from tui.measures import AVAILABILITIES, Listed
from tui.simulator.conversations import Cell
from tui.simulator.ledger import Ledger, Test
from tui.simulator.people import AccountSpec, Agent

AVAILABILITY_OF = {measure: word for word, measure in AVAILABILITIES.items()}
COUNTED = tuple(measure for measure in Measure if measure.row.listed and measure.row.listed.kept == "all")
"""What is as many as are in a list, which the server counts."""


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
        inboxes = self.inboxes
        listed = measure.row.listed
        if measure not in COUNTED or listed is None:
            return None
        status, base = listed.status, _test(listed, self.member.id)
        match kind:
            case ScopeKind.ACCOUNT | ScopeKind.STATUS:
                return lambda cell: cell.status == status and cell.inbox in inboxes and base(cell)
            case ScopeKind.TEAM:
                team = int(word)
                return lambda cell: (
                    cell.status == status and cell.team == team and cell.inbox in inboxes and base(cell)
                )
            case ScopeKind.INBOX:
                inbox = int(word)
                return lambda cell: (
                    cell.status == status and cell.inbox == inbox and inbox in inboxes and base(cell)
                )
            case _:
                agent = int(word)
                # Reports, which tell it, leave out no inbox.
                return lambda cell: cell.status == status and cell.assignee == agent and base(cell)

    def slots(self, statuses: tuple[str, ...]) -> list[Slot]:
        """Every figure the account has for this member, of those in these statuses."""
        slots = [account(measure) for measure in COUNTED if not measure.is_status]
        slots += [account(measure) for measure in AVAILABILITY_OF]
        slots += [status(measure) for measure in COUNTED if measure.is_status and measure in statuses]
        for measure in (measure for measure in COUNTED if ScopeKind.TEAM in measure.row.of):
            slots += [team(group.id, measure) for group in self.spec.teams]
            slots += [inbox(listed.id, measure) for listed in self.spec.inboxes if listed.id in self.inboxes]
        return slots

    def value(self, ledger: Ledger, slot: Slot) -> float:
        """The figure at the ledger's present; KeyError for one no conversation or agent gives."""
        word = AVAILABILITY_OF.get(slot.measure)
        if word is not None and slot.scope.kind is ScopeKind.ACCOUNT:
            return float(sum(1 for value in ledger.availability.values() if value == word))
        test = self.test(slot)
        if test is None:
            raise KeyError(slot.name)
        return float(ledger.count(test))


def _test(listed: Listed, me: int) -> Test:
    """What puts a conversation of its status into a list."""
    if listed.conversation_type == "unattended":
        return _unanswered
    match listed.assignee_type:
        case "me":
            return lambda cell: cell.assignee == me
        case "assigned":
            return lambda cell: cell.assignee != 0
        case "unassigned":
            return lambda cell: cell.assignee == 0
        case _:
            return lambda _: True


def _unanswered(cell: Cell) -> bool:
    return cell.unanswered
