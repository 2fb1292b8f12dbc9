"""The steps that wait, `twilio/wait_for_reply@v1` and `twilio/wait_for_delivery@v1`, as `check` sees them.

What they do in a run is in tests/app/test_waiting_for_people.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from ringline import DefinitionError, Workflow
from ringline.app import block_registry
from ringline.clock import VirtualClock
from ringline.errors import DurableRunRequired
from ringline.workflow import check_definition, compile_definition

REMINDER = {
    "version": "1.0",
    "name": "appointment-reminder",
    "defaults": {"credential": "main", "from": "+15550001111", "country": "US", "timezone": "America/New_York"},
    "triggers": [{"type": "api"}],
    "inputs": [
        {"type": "WorkflowParameter", "name": "phone", "kind": ["string"]},
        {"type": "WorkflowParameter", "name": "appointment_at", "kind": ["timestamp"]},
    ],
    "steps": [
        {
            "type": "flow/wait_until@v1",
            "name": "day_before",
            "until": "$inputs.appointment_at",
            "offset": "-24h",
            "next_steps": ["$steps.remind"],
        },
        {
            "type": "twilio/sms@v1",
            "name": "remind",
            "to": "$inputs.phone",
            "message": "Appointment {{formatDate(appointment_at)}}. Reply YES or RESCHEDULE",
            "max_visits": 2,
            "outcomes": {"sent": ["$steps.answer"], "failed": ["$steps.office"], "refused": "end"},
            "on_error": ["$steps.office"],
        },
        {
            "type": "twilio/wait_for_reply@v1",
            "name": "answer",
            "after": "$steps.remind",
            "expect": {"type": "multiple_choice", "choices": ["YES", "RESCHEDULE"]},
            "wait_for": "4h",
            "outcomes": {"reply": ["$steps.route"], "timeout": ["$steps.remind"], "no_match": ["$steps.office"]},
        },
        {
            "type": "roboflow_core/switch_case@v1",
            "name": "route",
            "value": "$steps.answer.value",
            "cases": {"YES": "$steps.thanks", "RESCHEDULE": "$steps.office"},
        },
        {
            "type": "twilio/sms@v1",
            "name": "thanks",
            "to": "$inputs.phone",
            "message": "See you! You wrote {{SMS reply}}",
        },
        {"type": "twilio/sms@v1", "name": "office", "to": "+15550002222", "message": "Please call {{phone}}"},
    ],
    "outputs": [{"type": "JsonField", "name": "answer", "selector": "$steps.answer.value"}],
}


def sms(name: str, *then: str, **fields: Any) -> dict[str, Any]:
    to = {"next_steps": [f"$steps.{step}" for step in then]} if then else {}
    given = {"type": "twilio/sms@v1", "name": name, "to": "+14155550123", "from": "+15550001111", "message": "Hello"}
    return {**given, **to, **fields}


def wait(name: str = "answer", kind: str = "reply", **fields: Any) -> dict[str, Any]:
    return {"type": f"twilio/wait_for_{kind}@v1", "name": name, "wait_for": "1h", **fields}


def flow(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"version": "1.0", "inputs": [], "steps": list(steps), "outputs": [], **more}


def said(definition: dict[str, Any]) -> list[tuple[str, str | None, str]]:
    found = check_definition(definition, block_registry())
    assert all(fault.fix for fault in found)
    return [(fault.severity, fault.step, fault.message) for fault in found]


def asks(definition: dict[str, Any], name: str = "answer") -> Any:
    """The steps whose message the step waits for."""
    plan = compile_definition(definition, block_registry(), {"clock": VirtualClock(), "messages": object()})
    [step] = [step for step in plan.steps if step.name == name]
    return step.constants["after"]


def test_the_reminder_is_in_order() -> None:
    assert said(REMINDER) == []


def test_a_wait_is_for_the_nearest_message_before_it() -> None:
    assert asks(flow(sms("hello", "ask"), sms("ask", "pause"), delay("pause", "answer"), wait())) == ["$steps.ask"]
    assert asks(flow(sms("hello", "ask"), sms("ask", "answer"), wait(after="$steps.hello"))) == "$steps.hello"


def delay(name: str, then: str) -> dict[str, Any]:
    return {"type": "flow/delay@v1", "name": name, "for": "1m", "next_steps": [f"$steps.{then}"]}


def test_after_branches_it_is_the_message_of_the_one_that_was_taken() -> None:
    branches = flow(
        {**sms("hello"), "outcomes": {"sent": ["$steps.ask"], "failed": ["$steps.text_again"]}},
        sms("ask", "answer"),
        {**sms("text_again", "answer"), "type": "twilio/whatsapp@v1", "content_template": "HX" + "1" * 32},
        wait(),
    )
    del branches["steps"][2]["message"]
    assert asks(branches) == ["$steps.ask", "$steps.text_again"]


def test_a_wait_for_a_person_is_for_the_nearest_message_to_them() -> None:
    steps = [sms("ask", "tell"), sms("tell", "answer", to="+14155550199"), wait(to="+14155550123")]
    assert asks(flow(*steps)) == ["$steps.ask"]


def test_a_wait_that_nothing_sends_before() -> None:
    [found] = said(flow(wait()))
    assert found == ("warning", "answer", "`answer` waits for a reply but nothing sends before it.")
    [found] = said(flow(sms("ask"), wait()))
    assert found == ("warning", "answer", "`answer` waits for a reply but nothing sends before it.")
    assert said(flow(wait(to="+14155550123"))) == []


def test_a_wait_for_a_delivery_that_nothing_sends_before() -> None:
    [found] = said(flow(wait("arrived", "delivery")))
    assert found == ("error", "arrived", "`arrived` waits for a delivery but nothing sends before it.")


def test_nobody_tells_whether_an_sms_was_read() -> None:
    [found] = said(flow(sms("ask", "seen"), wait("seen", "delivery", until="read")))
    assert found == ("error", "seen", "Nobody tells whether an SMS was read. `ask` sends one.")
    whatsapp = {**sms("ask", "seen"), "type": "twilio/whatsapp@v1", "content_template": "HX" + "1" * 32}
    del whatsapp["message"]
    assert said(flow(whatsapp, wait("seen", "delivery", until="read"))) == []


def test_words_that_opt_out_are_no_choices() -> None:
    choices = {"type": "multiple_choice", "choices": ["CONFIRM", "CANCEL"]}
    [found] = said(flow(sms("ask", "answer"), wait(expect=choices)))
    assert found[:2] == ("warning", "answer")
    assert "Whoever replies CANCEL opts out" in found[2]


def test_a_reply_that_can_have_come_from_nowhere() -> None:
    late = flow(sms("early", "answer", message="You wrote {{SMS reply}}"), wait())
    [found] = said(late)
    assert found[0] == "error"
    assert found[2] == "`message` reads `{{SMS reply}}`, and no step before `early` waits for a reply."
    late["triggers"] = [{"type": "inbound_message"}]
    assert said(late) == []


def test_another_wait_gives_no_reply() -> None:
    [found] = said(flow(delay("pause", "tell"), sms("tell", message="You wrote {{SMS reply}}")))
    assert "nothing in the workflow sets `SMS reply`" in found[2]


@pytest.mark.parametrize("value", ["$steps.nobody", ["$steps.ask", "$steps.nobody"]])
def test_a_question_that_does_not_exist(value: Any) -> None:
    found = said(flow(sms("ask", "answer"), wait(after=value)))
    assert any("`nobody`" in message and severity == "error" for severity, _, message in found)


def test_choices_may_come_from_an_input() -> None:
    definition = flow(
        sms("ask", "answer"),
        wait(expect={"type": "multiple_choice", "choices": "$inputs.options"}),
        inputs=[{"type": "WorkflowParameter", "name": "options", "kind": ["list_of_values"]}],
    )
    assert said(definition) == []


def test_a_bare_workflow_says_that_waiting_takes_a_database() -> None:
    workflow = Workflow.from_dict(flow(sms("ask", "answer"), wait()), credentials={"main": ("AC" + "1" * 32, "x" * 32)})
    with pytest.raises(DurableRunRequired):
        workflow.run()


def test_a_key_that_is_not_known_is_an_error() -> None:
    with pytest.raises(DefinitionError, match="expect"):
        compile_definition(flow(sms("ask", "answer"), wait(expect={"typ": "yes_no"})), block_registry(), {})
