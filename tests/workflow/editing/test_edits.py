"""Each edit on YAML and on JSON: what it changes in the text, and that it changes nothing else."""

from __future__ import annotations

import difflib
import json
from typing import Any

import pytest

from ringline.app.registry import block_registry
from ringline.errors import RequestError
from ringline.workflow import read_document
from ringline.workflow.editing import EDITS, Edited, apply

YAML = """\
# Reminds people of their appointments.
version: "1.0"
name: reminder
defaults: {from: "+15550001111", country: US} # our number
inputs:
  - {type: WorkflowParameter, name: phone, kind: [string]}
  - {type: WorkflowParameter, name: at, kind: [timestamp]}
steps:
  # The day before.
  - type: twilio/sms@v1
    name: remind   # asked once
    to: $inputs.phone
    message: >-
      See you at {{formatTime(at)}}.
      Reply YES or NO.
    next_steps: [$steps.answer]

  # Four hours are enough.
  - type: twilio/wait_for_reply@v1
    name: answer
    after: $steps.remind
    expect: yes_no
    wait_for: 4h
    outcomes: {reply: [$steps.thanks], timeout: [$steps.call]} # no_match ends it

  - {type: twilio/sms@v1, name: thanks, to: $inputs.phone, message: "You said {{steps.answer.text}}"}

  - type: twilio/voice_call@v1
    name: call
    to: '+14155550199'
    message: "Please call {{phone}}"
outputs:
  - {type: JsonField, name: answer, selector: $steps.answer.value}
"""
AS_JSON = json.dumps(read_document(YAML).data, indent=2)


def done(text: str, *edits: dict[str, Any], positions: dict[str, Any] | None = None) -> Edited:
    return apply(text, EDITS.validate_python(list(edits)), block_registry(), positions)


def changed(old: str, new: str) -> tuple[list[str], list[str]]:
    """The lines that went and those that came, without their indentation."""
    lines = [line for line in difflib.ndiff(old.splitlines(), new.splitlines()) if line[0] in "+-"]
    return [line[2:].strip() for line in lines if line[0] == "-"], [
        line[2:].strip() for line in lines if line[0] == "+"
    ]


def after(*edits: dict[str, Any]) -> tuple[list[str], list[str]]:
    """What edits change in the YAML; that they mean the same in JSON is held on the way."""
    new = done(YAML, *edits).text
    as_json = done(AS_JSON, *edits).text
    assert json.loads(as_json) == read_document(new).data
    assert list(json.loads(as_json)) == list(read_document(new).data)
    return changed(YAML, new)


def set_to(value: Any, *path: str | int) -> dict[str, Any]:
    return {"op": "set", "path": list(path), "value": value}


@pytest.mark.parametrize(
    ("path", "value", "gone", "come"),
    [
        (("steps", "call", "message"), "Hi", 'message: "Please call {{phone}}"', 'message: "Hi"'),
        (("steps", "call", "to"), "+14155550100", "to: '+14155550199'", "to: '+14155550100'"),
        (("steps", "answer", "wait_for"), "30m", "wait_for: 4h", "wait_for: 30m"),
        (("steps", "answer", "wait_for"), "P1D", "wait_for: 4h", "wait_for: P1D"),
        (("steps", "answer", "expect"), "no", "expect: yes_no", 'expect: "no"'),
        (("steps", "remind", "to"), "+1415", "to: $inputs.phone", 'to: "+1415"'),
        (("steps", "answer", "expect"), {"type": "number"}, "expect: yes_no", "expect: {type: number}"),
        (
            ("defaults", "from"),
            "+15550002222",
            'defaults: {from: "+15550001111", country: US} # our number',
            'defaults: {from: "+15550002222", country: US} # our number',
        ),
        (
            ("inputs", 1, "kind"),
            ["string", "timestamp"],
            "- {type: WorkflowParameter, name: at, kind: [timestamp]}",
            "- {type: WorkflowParameter, name: at, kind: [string, timestamp]}",
        ),
    ],
)
def test_a_value_is_one_line(path: tuple[str | int, ...], value: Any, gone: str, come: str) -> None:
    assert after(set_to(value, *path)) == ([gone], [come])


