"""The panes of an account's parts: each owns its kind, its items, and what stands behind its rows."""

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from tui.config.columns import INBOXES, TEAMS
from tui.identity import HEADLINE, Measure, Scope, ScopeKind, Slot
from tui.monitor.calls import EVERYTHING
from tui.monitor.history.direction import Course
from tui.monitor.reading import AccountSnapshot, Listing
from tui.panes import inboxes, teams
from tui.panes.alarms import AlarmOf
from tui.panes.header import Place
from tui.panes.table_pane import TablePane, Title

if TYPE_CHECKING:
    from tui.panes.where_from import Curl, Source


class AccountPane(TablePane):
    """Rows of one kind of part; each row stands for the part's open conversations."""

    kind: ScopeKind
    explained: tuple[Measure, ...] = ()
    """The figures of a row whose sources are told."""
    listed: str
    """What its list is a list of."""

    @abstractmethod
    def items(self, snapshot: AccountSnapshot) -> Listing[Any]:
        """The parts the server named."""

    @property
    def row(self) -> int | None:
        """The part under the cursor; None where there is no row."""
        key = self.table.selected
        return key if isinstance(key, int) else None

    @property
    def slot(self) -> Slot | None:
        """The figure that the row under the cursor stands for."""
        return next(map(self._of_row, EVERYTHING), None)

    @property
    def charted(self) -> Slot | None:
        """What is charted of the row under the cursor."""
        return self._of_row(HEADLINE.measure)

    def _of_row(self, measure: Measure) -> Slot | None:
        return None if self.row is None else Slot(Scope(self.kind, str(self.row)), measure)

    @property
    def shows_levels(self) -> bool:
        """Whether there is room for service level."""
        return "level" in self.table.shown_columns

    def name_of_row(self, snapshot: AccountSnapshot) -> str | None:
        """What the part under the cursor is called; None where there is none."""
        part = self.items(snapshot).get(self.row)
        return None if part is None else part.name

    def named(self, snapshot: AccountSnapshot) -> str:
        """What is explained: the part under the cursor, else all of them."""
        return self.name_of_row(snapshot) or self.word

    def copied(self, snapshot: AccountSnapshot) -> tuple[str, str] | None:
        """What is copied of the row under the cursor, and what that is called; None where there is none."""
        name = self.name_of_row(snapshot)
        return None if name is None else (name, f'"{name}"')

    nothing_to_copy = "There is no row to copy."

    def sources(self, snapshot: AccountSnapshot, now: float, curl: "Curl") -> "list[Source]":
        """Where the figures of the row under the cursor come from, then where the rows do."""
        # Not before: a start would read what `i` alone needs.
        from tui.panes.where_from import of_figure, of_list

        slots = [slot for slot in map(self._of_row, self.explained) if slot is not None]
        figures = [of_figure(snapshot, slot, now, curl) for slot in slots]
        return [*figures, of_list(snapshot, self.items(snapshot), self.word.lower(), self.listed, now, curl)]


class TeamsPane(AccountPane):
    """Teams of the account."""

    columns = TEAMS
    word = "Teams"
    kind = ScopeKind.TEAM
    explained = teams.MEASURES
    listed = "all teams of the account"

    def items(self, snapshot: AccountSnapshot) -> Listing[Any]:
        """The account's teams."""
        return snapshot.teams

    def draw(
        self, snapshot: AccountSnapshot, where: Place, *, alarm: AlarmOf, course: Course, narrowed: bool
    ) -> None:
        """Show a row a team; `narrowed` where one inbox, and no team's part of it, stands beside them."""
        self.show_rows(
            teams.rows(snapshot, where.now, alarm, course, self.kept),
            title=Title.whole(teams.title(snapshot), narrowed=narrowed),
            as_of=lambda: teams.as_of(
                snapshot, self.in_view, where.now, where.wall, where.zone, levels=self.shows_levels
            ),
            empty=teams.empty(snapshot, where.now),
        )


class InboxesPane(AccountPane):
    """Inboxes the token is told of."""

    columns = INBOXES
    word = "Inboxes"
    kind = ScopeKind.INBOX
    explained = inboxes.MEASURES
    listed = "the inboxes this token sees"

    def items(self, snapshot: AccountSnapshot) -> Listing[Any]:
        """The inboxes the server named."""
        return snapshot.inboxes

    def draw(self, snapshot: AccountSnapshot, where: Place, *, alarm: AlarmOf) -> None:
        """Show a row an inbox."""
        self.show_rows(
            inboxes.rows(snapshot, where.now, alarm, self.kept),
            title=inboxes.title(snapshot),
            as_of=lambda: inboxes.as_of(
                snapshot, self.in_view, where.now, where.wall, where.zone, levels=self.shows_levels
            ),
            empty=inboxes.empty(snapshot, where.now),
        )
