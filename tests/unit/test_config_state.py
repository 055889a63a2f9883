"""What the program remembers by itself: kept privately, tolerant of damage, never needed."""

import asyncio
import threading
from pathlib import Path

import pytest
import tomli_w

from tui.config.state import (
    KnownAccount,
    KnownViewer,
    SavedState,
    StateStore,
    load_state,
)


def is_empty(folder: Path) -> bool:
    return not list(folder.iterdir())


def filled() -> SavedState:
    return SavedState(
        last="trial/12345",
        last_accounts={"trial": 12345, "prod eu": 7},
        sort_orders={"agents": "-open"},
        header_forms={"trial": "Api-Access-Token"},
        accounts={"trial": (KnownAccount(12345, 'Sup"port'), KnownAccount(2))},
        viewers={"trial": KnownViewer(3, "Ünï")},
    )


async def test_what_is_saved_is_loaded_again(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "state.toml"
    store = load_state(file)
    assert store.state == SavedState()
    store.state = filled()
    assert await store.save()
    assert load_state(file).state == filled()
    assert (file.stat().st_mode & 0o777) == 0o600
    assert (file.parent.stat().st_mode & 0o777) == 0o700


def test_saving_on_the_way_out_needs_no_event_loop(tmp_path: Path) -> None:
    store = load_state(tmp_path / "state.toml")
    store.state.last = "trial/1"
    assert store.save_now()
    assert load_state(tmp_path / "state.toml").state.last == "trial/1"


async def test_the_state_is_put_into_words_off_the_loop_as_it_was_when_it_was_to_be_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = load_state(tmp_path / "state.toml")
    store.state = filled()
    threads: list[int] = []
    begun, go_on = threading.Event(), threading.Event()
    original = tomli_w.dumps

    def slowly(plain: dict[str, object]) -> str:
        threads.append(threading.get_ident())
        begun.set()
        go_on.wait(30)
        return original(plain)

    monkeypatch.setattr(tomli_w, "dumps", slowly)
    saving = asyncio.create_task(store.save())
    assert await asyncio.to_thread(begun.wait, 30)
    store.state.last = "prod eu/7"
    store.state.last_accounts["prod eu"] = 8
    del store.state.viewers["trial"]
    go_on.set()
    assert await saving
    assert threading.get_ident() not in threads
    assert load_state(tmp_path / "state.toml").state == filled()
    assert await store.save()
    assert load_state(tmp_path / "state.toml").state == store.state
    assert len(threads) == 2


async def test_an_unchanged_state_is_not_written_again(tmp_path: Path) -> None:
    file = tmp_path / "state.toml"
    store = load_state(file)
    store.state.last = "trial/1"
    await store.save()
    first = file.stat().st_ino
    await store.save()
    assert file.stat().st_ino == first


async def test_nothing_is_written_that_would_be_refused_as_damaged_at_the_next_start(tmp_path: Path) -> None:
    file = tmp_path / "state.toml"
    store = load_state(file)
    store.state = filled()
    store.state.accounts["big"] = tuple(KnownAccount(number, "N" * 256) for number in range(1, 20_001))
    assert await store.save()
    again = load_state(file)
    assert again.problem is None
    assert (again.state.last, again.state.sort_orders) == ("trial/12345", {"agents": "-open"})
    assert again.state.viewers == filled().viewers
    assert len(store.state.accounts) == 2, "what is known in this run stays known"


async def test_refusals_that_an_older_version_remembered_are_no_damage(tmp_path: Path) -> None:
    file = tmp_path / "state.toml"
    refused = {"https://a.example 1 3 summary": {"allowed": False, "wall": 1.5}}
    file.write_text(tomli_w.dumps({"last": "trial/1", "capabilities": refused}))
    store = load_state(file)
    assert (store.problem, store.state.last) == (None, "trial/1")
    await store.save()
    store.state.last = "trial/2"
    await store.save()
    assert "capabilities" not in file.read_text()


@pytest.mark.parametrize(
    "content",
    [b"last = ", b"\xff\xfe\x00", b"x=" + b"[" * 5000, b"#" * 4_000_001],
    ids=["cut", "binary", "nested", "huge"],
)
def test_a_damaged_file_is_set_aside(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "state.toml"
    file.write_bytes(content)
    store = load_state(file)
    assert store.state == SavedState()
    assert store.problem is not None
    assert "damaged" in store.problem
    assert (tmp_path / "state.toml.damaged").read_bytes() == content
    assert not file.exists()


def test_a_part_that_does_not_fit_is_forgotten_alone(tmp_path: Path) -> None:
    file = tmp_path / "state.toml"
    file.write_text(
        """\
last = 5
sort_orders = "no table"
from_the_future = true
[last_accounts]
trial = 1
broken = "x"
[[accounts.trial]]
id = 1
[[accounts.broken]]
id = "x"
[viewers.trial]
id = 3
name = "Ada"
"""
    )
    store = load_state(file)
    assert store.problem is None
    assert store.state == SavedState(
        last_accounts={"trial": 1},
        accounts={"trial": (KnownAccount(1),)},
        viewers={"trial": KnownViewer(3, "Ada")},
    )


async def test_without_a_path_nothing_touches_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = StateStore(None)
    store.load()
    store.state.last = "demo/1"
    assert await store.save()
    assert store.save_now()
    assert is_empty(tmp_path)


async def test_a_place_that_cannot_be_written_is_told_and_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = StateStore(tmp_path / "file" / "state.toml")
    store.state.last = "trial/1"
    assert not await store.save()
    assert store.problem is not None
    assert "can't be written" in store.problem
    assert store.load() == SavedState()
