"""One figure with its label and a note; each state of knowledge looks different."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from tui.widgets.lines import LineView
from tui.widgets.parts import Line, Part, centre, pad

FigureState = Literal["live", "stale", "unknown", "not_permitted", "loading"]

SIGNS: dict[FigureState, tuple[str, str]] = {
    "unknown": ("—", "unknown"),
    "not_permitted": ("—✗", "not-permitted"),
    "loading": ("…", "loading"),
}


class FigureView(NamedTuple):
    """What a figure is drawn from. `age` is shown once it is stale; `role` is the live look."""

    label: str
    value: str = ""
    note: str = ""
    state: FigureState = "loading"
    changed: bool = False
    age: str = ""
    role: str = "value"
    meta: Mapping[str, object] | None = None


def figure_lines(figure: FigureView, width: int, height: int) -> list[Line]:
    """The figure in `height` lines: one line side by side, more one below the other."""
    label, value = Part(figure.label, "label"), _value(figure)
    note = [Part(figure.note, "stale" if figure.state == "stale" else "dim")] if figure.note else []
    if height <= 1:
        spaced: list[Part] = [Part(" "), *note] if note else []
        return [pad([label, Part(" "), *value, *spaced], width)]
    rows: list[Line] = [centre([label], width), centre(value, width), centre(note, width)]
    return rows[:height]


def _value(figure: FigureView) -> list[Part]:
    if figure.state in SIGNS:
        text, role = SIGNS[figure.state]
        return [Part(text, role, figure.meta)]
    if figure.state == "stale":
        age = [Part(f" {figure.age}", "stale-mark")] if figure.age else []
        return [Part(figure.value, "stale", figure.meta), *age]
    role = f"{figure.role}-changed" if figure.changed else figure.role
    return [Part(figure.value, role, figure.meta)]


class FigureBox(LineView):
    """Shows one figure, as high as its stylesheet says."""

    DEFAULT_CSS = "FigureBox { height: 3; }"

    def __init__(self, label: str, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._figure = FigureView(label)

    def show(
        self,
        value: str,
        note: str = "",
        state: FigureState = "live",
        changed: bool = False,
        meta: Mapping[str, object] | None = None,
        *,
        age: str = "",
        role: str = "value",
    ) -> None:
        """Show this; nothing is painted where it looks as before."""
        self._figure = FigureView(self._figure.label, value, note, state, changed, age, role, meta)
        self._draw()

    def on_resize(self) -> None:
        """Lay the figure out for its new size."""
        self._draw()

    def _draw(self) -> None:
        self.set_lines(figure_lines(self._figure, self.size.width, self.size.height))
