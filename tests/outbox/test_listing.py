"""Pages of messages: each that fits is on exactly one of them, however few rows are looked at for a page."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from ringline.database import Database
from ringline.ids import first_id
from ringline.outbox.listing import Listing
from ringline.outbox.store import listing

BEGAN = 1_767_268_800.0
ADD = text(
    """INSERT INTO messages (id, account_id, credential_id, channel, "to", purpose, policy, priority, stage, status,
    twin, send_at, expires_at, run_id, created_at, updated_at)
    VALUES (:id, 'AC1', 'cred_1', :channel, :to, 'notification', 'once', 50, :stage, :status, :id,
    :at, :at, :run_id, :at, :at)"""
)
ADD_ATTEMPT = text(
    """INSERT INTO attempts (account_id, message_id, n, worker, twin, opened_at, outcome)
    VALUES ('AC1', :id, 1, 'w', :id, 1, 'open')"""
)


def state_of(place: int) -> tuple[str, str]:
    """Stage and status: most were delivered."""
    if place % 10 == 3:
        return "failed", "failed"
    if place % 20 == 7:
        return "held", "scheduled" if place == 27 else "pending"
    if place == 11:
        return "posting", "pending"
    return "accepted", "read" if place % 9 == 0 else "delivered"


@pytest.fixture
async def ids(database: Database) -> list[str]:
    """Sixty messages a second apart, every fourth on WhatsApp, and a call."""
    made = [f"{first_id('msg', at=BEGAN + place)[:-1]}7" for place in range(60)]
    rows: list[dict[str, Any]] = []
    for place, id_ in enumerate(made):
        stage, status = state_of(place)
        channel = "whatsapp" if place % 4 == 0 else "sms"
        to, run_id = f"+1415555010{place % 5}", f"run_{place % 6}" if place % 2 else None
        rows.append({"id": id_, "channel": channel, "to": to, "stage": stage, "status": status, "run_id": run_id})
    rows.append({**rows[0], "id": f"call_{made[0][4:]}", "channel": "voice"})
    for row in rows:
        row["at"] = BEGAN
    await database.write(lambda tx: tx.many(ADD, rows))
    await database.write(lambda tx: tx.many(ADD_ATTEMPT, [{"id": made[11]}]))
    return made


@pytest.mark.parametrize("looked_at", [1, 7, 1_000])
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, lambda place: True),
        ({"channel": "whatsapp"}, lambda place: place % 4 == 0),
        ({"status": "delivered"}, lambda place: state_of(place)[1] == "delivered"),
        ({"status": "queued"}, lambda place: False),
        ({"status": "read"}, lambda place: state_of(place)[1] == "read"),
        ({"stage": "failed"}, lambda place: place % 10 == 3),
        ({"stage": "failed", "channel": "whatsapp"}, lambda place: False),
        ({"status": "failed", "to": "+14155550103"}, lambda place: place % 10 == 3),
        ({"stage": "held"}, lambda place: place % 20 == 7),
        ({"status": "scheduled"}, lambda place: place == 27),
        ({"stage": "posting"}, lambda place: place == 11),
        ({"to": "+14155550102", "channel": "sms"}, lambda place: place % 5 == 2 and place % 4 != 0),
        ({"run_id": "run_3"}, lambda place: place % 6 == 3),
        ({"runs": ["run_1", "run_5"]}, lambda place: place % 6 in (1, 5)),
        ({"people": ["+14155550101"], "ids": [], "stage": "accepted"}, lambda place: place % 5 == 1 and place != 11),
        ({"since": BEGAN + 10, "until": BEGAN + 50, "channel": "whatsapp"}, lambda place: place in range(12, 50, 4)),
    ],
)
async def test_every_message_that_fits_is_on_exactly_one_page(
    database: Database,
    ids: list[str],
    monkeypatch: pytest.MonkeyPatch,
    filters: dict[str, Any],
    expected: Any,
    looked_at: int,
) -> None:
    monkeypatch.setattr(listing, "LOOKED_AT", looked_at)
    monkeypatch.setattr(listing, "LOOKED_UP", looked_at)
    moments = ("since", "until")
    wanted = {name: first_id("msg", at=value) if name in moments else value for name, value in filters.items()}
    pages = Listing(database)
    found: list[str] = []
    before, count = None, 0
    while True:
        page = await pages.page(wanted, before=before, limit=4)
        assert len(page.rows) <= 4
        found += [row.id for row in page.rows]
        before, count = page.next, count + 1
        if before is None:
            break
        assert count < 200
    assert found == [id_ for place, id_ in reversed(list(enumerate(ids))) if expected(place)]
    assert [row.id for row in await pages.newest(wanted, limit=100)] == found