@pytest.mark.parametrize(
    ("path", "value", "come"),
    [
        (("steps", "call", "validity"), "4h", ["validity: 4h"]),
        (("steps", "answer", "max_visits"), 3, ["max_visits: 3"]),
        (("variables", "tries"), 0, ["variables: {tries: 0}"]),
        (("description",), "What we remind of", ["description: What we remind of"]),
        (("triggers", 0), {"type": "api"}, ["triggers:", "- {type: api}"]),
        (
            ("outputs", 1),
            {"type": "JsonField", "name": "sid", "selector": "$steps.remind.sid"},
            ["- {type: JsonField, name: sid, selector: $steps.remind.sid}"],
        ),
        (("steps", "call", "menu", "1", "label"), "yes", ['menu: {"1": {label: "yes"}}']),
        (("steps", "call", "message_2"), "a\nb\n", ["message_2: |", "a", "b"]),
    ],
)
def test_what_was_not_there_is_added_where_an_author_writes_it(
    path: tuple[str | int, ...], value: Any, come: list[str]
) -> None:
    gone, found = after(set_to(value, *path))
    assert gone == []
    assert found == come or found == ["triggers: [{type: api}]"]


def test_a_new_field_stands_before_what_comes_next() -> None:
    text = done(YAML, set_to("1h", "steps", "remind", "validity")).text
    assert text.index("message: >-") < text.index("validity: 1h") < text.index("next_steps: [$steps.answer]")


def test_a_message_of_several_lines_stays_a_block() -> None:
    gone, come = after(set_to("Dear patient\n\nsee you", "steps", "remind", "message"))
    assert gone[0] == "message: >-"
    assert come == ["message: |-", "Dear patient", "", "see you"]


def test_what_is_removed_takes_its_line_along() -> None:
    assert after({"op": "remove", "path": ["steps", "answer", "wait_for"]}) == (["wait_for: 4h"], [])
    assert after({"op": "remove", "path": ["defaults"]})[1] == []
    gone, come = after({"op": "remove", "path": ["steps", "answer", "outcomes", "timeout"]})
    assert (len(gone), come) == (1, ["outcomes: {reply: [$steps.thanks]} # no_match ends it"])


def test_a_step_is_added_behind_another_one_and_led_to() -> None:
    gone, come = after({"op": "add_step", "step": {"type": "flow/delay@v1", "for": "10m"}, "after": "call"})
    assert gone == []
    assert come == ["next_steps: [$steps.delay]", "", "- type: flow/delay@v1", "name: delay", "for: 10m"]


def test_a_step_is_added_for_an_outcome_under_a_name_that_is_free() -> None:
    text = done(
        YAML,
        {
            "op": "add_step",
            "step": {"type": "twilio/sms@v1", "name": "thanks"},
            "after": "answer",
            "outcome": "no_match",
        },
    ).text
    steps = {step["name"]: step for step in read_document(text).data["steps"]}
    assert steps["answer"]["outcomes"]["no_match"] == ["$steps.thanks_2"]
    assert steps["thanks_2"] == {"type": "twilio/sms@v1", "name": "thanks_2"}


def test_removing_a_step_mends_the_branches_that_led_to_it() -> None:
    gone, come = after({"op": "remove_steps", "names": ["answer"]})
    assert come == []
    assert gone[0] == "next_steps: [$steps.answer]"
    assert "# Four hours are enough." in gone
    assert len(gone) == 9, gone


def test_removing_the_last_steps_leaves_an_empty_list() -> None:
    text = done(YAML, {"op": "remove_steps", "names": ["remind", "answer", "thanks", "call"]}).text
    assert read_document(text).data["steps"] == []
    assert "# our number" in text


def test_a_step_is_renamed_wherever_it_is_named() -> None:
    gone, come = after({"op": "rename_step", "from": "answer", "to": "their-answer"})
    assert (len(gone), come) == (
        4,
        [
            "next_steps: [$steps.their-answer]",
            "name: their-answer",
            '- {type: twilio/sms@v1, name: thanks, to: $inputs.phone, message: "You said {{steps.their-answer.text}}"}',
            "- {type: JsonField, name: answer, selector: $steps.their-answer.value}",
        ],
    )
    edited = done(YAML, {"op": "rename_step", "from": "call", "to": "ring"}, positions={"call": {"x": 1, "y": 2}})
    assert edited.positions == {"ring": {"x": 1, "y": 2}}


