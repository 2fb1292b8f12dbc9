"""People in a browser: their numbers in the form, one conversation for all of them, and an answer to one."""

from __future__ import annotations

import urllib.parse
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from ui.accessibility import violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from ui.conftest import Site

ANA, WORK, BEN, CID, OURS = "+14155550101", "+14155550303", "+14155550202", "+14155550404", "+15550001111"


def test_numbers_given_to_a_contact_join_their_conversations_and_one_of_them_is_answered(
    site: Site, page: Page
) -> None:
    site.sign_in(page)
    ana = site.ask("POST", "/api/v1/contacts", {"phone": ANA, "name": "Ana Ruiz"})["id"]
    site.ask("POST", "/api/v1/contacts", {"phone": BEN, "name": "Ben Okafor"})
    for number, text in ((ANA, "From my mobile"), (WORK, "From work")):
        site.ask("POST", f"/_simulator/handsets/{urllib.parse.quote(number)}/send", {"to": OURS, "body": text})

    page.goto(f"{site.url}/contacts/{ana}")
    page.get_by_role("button", name="Add a number").click()
    number = page.get_by_label("Number 2", exact=True)
    number.fill(BEN)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("is already the number of Ben Okafor")).to_be_visible()
    expect(page.get_by_role("link", name="Open that contact")).to_be_visible()
    assert violations(page) == []
    number.fill(WORK)
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Open the conversation").click()

    said = page.get_by_role("region", name="What was said with Ana Ruiz")
    expect(said.get_by_text("From work")).to_be_visible()
    expect(said.get_by_text("from +1 415 555 0303")).to_be_visible()
    expect(said.get_by_text("from +1 415 555 0101")).to_be_visible()
    expect(page.get_by_role("combobox", name="To")).to_have_value("To +1 415 555 0303")
    assert violations(page) == []
    page.get_by_role("combobox", name="To").click()
    page.get_by_role("option", name="To +1 415 555 0101").click()
    page.get_by_label("Message to Ana Ruiz").fill("To your mobile, then")
    page.get_by_role("button", name="Send").click()
    expect(said.get_by_text("to +1 415 555 0101")).to_be_visible()


def test_who_opted_out_is_reached_from_the_overview_and_found_by_name(site: Site, page: Page) -> None:
    site.sign_in(page)
    site.ask("POST", "/api/v1/contacts", {"phone": CID, "name": "Cid Moreno"})
    for number, text in ((CID, "STOP"), ("+14155550505", "Unsubscribe")):
        site.ask("POST", f"/_simulator/handsets/{urllib.parse.quote(number)}/send", {"to": OURS, "body": text})

    page.goto(site.url)
    page.get_by_role("link", name="Opt-outs").click()
    listed = page.get_by_role("table", name="Opt-outs")
    expect(listed.get_by_role("row")).to_have_count(3)
    assert violations(page) == []
    page.get_by_label("Search opt-outs").fill("mor")
    expect(listed.get_by_role("row")).to_have_count(2)
    expect(listed).to_contain_text("Cid Moreno +1 415 555 0404")
    listed.get_by_role("link", name="They wrote it: “STOP”").click()
    expect(page.get_by_role("region", name="What was said with Cid Moreno")).to_be_visible()

    page.goto(f"{site.url}/contacts")
    page.get_by_role("link", name="Opt-outs").click()
    page.get_by_role("link", name="Cid Moreno").click()
    expect(page.get_by_text("Only the person can opt in again")).to_be_visible()
