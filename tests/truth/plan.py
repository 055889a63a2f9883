"""What a run does, drawn by hypothesis: faults, keys, waits, jumps of the clock, suspends."""

from typing import NamedTuple

from hypothesis import strategies as st

from tui.simulator.demo import ADMIN, AGENT_VIEWER, ENVIRONMENTS, origin_of
from tui.simulator.faults import Fault, Kind

PATHS = (
    "*",
    "*",
    "*",
    "*",
    "*/conversations/meta",
    "*/agents",
    "*/teams",
    "*/profile",
    "*/inboxes",
    "*/team_members",
)
LISTS = ("*/conversations", "*/reports*", "*/cache_keys")
ACCOUNTS = tuple(outline.id for _, _, outlines in ENVIRONMENTS for outline in outlines)
FIRST = ACCOUNTS[0]
ELSEWHERE = ("https://elsewhere.invalid/", origin_of("app") + "/api/v1/accounts/204/conversations/meta")
STATUSES = (500, 502, 503, 504)
USERS = ("admin", "agent")
CALM = (1.0, 0.4, 3.0, 6.0, 15.0, 31.0, 64.0)
"""Seconds to wait; the first is what shrinking leaves."""

SHARES = {
    "wait": 16,
    "meet": 5,
    "press": 8,
    "mend": 1,
    "set": 1,
    "suspend": 1,
    "resize": 1,
    "swap": 1,
    "aside": 3,
    "change": 3,
}
"""How many draws in 40 are of each kind; one aside is several steps."""


class Wait(NamedTuple):
    """Let time pass."""

    seconds: float


class Meet(NamedTuple):
    """Let requests fail for `seconds` from now."""

    fault: Fault
    seconds: float


class Mend(NamedTuple):
    """Let all be well again."""


class Press(NamedTuple):
    """Keys, by Textual's names."""

    keys: tuple[str, ...]


class SetClock(NamedTuple):
    """Somebody sets this machine's clock forward or back; the server's stays."""

    seconds: float


class Suspend(NamedTuple):
    """The machine sleeps."""

    seconds: float


class Resize(NamedTuple):
    """The terminal gets another size."""

    columns: int
    rows: int


class Swap(NamedTuple):
    """Somebody edits the config: the token of the desk becomes that of another user."""

    user: str


class Assign(NamedTuple):
    """An administrator gives a user another role, and other inboxes."""

    user: int
    account: int
    role: str
    inboxes: frozenset[int]


class Belong(NamedTuple):
    """A user is taken out of an account, or back in."""

    user: int
    account: int
    member: bool


class Lock(NamedTuple):
    """An account is suspended, or that is lifted."""

    account: int
    suspended: bool


class DeleteTeam(NamedTuple):
    """A team is deleted: through the API, or in the database, where no cache key tells."""

    account: int
    team: int
    traceless: bool


Change = Assign | Belong | Lock | DeleteTeam
Step = Change | Wait | Meet | Mend | Press | SetClock | Suspend | Resize | Swap

KEYS: tuple[tuple[str, ...], ...] = (
    ("a",), ("A",), ("e",), ("E",), ("r",), ("1",), ("2",), ("3",), ("4",), ("5",), ("6",), ("7",),
    ("tab",), ("shift+tab",), ("down", "down"), ("end",), ("v",), ("s",), ("S",), ("escape",), ("p",),
    ("slash", "e", "enter"), ("slash", "exclamation_mark", "a", "enter"), ("question_mark", "escape"),
    ("colon", "n", "o", "r", "enter"), ("colon", "escape"), ("a", "a", "a"), ("e", "r", "e", "r"),
)  # fmt: skip


class Aside(NamedTuple):
    """Another screen, or another view of the dashboard: the keys there, those that work in it, and back."""

    there: tuple[tuple[str, ...], ...]
    keys: tuple[tuple[str, ...], ...]
    back: tuple[str, ...]


def _typed(text: str) -> tuple[str, ...]:
    names = {"-": "minus", ":": "colon"}
    return ("t", *(names.get(letter, letter) for letter in text), "enter")


ASIDES = (
    Aside((("f",),), (("down",), ("end",), ("s",), ("S",), ("r",), ("down", "enter")), ("escape",)),
    Aside((("w",),), (("r",),), ("escape",)),
    Aside(
        (
            ("enter",), ("tab", "enter"), ("shift+tab", "enter"), ("tab", "down", "enter"),
            ("shift+tab", "down", "down", "enter"), ("tab", "tab", "enter"),
        ),
        (("down",), ("m",), ("r",), ("s",), ("end",), ("enter",), ("down", "enter")),
        ("escape", "escape", "escape"),
    ),
    Aside(
        (("b", "down", "enter"), ("b", "down", "down", "enter")),
        (("r",), ("tab",), ("enter",), ("a", "A"), ("b", "enter")),
        ("escape", "escape"),
    ),
    Aside(
        (("M",), ("tab", "M"), ("tab", "down", "M")),
        (("down",), ("r",), ("v",), ("a", "A")),
        ("escape", "escape"),
    ),
    Aside(
        (("D",),),
        (("r",), ("z",), ("b", "down", "enter"), ("b", "end", "enter"), ("left", "right")),
        ("escape",),
    ),
    Aside((("x",),), (("down",), ("end",), ("s",), ("S",)), ("escape",)),
    Aside((("c",), ("tab", "c")), (("left",), ("right",), ("down",)), ("escape",)),
    Aside(
        (_typed("-20s"), _typed("-1m"), _typed("-3m"), _typed("-20m"), _typed("-2h")),
        (("left",), ("right",), ("pageup",), ("pagedown",), ("a",), ("e",), ("f", "f"), ("tab",)),
        ("escape",),
    ),
)  # fmt: skip
"""Fleet, wall, a list of conversations, one inbox, the members of a team, the alerts, a chart, a replay."""


