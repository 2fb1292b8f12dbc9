"""Triggers in definitions: what each type takes, and the sentence for each way of writing one wrongly."""

from __future__ import annotations

from typing import Any

import pytest

from ringline.errors import Fault
from ringline.workflow import check_definition, compile_definition, definition_schema, load_document
from ringline.workflow.definition import Definition, WorkflowParameter
from ringline.workflow.triggers import TRIGGER_TYPES, ScheduleTrigger, WebhookTrigger, read_trigger
from workflow.building import compiled, definition, faults
from workflow.sample_blocks import registry

HEAD = 'version: "1.0"\ninputs: [{type: WorkflowParameter, name: phone, default_value: ""}]\nsteps: []\noutputs: []\n'


def told(triggers: str) -> list[Fault]:
    """What is said about these triggers, written as YAML from line 6 on."""
    return faults(f"{HEAD}triggers:\n{triggers}")


WRONG: list[tuple[str, str, str, str]] = [
    # what is written; the field; the sentence; the fix
    ("{typ: api}", "triggers[0].type", "`triggers[0]` needs `type`, which is missing.",
     "Use one of `api`, `schedule`, `inbound_message`, `inbound_call`, `message_status`, `webhook`."),
    ("{type: web_hook, path: a}", "triggers[0].type",
     ("`type` must be one of 'api', 'schedule', 'inbound_message', 'inbound_call', 'message_status' or 'webhook', "
      "not 'web_hook'."), "Did you mean `webhook`?"),
    ("{type: schedule, crn: '0 9 * * *'}", "triggers[0].crn", "`crn` is not a key of `triggers[0]`.",
     "Did you mean `cron`?"),
    ("{type: schedule}", "triggers[0]",
     "A schedule needs exactly one of `cron`, `at` and `every`, and it says not when.", "Write one of them."),
    ("{type: schedule, cron: '0 9 * * *', every: 1h}", "triggers[0]",
     "A schedule needs exactly one of `cron`, `at` and `every`, and it has `cron` and `every`.", "Write one of them."),
    ("{type: schedule, cron: '61 9 * * *'}", "triggers[0].cron",
     "`cron`: the minute of `61 9 * * *` cannot be.", "Write it so: a minute is 0 to 59."),
    ("{type: schedule, cron: '0 9 31 2 *'}", "triggers[0].cron",
     "`cron`: the day of month of `0 9 31 2 *` cannot be.",
     "Write it so: a day of the month is 1 to 31, or L for the last, and must exist in one of the months."),
    ("{type: schedule, cron: '0 9 * *'}", "triggers[0].cron", "`cron`: `0 9 * *` has 4 fields.",
     "Write five: minute, hour, day of month, month, day of week, as in `0 9 * * MON-FRI`."),
    ("{type: schedule, cron: '0 0 9 * * *'}", "triggers[0].cron", "`cron`: `0 0 9 * * *` has 6 fields.",
     "Write five: minute, hour, day of month, month, day of week, as in `0 9 * * MON-FRI`."),
    ("{type: schedule, cron: '0 9 * * FUN'}", "triggers[0].cron",
     "`cron`: the day of week of `0 9 * * FUN` cannot be.",
     "Write it so: a day of the week is 0 to 7 (0 and 7 are Sunday) or SUN to SAT."),
    ("{type: schedule, cron: '@fortnightly'}", "triggers[0].cron", "`@fortnightly` is no cron line.",
     "Write five fields, or one of @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually."),
    ("{type: schedule, cron: '0 9 * * *', timezone: Europe/Berln}", "triggers[0].timezone",
     "`timezone`: there is no time zone `Europe/Berln`.", "Write `Europe/Berlin`."),
    ("{type: schedule, cron: '0 9 * * *', timezone: new york}", "triggers[0].timezone",
     "`timezone`: there is no time zone `new york`.", "Write `America/New_York`."),
    ("{type: schedule, cron: '0 9 * * *', timezone: xyz}", "triggers[0].timezone",
     "`timezone`: there is no time zone `xyz`.", "Write one such as `Europe/Berlin`."),
    ("{type: schedule, at: soon}", "triggers[0].at", "`at`: `soon` is no date and time.",
     "Write it as in `2026-11-21T09:00`."),
    ("{type: schedule, at: 2099-01-02}", "triggers[0].at", "`at`: `2099-01-02` has no time of day.",
     "Write it as in `2099-01-02T09:00`."),
    ("{type: schedule, at: '2099-03-29T02:30', timezone: Europe/Berlin}", "triggers[0].at",
     "`at`: `2099-03-29T02:30` does not exist in Europe/Berlin, where clocks are set forward then.",
     "Write `2099-03-29T03:30`."),
    ("{type: schedule, every: 30}", "triggers[0].every", "`every`: 30 has no unit.",
     "Write a duration as `30s`, `5m`, `24h` or `3d`."),
    ("{type: schedule, every: 10ms}", "triggers[0].every", "`every` must be at least 1, not '10ms'.",
     "Write a value of at least 1."),
    ("{type: inbound_message, match: whole}", "triggers[0]",
     "`match: whole` looks for a keyword, and there is none.", "Write `keyword: JOIN`."),
    ("{type: inbound_message, match: anything, keyword: JOIN}", "triggers[0]",
     "`match: anything` takes every message, so a keyword says nothing.", "Write one of the two."),
    ("{type: inbound_message, keyword: ''}", "triggers[0].keyword",
     "A keyword is a word or a few.", "Write for example `JOIN`."),
    ("{type: inbound_message, keyword: Stop}", "triggers[0].keyword",
     "`Stop` opts people out of all messages, so it never reaches a workflow.", "Choose another keyword."),
    ("{type: inbound_message, keywords: [JOIN, CANCEL]}", "triggers[0].keywords",
     "`CANCEL` opts people out of all messages, so it never reaches a workflow.", "Choose another keyword."),
    ("{type: inbound_message, keyword: HELP}", "triggers[0].keyword",
     "Twilio itself answers `HELP`, so whoever writes it gets two answers.",
     "Choose another keyword, unless Twilio's handling of opt-outs is switched off for the number."),
    ("{type: message_status, status: arrived}", "triggers[0].status",
     "`arrived` is no status of a message.",
     ("Write one of accepted, canceled, delivered, failed, queued, read, refused, scheduled, sending, sent, "
      "undelivered, unresolved.")),
    ("{type: message_status}", "triggers[0].status", "`triggers[0]` needs `status`, which is missing.",
     "Add `status:`."),
    ("{type: webhook, path: /booked, secret: HOOK}", "triggers[0]",
     "`path` is words joined by slashes, without one at either end.", "Write `path: bookings/new`."),
    ("{type: webhook, path: a/../b, secret: HOOK}", "triggers[0]",
     "`path` is words joined by slashes, without one at either end.", "Write `path: bookings/new`."),
    ("{type: webhook, path: a, method: FETCH, secret: HOOK}", "triggers[0].method",
     "`method` must be one of 'GET', 'POST', 'PUT', 'PATCH' or 'DELETE', not 'FETCH'.",
     "Write 'GET', 'POST', 'PUT', 'PATCH' or 'DELETE'."),
    ("{type: webhook, path: a, auth: hmac}", "triggers[0]", "`auth: hmac` needs a secret.",
     "Write `secret: NAME_OF_A_VARIABLE`."),
    ("{type: webhook, path: a, auth: none, secret: HOOK}", "triggers[0]", "`auth: none` asks for no secret.",
     "Write one of the two."),
    ("{type: webhook, path: a, auth: standard-webhooks, secret: HOOK, header: X-Sig}", "triggers[0]",
     "`header` goes with `auth: token` or `auth: hmac`.", "Write `auth: hmac`, or leave it out."),
    ("{type: webhook, path: a, secret: HOOK, event_id: {}}", "triggers[0].event_id",
     "`event_id`: it names exactly one field of the request.", "Write `{header: X-Event-Id}` or `{body: id}`."),
    ("{type: webhook, path: a, secret: RINGLINE_API_TOKEN}", "triggers[0]",
     "`secret` names one of Ringline's own settings.", "Write a name of your own."),
    ("{type: webhook, path: a}", "triggers[0]",
     "Everybody who knows the address of the webhook `a` can start runs.",
     "Write `secret: NAME_OF_A_VARIABLE`, and set the variable where the server runs."),
    ("{type: schedule, at: '2020-01-01T09:00'}", "triggers[0].at",
     "`2020-01-01T09:00` has passed, so this schedule starts nothing.", "Write a moment to come."),
    ("{type: webhook, path: a, secret: HOOK, inputs: {phone: '{{phone}}'}}", "triggers[0].inputs.phone",
     "The trigger's input `phone` reads `{{phone}}`; before a run there is only `trigger`.",
     "Write `{{trigger.phone}}`."),
    ("{type: webhook, path: a, secret: HOOK, inputs: {phone: '{{steps.x.body}}'}}", "triggers[0].inputs.phone",
     "The trigger's input `phone` reads `{{steps.x.body}}`; before a run there is only `trigger`.",
     "Write `{{trigger.body}}`."),
    ("{type: webhook, path: a, secret: HOOK, inputs: {phone: '{{trigger.boddy.phone}}'}}", "triggers[0].inputs.phone",
     "The trigger's input `phone` reads `{{trigger.boddy.phone}}`, and a trigger of type `webhook` has no `boddy`.",
     "Did you mean `{{trigger.body}}`?"),
    ("{type: webhook, path: a, secret: HOOK, inputs: {phone: {list: ['{{trigger.bod}}']}}}",
     "triggers[0].inputs.phone.list.0",
     "The trigger's input `phone.list.0` reads `{{trigger.bod}}`, and a trigger of type `webhook` has no `bod`.",
     "Did you mean `{{trigger.body}}`?"),
    ("{type: webhook, path: a, secret: HOOK, respond: {body: '{{trigger.qery.x}}'}}", "triggers[0].respond.body",
     "The trigger's answer reads `{{trigger.qery.x}}`, and a trigger of type `webhook` has no `qery`.",
     "Did you mean `{{trigger.query}}`?"),
    ("{type: webhook, path: a, secret: HOOK, respond: {body: '{{trigger.'}}", "triggers[0].respond.body",
     "The template in `triggers[0].respond.body` cannot be read: `{{` is not closed.",
     "Add `}}`, or write {{'{{'}} for two braces as they are."),
    ("{type: webhook, path: a, secret: HOOK, inputs: {phon: x}}", "triggers[0].inputs.phon",
     "The trigger fills the input `phon`, which does not exist.", "Did you mean `phone`?"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "field", "sentence", "fix"), WRONG, ids=[case[0] for case in WRONG])
