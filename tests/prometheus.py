"""Debian's Prometheus, scraping an exporter beside it."""

import contextlib
import json
import socket
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.architecture.project import ROOT

RULES = ROOT / "docs" / "metrics" / "liveagent-rules.yml"
PATIENCE = 120.0


class Prometheus:
    """A Prometheus that answers."""

    def __init__(self, url: str) -> None:
        self.url = url

    def asked(self, path: str, **query: str) -> Any:
        """What its API says."""
        with urllib.request.urlopen(
            f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(query)}", timeout=PATIENCE
        ) as answer:
            return json.load(answer)["data"]

    def found(self, expression: str) -> list[dict[str, Any]]:
        """What a query finds now: series with their labels and values."""
        series: list[dict[str, Any]] = self.asked("query", query=expression)["result"]
        return series

    def values(self, expression: str) -> list[float]:
        """The values of what a query finds now."""
        return [float(sample["value"][1]) for sample in self.found(expression)]


@contextlib.contextmanager
def scraping(*targets: str, folder: Path, every: int) -> Iterator[Prometheus]:
    """A Prometheus of its own, at a free port, that scrapes `targets` every so many seconds until the end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        where = f"127.0.0.1:{free.getsockname()[1]}"
    config = {
        "global": {"scrape_interval": f"{every}s", "evaluation_interval": f"{every}s"},
        "scrape_configs": [{"job_name": "liveagent", "static_configs": [{"targets": list(targets)}]}],
        "rule_files": [str(RULES)],
    }
    file = folder / "prometheus.yml"
    file.write_text(json.dumps(config))  # JSON is YAML.
    process = subprocess.Popen(
        ["prometheus", f"--config.file={file}", f"--storage.tsdb.path={folder / 'data'}",
         f"--web.listen-address={where}", "--log.level=error"],
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield Prometheus(f"http://{where}")
    finally:
        process.kill()
        process.wait(PATIENCE)
