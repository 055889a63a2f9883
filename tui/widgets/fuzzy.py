"""How well a typed text fits a name: letters in order, better at starts of words and in one piece."""

from tui.widgets.rows import fold

START, WORD, WHOLE, RUN, GAP = 8.0, 6.0, 5.0, 4.0, 0.2
"""Points for a hit at the start, at a word's start, of a whole word, in one piece; off for each gap."""


def score(query: str, text: str) -> float | None:
    """Higher fits better; None where a letter of a word of the query is not there in order.

    Words of the query may match in any order. An empty query fits everything alike.
    """
    folded = fold(text)
    total = 0.0
    for word in fold(query).split():
        best = _word_score(word, folded)
        if best is None:
            return None
        total += best
    return total - 0.01 * len(folded)


def _word_score(word: str, text: str) -> float | None:
    whole = text.find(word)
    if whole >= 0:
        boundary = [at for at in _places(word, text) if at == 0 or not text[at - 1].isalnum()]
        at = boundary[0] if boundary else whole
        start = START if at == 0 else WORD if boundary else 0.0
        end = at + len(word)
        if boundary and (end == len(text) or not text[end].isalnum()):
            start += WHOLE
        return start + RUN * len(word) - GAP * min(at, 20)
    total, at = 0.0, -1
    for letter in word:
        place = text.find(letter, at + 1)
        if place < 0:
            return None
        if place == 0 or not text[place - 1].isalnum():
            total += WORD / 2
        elif place == at + 1:
            total += RUN / 2
        total -= GAP * min(place - at - 1, 20)
        at = place
    # Letters strewn over a long line are in it by chance.
    return total if total > 0 else None


def _places(word: str, text: str) -> list[int]:
    places: list[int] = []
    at = text.find(word)
    while at >= 0 and len(places) < 16:
        places.append(at)
        at = text.find(word, at + 1)
    return places
