"""Debian's Prometheus takes what the exporter serves, its rules and every panel's query."""

import contextlib
import json
import re
import shutil
import subprocess
import threading
import time
import urllib.error
from pathlib import Path

import pytest

from tests.contract.test_metrics_of_the_command import exporting, hurried, names
from tests.installed import PATIENCE
from tests.prometheus import RULES, Prometheus, scraping
from tests.unit.test_metrics_docs import panels, rules

pytest.importorskip("prometheus_client")

needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
needs_prometheus = pytest.mark.skipif(
    shutil.which("prometheus") is None, reason="Debian's package prometheus is not installed"
)
STEPS = 240
"""Of ten seconds, until the writer stops."""
SAMPLES = {
    'liveagent_up{environment="trial", account="1"}': f"1x{STEPS}",
    'liveagent_up{environment="trial", account="2"}': f"0x{STEPS}",
    'liveagent_longest_seconds{environment="trial", account="1"}': f"4000x{STEPS}",
    'liveagent_over_target{environment="trial", account="1", at_least="true"}': f"25x{STEPS}",
    'liveagent_waiting{environment="trial", account="1", at_least="true"}': f"50x{STEPS}",
    'liveagent_agents_online{environment="trial", account="1"}': f"0x{STEPS}",
    'liveagent_unassigned{environment="trial", account="1"}': f"3x150 33x{STEPS - 151}",
    'liveagent_team_longest_seconds{environment="trial", account="1", team="7"}': f"4000x{STEPS}",
    'liveagent_team_unassigned{environment="trial", account="1", team="7"}': f"2x{STEPS}",
    'liveagent_service_level_ratio{environment="trial", account="1"}': f"0.5x{STEPS}",
    'liveagent_service_level_decided{environment="trial", account="1"}': f"20x{STEPS}",
    'liveagent_team_members_online{environment="trial", account="1", team="7"}': f"0x{STEPS}",
}
"""What makes each alert fire."""
TEAM_WAITS = 'liveagent_team_longest_seconds{environment="trial", account="1", team="7"}'


def promtool(*words: str, said: str | None = None) -> str:
    done = subprocess.run(
        ["promtool", *words], input=said, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@needs_promtool
def test_the_rules_can_be_read() -> None:
    assert f"SUCCESS: {len(rules())} rules found" in promtool("check", "rules", str(RULES))


@needs_promtool
def test_what_is_served_is_as_prometheus_wants_it() -> None:
    with exporting("--demo") as exporter:
        exporter.wait_for(lambda page: "liveagent_longest_seconds" in names(page))
        assert promtool("check", "metrics", said=exporter.text("text/plain")) == ""


def judged(*, seconds_gone: int) -> str:
    """What promtool judges: every alert at the last sample, and none so long after it."""
    groups = ("counts", "longest", "agents", "team_counts", "team_members", "service_page")
    valid = {
        f'liveagent_valid_until_timestamp_seconds{{environment="trial", account="1", group="{group}"}}':
        f"60+10x{STEPS}" for group in groups
    }  # fmt: skip
    last, later = STEPS * 10, STEPS * 10 + seconds_gone
    firing = 'count by (alertname) (ALERTS{alertstate="firing"})'
    all_of_them = [
        rule for rule in rules() if rule.startswith("LiveAgent") and rule != "LiveAgentExporterDown"
    ]
    expected: list[tuple[str, int, dict[str, float]]] = [
        (firing, last, {f'{{alertname="{name}"}}': 1.0 for name in all_of_them}),
        (firing, later, {}),
        # Prometheus still shows the sample: without its guard the rule would see it.
        ("liveagent_team_longest_seconds > 3600 or vector(0)", later, {TEAM_WAITS: 4000.0, "{}": 0.0}),
    ]
    test = {
        "rule_files": [str(RULES)],
        "evaluation_interval": "10s",
        "tests": [
            {
                "interval": "10s",
                "input_series": [
                    {"series": name, "values": values} for name, values in {**SAMPLES, **valid}.items()
                ],
                "promql_expr_test": [
                    {
                        "expr": expression,
                        "eval_time": f"{at}s",
                        "exp_samples": [
                            {"labels": labels, "value": value} for labels, value in samples.items()
                        ],
                    }
                    for expression, at, samples in expected
                ],
            }
        ],
    }
    return json.dumps(test)  # JSON is YAML.


@needs_promtool
def test_every_alert_fires_and_none_once_the_writer_has_stopped(tmp_path: Path) -> None:
    file = tmp_path / "test.yml"
    file.write_text(judged(seconds_gone=100))
    assert "SUCCESS" in promtool("test", "rules", str(file))


def first(prometheus: Prometheus, expression: str) -> list[float]:
    """What a query finds, once it finds anything."""
    end = time.monotonic() + PATIENCE
    pause = threading.Event()
    while True:
        with contextlib.suppress(urllib.error.URLError):
            if values := prometheus.values(expression):
                return values
        assert time.monotonic() < end, expression
        pause.wait(0.2)


@needs_prometheus
def test_every_panel_finds_what_it_asks_for(tmp_path: Path) -> None:
    with (
        exporting("--demo", command=hurried()) as exporter,
        scraping(exporter.url.split("/")[2], folder=tmp_path, every=1) as prometheus,
    ):
        for title, expression in panels():
            asked = re.sub(r"\$(environment|account)", ".*", expression)
            assert first(prometheus, asked), title
        assert {rule["health"] for rule in prometheus.asked("rules")["groups"][0]["rules"]} <= {
            "ok",
            "unknown",
        }
        assert prometheus.values('ALERTS{alertname=~".*Down"}') == []
