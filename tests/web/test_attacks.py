"""What a stranger, a viewer and a narrow key try, over real HTTP."""

from __future__ import annotations

import asyncio
import json
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from starlette.types import Message

from ringline.csv_files import csv_text, plain_cell
from ringline.web.gate import Masked
from web.conftest import Answer, Server
from web.test_signing_in import GOOD, ask, by_link, cookie_of, with_password

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def key_of(server: Server, role: str, *scopes: str) -> dict[str, str]:
    """The headers of a program."""
    _, key = await server.ringline.access.keys.add(f"a {role}", role, made_by="test", scopes=scopes)
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
async def test_page_of_another_site_signs_nobody_in_and_changes_nothing(shared_server: Server, kind: str) -> None:
    # These a browser sends across sites without asking first; with cookies where they are not kept to one site.
    server = shared_server
    signed_in = await by_link(server)
    name = json.dumps({"name": "admin", "password": GOOD}).encode()
    headers = {"Content-Type": kind} if kind else {}

    login = await server.ask(
        "POST", "/api/v1/sign-in", token=None, data=name, headers=headers, skip_auto_headers=["Content-Type"]
    )
    with_cookie = {"Cookie": signed_in["Cookie"], **headers}
    signed_out = await server.ask("POST", "/api/v1/me/sign-out", token=None, data=b"{}", headers=with_cookie)

    assert login.status == 422
    assert "Set-Cookie" not in login.headers
    assert (signed_out.status, signed_out.body["code"]) == (403, "csrf")
    assert "Access-Control-Allow-Origin" not in login.headers


async def test_cookie_that_somebody_planted_is_not_the_session_one_signs_in_to(shared_server: Server) -> None:
    server = shared_server
    await server.ringline.access.users.add("ann", "viewer", GOOD)
    planted = {"Cookie": "ringline_session=planted"}

    answer = await server.ask(
        "POST", "/api/v1/sign-in", token=None, json={"name": "ann", "password": GOOD}, headers=planted
    )
    again = await with_password(server, "ann", GOOD)

    assert cookie_of(answer) != planted
    assert cookie_of(answer) != cookie_of(again)
    assert (await ask(server, "GET", "/api/v1/me", planted)).status == 401


async def test_link_is_good_for_one_of_many_who_come_at_once(shared_server: Server) -> None:
    link = f"/sign-in/{shared_server.app.state.sessions.new_code()}"

    answers = await asyncio.gather(*(shared_server.ask("GET", link, token=None) for _ in range(8)))

    assert ["Set-Cookie" in answer.headers for answer in answers].count(True) == 1


@pytest.mark.parametrize(
    "search",
    ["4/1/5/5/5", "01", "٤١٥", "4a1b5", "hello 4_1_5", "tel:+1415", "(415", "+1"],
)
@pytest.mark.parametrize("name", ["search", "to", "q"])
async def test_viewer_finds_nobody_by_any_part_of_a_number(shared_server: Server, name: str, search: str) -> None:
    viewer = await key_of(shared_server, "viewer")

    answer = await ask(shared_server, "GET", "/api/v1/messages", viewer, params={name: search})

    assert (answer.status, answer.body["needs"]) == (403, "operator")


@pytest.mark.parametrize("person", ["+14155550123", "tel:+14155550123", "whatsapp:+14155550123", "4155550123"])
async def test_viewer_opens_nobody_by_number(shared_server: Server, person: str) -> None:
    viewer = await key_of(shared_server, "viewer")

    for path in ("conversations", "contacts"):
        assert (await ask(shared_server, "GET", f"/api/v1/{path}/{person}", viewer)).status == 403


async def test_viewer_hears_no_number_and_can_go_on_where_the_stream_ended() -> None:
    heard: list[Message] = []

    async def hear(message: Message) -> None:
        heard.append(message)

    stream = Masked(hear)
    await stream.send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]}
    )
    text = b'id: 41234567.98765432\nevent: change\ndata: {"ref": "+14155550123"}\n\n'
    await stream.send({"type": "http.response.body", "body": text, "more_body": True})

    told = heard[-1]["body"].decode()
    assert told == 'id: 41234567.98765432\nevent: change\ndata: {"ref": "••••0123"}\n\n'