def test_each_fault_names_line_field_and_fix(written: str, field: str, sentence: str, fix: str) -> None:
    [fault] = told(f"  - {written}\n")

    assert (fault.message, fault.fix, fault.field, fault.line) == (sentence, fix, field, 6)


CLASHES = [
    ("{type: api}", "{type: api}", "`triggers[0]` and `triggers[1]` start runs for the same thing."),
    (
        "{type: webhook, path: a, secret: A, method: [GET, POST]}",
        "{type: webhook, path: a, secret: B}",
        "`triggers[1]` and `triggers[0]` both take POST a.",
    ),
    (
        "{type: inbound_message, keyword: join}",
        "{type: inbound_message, keywords: [HELLO, Join]}",
        "`triggers[1]` and `triggers[0]` both take the keyword `join`.",
    ),
    ("{type: inbound_message}", "{type: inbound_message}", "`triggers[1]` and `triggers[0]` both take any message."),
    (
        "{type: schedule, every: 1h, name: tick}",
        "{type: schedule, every: 2h, name: tick}",
        "`triggers[1]` and `triggers[0]` are both called `tick`.",
    ),
]


@pytest.mark.parametrize(("first", "second", "sentence"), CLASHES)
def test_triggers_that_nobody_could_tell_apart_are_refused(first: str, second: str, sentence: str) -> None:
    [fault] = [fault for fault in told(f"  - {first}\n  - {second}\n") if fault.severity == "error"]

    assert (fault.message.replace("`triggers[1]` and `triggers[0]` start", "`triggers[0]` and `triggers[1]` start"),
            fault.line) == (sentence, 7)  # fmt: skip


