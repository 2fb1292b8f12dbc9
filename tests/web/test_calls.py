"""`/api/v1/calls` and what Twilio says about calls, over HTTP."""

from __future__ import annotations

from ringline.signatures import SIGNATURE_HEADER
from web.conftest import Server

PHONE = "+14155550123"


async def test_a_call_is_asked_for_shown_listed_and_hung_up(server: Server) -> None:
    # Not before tomorrow, so that nothing goes out meanwhile.
    body = {"to": PHONE, "message": "Hello", "menu": {"1": "confirmed"}, "send_at": "2099-01-01T00:00:00Z"}
    placed = await server.post("/api/v1/calls", body, **{"Idempotency-Key": "k"})
    assert (placed.status, placed.body["stage"]) == (202, "held")
    again = await server.post("/api/v1/calls", body, **{"Idempotency-Key": "k"})
    assert again.body["id"] == placed.body["id"]
    path = placed.headers["Location"]
    shown = (await server.get(path)).body
    assert (shown["to"], shown["message"], shown["status"], shown["outcome"]) == (PHONE, "Hello", "pending", None)
    assert (shown["held_because"], shown["send_at"]) == (None, "2099-01-01T00:00:00Z")
    assert [one["id"] for one in (await server.get("/api/v1/calls?direction=outbound")).body["items"]] == [shown["id"]]
    assert (await server.get("/api/v1/messages")).body["items"] == []
    ended = await server.post(f"{path}/hangup", None)
    assert (ended.body["stage"], ended.body["outcome"]) == ("canceled", "canceled")


async def test_what_is_wrong_names_its_field(server: Server) -> None:
    for body, field in (
        ({"to": "1", "message": "Hello"}, "to"),
        ({"to": PHONE}, "message"),
        ({"to": PHONE, "message": "Hello", "menu": {"9": "busy"}}, "menu"),
        ({"to": PHONE, "message": "Hello", "credential": "other"}, "credential"),
    ):
        answer = await server.post("/api/v1/calls", body)
        assert (answer.status, answer.body["field"]) == (422, field), answer.text
        assert answer.body["fix"]
    for path in ("/api/v1/calls/call_none", "/api/v1/recordings/rec_none"):
        assert (await server.get(path)).status == 404


async def test_requests_about_unknown_calls_are_hung_up_or_kept_quiet(server: Server) -> None:
    form = {
        "AccountSid": server.simulator.account_sid,
        "CallSid": "CA" + "0" * 32,
        "CallStatus": "in-progress",
        "From": "+15550001111",
        "To": PHONE,
        "Direction": "outbound-api",
        "RecordingSid": "RE" + "0" * 32,
        "RecordingStatus": "completed",
        "Digits": "1",
    }
    for path, status, says in (
        ("/twilio/voice/call_none.1", 200, "<Hangup/>"),
        ("/twilio/voice/nonsense", 200, "<Hangup/>"),
        ("/twilio/voice/call_none/menu?left=1", 200, "<Hangup/>"),
        ("/twilio/call-status/call_none.1", 204, ""),
        ("/twilio/call-status", 204, ""),
        ("/twilio/amd/call_none.1", 204, ""),
        ("/twilio/recording/call_none", 204, ""),
    ):
        answer = await server.twilio(path, form)
        assert (answer.status, says in answer.text) == (status, True), path
        forged = await server.ask("POST", path, token=None, data=form, headers={SIGNATURE_HEADER: "nonsense"})
        assert forged.status == 403


async def test_the_pace_of_calls_is_set_for_the_account(server: Server) -> None:
    body = {"rate": "5/s", "channel": "voice"}
    assert (await server.ask("PUT", "/api/v1/senders/calls", json=body)).status == 200
    found = (await server.get("/api/v1/senders")).body
    listed = found["items"] if isinstance(found, dict) else found
    assert [(one["channel"], one["rate"]) for one in listed] == [("voice", "5/s")]
