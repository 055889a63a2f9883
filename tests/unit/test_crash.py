"""A crash leaves a report that helps and betrays nothing."""

import stat
from pathlib import Path

from tui import crash
from tui.redact import Secret

SECRET = "tok_1234567890abcdef"


def broken() -> Exception:
    token = Secret(SECRET)
    try:
        try:
            int(f"customer Jane Roe, {token.reveal()}")
        except ValueError as error:
            raise RuntimeError("outer") from error
    except RuntimeError as error:
        return error
    raise AssertionError("a name was read as a number")


def test_the_report_names_places_and_kinds_but_no_values() -> None:
    text = crash.report(broken())
    assert "builtins.RuntimeError" in text
    assert "builtins.ValueError" in text
    assert "test_crash.py" in text
    assert "in broken" in text
    assert SECRET not in text
    assert "customer Jane Roe, tok" not in text


def test_the_report_is_for_its_owner_alone_and_the_sentence_says_where(tmp_path: Path) -> None:
    told = crash.save(broken(), tmp_path / "state")
    (path,) = (tmp_path / "state").glob("crash-*.txt")
    assert str(path) in told
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_where_nothing_can_be_written_the_report_is_told_itself(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    told = crash.save(broken(), blocked / "state")
    assert "could not be written" in told
    assert "builtins.RuntimeError" in told


def test_without_a_folder_no_file_is_touched(tmp_path: Path) -> None:
    assert "in broken" in crash.save(broken(), None)
    assert list(tmp_path.iterdir()) == []