def test_the_same_keyword_on_two_numbers_is_no_clash() -> None:
    assert not told(
        "  - {type: inbound_message, keyword: JOIN, to: '+15550001111'}\n"
        "  - {type: inbound_message, keyword: JOIN, to: '+15550002222'}\n"
    )


def test_an_input_without_a_default_must_be_filled_by_what_starts_runs_by_itself() -> None:
    text = HEAD.replace(', default_value: ""', "") + (
        "triggers:\n  - {type: api}\n  - {type: schedule, every: 1h}\n"
        "  - {type: schedule, every: 2h, inputs: {phone: '1'}}\n"
    )

    [fault] = faults(text)

    assert (fault.line, fault.field) == (7, "triggers[1].inputs")
    assert fault.message == (
        "The trigger `schedule` (every 3600s) does not fill the input `phone`, which has no default."
    )


def test_a_secret_written_where_its_name_belongs_is_not_repeated() -> None:
    for secret in ("wh_53cr3t-value", "12345678"):
        for fault in told(f"  - {{type: webhook, path: a, secret: {secret}}}\n"):
            assert secret not in fault.as_text()


WRITTEN: list[dict[str, Any]] = [
    {"type": "api"},
    {"type": "schedule", "cron": "0 9 * * MON-FRI", "timezone": "Europe/Berlin", "catch_up": "skip"},
    {"type": "schedule", "at": "2099-01-01T09:00"},
    {"type": "inbound_message", "keyword": ["JOIN"], "from": ["+14155550123"], "to": ["+15550001111", "12345"]},
    {"type": "message_status", "status": ["delivered", "failed"], "include_own": True, "purpose": ["otp"]},
    {"type": "webhook", "path": "a/b", "secret": "HOOK", "auth": "hmac", "header": "X-Hub-Signature-256"},
    {"type": "inbound_call", "to": ["+15550001111"]},
]


