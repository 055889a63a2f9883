"""`snapshot --format nagios`: line, performance data and exit codes as the plugins' guidelines have them."""

import re
from pathlib import Path

import pytest

from tests.unit.test_snapshot_options import Asked
from tui.api.errors import ServerError
from tui.cli import main
from tui.output import nagios
from tui.wording import spell

PERFORMANCE = re.compile(r"'[^'=|]+'=(?:U|\d+(?:\.\d+)?s?)(?: |$)")


def checked(told: str) -> tuple[str, str]:
    """The first line's text, and its performance data, which are well formed."""
    first = told.splitlines()[0]
    text, bar, data = first.partition(" | ")
    assert bar
    assert "".join(match.group() for match in PERFORMANCE.finditer(data)) == data
    assert "|" not in "".join(told.splitlines()[1:])
    return text, data


@pytest.mark.parametrize(
    ("condition", "word", "code"), [("unassigned >= 0", "CRITICAL", 2), ("unassigned < 0", "OK", 0)]
)
def test_a_condition_that_is_met_is_critical(
    condition: str, word: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = Asked(capsys, "trial/1", "--format", "nagios", "--figures", "unassigned", "--fail-if", condition)
    text, data = checked(asked.out)
    assert asked.code == code
    assert text.startswith(f"LIVEAGENT {word} - ")
    assert re.fullmatch(r"'unassigned'=\d+", data)


def test_what_is_not_known_is_unknown_and_never_ok(capsys: pytest.CaptureFixture[str]) -> None:
    asked = Asked(
        capsys,
        "trial/1",
        "--format",
        "nagios",
        "--figures",
        "agents_online",
        "--fail-if",
        "agents_online < 1",
        failing={"1 agents": lambda: ServerError("The server failed (500).", status=500)},
    )
    text, data = checked(asked.out)
    assert (asked.code, data) == (3, "'agents_online'=U")
    assert text.startswith("LIVEAGENT UNKNOWN - ")


def test_everything_fits_its_form(capsys: pytest.CaptureFixture[str]) -> None:
    asked = Asked(capsys, "trial/1", "--format", "nagios")
    text, data = checked(asked.out)
    assert "'longest'=" in data
    exact = re.search(r"'longest'=([\d.]+)s", data)
    assert exact is not None
    assert f"longest {spell(float(exact[1]))}" in text


def test_a_check_that_cannot_ask_says_so_where_nagios_looks(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["snapshot", "--format", "nagios", "--config", str(tmp_path / "none.toml")]) == 3
    assert capfd.readouterr().out.startswith("LIVEAGENT UNKNOWN - ")


def test_a_name_of_a_server_begins_no_performance_data() -> None:
    assert "|" not in nagios.unusable("a | b\nc").strip()
    assert nagios.unusable("a\nb").count("\n") == 1
