"""People, lists and broadcasts over HTTP."""

from __future__ import annotations

import asyncio
import io
from typing import Any

from web.conftest import Server

CSV = b"phone,name,city\n+14155550101,Ana,Bern\n415 555 0102,Ben,Rome\n12,Bad,Oslo\n"


async def test_people_are_added_changed_found_and_removed(server: Server) -> None:
    added = await server.post("/api/v1/contacts", {"phone": "+14155550101", "name": "Ana", "lists": ["vip"]})
    assert (added.status, added.body["lists"], added.body["opted_out"]) == (201, ["vip"], False)
    path = f"/api/v1/contacts/{added.body['id']}"

    changed = await server.ask("PATCH", path, json={"language": "es", "name": None, "fields": {"city": "Bern"}})
    assert (changed.body["language"], changed.body["name"], changed.body["fields"]) == ("es", None, {"city": "Bern"})
    found = await server.get("/api/v1/contacts?list=vip&search=0101")
    assert [one["id"] for one in found.body["items"]] == [added.body["id"]]
    assert (await server.ask("DELETE", path)).status == 204
    gone = await server.get(path)
    assert (gone.status, gone.body["code"]) == (404, "not_found")
    assert (await server.get("/api/v1/lists")).body[0]["count"] == 0


async def test_a_wrong_field_is_named(server: Server) -> None:
    answer = await server.post("/api/v1/contacts", {"phone": "+14155550101", "time_zone": "Mars/Olympus"})

    assert (answer.status, answer.body["field"]) == (422, "time_zone")
    assert "Europe/Berlin" in answer.body["fix"]


async def test_a_file_is_imported_and_exported(server_on_each_database: Server) -> None:
    server = server_on_each_database
    path = "/api/v1/contacts/import?list=all&country=US"
    tried = await server.ask("POST", f"{path}&dry_run=true", data=CSV)
    assert (tried.body["imported"], (await server.get("/api/v1/contacts")).body["items"]) == (2, [])

    done = await server.ask("POST", path, data=CSV, headers={"Content-Type": "text/csv"})

    assert (done.body["imported"], done.body["invalid"]) == (2, 1)
    assert [(one["line"], one["kept"]) for one in done.body["problems"]] == [(4, False)]
    exported = await server.ask("GET", "/api/v1/contacts/export?list=all")
    assert exported.text.splitlines()[0] == "phone,whatsapp,voice,name,language,time_zone,country,lists,opted_out,city"
    assert {line.split(",")[0] for line in exported.text.splitlines()[1:]} == {"+14155550101", "+14155550102"}
    assert (await server.get("/api/v1/contacts/export?list=none")).status == 404
    assert (await server.ask("POST", path, data=b"")).body["field"] == "body"


async def test_a_file_may_be_larger_than_other_bodies(server: Server) -> None:
    limit = server.ringline.settings.max_body_bytes
    large = b"phone,note\n+14155550101," + b"x" * 100_000 + b"\n"
    large += (b"+14155550101," + b"x" * 1_000 + b"\n") * (limit // 1_000)

    assert len(large) > limit
    answer = await server.ask("POST", "/api/v1/contacts/import", data=io.BytesIO(large))
    assert (answer.status, answer.body["imported"]) == (200, 1)
    assert (await server.ask("POST", "/api/v1/contacts", data=io.BytesIO(large))).status == 413


async def _until(server: Server, path: str, stage: str) -> Any:
    async with asyncio.timeout(20):
        while True:
            found = (await server.get(path)).body
            if found["stage"] == stage:
                return found
            await asyncio.sleep(0.05)


async def test_a_broadcast_from_file_to_results(server_on_each_database: Server) -> None:
    server = server_on_each_database
    made = await server.post(
        "/api/v1/broadcasts", {"message": "Hi {{name}}", "name": "spring", "country": "US", "purpose": "notification"}
    )
    assert (made.status, made.body["stage"], made.body["from"]) == (201, "loading", "+15550001111")
    path = f"/api/v1/broadcasts/{made.body['id']}"
    early = await server.post(f"{path}/start", {})
    assert (early.status, "cannot be started" in early.body["detail"]) == (422, True)

    loaded = await server.ask("POST", f"{path}/recipients", data=CSV)
    assert (loaded.body["stage"], loaded.body["report"]["new"], loaded.body["report"]["skipped"]) == (
        "ready", 2, {"invalid_number": 1},
    )  # fmt: skip
    assert loaded.body["forecast"]["finishes_at"]
    assert (await server.post(f"{path}/start", {})).body["counts"] == {"queued": 2, "skipped": 1}

    await _until(server, path, "completed")
    results = (await server.ask("GET", f"{path}/results")).text.splitlines()
    assert results[0] == "line,to,status,sid,error_code,error,segments,price,price_unit,id"
    assert len(results) == 4
    page = (await server.get(f"{path}/recipients?limit=2")).body
    assert ([one["to"] for one in page["items"]], page["next"]) == (["+14155550101", "+14155550102"], "2")
    assert (await server.get("/api/v1/broadcasts")).body["items"][0]["id"] == made.body["id"]
    again = await server.post(f"{path}/pause", None)
    assert (again.status, again.body["code"]) == (422, "wrong_stage")


async def test_a_small_broadcast_names_its_recipients(server: Server) -> None:
    body = {"message": "Hi {{name}}", "recipients": [{"to": "+14155550101", "fields": {"name": "Ana"}}]}

    made = await server.post("/api/v1/broadcasts", body)

    assert (made.body["stage"], made.body["recipients"]) == ("ready", 1)
    assert {one["code"] for one in made.body["report"]["warnings"]} == {"no_purpose"}
    both = await server.post("/api/v1/broadcasts", {"message": "x", "workflow": "y"})
    assert (both.status, both.body["field"]) == (422, "message")
