"""Presses of links that come faster than the run sees them: none is lost, and none means what nobody said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ringline.clock import VirtualClock
from ringline.database import Database, Transaction
from ringline.escalation.acknowledgements import Acknowledgements, Press
from ringline.escalation.policy import Words
from ringline.escalation.progress import Acknowledgement, Alert

ANN, BOB = "+14155550101", "+14155550102"


class Desk:
    """An open escalation with alerts `ann` and `bob`, and a run that sees nothing until it is let."""

    def __init__(self, database: Database, clock: VirtualClock) -> None:
        self._database = database
        self._told: list[str] = []
        self.board = Acknowledgements(database, clock, public_url="https://ring.example.com", report=self._report)

    def _report(self, tx: Transaction, key: str, data: Mapping[str, Any], at: float) -> int:
        self._told.append(f"{data['token']} {data['what']}")
        return 1

    @property
    def told(self) -> list[str]:
        return self._told

    async def open(self, *, needs_resolution: bool) -> None:
        def write(tx: Transaction) -> None:
            words = Words(("ack",))
            self.board.open_in(
                tx, "esc_1", run_id="run_1", step="a", words=words, needs_resolution=needs_resolution, late_answer=None
            )
            alerts = [(Alert("ann", ANN, "Ann", "sms", 1), "Fire!"), (Alert("bob", BOB, None, "sms", 1), "Fire!")]
            self.board.alert_in(tx, "esc_1", alerts, sender=None, service=None, credential=None)

        await self._database.write(write)

    async def run_sees(self, status: str) -> None:
        """The run has seen the oldest press."""
        taken = Acknowledgement(ANN, "Ann", "link", 1, 5.0)
        await self._database.write(
            lambda tx: self.board.change_in(tx, "esc_1", status, taken, has_ended=status == "resolved")
        )

    async def press(self, token: str, what: Press | None = None) -> tuple[str, bool]:
        click = await self.board.press(token, what)
        return click.state, click.was_recorded


@pytest.fixture
async def desk(database: Database, clock: VirtualClock) -> Desk:
    return Desk(database, clock)


@pytest.mark.parametrize("says", [True, False], ids=["by the button", "by a program"])
async def test_who_resolves_before_the_run_has_seen_the_first_press_has_resolved(desk: Desk, says: bool) -> None:
    await desk.open(needs_resolution=True)

    assert await desk.press("ann", "acknowledge" if says else None) == ("acknowledged", True)
    assert await desk.press("ann", "resolve" if says else None) == ("over", True)
    assert desk.told == ["ann acknowledge", "ann resolve"]

    assert (await desk.board.look("ann")).is_mine
    await desk.run_sees("acknowledged")
    assert (await desk.board.look("ann")).state == "over"
    assert await desk.press("ann", "resolve") == ("over", False)
    await desk.run_sees("resolved")
    assert (await desk.board.look("bob")).taken_by == "Ann"
    assert desk.told == ["ann acknowledge", "ann resolve"]


async def test_a_button_tapped_twice_means_it_once(desk: Desk) -> None:
    await desk.open(needs_resolution=True)

    await desk.press("ann", "acknowledge")
    assert await desk.press("ann", "acknowledge") == ("acknowledged", False)
    assert await desk.press("bob", "acknowledge") == ("acknowledged", False)
    await desk.run_sees("acknowledged")
    assert await desk.press("ann", "acknowledge") == ("acknowledged", False)

    assert desk.told == ["ann acknowledge"]
    assert (await desk.board.look("bob")).taken_by == "Ann"


async def test_who_resolves_for_another_does_not_become_who_took_it(desk: Desk) -> None:
    await desk.open(needs_resolution=True)

    await desk.press("ann", "acknowledge")
    await desk.press("bob", "resolve")

    click = await desk.board.look("ann")
    assert (click.state, click.is_mine, desk.told[-1]) == ("over", True, "bob resolve")


async def test_without_a_resolution_one_press_is_all(desk: Desk) -> None:
    await desk.open(needs_resolution=False)

    assert await desk.press("ann", "resolve") == ("open", False)
    assert await desk.press("ann") == ("over", True)
    assert await desk.press("bob") == ("over", False)
    assert desk.told == ["ann acknowledge"]