async def test_narrow_key_makes_none_that_reaches_further(shared_server: Server) -> None:
    server = shared_server
    narrow = await key_of(server, "admin", "keys:write", "messages:read")

    async def made(*scopes: str) -> Answer:
        return await ask(server, "POST", "/api/v1/keys", narrow, json={"name": "more", "scopes": scopes})

    assert [(await made(*scopes)).status for scopes in ((), ("messages:write",), ("runs:read",))] == [422] * 3
    assert (await made("messages:read")).status == 201


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../index.html",
        "/assets/..%2f..%2fserver.py",
        "/assets/%2e%2e/%2e%2e/server.py",
        "/assets/..%5c..%5cserver.py",
        "/assets/%00",
        "/m/..%2f..%2fringline.db",
        "/..%2f..%2f..%2fetc%2fpasswd",
    ],
)
async def test_no_path_leads_out_of_the_files_that_are_served(shared_server: Server, path: str) -> None:
    # Clients that mean well tidy such paths, so this one says it as it stands.
    def asked() -> tuple[int, bytes]:
        with closing(HTTPConnection(urlsplit(shared_server.url).netloc, timeout=20)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()

    status, body = await asyncio.to_thread(asked)

    assert status in (200, 400, 404, 503)  # of what is no file the page for people is shown
    assert b"def " not in body
    assert b"root:" not in body
    assert b"SQLite" not in body


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe", b"NaN", b'{"to": "\\ud800"}'])
async def test_bodies_made_to_hurt_are_refused(shared_server: Server, body: bytes) -> None:
    answer = await shared_server.ask(
        "POST", "/api/v1/messages", data=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status in (400, 422)


async def test_strangers_may_say_little(shared_server: Server) -> None:
    answer = await shared_server.ask("POST", "/api/v1/sign-in", token=None, data=b"x" * 300_000)

    assert answer.status == 413


async def test_no_answer_is_split_by_what_was_asked(shared_server: Server) -> None:
    server = shared_server
    key = 'x"\r\nSet-Cookie: a=b\u20ac'
    made = await server.post("/api/v1/broadcasts", {"key": key, "message": "hello", "from": "+15550001111"})

    results = await server.ask("GET", f"/api/v1/broadcasts/{made.body.get('id', 'none')}/results")

    assert made.status in (201, 422)
    assert results.status in (200, 404)
    assert "Set-Cookie" not in results.headers


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＠SUM"])
async def test_no_cell_of_an_export_is_a_formula(text: str) -> None:
    cell = csv_text([[text]]).strip("\n").strip('"')

    assert cell.startswith("'") or text[1:].isdigit()
    assert text[0].isspace() or plain_cell(cell) == text


async def test_no_reader_is_shown_a_secret_that_stands_in_a_definition(shared_server: Server) -> None:
    server = shared_server
    viewer = await key_of(server, "viewer")
    definition = """
version: "1.0"
name: careless
inputs: []
outputs: []
steps:
  - name: tell
    type: roboflow_core/twilio_sms_notification@v1
    twilio_account_sid: AC0123456789abcdef0123456789abcdef
    twilio_auth_token: 5ecre75ecre75ecre75ecre75ecre7aa
    message: hello
    cooldown_session_key: ""
    sender_number: "+15550001111"
    receiver_number: "+14155550123"
"""
    kept = await server.post("/api/v1/workflows", {"definition": definition, "name": "careless"})
    started = await server.post("/api/v1/workflows/careless/runs", {"inputs": {}})
    seen = ""
    for path in ("drafts", "workflows", "workflows/careless/graph", "workflows/careless/versions", "runs"):
        seen += (await ask(server, "GET", f"/api/v1/{path}", viewer)).text
    if started.status == 202:
        for path in ("", "/events", "/timeline"):
            seen += (await ask(server, "GET", f"/api/v1/runs/{started.body['id']}{path}", viewer)).text

    assert kept.status == 201, kept.text
    assert started.status == 202, started.text
    assert "5ecre7" not in seen