def faults() -> st.SearchStrategy[Fault]:
    """Every kind of misbehaviour, for all requests or some."""
    where = {
        "path": st.sampled_from(PATHS + LISTS),
        "account": st.sampled_from((None, None, None, *ACCOUNTS[:3])),
        "chance": st.sampled_from((1.0, 0.6, 0.3)),
    }

    def of(kinds: tuple[Kind, ...], **how: st.SearchStrategy[object]) -> st.SearchStrategy[Fault]:
        return st.builds(Fault, kind=st.sampled_from(kinds), **where, **how)

    delayed = of((Kind.DELAY,), seconds=st.sampled_from((1.0, 4.0, 12.0, 19.0, 25.0, 30.0)))
    broken = of(
        (Kind.DROP_BEFORE, Kind.DROP_BODY, Kind.CUT_JSON, Kind.WRONG_TYPES, Kind.HTML_200, Kind.REFUSE)
    )
    refused = of(
        (Kind.NO_TOKEN, Kind.BAD_TOKEN, Kind.NOT_A_MEMBER, Kind.SUSPENDED, Kind.ROLE, Kind.BOT_TOKEN)
    )
    said_no = of((Kind.NOT_FOUND, Kind.UNPROCESSABLE, Kind.RATE_LIMITED))
    ill = of((Kind.STATUS_JSON, Kind.STATUS_HTML), status=st.sampled_from(STATUSES))
    slow = of((Kind.SLOW,), seconds=st.sampled_from((0.3, 2.0, 21.0)), size=st.sampled_from((512, 4_096)))
    huge = of((Kind.HUGE,), size=st.just(50_000_000))
    moved = of((Kind.REDIRECT,), location=st.sampled_from(ELSEWHERE))
    stripped = of((Kind.STRIP,))
    return (
        delayed | broken | ill | refused | said_no | slow | huge | moved | stripped | delayed | broken | ill
    )


def changes() -> st.SearchStrategy[Change]:
    """What administrators do meanwhile, mostly to the account that is looked at first."""
    accounts = st.sampled_from((FIRST, FIRST, FIRST, *ACCOUNTS))
    users = st.sampled_from((ADMIN, ADMIN, AGENT_VIEWER))
    assign = st.builds(
        Assign,
        users,
        accounts,
        st.sampled_from(("agent", "supervisor", "administrator", "agent,supervisor")),
        st.frozensets(st.integers(1, 4), max_size=4),
    )
    belong = st.builds(Belong, users, accounts, st.booleans())
    lock = st.builds(Lock, accounts, st.booleans())
    delete = st.builds(DeleteTeam, accounts, st.integers(1, 6), st.booleans())
    return assign | assign | assign | belong | lock | delete


def steps() -> st.SearchStrategy[tuple[Step, ...]]:
    """One step, or those of an aside; waiting is the simplest, and half of them wait."""
    plain: dict[str, st.SearchStrategy[Step]] = {
        "wait": st.builds(Wait, st.sampled_from(CALM)),
        "meet": st.builds(Meet, faults(), st.sampled_from((5.0, 20.0, 60.0, 150.0))),
        "press": st.builds(Press, st.sampled_from(KEYS)),
        "mend": st.just(Mend()),
        "set": st.builds(SetClock, st.sampled_from((-3_600.0, -90.0, -7.0, 5.0, 120.0, 7_200.0))),
        "suspend": st.builds(Suspend, st.sampled_from((20.0, 400.0, 3_000.0))),
        "swap": st.builds(Swap, st.sampled_from(USERS)),
        "change": changes(),
        "resize": st.builds(Resize, st.sampled_from((120, 80, 200, 100)), st.sampled_from((40, 24, 50, 33))),
    }
    kinds: dict[str, st.SearchStrategy[tuple[Step, ...]]] = {
        name: st.tuples(kind) for name, kind in plain.items()
    }
    inside = (
        plain["wait"]
        | plain["wait"]
        | plain["meet"]
        | plain["suspend"]
        | plain["resize"]
        | plain["swap"]
        | plain["change"]
    )
    kinds["aside"] = st.sampled_from(ASIDES).flatmap(lambda aside: _asides(aside, inside))
    drawn = [name for name, share in SHARES.items() for _ in range(share)]
    return st.sampled_from(drawn).flatmap(kinds.__getitem__)


def _asides(aside: Aside, inside: st.SearchStrategy[Step]) -> st.SearchStrategy[tuple[Step, ...]]:
    """There, some steps in which figures come and go, and back."""
    there = st.builds(Press, st.sampled_from(aside.there))
    keys = st.builds(Press, st.sampled_from(aside.keys))
    steps = st.lists(inside | keys, min_size=1, max_size=5)
    return st.builds(lambda first, then: (first, *then, Press(aside.back)), there, steps)


def plans(length: int) -> st.SearchStrategy[list[Step]]:
    """About up to `length` steps: an aside at the end is finished."""
    draws = length * sum(SHARES.values()) // (sum(SHARES.values()) + 4 * SHARES["aside"])
    drawn = st.lists(steps(), min_size=draws // 2, max_size=draws)
    return drawn.map(lambda drawn: [step for steps in drawn for step in steps])
