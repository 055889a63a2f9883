"""What stands under the header: warnings of the config, the offer to keep an environment, what was done."""

import os
from collections.abc import Sequence
from datetime import tzinfo

import msgspec

from tui import wording
from tui.actions import BY_NAME
from tui.config.keys import show_key
from tui.config.model import Config
from tui.config.state import StateStore
from tui.identity import HEADLINE
from tui.monitor.history.history import History
from tui.monitor.reach import SeenReach
from tui.monitor.reading import AccountSnapshot
from tui.panes.notice import Notice

TOLD_FOR = 3600.0
"""Seconds for which a change of reach is told: as long as it is missing from the trends."""
FILE = "file "
"""How the keys of notices about our own files begin."""


class Notices(msgspec.Struct):
    """The notices of one run; each is told once, until somebody dismisses it."""

    told: dict[str, Notice] = msgspec.field(default_factory=dict)
    put_away: set[str] = msgspec.field(default_factory=set)

    def tell(self, notice: Notice) -> None:
        """Show a notice before the others, even if one of its key was dismissed before."""
        self.put_away.discard(notice.key)
        self.told = {
            notice.key: notice,
            **{key: other for key, other in self.told.items() if key != notice.key},
        }

    def warn(self, warnings: tuple[str, ...]) -> None:
        """Take the config's warnings, in place of those of an earlier reading."""
        self.told = {key: notice for key, notice in self.told.items() if not key.startswith("config ")}
        for warning in warnings:
            self.told[f"config {warning}"] = Notice(f"config {warning}", shorter(warning))

    def current(
        self,
        config: Config,
        unkept: str | None,
        snapshot: AccountSnapshot | None,
        files: Sequence[Notice] = (),
    ) -> list[Notice]:
        """What is to be shown now, first of `files`; the offer to keep comes once there was a good answer."""
        # What went well meanwhile is told anew when it fails again.
        standing = {notice.key for notice in files}
        self.put_away = {key for key in self.put_away if not key.startswith(FILE) or key in standing}
        shown = [*files, *(notice for key, notice in self.told.items() if key not in self.put_away)]
        answered = snapshot is not None and snapshot.reading(HEADLINE).value is not None
        if unkept is not None and answered and snapshot is not None and snapshot.ref.environment == unkept:
            keep, dismiss = key_of(config, "keep"), key_of(config, "put_away")
            text = f'Not saved. {keep} saves "{unkept}" in the config, {dismiss} dismisses.'
            shown.append(Notice(f"keep {unkept}", text, "accent"))
        return [notice for notice in shown if notice.key not in self.put_away]

    def dismiss(self, notices: list[Notice]) -> bool:
        """Let go of the first of `notices`; False where there is none."""
        if not notices:
            return False
        self.put_away.add(notices[0].key)
        return True


def of_reach(seen: SeenReach | None, wall: float, zone: tzinfo | None) -> list[Notice]:
    """That the figures cover more or less of the account than before: for an hour, or until dismissed."""
    if seen is None or seen.change is None or not 0.0 <= wall - seen.change.wall <= TOLD_FOR:
        return []
    at = wording.minute(seen.change.wall, zone)
    before = seen.change.before
    what = "Inboxes" if before.roles == seen.reach.roles else "Role"
    text = (
        f"{what} changed at {at}: {before.name} before, {seen.reach.name} now. "
        "Trends, comparisons, charts and alerts start over."
    )
    return [Notice(f"reach {seen.change.wall}", text)]


def of_files(history: History | None, state: StateStore) -> list[Notice]:
    """What is wrong with the files the program keeps by itself, and where a damaged one is."""
    notices = []
    if history is not None and history.problem:
        notices.append(history.problem)
    if history is not None and history.set_aside is not None:
        notices.append(f"The history was damaged; it is kept as {history.set_aside}, and a new one begins.")
    if history is not None and history.held_back:
        notices.append(
            "Part of the history is older than it is to be kept. It goes bit by bit,"
            " in case this machine's clock is wrong."
        )
    notices += [f"{text}." for text in dict.fromkeys((state.problem, state.damage)) if text]
    return [Notice(f"{FILE}{text}", shorter(text)) for text in notices]


def key_of(config: Config, action: str) -> str:
    """The first key of an action, as people write it."""
    keys = config.keys.get(action, BY_NAME[action].keys)
    return show_key(keys[0])


def shorter(text: str) -> str:
    """A text that names files, with `~` for the home directory."""
    home = os.path.expanduser("~")  # noqa: PTH111 - where there is none, Path raises
    return text.replace(f"{home}/", "~/") if len(home) > 1 else text