def test_an_input_is_renamed_wherever_it_is_named() -> None:
    _, come = after(set_to("mobile", "inputs", 0, "name"))
    assert come == [
        "- {type: WorkflowParameter, name: mobile, kind: [string]}",
        "to: $inputs.mobile",
        '- {type: twilio/sms@v1, name: thanks, to: $inputs.mobile, message: "You said {{steps.answer.text}}"}',
        'message: "Please call {{mobile}}"',
    ]


def test_a_step_is_moved_with_its_comment_and_as_it_is_written() -> None:
    text = done(YAML, {"op": "move_step", "name": "answer", "before": "remind"}).text
    assert sorted(text.splitlines()) == sorted(YAML.splitlines())
    assert text.index("# Four hours") < text.index("name: answer") < text.index("# The day before")
    assert [step["name"] for step in read_document(text).data["steps"]] == ["answer", "remind", "thanks", "call"]


def test_another_kind_of_step_keeps_what_both_have() -> None:
    gone, come = after({"op": "set_type", "name": "thanks", "type": "twilio/whatsapp@v1"})
    assert (len(gone), len(come)) == (1, 1)
    text = done(
        YAML,
        {"op": "connect", "source": "call", "outcome": "answered", "target": "thanks"},
        {"op": "connect", "source": "call", "outcome": "busy", "target": "remind"},
        set_to({"1": {"label": "yes"}}, "steps", "call", "menu"),
        {"op": "set_type", "name": "call", "type": "twilio/sms@v1"},
    ).text
    call = read_document(text).data["steps"][3]
    assert call == {
        "type": "twilio/sms@v1",
        "name": "call",
        "to": "+14155550199",
        "message": "Please call {{phone}}",
        "outcomes": {"sent": ["$steps.thanks"]},
    }


def test_steps_are_connected_in_the_form_the_text_has() -> None:
    assert after({"op": "connect", "source": "thanks", "outcome": None, "target": "call"})[1] == [
        (
            '- {type: twilio/sms@v1, name: thanks, to: $inputs.phone, message: "You said {{steps.answer.text}}", '
            "next_steps: [$steps.call]}"
        )
    ]
    assert after({"op": "connect", "source": "remind", "outcome": None, "target": "call"})[1] == [
        "next_steps: [$steps.answer, $steps.call]"
    ]
    assert after({"op": "connect", "source": "call", "outcome": "busy", "target": "remind"})[1] == [
        "outcomes: {busy: [$steps.remind]}"
    ]
    assert after({"op": "connect", "source": "call", "outcome": "on_error", "target": "thanks"})[1] == [
        "on_error: [$steps.thanks]"
    ]
    assert after({"op": "connect", "source": "remind", "outcome": None, "target": "answer"}) == ([], [])


def test_a_lone_target_is_a_list_only_where_others_are() -> None:
    plain = YAML.replace("[$steps.answer]", "$steps.answer").replace("[$steps.thanks]", "$steps.thanks")
    plain = plain.replace("[$steps.call]", "$steps.call")
    text = done(plain, {"op": "connect", "source": "call", "outcome": "busy", "target": "remind"}).text
    assert "outcomes: {busy: $steps.remind}" in text


def test_steps_are_disconnected() -> None:
    assert after({"op": "disconnect", "source": "remind", "outcome": None, "target": "answer"}) == (
        ["next_steps: [$steps.answer]"],
        [],
    )
    assert (
        after(
            {"op": "disconnect", "source": "answer", "outcome": "reply", "target": "thanks"},
            {"op": "disconnect", "source": "answer", "outcome": "timeout", "target": "call"},
        )[1]
        == []
    )
    with pytest.raises(RequestError, match="no branch of `thanks` leads to `call`"):
        done(YAML, {"op": "disconnect", "source": "thanks", "outcome": None, "target": "call"})


