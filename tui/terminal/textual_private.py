"""Every private name of Textual that this program touches: for what, and why no public one will do.

Read in Textual 8.2.8; a newer version is taken in once the tests of this module have passed on it.
`tests/architecture/test_textual.py` holds that no other module touches one.
"""

import asyncio
import threading
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import textual.strip
from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS
from textual._xterm_parser import XTermParser
from textual.app import App, ReturnType
from textual.cache import FIFOCache
from textual.css.scalar import Scalar
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

if TYPE_CHECKING:
    from textual.screen import Screen

    _Screen = Screen[Any]
else:
    _Screen = object

KNOWN_SEQUENCES = ANSI_SEQUENCES_KEYS
"""The sequences that Textual knows as keys: what it does not know may be a report, and is swallowed."""
KNOWN_CODES = FUNCTIONAL_KEYS
"""The codes of kitty's protocol that Textual knows as keys."""
MOST_KEPT = 1_024
"""Results that a cache of Textual's keeps."""


def driver_of(app: App[Any]) -> Driver | None:
    """What draws: bells, titles and notifications are written to the terminal beside what is drawn."""
    return app._driver


async def run_binding(app: App[Any], key: str) -> bool:
    """Do what a key says at once; Textual would first hand it to the widget in focus, and act later."""
    return await app._check_bindings(key)


def begin_with_theme(app: App[Any], name: str) -> None:
    """Give an app that has not begun its first theme, which must be registered.

    Set as one sets another theme later, Textual would read every stylesheet twice at the start, lay the
    screen out once more and draw it anew: its own default is known before ours is.
    """
    app.set_reactive(App.theme, name)
    app.set_class(app.current_theme.dark, "-dark-mode", update=False)
    app.set_class(not app.current_theme.dark, "-light-mode", update=False)
    app._refresh_truecolor_filter(app.ansi_theme)


class _Nothing:
    """In place of the caches of a strip: what is put into it is not kept."""

    __slots__ = ()

    def get(self, _key: object) -> None:
        """Nothing is there."""

    def __setitem__(self, _key: object, _value: object) -> None:
        """Let go of it."""


def keep_strips_alone() -> None:
    """Have each line that is drawn be kept alone, without all that was made from it, in this whole program.

    Textual gives a strip seven caches. Empty ones took three times as much memory as the line; a line that
    nothing covers was divided into itself, so that it held itself and stayed until Python looked for cycles
    among all there is. To cut and filter all lines anew takes 2 ms of a screen of 120x40, 5 ms at 300x80.
    """
    nothing = _Nothing()
    setattr(textual.strip, FIFOCache.__name__, lambda _most: nothing)


def keep_few() -> None:
    """Bound the caches of Textual that keep thousands: of regions, lengths and styles, in this whole program.

    No screen has as many. A terminal that is open for weeks fills them all the same, with ten megabytes.
    """
    for owner in (Region, Scalar, Strip):
        for name, attribute in tuple(vars(owner).items()):
            method: Any = attribute.__func__ if isinstance(attribute, classmethod) else attribute
            if hasattr(method, "cache_parameters") and method.cache_parameters()["maxsize"] > MOST_KEPT:
                fewer: Any = lru_cache(MOST_KEPT)(method.__wrapped__)
                setattr(owner, name, classmethod(fewer) if method is not attribute else fewer)


class OwnCrash(App[ReturnType], inherit_bindings=False):
    """An app that says itself what is left of a crash: Textual prints every local variable there is."""

    def _fatal_error(self) -> None:
        self.crashed()

    def crashed(self) -> None:
        """An exception went past everything; `sys.exc_info` holds it."""
        super()._fatal_error()


class NewestSize(_Screen):
    """Lays a screen out for the terminal's size as it is now, whichever size a message tells; stands first.

    Textual lays out for the size in the message and then tells the screen that size once more. Two
    sizes on their way to one screen, with any other message between them, so followed each other
    without end: the loop was busy for good, and the memory grew.
    """

    def _screen_resized(self, size: Size) -> None:  # noqa: ARG002 - an older size may be told than is known
        newest = self.app.size
        if self.outer_size != newest:
            super()._screen_resized(newest)


class WholeFrames(_Screen):
    """Paints everything that has changed until a frame in that frame; stands before Textual's screen.

    By itself each widget tells the screen by a message that it has changed. A frame that comes before it
    paints those that were to be painted anyway, with what they hold by then, beside others that still show
    what was before: one account's figures below another's name.
    """

    def _on_timer_update(self) -> None:
        self._dirty_widgets |= {widget for widget in self.walk_children(Widget) if widget._repaint_regions}
        super()._on_timer_update()


class KeyParser(XTermParser):
    """Textual's parser by the piece: what is a whole sequence, our own parser has found out already."""

    def keys(self, text: str, *, alt: bool = False) -> Iterator[events.Key]:
        """The keys that a piece of input stands for."""
        yield from self._sequence_to_key_events(text, alt=alt)


class OwnDriver(LinuxDriver):
    """Textual's driver with a name for what a driver needs of it: it was not made to be built upon."""

    @property
    def driven(self) -> App[Any]:
        """The app that draws through this driver."""
        return self._app

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop that the app runs in."""
        return self._loop

    @property
    def wants_mouse(self) -> bool:
        """Whether the mouse is to be reported."""
        return self._mouse

    @property
    def is_on_loop(self) -> bool:
        """Whether this is called in the app's own thread."""
        return threading.get_ident() == self._app._thread_id

    @property
    def is_app_running(self) -> bool:
        """Whether the app has its thread: before and after, a message can't be handed over."""
        return bool(self._app._thread_id)

    @property
    def tells_of_return(self) -> bool:
        """Whether the app is to hear that the program is back from the shell."""
        return self._must_signal_resume

    @tells_of_return.setter
    def tells_of_return(self, wanted: bool) -> None:
        self._must_signal_resume = wanted

    def raw_flags(self, local: int, incoming: int) -> tuple[int, int]:
        """The terminal's local and input flags as Textual sets them, so that keys come one by one."""
        return self._patch_lflag(local), self._patch_iflag(incoming)

    def _get_terminal_size(self) -> tuple[int, int]:
        return self.terminal_size()

    def terminal_size(self) -> tuple[int, int]:
        """Columns and rows; Textual's own way asks for those of stdout, not of what is drawn to."""
        return super()._get_terminal_size()
