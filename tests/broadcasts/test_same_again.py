"""The same broadcast named by its key, and asked for again in other words."""

from __future__ import annotations

import pytest

from broadcasts.conftest import pace, people, text, until
from ringline import Ringline
from ringline.errors import IdempotencyConflict


async def test_a_key_names_a_broadcast_as_well_as_its_id(ringline: Ringline) -> None:
    await pace(ringline, 0.01)
    await ringline.broadcasts.create(text(), key="spring")
    assert (await ringline.broadcasts.load("spring", people(5))).report is not None
    assert (await ringline.broadcasts.start("spring")).counts == {"queued": 5}
    assert (await ringline.broadcasts.pause("spring")).stage == "paused"
    assert (await ringline.broadcasts.resume("spring")).stage == "running"
    canceled = await ringline.broadcasts.cancel("spring")
    assert canceled.stage == "canceled"
    assert canceled.counts["canceled"] >= 4


async def test_a_key_made_up_for_a_broadcast_can_stand_in_an_address(ringline: Ringline) -> None:
    made = await ringline.broadcasts.create(text(), name="spring/2026")

    assert made.key.startswith("spring-2026:")
    assert "/" not in made.key
    assert (await ringline.broadcasts.create(text(), name="spring/2026")).id == made.id


async def test_batches_hold_though_a_dry_run_said_nothing_of_them(ringline: Ringline) -> None:
    dry = await ringline.broadcasts.create(text())
    await ringline.broadcasts.load(dry.id, people(5))

    again = await ringline.broadcasts.create(text(), batch_size=2, batch_every=3600.0)
    assert (again.id, again.batch_size, again.batch_every) == (dry.id, 2, 3600.0)
    await ringline.broadcasts.load(again.id, people(5))
    await ringline.broadcasts.start(again.id)
    begun = await until(ringline, again.id, lambda one: one.filled >= 2, step=1)
    assert (begun.filled, begun.counts["queued"]) == (2, 3)

    # One that runs keeps the pace it was started with.
    assert (await ringline.broadcasts.create(text())).batch_size == 2


async def test_a_purpose_that_looks_like_another_is_warned_of(ringline: Ringline) -> None:
    for purpose, codes in (("marketting", ["odd_purpose"]), ("birthday", []), ("security-alert", ["odd_purpose"])):
        made = await ringline.broadcasts.create(text(purpose=purpose))
        loaded = await ringline.broadcasts.load(made.id, people(1))
        assert loaded.report is not None
        assert [one["code"] for one in loaded.report["warnings"]] == codes, purpose


async def test_a_key_does_not_change_its_account(ringline: Ringline) -> None:
    await ringline.broadcasts.create(text(), key="spring")
    await ringline.credentials.add("other", "AC" + "b" * 32, "c" * 32)

    with pytest.raises(IdempotencyConflict, match="another account"):
        await ringline.broadcasts.create(text(), key="spring", credential="other")