@pytest.mark.parametrize("written", WRITTEN, ids=[str(one["type"]) for one in WRITTEN])
def test_what_is_stored_of_a_trigger_is_what_its_author_wrote(written: dict[str, Any]) -> None:
    plan = compiled(definition(triggers=[written]))

    assert plan.triggers[0].as_data() == written
    assert read_trigger(plan.triggers[0].as_data()).key == plan.triggers[0].key


def test_durations_are_stored_as_durations() -> None:
    [trigger] = compiled(definition(triggers=[{"type": "schedule", "every": "365d"}])).triggers

    assert trigger.as_data() == {"type": "schedule", "every": "31536000s"}
    assert read_trigger(trigger.as_data()) == trigger


def test_a_trigger_keeps_its_key_while_what_starts_it_stays_the_same() -> None:
    one = WebhookTrigger(path="booked", inputs={"phone": "{{trigger.body.phone}}"})

    assert one.key == WebhookTrigger(path="booked", secret="HOOK").key
    assert one.key != WebhookTrigger(path="booked", method="GET").key
    assert ScheduleTrigger(every="1h").key != ScheduleTrigger(every="2h").key
    assert ScheduleTrigger(every="1h", name="tick").key == "tick"


def test_python_declares_triggers_with_the_same_models() -> None:
    source = Definition(
        inputs=[WorkflowParameter(name="phone")],
        triggers=[WebhookTrigger(path="booked", secret="HOOK", inputs={"phone": "{{trigger.body.phone}}"})],
    )

    [trigger] = compile_definition(source, registry(), {}).triggers

    assert isinstance(trigger, WebhookTrigger)
    assert trigger.proof == "token"


def test_the_schema_knows_the_keys_of_each_type() -> None:
    items = definition_schema(registry())["properties"]["triggers"]["items"]
    by_type = {rule["if"]["properties"]["type"]["const"]: rule["then"] for rule in items["allOf"]}

    assert list(by_type) == list(TRIGGER_TYPES)
    assert "cron" in by_type["schedule"]["properties"]
    assert "from" in by_type["inbound_message"]["properties"]
    assert all(field.get("description") for name, field in by_type["webhook"]["properties"].items() if name != "type")


def test_the_example_of_a_reminder_says_only_that_its_webhook_is_open() -> None:
    text = HEAD.replace(', default_value: ""', "") + (
        'triggers:\n  - {type: api}\n  - {type: webhook, path: booked, inputs: {phone: "{{trigger.body.phone}}"}}\n'
    )

    assert [fault.code for fault in check_definition(load_document(text), registry())] == ["open_webhook"]
