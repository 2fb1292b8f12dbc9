"""The simulator's phones in Chromium: a text is answered, a call is taken by keypad and by words, time is moved."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from ui.accessibility import violations

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from ui.conftest import Site

ANA, BEN, OFFICE = "+14155550123", "+14155550124", "+14155550199"


@pytest.fixture
def desk(site: Site, page: Page) -> Page:
    """The page with its phones, as they stand still for who wants it so."""
    page.emulate_media(reduced_motion="reduce")
    site.sign_in(page, role="operator")
    page.goto(f"{site.url}/phone")
    phone(page, "Ana").get_by_role("button", name="Keypad").wait_for()
    return page


def phone(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=f"{name}'s phone")


def runs(site: Site, workflow: str, inputs: dict[str, Any]) -> str:
    return str(site.ask("POST", f"/api/v1/workflows/{workflow}/runs", {"inputs": inputs})["id"])


def outputs(site: Site, run: str) -> dict[str, Any]:
    found = site.ask("GET", f"/api/v1/runs/{run}?wait=20")
    assert found["status"] == "completed", found
    return dict(found["outputs"][0])


def test_a_text_is_answered_and_saved_as_a_scenario(site: Site, desk: Page, tmp_path: Path) -> None:
    visit = {"patientPhone": ANA, "patientName": "Ana", "doctorName": "Lee", "appointmentAt": "2036-12-14T15:30:00Z"}
    run = runs(site, "visit", visit)
    ana = phone(desk, "Ana")
    ana.get_by_role("button", name=re.compile("Can you come|Dr. Lee")).click()
    ana.get_by_role("button", name="YES", exact=True).click()
    ana.get_by_text("See you then").wait_for()
    assert outputs(site, run)["comes"] is True

    with desk.expect_download() as download:
        ana.get_by_role("button", name="Save this conversation as a scenario file").click()
    desk.get_by_text("Played back green").wait_for()
    path = tmp_path / "saved.yaml"
    download.value.save_as(path)
    assert '{reply: "YES", from: "ana"' in path.read_text(encoding="utf-8")


def test_a_call_rings_and_is_answered_by_words_and_keys(site: Site, desk: Page) -> None:
    run = runs(site, "satisfaction-survey", {"phone": BEN, "office": OFFICE})
    ben = phone(desk, "Ben")
    accept = ben.get_by_role("button", name="Accept")
    accept.wait_for()
    assert ben.get_by_role("alert").inner_text().startswith("Ben's phone rings")
    assert violations(desk) == []
    accept.click()

    ben.get_by_role("group", name=re.compile("On a scale of 1 to 10")).wait_for()
    assert violations(desk) == []
    ben.get_by_label("What you say").fill("I'd say a nine")
    ben.get_by_label("What you say").press("Enter")
    ben.get_by_text(re.compile(r"understood\s*9")).wait_for()
    ben.get_by_role("group", name=re.compile("testimonial")).wait_for()
    ben.get_by_role("button", name="Keypad").click()
    ben.get_by_role("group", name="Keypad").get_by_role("button", name="1", exact=True).click()
    ben.get_by_text("Call ended").wait_for()
    assert violations(desk) == []
    assert outputs(site, run)["testimonial"] is True
    ben.get_by_role("button", name="Done").click()


def test_a_phone_is_added_named_and_put_away(desk: Page) -> None:
    desk.get_by_role("button", name="Add a phone").click()
    desk.get_by_role("menuitem", name="With a name and number").click()
    desk.get_by_label("Name").fill("Eve")
    desk.get_by_label("Number").fill("+1 415 555 0177")
    desk.get_by_role("button", name="Add", exact=True).click()
    phone(desk, "Eve").get_by_text("+1 415 555 0177").first.wait_for()

    desk.get_by_role("button", name="Settings of Eve's phone").click()
    desk.get_by_role("button", name="Put this phone away").click()
    desk.get_by_role("button", name="Really put it away").click()
    phone(desk, "Eve").wait_for(state="detached")


def test_time_is_moved_to_tomorrow(site: Site, desk: Page) -> None:
    before = site.ask("GET", "/_simulator/clock")["time"]
    desk.get_by_role("group", name="Time").get_by_role("button", name="Tomorrow 09:00").click()
    desk.get_by_text(re.compile("ahead")).wait_for()
    assert site.ask("GET", "/_simulator/clock")["time"] - before > 6 * 3600
