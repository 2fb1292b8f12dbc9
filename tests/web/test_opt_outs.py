"""The list of who opted out: what stands in it, by what it is chosen, and what viewers see of it."""

from __future__ import annotations

from typing import Any

import pytest

from ringline.compliance.suppression import suppress
from web.conftest import Answer, Server

ANA, BEN, CID, OURS = "+14155550101", "+14155550202", "+442079460958", "+15550001111"


async def stopped(server: Server, person: str, *, sid: str, text: str = "STOP") -> None:
    await server.text_arrives(text, person=person, to=OURS, sid=sid)


async def noted(server: Server, person: str, *, at: float | None = None, **changes: Any) -> None:
    """An opt-out as other rooms write it down."""
    about: dict[str, Any] = {
        "account_id": server.simulator.account_sid,
        "channel": "sms",
        "recipient": person,
        "source": "twilio",
        "now": server.ringline.clock.time() if at is None else at,
    } | changes
    assert await server.ringline.database.write(lambda tx: suppress(tx, **about))


async def numbers(server: Server, query: str = "") -> list[str]:
    answer = await server.get(f"/api/v1/opt-outs{query}")
    assert answer.status == 200, answer.text
    return [one["number"] for one in answer.body["items"]]


async def test_who_opted_out_is_listed_with_how_it_is_known_until_they_opt_in(
    server_on_each_database: Server,
) -> None:
    server = server_on_each_database
    contact = (await server.post("/api/v1/contacts", {"phone": ANA, "name": "Ana"})).body["id"]
    assert (await server.get("/api/v1/opt-outs")).body == {"items": [], "next": None}
    await stopped(server, ANA, sid="1")
    await stopped(server, BEN, sid="2", text="stopall")

    listed = (await server.get("/api/v1/opt-outs")).body["items"]

    talks = (await server.get("/api/v1/conversations")).body["items"]
    wrote = {one["from"]: one["id"] for one in (await server.get("/api/v1/inbound")).body["items"]}
    assert [(one["number"], one["name"], one["contact"]) for one in listed] == [
        (BEN, None, None),
        (ANA, "Ana", contact),
    ]
    assert {one["number"]: one["conversation"] for one in listed} == {one["person"]: one["id"] for one in talks}
    ana = listed[1]
    assert (ana["covers"], ana["channel"], ana["sender"], ana["source"]) == ("sender", "sms", OURS, "reply")
    assert (ana["ref"], ana["evidence"].endswith(": STOP")) == (wrote[ANA], True)

    await stopped(server, ANA, sid="3", text="START")
    assert await numbers(server) == [BEN]


async def test_every_filter_chooses_by_itself_and_with_others(server_on_each_database: Server) -> None:
    server = server_on_each_database
    now = server.ringline.clock.time()
    await server.post("/api/v1/contacts", {"phone": ANA, "name": "Ana Ruiz"})
    await noted(server, ANA, at=now - 3000, sender=OURS, source="reply")
    await noted(server, BEN, at=now - 2000, sender=OURS, channel="voice", source="interview")
    await noted(server, CID, at=now - 1000, service="MG1")

    assert await numbers(server) == [CID, BEN, ANA]
    for query, found in {
        "channel=sms": [CID, ANA],
        "channel=voice": [CID, BEN],
        "source=reply": [ANA],
        "source=interview&channel=sms": [],
        "source=twilio&channel=whatsapp": [CID],
        "search=0101": [ANA],
        "search=%2B4420": [CID],
        "search=%2B1415": [BEN, ANA],
        "search=ru": [ANA],
        "search=ana&channel=voice": [],
        "search=%2B1415&channel=voice&source=interview": [BEN],
        "search=nobody": [],
    }.items():
        assert await numbers(server, f"?{query}") == found, query
    since = (await server.get("/api/v1/opt-outs")).body["items"][1]["since"].replace("+", "%2B")
    assert await numbers(server, f"?since={since}") == [CID, BEN]
    assert await numbers(server, f"?since={since}&search=0202&source=interview") == [BEN]
    assert (await server.get("/api/v1/opt-outs?channel=fax")).status == 422


@pytest.mark.parametrize(
    "query", ["", "&channel=sms", "&source=twilio", "&search=%2B1415", "&source=twilio&channel=sms"]
)
async def test_every_page_goes_on_where_the_one_before_ended(server: Server, query: str) -> None:
    expected = [f"+141555501{n:02}" for n in range(7)]
    for n, number in enumerate(expected):
        # All at the same moment, and by turns for a sender and for the account.
        await noted(server, number, at=1_700_000_000, sender=OURS if n % 2 else None)

    seen, cursor = [], ""
    while True:
        page = (await server.get(f"/api/v1/opt-outs?limit=3{query}{cursor}")).body
        seen += [one["number"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert seen == expected[::-1]


async def test_viewers_see_the_last_digits_and_do_not_search_by_them(server: Server) -> None:
    await server.post("/api/v1/contacts", {"phone": ANA, "name": "Ana"})
    await stopped(server, ANA, sid="1")
    await stopped(server, BEN, sid="2")
    _, key = await server.ringline.access.keys.add("dashboard", "viewer", made_by="test")

    async def as_viewer(query: str) -> Answer:
        headers = {"Authorization": f"Bearer {key}"}
        return await server.ask("GET", f"/api/v1/opt-outs{query}", token=None, headers=headers)

    first = await as_viewer("?limit=1")
    rest = await as_viewer(f"?limit=1&cursor={first.body['next']}")
    both = first.text + rest.text
    assert [one["number"] for one in (*first.body["items"], *rest.body["items"])] == ["••••0202", "••••0101"]
    assert not any(number[1:] in both for number in (ANA, BEN, OURS))
    assert [one["name"] for one in (await as_viewer("?search=ana")).body["items"]] == ["Ana"]
    assert (await as_viewer("?search=0101")).status == 403


async def test_a_key_for_opt_outs_alone_reads_nothing_else(server: Server) -> None:
    body = {"name": "crm", "role": "operator", "scopes": ["opt-outs:read"]}
    made = await server.post("/api/v1/keys", body)
    assert made.status == 201, made.text
    headers = {"Authorization": f"Bearer {made.body['key']}"}

    asked = [
        await server.ask("GET", f"/api/v1/{path}", token=None, headers=headers) for path in ("opt-outs", "contacts")
    ]

    assert [answer.status for answer in asked] == [200, 403]
