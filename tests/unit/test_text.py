"""One safe line out of hostile text."""

import tracemalloc

import pytest

from tui.text import safe_line


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("Ada Admin", "Ada Admin"),
        ("  Ada \t\r\n Admin ", "Ada Admin"),
        ("multi\nline [red]x[/red] \x1b[31m", "multi line [red]x[/red] [31m"),
        ("Chloe\u0301 \u00dcn\u00efc\u00f8d\u00e9", "Chlo\u00e9 \u00dcn\u00efc\u00f8d\u00e9"),
        ("山田 太郎", "山田 太郎"),
        ("مريم الخطيب", "مريم الخطيب"),
        ("हिन्दी", "हिन्दी"),
        ("invoice\u202egnp.exe", "invoicegnp.exe"),
        ("\U0001f1e9\U0001f1ea team", "DE team"),
        ("\U0001f44d\U0001f3fd ok", "\U0001f44d ok"),
        ("\u2764\ufe0f", "\u2764"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\U0001f469\U0001f467"),
        ("a\u0301\u0302\u0303" + "\u0304" * 20 + "b", "\u00e1\u0302\u0303b"),
        ("\u0301alone", "alone"),
        ("lone \ud83d surrogate", "lone surrogate"),
        ("a\u00a0b\u3000c\u2028d\u2800e", "a b c d e"),
        ("\x00\x07\x7f\x9b", ""),
        ("", ""),
        (None, ""),
        (42, "42"),
        (b"caf\xc3\xa9\xff", "caf\u00e9\ufffd"),
    ],
)
def test_safe_line(given: object, line: str) -> None:
    assert safe_line(given) == line


def test_long_lines_are_cut_with_a_sign() -> None:
    assert safe_line("abcdefgh", limit=5) == "abcd…"
    assert safe_line("abcde", limit=5) == "abcde"
    assert safe_line("abc  efgh", limit=5) == "abc…"
    assert safe_line("é" * 300) == "é" * 255 + "…"


def test_a_number_too_long_to_print_is_an_empty_line() -> None:
    assert safe_line(10**10_000) == ""


@pytest.mark.parametrize("piece", ["a", "é", "\u0301", "\u200b", "\U0001f468\u200d", "\ud800", " ", "क्षि"])
def test_work_does_not_grow_with_the_text(piece: str) -> None:
    def memory(length: int) -> int:
        text = piece * (length // len(piece))
        tracemalloc.start()
        safe_line(text)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    # The least of some: what else this process does meanwhile is counted, too.
    assert min(memory(1_000_000) for _ in range(5)) < memory(10_000) + 10_000
