"""A copy of a conversation's state shares nothing that can change."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from ringline.interview.state import Answer, Pending, SessionState


def _changeable(one: Any) -> list[tuple[str, Any]]:
    return [
        (field.name, value)
        for field in fields(one)
        if isinstance(value := getattr(one, field.name), list | dict | Answer | Pending)
    ]


def full() -> SessionState:
    """A state in which every field that can hold something does."""
    state = SessionState(
        pending=Pending(Answer("ok", 9, evidence=["nine"])), answers={"a": Answer("ok", evidence=["x"])}
    )
    for name, value in _changeable(state):
        if value == []:
            setattr(state, name, [{"deep": ["value"]}])
        elif value == {}:
            setattr(state, name, {"deep": ["value"]} if name == "notes" else {"one": 1})
    return state


def test_a_copy_is_equal_and_shares_nothing() -> None:
    state, kept = full(), full()
    copy = state.copied()
    assert copy == state
    for name, value in _changeable(state):
        assert getattr(copy, name) is not value, name
    assert copy.pending is not None
    assert copy.pending.answer is not state.pending.answer  # type: ignore[union-attr]
    copy.pending.answer.evidence.append("more")
    copy.answers["a"].evidence.append("more")
    copy.offered[0]["deep"].append("more")
    copy.notes["deep"].append("more")
    assert state == kept
