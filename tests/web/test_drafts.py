"""Workflows edited over the API: saved with every edit, held when somebody else wrote, published as versions."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from web.conftest import Answer, Server

TEXT = """\
# What we tell a new customer.
version: "1.0"
name: greeting
defaults: {from: "+15550001111"}
inputs:
  - {type: WorkflowParameter, name: phone, kind: [string]}
steps:
  - type: twilio/sms@v1
    name: hello   # the first text
    to: $inputs.phone
    message: "Hello!"
outputs: []
"""


async def begin(server: Server, name: str = "greeting", text: str | None = TEXT) -> dict[str, Any]:
    answer = await server.post("/api/v1/drafts", {"name": name, "text": text})
    assert answer.status == 201, answer.body
    draft: dict[str, Any] = answer.body
    return draft


async def edit(server: Server, etag: str | None, *edits: dict[str, Any], name: str = "greeting") -> Answer:
    headers = {"If-Match": f'"{etag}"'} if etag is not None else {}
    return await server.post(f"/api/v1/drafts/{name}/edits", {"edits": list(edits)}, **headers)


SAY_HI = {"op": "set", "path": ["steps", "hello", "message"], "value": "Hi!"}


async def test_an_edit_saves_the_draft_and_gives_it_back_with_its_graph(server_on_each_database: Server) -> None:
    server = server_on_each_database
    draft = await begin(server)
    assert (draft["base_version"], draft["published"], draft["format"]) == (None, None, "yaml")
    [step] = draft["graph"]["steps"]
    assert (step["id"], step["service"], step["from"], step["to"]) == (
        *("hello", "Twilio SMS"),
        *("+15550001111", "$inputs.phone"),
    )

    answer = await edit(
        server,
        draft["etag"],
        SAY_HI,
        {"op": "positions", "positions": {"hello": {"x": 10, "y": 20.04}}},
    )

    edited = answer.body
    assert answer.status == 200, edited
    assert answer.headers["ETag"] == f'"{edited["etag"]}"' != f'"{draft["etag"]}"'
    assert edited["text"] == TEXT.replace("Hello!", "Hi!")
    assert edited["positions"] == {"hello": {"x": 10, "y": 20.0}}
    assert (await server.get("/api/v1/drafts/greeting")).body == edited


async def test_a_stale_edit_is_told_what_both_have_changed(server_on_each_database: Server) -> None:
    server = server_on_each_database
    draft = await begin(server)
    await edit(server, draft["etag"], {"op": "set", "path": ["steps", "hello", "to"], "value": "+14155550123"})

    answer = await edit(server, draft["etag"], SAY_HI)

    conflict = answer.body
    assert (answer.status, conflict["code"]) == (409, "draft_changed")
    assert conflict["base_diff"]["summary"] == [
        {"kind": "changed", "step": "hello", "sentence": "The step `hello` changed: `to`."}
    ]
    assert [
        line["text"].strip() for hunk in conflict["your_diff"]["lines"] for line in hunk if line["kind"] != "same"
    ] == [
        'message: "Hello!"',
        'message: "Hi!"',
    ]
    # With the new tag the same edit goes through, on top of the other one.
    kept = (await edit(server, conflict["draft"]["etag"], SAY_HI)).body
    assert '"+14155550123"' in kept["text"]
    assert "Hi!" in kept["text"]


async def test_of_two_edits_at_once_one_is_held(server_on_each_database: Server) -> None:
    server = server_on_each_database
    draft = await begin(server)

    answers = await asyncio.gather(*(edit(server, draft["etag"], SAY_HI | {"value": f"Hi {n}"}) for n in range(5)))

    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409, 409]


async def test_a_text_that_cannot_be_read_keeps_the_last_graph(server_on_each_database: Server) -> None:
    server = server_on_each_database
    draft = await begin(server)
    broken = TEXT.replace('message: "Hello!"', 'message: "Hello!')

    answer = await server.ask(
        "PUT", "/api/v1/drafts/greeting", json={"text": broken}, headers={"If-Match": f'"{draft["etag"]}"'}
    )

    kept = answer.body
    assert (answer.status, kept["text"]) == (200, broken)
    assert kept["graph"] == draft["graph"]
    assert (kept["faults"][0]["severity"], kept["faults"][0]["line"]) == ("error", 11)
    refused = await edit(server, kept["etag"], SAY_HI)
    assert (refused.status, refused.body["code"]) == (422, "unreadable")
    mended = await edit(server, kept["etag"], {"op": "set_text", "text": TEXT}, SAY_HI)
    assert mended.body["faults"] == draft["faults"]


async def test_publishing_makes_a_version_and_going_back_to_one_makes_it_current(
    server_on_each_database: Server,
) -> None:
    server = server_on_each_database
    draft = await begin(server)
    placed = (await edit(server, draft["etag"], {"op": "positions", "positions": {"hello": {"x": 1, "y": 2}}})).body
    published = await server.post("/api/v1/drafts/greeting/publish", None, **{"If-Match": f'"{placed["etag"]}"'})
    assert (published.status, published.body["version"]) == (200, 1), published.body
    assert published.body["draft"]["changed"] is False

    second = (await edit(server, published.body["draft"]["etag"], SAY_HI)).body
    assert (second["base_version"], second["published"], second["changed"]) == (1, 1, True)
    assert second["positions"] == {"hello": {"x": 1.0, "y": 2.0}}
    await server.post("/api/v1/drafts/greeting/publish", None)
    versions = (await server.get("/api/v1/workflows/greeting/versions")).body
    assert [(one["version"], one["current"]) for one in versions] == [(2, True), (1, False)]
    assert versions[0]["published_by"] is not None
    compared = (await server.get("/api/v1/workflows/greeting/diff?from=1&to=2")).body
    assert [one["sentence"] for one in compared["summary"]] == ["The step `hello` changed: `message`."]
    drawn = (await server.get("/api/v1/workflows/greeting/graph?version=1")).body
    assert (drawn["version"], drawn["graph"]["steps"][0]["summary"]) == (1, "Hello!")
    assert drawn["positions"] == {"hello": {"x": 1.0, "y": 2.0}}

    back = (await edit(server, "v2", {"op": "set_text", "text": TEXT})).body
    assert back["changed"]
    again = await server.post("/api/v1/drafts/greeting/publish", None)
    assert again.body["version"] == 1
    versions = (await server.get("/api/v1/workflows/greeting/versions")).body
    assert [(one["version"], one["current"]) for one in versions] == [(2, False), (1, True)]


async def test_a_draft_with_errors_is_not_published(server: Server) -> None:
    await begin(server, text=TEXT.replace("$inputs.phone", "$inputs.fone"))

    answer = await server.post("/api/v1/drafts/greeting/publish", None)

    assert (answer.status, answer.body["code"]) == (422, "invalid_definition")
    assert answer.body["faults"][0]["step"] == "hello"


async def test_a_draft_is_tried_without_being_published(server_on_each_database: Server) -> None:
    server = server_on_each_database
    await begin(server)
    started = await server.post("/api/v1/drafts/greeting/run", {"inputs": {"phone": "+14155550123"}})
    assert started.status == 202, started.body

    run = (await server.get(f"/api/v1/runs/{started.body['id']}?wait=20")).body

    assert (run["status"], run["workflow"]) == ("completed", "greeting (draft)")
    listed = (await server.get("/api/v1/runs?workflow=greeting")).body["items"]
    assert [one["id"] for one in listed] == [run["id"]]
    rows = (await server.get("/api/v1/drafts")).body
    assert [(row["name"], row["version"], row["published"], row["steps"]) for row in rows] == [
        ("greeting", None, None, 1)
    ]
    assert [one["name"] for one in (await server.get("/api/v1/workflows")).body] == []
    drawn = (await server.get("/api/v1/workflows/greeting (draft)/graph")).body
    assert [step["id"] for step in drawn["graph"]["steps"]] == ["hello"]


async def test_discarding_goes_back_to_the_newest_version(server: Server) -> None:
    await begin(server)
    await server.post("/api/v1/drafts/greeting/publish", None)
    await edit(server, None, SAY_HI)

    answer = await server.ask("DELETE", "/api/v1/drafts/greeting")

    assert (answer.status, answer.body["text"], answer.body["changed"]) == (200, TEXT, False)


async def test_what_was_only_begun_is_gone_when_it_is_discarded(server: Server) -> None:
    await begin(server)

    assert (await server.ask("DELETE", "/api/v1/drafts/greeting")).body is None
    assert (await server.get("/api/v1/drafts/greeting")).status == 404


async def test_workflows_are_copied_renamed_and_deleted(server_on_each_database: Server) -> None:
    server = server_on_each_database
    await begin(server)
    await server.post("/api/v1/drafts/greeting/publish", None)

    copied = await server.post("/api/v1/drafts/greeting/copy", {"to": "welcome"})
    assert "name: welcome\n" in copied.body["text"]
    taken = await server.post("/api/v1/drafts/greeting/copy", {"to": "welcome"})
    assert (taken.status, taken.body["code"]) == (422, "name_taken")
    renamed = await server.post("/api/v1/drafts/greeting/rename", {"to": "salute"})
    assert (renamed.status, renamed.body["published"]) == (200, 1), renamed.body
    assert {row["name"]: row["published"] for row in (await server.get("/api/v1/drafts")).body} == {
        "salute": 1,
        "welcome": None,
    }
    assert (await server.post("/api/v1/workflows/greeting/runs", {})).status in (404, 422)

    assert (await server.ask("DELETE", "/api/v1/drafts/salute/workflow")).status == 204
    assert (await server.ask("DELETE", "/api/v1/drafts/salute/workflow")).status == 404
    assert [row["name"] for row in (await server.get("/api/v1/drafts")).body] == ["welcome"]


async def test_a_deleted_name_can_be_taken_again(server: Server) -> None:
    await begin(server)
    await server.post("/api/v1/drafts/greeting/publish", None)
    await server.ask("DELETE", "/api/v1/drafts/greeting/workflow")

    await begin(server)
    published = await server.post("/api/v1/drafts/greeting/publish", None)

    assert published.status == 200
    assert [row["name"] for row in (await server.get("/api/v1/drafts")).body] == ["greeting"]


async def test_the_list_tells_the_last_run(server_on_each_database: Server) -> None:
    server = server_on_each_database
    await begin(server)
    await server.post("/api/v1/drafts/greeting/publish", None)
    for _ in range(2):
        run = (await server.post("/api/v1/workflows/greeting/runs", {"inputs": {"phone": "+14155550123"}})).body

    [row] = (await server.get("/api/v1/drafts")).body

    assert row["last_run"]["id"] == run["id"]
    assert (row["services"], row["has_draft"], row["faults"]) == (["Twilio SMS"], False, 0)


async def test_a_run_of_the_draft_is_the_last_run_too(server_on_each_database: Server) -> None:
    server = server_on_each_database
    await begin(server)
    tried = (await server.post("/api/v1/drafts/greeting/run", {"inputs": {"phone": "+14155550123"}})).body

    [row] = (await server.get("/api/v1/drafts")).body

    assert row["last_run"]["id"] == tried["id"]


async def test_a_definition_is_taken_elsewhere(server: Server) -> None:
    await begin(server)

    as_written = (await server.get("/api/v1/workflows/greeting/export")).body
    as_json = (await server.get("/api/v1/workflows/greeting/export?form=json")).body
    for_roboflow = (await server.get("/api/v1/workflows/greeting/export?form=roboflow")).body

    assert (as_written["filename"], as_written["text"]) == ("greeting.yaml", TEXT)
    assert json.loads(as_json["text"])["steps"][0]["to"] == "$inputs.phone"
    assert for_roboflow["obstacles"] == [
        "`defaults` is a key of Ringline's.",
        "The step `hello` uses `twilio/sms@v1`, which Roboflow does not have.",
    ]


async def test_every_template_begins_a_workflow_without_faults(server: Server) -> None:
    templates = (await server.get("/api/v1/templates")).body
    assert len(templates) >= 15
    for template in templates:
        draft = await begin(server, template["name"], template["text"])
        assert [fault for fault in draft["faults"] if fault["severity"] == "error"] == [], template["name"]
        assert template["about"].endswith("."), template["name"]


async def test_blocks_say_what_a_form_and_a_palette_need(server: Server) -> None:
    blocks = (await server.get("/api/v1/blocks")).body

    assert [block["title"] for block in blocks[:4]] == ["Twilio SMS", "Twilio WhatsApp", "Twilio Voice", "Voice Agent"]
    sms = blocks[0]
    assert (sms["sends"], sms["waits"], sms["own_outcomes"], sms["icon"]) == (True, False, False, "message-square")
    assert sms["outcomes"][0] == {"name": "sent", "tone": "good"}
    assert sms["schema"]["properties"]["to"]["x-tag"] == "to"
    assert all(block["icon"] and block["title"] and block["description"] for block in blocks)
