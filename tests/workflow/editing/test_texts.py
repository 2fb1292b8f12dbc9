"""Whatever is edited in whichever text: it then says what was meant, and all else stays as its author wrote it."""

from __future__ import annotations

import copy
import difflib
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringline.app.registry import block_registry
from ringline.errors import RequestError
from ringline.workflow import read_document
from ringline.workflow.editing import EDITS, apply
from ringline.workflow.editing.editor import Editor
from ringline.workflow.editing.graph import read_graph

EXAMPLES = sorted(
    path
    for path in (Path(__file__).parents[3] / "examples").glob("*.yaml")
    if not path.name.endswith(".scenarios.yaml")
)
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in EXAMPLES}
_COMMENT = re.compile(r"(?:^|\s)(#\s.*)$")

# Layouts that no example has.
TEXTS["tight"] = """\
version: '1.0'
inputs: []
steps:
- type: twilio/sms@v1
  name: one   # first
  to: "+14155550123"
  message: |
    Hello

    there

# about the second
- # its kind
  type: twilio/sms@v1
  # its name
  name: two
  to: '+14155550124'

  message: Hi   # short
  outcomes:
    sent:
    - $steps.three   # on
    # nothing else
    failed: end

# apart

- {type: flow/delay@v1,   # flow
   name: three, for: 10m}
outputs: []
# the end
"""
TEXTS["loose"] = """\
---
# top
steps:

    -   type: "twilio/sms@v1"
        name: "a"

        # why
        to:    "+14155550123"
        message: >+
            folded

            text

    -   name: b
        type: flow/delay@v1
        for:   1h
inputs:
    - type: WorkflowParameter
      name: who
      default_value: [1, 2.50, ~, 0x10]   # odd
outputs:
    []
version: 1.0
"""


def comments(text: str) -> list[str]:
    return [found[1].strip() for line in text.splitlines() if (found := _COMMENT.search(line))]


