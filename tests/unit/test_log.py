"""The log: only ours, without tokens, small, private, and never in the way."""

import logging
import stat
from pathlib import Path

import pytest

from tui import log
from tui.api.call import CallRecord, log_call
from tui.redact import Secret

TOKEN = "Xy7kQ2mN9pR4sT6vW8zA1bC3"


def test_line_of_a_call_names_method_path_status_and_time(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "tui.log"
    end = log.set_up("debug", path)
    log_call(CallRecord("GET", "/api/v1/profile", 10.0, 1_795_356_000.0, 10.25, 200))
    log_call(CallRecord("GET", "/api", 10.0, 1_795_356_000.0, 12.0, None, error="timeout"))
    end()
    lines = path.read_text().splitlines()
    assert lines[0].endswith("DEBUG tui.calls GET /api/v1/profile 200 250 ms")
    assert lines[1].endswith("GET /api timeout 2000 ms")


def test_tokens_are_masked_in_messages_arguments_and_tracebacks(tmp_path: Path) -> None:
    path = tmp_path / "tui.log"
    secret = Secret(TOKEN)
    end = log.set_up("debug", path)
    logger = logging.getLogger("tui.test")
    logger.info(f"token {TOKEN}")
    logger.info("token %s", {"header": TOKEN})
    try:
        int(TOKEN)
    except ValueError:
        logger.exception("failed")
    end()
    text = path.read_text()
    assert TOKEN not in text
    assert text.count(secret.masked) >= 3
    assert "ValueError" in text


def test_every_directory_made_for_it_is_private(tmp_path: Path) -> None:
    end = log.set_up("debug", tmp_path / "state" / "logs" / "tui.log")
    end()
    for folder in (tmp_path / "state", tmp_path / "state" / "logs"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_other_libraries_are_not_in_it(tmp_path: Path) -> None:
    path = tmp_path / "tui.log"
    end = log.set_up("debug", path)
    logging.getLogger("httpx").warning("HTTP Request: GET https://host/?x")
    logging.getLogger("httpcore.http11").debug("send_request_headers")
    logging.getLogger("tui.x").debug("ours")
    end()
    assert path.read_text().count("\n") == 1


def test_level_counts(tmp_path: Path) -> None:
    path = tmp_path / "tui.log"
    end = log.set_up("warning", path)
    logging.getLogger("tui.x").info("quiet")
    logging.getLogger("tui.x").warning("loud")
    end()
    assert "quiet" not in path.read_text()
    assert "loud" in path.read_text()


def test_files_are_private_and_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "LARGEST", 2_000)
    path = tmp_path / "logs" / "tui.log"
    end = log.set_up("info", path)
    for number in range(200):
        logging.getLogger("tui.x").info("line %s of some length to fill the file with", number)
    end()
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["tui.log", "tui.log.1", "tui.log.2", "tui.log.3"]
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    assert all(file.stat().st_size <= 2_000 for file in files)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "other"
    target.write_text("kept")
    (tmp_path / "tui.log").symlink_to(target)
    with pytest.raises(OSError, match="symbolic links"):
        log.set_up("info", tmp_path / "tui.log")
    assert target.read_text() == "kept"


def test_a_full_queue_drops_lines_and_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(log, "WAITING", 1)
    end = log.set_up("info", tmp_path / "tui.log")
    for number in range(500):
        logging.getLogger("tui.x").info("line %s", number)
    end()
    assert capsys.readouterr() == ("", "")


def test_after_the_end_logging_is_as_before(tmp_path: Path) -> None:
    end = log.set_up("info", tmp_path / "tui.log")
    end()
    logger = logging.getLogger("tui")
    assert logger.handlers == []
    assert logger.propagate
