"""The three tables with an HTTP client: filled once a server has answered the three calls a monitor needs."""

import os

import httpx

from tests.benchmarks.cells import options
from tests.benchmarks.three_tables import ThreeTables

CALLS = ("conversations/meta", "agents", "teams")


class ThreeTablesFed(ThreeTables):
    """What starts with a client and shows its rows no sooner than an answer is there costs at least this."""

    def on_mount(self) -> None:
        self.run_worker(self._ask())

    async def _ask(self) -> None:
        token, account = os.environ["LIVEAGENT_TOKEN"], os.environ["LIVEAGENT_ACCOUNT"]
        async with httpx.AsyncClient(
            base_url=f"{os.environ['LIVEAGENT_URL']}/api/v1/accounts/{account}/",
            headers={"api_access_token": token},
        ) as client:
            for call in CALLS:
                (await client.get(call)).raise_for_status().json()
        self.fill()


if __name__ == "__main__":
    ThreeTablesFed(options()).run()