def lines_changed(old: str, new: str) -> int:
    matcher = difflib.SequenceMatcher(None, old.splitlines(), new.splitlines(), autojunk=False)
    return sum(max(i2 - i1, j2 - j1) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal")


def names_of(text: str) -> list[str]:
    return [step["name"] for step in read_document(text).data["steps"]]


VALUES = st.one_of(
    st.sampled_from(["Hi", "+14155550199", "{{name}}: hi", "yes", "0123", "a: b", "x #y", "a\nb", "'", '"', "", "- x"]),
    st.text(max_size=30),
    st.integers(-5, 5),
    st.booleans(),
    st.none(),
    st.lists(st.sampled_from(["a", "b", "$steps.x"]), max_size=3),
    st.dictionaries(st.sampled_from(["en", "1", "no", "de fr"]), st.sampled_from(["x", "multi\nline", 2]), max_size=3),
)


@pytest.mark.parametrize("name", TEXTS)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_edits_say_what_was_meant_and_keep_every_comment(name: str, data: st.DataObject) -> None:
    text = TEXTS[name]
    for _ in range(data.draw(st.integers(1, 4), label="how many")):
        steps = names_of(text)
        if not steps:
            return
        edit = data.draw(edits(steps), label="edit")
        before = read_document(text).data
        [parsed] = EDITS.validate_python([edit])
        try:
            new = apply(text, [parsed], block_registry()).text
        except RequestError:
            continue
        meant = copy.deepcopy(before)
        Editor(meant, {}, block_registry()).do(parsed)
        assert read_document(new).data == meant
        if edit["op"] != "remove_steps":
            assert [one for one in comments(text) if one not in comments(new)] == []
        assert read_graph(new, block_registry()).graph is not None
        text = new


@st.composite
def edits(draw: st.DrawFn, steps: list[str]) -> dict[str, Any]:
    """Any edit on one of these steps."""
    one, other = draw(st.sampled_from(steps)), draw(st.sampled_from(steps))
    match draw(st.integers(0, 8)):
        case 0 | 1:
            key = draw(st.sampled_from(["message", "to", "validity", "expect", "note"]))
            return {"op": "set", "path": ["steps", one, key], "value": draw(VALUES)}
        case 2:
            return {"op": "connect", "source": one, "outcome": draw(st.sampled_from([None, "sent"])), "target": other}
        case 3:
            return {"op": "remove_steps", "names": [one]}
        case 4:
            return {"op": "rename_step", "from": one, "to": draw(st.sampled_from(["new", "new-name", one]))}
        case 5:
            return {"op": "move_step", "name": one, "before": draw(st.sampled_from([None, other]))}
        case 6:
            step = {"type": "twilio/sms@v1", "message": draw(VALUES)}
            return {"op": "add_step", "step": step, "after": draw(st.sampled_from([None, one]))}
        case 7:
            return {"op": "set", "path": ["variables", draw(st.sampled_from(["x", "y z"]))], "value": draw(VALUES)}
        case _:
            return {"op": "set", "path": ["inputs", 0, "default_value"], "value": draw(VALUES)}


@pytest.mark.parametrize("name", TEXTS)
def test_every_single_value_of_a_step_is_changed_in_its_own_lines(name: str) -> None:
    text = TEXTS[name]
    for step in read_document(text).data["steps"]:
        for key, value in step.items():
            if key in ("type", "name") or not isinstance(value, str):
                continue
            [edit] = EDITS.validate_python([{"op": "set", "path": ["steps", step["name"], key], "value": "changed"}])
            new = apply(text, [edit], block_registry()).text
            # A value that stands on one line is changed in one; a block in as many as it has.
            if re.search(rf"\b{key}: *[\"']?{re.escape(value)}", text):
                assert lines_changed(text, new) == 1
            else:
                assert lines_changed(text, new) <= 8
            assert comments(new) == comments(text)
            # And back: the way it is written may differ, what it says may not.
            [edit] = EDITS.validate_python([{"op": "set", "path": ["steps", step["name"], key], "value": value}])
            assert read_document(apply(new, [edit], block_registry()).text).data == read_document(text).data


@pytest.mark.parametrize("name", TEXTS)
def test_an_edit_that_changes_nothing_leaves_the_text_as_it_is(name: str) -> None:
    text = TEXTS[name]
    for step in read_document(text).data["steps"]:
        edits = [{"op": "set", "path": ["steps", step["name"], key], "value": value} for key, value in step.items()]
        assert apply(text, EDITS.validate_python(edits), block_registry()).text == text


@pytest.mark.parametrize("name", TEXTS)
def test_moving_a_step_away_and_back_gives_the_text_again(name: str) -> None:
    text = TEXTS[name]
    names = names_of(text)
    for index, moved in enumerate(names[:-1]):
        edits = [
            {"op": "move_step", "name": moved},
            {"op": "move_step", "name": moved, "before": names[index + 1]},
        ]
        assert apply(text, EDITS.validate_python(edits), block_registry()).text == text


def test_a_remark_stays_above_the_step_it_heads_when_that_becomes_the_first() -> None:
    text = TEXTS["tight"]
    for edit in ({"op": "remove_steps", "names": ["one"]}, {"op": "move_step", "name": "two", "before": None}):
        text = apply(text, EDITS.validate_python([edit]), block_registry()).text
    assert "steps:\n# apart\n\n- {type: flow/delay@v1,   # flow\n   name: three" in text


def test_remarks_above_steps_that_went_stay_once_each() -> None:
    parts = [f"# over {name}\n\n- type: flow/delay@v1\n  name: {name}\n  for: 1h\n\n" for name in "abcd"]
    edits = [{"op": "remove_steps", "names": ["b", "c"]}, {"op": "move_step", "name": "a", "before": None}]
    new = apply("steps:\n" + "".join(parts), EDITS.validate_python(edits), block_registry()).text
    assert comments(new) == [f"# over {name}" for name in "abcd"]
    assert names_of(new) == ["d", "a"]
