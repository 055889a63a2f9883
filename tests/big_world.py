"""A world of the size of the largest installations, for tests of scale."""

from tui.clock import Clock
from tui.simulator.daytime import HOUR
from tui.simulator.people import AccountSpec, Agent, staff
from tui.simulator.visibility import User
from tui.simulator.world import LIVE_AGENT, World

ACCOUNT_ID, ADMIN_ID = 1, 1
TOKEN = "scale-admin-token"


def big_world(
    clock: Clock,
    *,
    agents: int = 2_000,
    teams: int = 200,
    inboxes: int = 50,
    conversations: int = 5_000,
    hourly: float = 600.0,
    seed: int = 7,
) -> World:
    """One account, id 1, with about `conversations` open ones and `hourly` arrivals at noon.

    Its administrator is user 1 with `TOKEN`. Of the conversations most never move, so that
    building it takes a fraction of a second.
    """
    drawn, made_teams, made_inboxes, labels = staff(
        seed, ACCOUNT_ID, agents=agents - 1, teams=teams, inboxes=inboxes, first_user=100
    )
    admin = Agent(
        ADMIN_ID, "Ada Brandt", "administrator", email="ada.brandt@contact-centre.example", fixed="online"
    )
    spec = AccountSpec(
        ACCOUNT_ID,
        "Everything at once",
        "Europe/Berlin",
        agents=(admin, *drawn),
        teams=made_teams,
        inboxes=made_inboxes,
        labels=labels,
        hourly=hourly,
        wait=300.0,
        keep=0.5 * HOUR,
        standing=conversations,
    )
    user = User(ADMIN_ID, admin.name, admin.email, TOKEN)
    return World(clock, (spec,), (user,), seed=seed, flavour=LIVE_AGENT)