def test_cases_of_a_switch_are_ways_out() -> None:
    switch = {"type": "roboflow_core/switch_case@v1", "name": "which", "value": "$inputs.phone", "cases": {}}
    text = done(
        YAML,
        {"op": "add_step", "step": switch},
        {"op": "connect", "source": "which", "outcome": "a", "target": "thanks"},
        {"op": "connect", "source": "which", "outcome": "default", "target": "call"},
    ).text
    which = read_document(text).data["steps"][4]
    assert (which["cases"], which["default_next_steps"]) == ({"a": "$steps.thanks"}, ["$steps.call"])
    again = done(text, {"op": "disconnect", "source": "which", "outcome": "a", "target": "thanks"}).text
    assert read_document(again).data["steps"][4].get("cases") in ({}, None)


def test_copies_get_names_of_their_own_and_keep_what_connects_them() -> None:
    steps = read_document(YAML).data["steps"][:2]
    edited = done(
        YAML,
        {"op": "paste", "steps": steps, "at": {"x": 500, "y": 0}},
        positions={"remind": {"x": 100, "y": 50}, "answer": {"x": 100, "y": 250}},
    )
    copies = read_document(edited.text).data["steps"][4:]
    assert [copy["name"] for copy in copies] == ["remind_2", "answer_2"]
    assert copies[0]["next_steps"] == ["$steps.answer_2"]
    assert (copies[1]["after"], copies[1].get("outcomes")) == ("$steps.remind_2", None)
    assert edited.positions["answer_2"] == {"x": 500, "y": 200}
    assert edited.text.startswith(YAML[: YAML.index("outputs:")].rstrip())


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"op": "rename_step", "from": "call", "to": "thanks"}, "there is a step called `thanks` already"),
        ({"op": "rename_step", "from": "call", "to": "call them"}, "cannot be the name of a step"),
        ({"op": "rename_step", "from": "nobody", "to": "x"}, "there is no step `nobody`"),
        ({"op": "connect", "source": "call", "outcome": None, "target": "nobody"}, "there is no step `nobody`"),
        ({"op": "connect", "source": "trigger:0", "outcome": None, "target": "call"}, "a trigger starts every step"),
        ({"op": "set_type", "name": "call", "type": "twilio/fax@v1"}, "there is no block"),
        ({"op": "set", "path": ["inputs", 7, "kind"], "value": []}, "there is no element `7`"),
        ({"op": "add_step", "step": {"name": "x"}}, "a step needs a `type`"),
    ],
)
def test_what_cannot_be_done_is_said(edit: dict[str, Any], said: str) -> None:
    for text in (YAML, AS_JSON):
        with pytest.raises(RequestError, match=said) as refused:
            done(text, edit)
        assert refused.value.fix


def test_a_value_taken_in_by_its_name_is_written_out_where_it_changes() -> None:
    text = YAML.replace("to: $inputs.phone\n", "to: &them $inputs.phone\n", 1).replace(
        "name: call\n    to: '+14155550199'", "name: call\n    to: *them"
    )
    assert changed(text, done(text, set_to("+1", "steps", "call", "to")).text) == (["to: *them"], ['to: "+1"'])
    edited = read_document(done(text, set_to("+1", "steps", "remind", "to")).text).data["steps"]
    assert (edited[0]["to"], edited[3]["to"]) == ("+1", "$inputs.phone")


def test_a_text_that_cannot_be_read_takes_only_another_text() -> None:
    with pytest.raises(RequestError, match="cannot be read in line 3") as refused:
        done("version: 1\nsteps: [\n", set_to(1, "variables", "x"))
    assert refused.value.code == "unreadable"
    assert done("version: 1\nsteps: [\n", {"op": "set_text", "text": YAML}).text == YAML


def test_lines_that_end_as_on_windows_go_on_doing_so() -> None:
    text = YAML.replace("\n", "\r\n")
    new = done(
        text, set_to("4h", "steps", "remind", "validity"), {"op": "add_step", "step": {"type": "flow/delay@v1"}}
    ).text
    assert "\n" not in new.replace("\r\n", "")
    assert (
        read_document(new).data
        == read_document(
            done(
                YAML, set_to("4h", "steps", "remind", "validity"), {"op": "add_step", "step": {"type": "flow/delay@v1"}}
            ).text
        ).data
    )
