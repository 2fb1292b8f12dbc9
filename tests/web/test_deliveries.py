"""`/api/v1/webhooks` over real HTTP."""

from __future__ import annotations

from ringline.webhooks import WebhookEvent
from web.conftest import Server

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


async def told(server: Server, **fields: str) -> str:
    """An event nobody can be told, since its address is one of our own network."""
    webhooks = server.ringline.webhooks
    event = WebhookEvent(
        **{"url": "http://10.0.0.1/", "type": "order.paid", "data": {"id": 7}, **fields}, secret=SECRET
    )  # type: ignore[arg-type]
    body, delivery_id = webhooks.check(event), webhooks.new_id()
    await server.ringline.database.write(lambda tx: webhooks.write(tx, event, body, delivery_id))
    await webhooks.deliver(delivery_id)
    return delivery_id


async def test_events_are_listed_shown_and_tried_again(server_on_each_database: Server) -> None:
    server = server_on_each_database
    first, second = await told(server), await told(server, run_id="run_1", step="tell")
    page = (await server.get("/api/v1/webhooks?limit=1")).body
    assert [one["id"] for one in page["items"]] == [second]
    rest = (await server.get(f"/api/v1/webhooks?limit=1&cursor={page['next']}")).body
    assert ([one["id"] for one in rest["items"]], rest["next"]) == ([first], None)
    of_run = (await server.get("/api/v1/webhooks?run_id=run_1")).body["items"]
    assert [one["id"] for one in of_run] == [second]

    shown = (await server.get(f"/api/v1/webhooks/{first}")).body
    assert (shown["status"], shown["event"]["data"]) == ("failed", {"id": 7})
    assert "10.0.0.1" in shown["history"][0]["error"]
    again = (await server.post(f"/api/v1/webhooks/{first}/retry", None)).body
    assert (again["status"], again["tries"]) == ("pending", 0)


async def test_what_is_not_there_and_no_status_is_said(server: Server) -> None:
    missing = await server.get("/api/v1/webhooks/whd_nothing")
    assert (missing.status, missing.body["detail"]) == (404, "There is no webhook whd_nothing.")
    assert (await server.get("/api/v1/webhooks?status=lost")).status == 422
