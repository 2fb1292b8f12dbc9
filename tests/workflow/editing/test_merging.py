"""Two people's changes of one text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringline.app.registry import block_registry
from ringline.workflow.editing import EDITS, apply
from ringline.workflow.editing.merging import merge_texts

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n"]), max_size=8).map("".join)


@pytest.mark.parametrize(
    ("theirs", "mine", "both"),
    [
        ("A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"),
        ("x\na\nb\nc\n", "a\nb\nc\ny\n", "x\na\nb\nc\ny\n"),
        ("a\nc\n", "a\nb\nc\nd\n", "a\nc\nd\n"),
        ("a\nB\nc\n", "a\nMINE\nc\n", "a\nMINE\nc\n"),
        ("a\nb\nc\ntheirs\n", "a\nb\nc\nmine\n", "a\nb\nc\ntheirs\nmine\n"),
    ],
)
def test_both_changes_stand(theirs: str, mine: str, both: str) -> None:
    assert merge_texts("a\nb\nc\n", theirs, mine) == both


@given(LINES, LINES)
def test_who_changed_nothing_takes_the_other_text(base: str, other: str) -> None:
    assert merge_texts(base, other, base) == other
    assert merge_texts(base, base, other) == other
    assert merge_texts(base, other, other) == other


def test_a_text_that_names_what_it_was_made_of_is_merged_into_what_is_there() -> None:
    edits = EDITS.validate_python([{"op": "set_text", "text": "a\nb\nmine\n", "base": "a\nb\n"}])
    assert apply("theirs\nb\n", edits, block_registry()).text == "theirs\nb\nmine\n"
