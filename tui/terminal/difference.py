"""From whole frames to differences: what is written in, what must be sent to the terminal out."""

from tui.terminal.cells import Grid
from tui.terminal.painter import Painter, Skills
from tui.terminal.parser import Parser
from tui.terminal.plain import plain
from tui.terminal.style import ColourDepth

_SYNC_BEGIN, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"
_TORN = 400
"""Characters from which a frame may reach the screen in parts, so that brackets are worth theirs."""
_WAITING_LIMIT = 1 << 17
"""Characters of sequences other than painting that wait for a stalled terminal."""


class Difference:
    """The screen as it is wanted, and as the terminal shows it once it has what `take` gave out.

    Set `held` while the terminal takes nothing: frames then replace one another, and of the
    other sequences as many as `_WAITING_LIMIT` allows are kept.
    """

    def __init__(
        self,
        columns: int,
        rows: int,
        *,
        depth: ColourDepth = ColourDepth.TRUE,
        skills: Skills | None = None,
        ascii_only: bool = False,
    ) -> None:
        self.grid = Grid(columns, rows)
        self.held = False
        self._painter = Painter(columns, rows, skills)
        self._parser = Parser(self.grid, self, depth)
        if ascii_only:
            self._parser.translate = plain
        self._waiting: list[str] = []
        self._waiting_size = 0
        self._placed = (0, 0)

    def feed(self, data: str) -> None:
        """Take what an application writes to a terminal."""
        self._parser.feed(data)

    def take(self) -> str:
        """What to send so that the terminal shows what is wanted; empty where it does."""
        self._keep(self._frame())
        data = "".join(self._waiting)
        self._waiting.clear()
        self._waiting_size = 0
        return data

    def resize(self, columns: int, rows: int) -> None:
        """The terminal has another size, and shows nobody knows what; what is wanted is cut or padded.

        Nothing is painted until the application writes, as it will paint all in the new size.
        """
        if (columns, rows) != (self.grid.columns, self.grid.rows):
            self.grid.resize(columns, rows)
            self.grid.touched.clear()
        self.lost_sight()

    def repaint(self) -> None:
        """Paint everything in the next frame."""
        self.lost_sight()
        self.grid.touched.update(range(self.grid.rows))

    def begin(self) -> None:
        """A terminal that was never spoken to, or that others have used meanwhile."""
        self._waiting.clear()
        self._waiting_size = 0
        self._parser.synchronized = False
        self.lost_sight()

    def hand_on(self, sequence: str) -> None:
        """Keep a sequence in order: painting before it goes out before it."""
        if self._waiting_size + len(sequence) > _WAITING_LIMIT:
            return
        if sequence == "\a" and sequence in self._waiting:
            return
        if not self.held:
            self._keep(self._frame())
        self._keep(sequence)

    def lost_sight(self) -> None:
        """The terminal may show anything: the next frame is a whole one."""
        self._painter.forget(self.grid.columns, self.grid.rows)

    def _keep(self, text: str) -> None:
        if text:
            self._waiting.append(text)
            self._waiting_size += len(text)

    def _frame(self) -> str:
        grid = self.grid
        if not grid.touched:
            return ""
        frame = self._painter.paint(grid)
        wanted = (min(grid.x, grid.columns - 1), grid.y)
        if frame and wanted != self._placed:
            # The hidden cursor matters to input methods alone: it follows when it has moved.
            self._placed = wanted
            frame += self._painter.place_cursor(*wanted)
        if len(frame) > _TORN and self._parser.synchronized:
            return f"{_SYNC_BEGIN}{frame}{_SYNC_END}"
        return frame
