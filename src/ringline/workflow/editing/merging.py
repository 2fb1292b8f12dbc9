"""Two people's changes of one text, put together line by line."""

from __future__ import annotations

import difflib
from collections.abc import Iterator


def merge_texts(base: str, theirs: str, mine: str) -> str:
    """*base* with what *theirs* and *mine* changed in it; where both changed the same lines, mine stand."""
    old, other, own = (text.splitlines(keepends=True) for text in (base, theirs, mine))
    out: list[str] = []
    at = (0, 0, 0)
    for start, first, second, length in _common(old, other, own):
        out += _chosen(old[at[0] : start], other[at[1] : first], own[at[2] : second])
        out += old[start : start + length]
        at = (start + length, first + length, second + length)
    return "".join(out)


def _chosen(old: list[str], other: list[str], own: list[str]) -> list[str]:
    if own in (old, other):
        return other
    if other == old:
        return own
    # Both added something at one place: neither is lost.
    return [*other, *own] if not old else own


def _common(old: list[str], other: list[str], own: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """Runs of lines that neither has changed: where they begin in each of the three, and how many they are."""
    theirs = difflib.SequenceMatcher(None, old, other, autojunk=False).get_matching_blocks()
    mine = difflib.SequenceMatcher(None, old, own, autojunk=False).get_matching_blocks()
    one = two = 0
    while one < len(theirs) and two < len(mine):
        a, b = theirs[one], mine[two]
        start, end = max(a.a, b.a), min(a.a + a.size, b.a + b.size)
        if start < end:
            yield start, a.b + start - a.a, b.b + start - b.a, end - start
        if a.a + a.size < b.a + b.size:
            one += 1
        else:
            two += 1
    yield len(old), len(other), len(own), 0
