"""The canvas by hand: lines are drawn, steps carried from one workflow to another, and a call is watched as it goes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

    from ui.conftest import Site

OFFICE = "+14155550199"
TWO_TEXTS = """\
version: "1.0"
name: NAME
inputs:
  - {type: WorkflowParameter, name: phone, kind: [string]}
steps:
  # Says that we are there.
  - type: twilio/sms@v1
    name: first
    to: $inputs.phone
    message: Hello
  - type: twilio/sms@v1
    name: second
    to: $inputs.phone
    message: Are you there?
outputs: []
"""


def begun(site: Site, name: str) -> str:
    site.ask("POST", "/api/v1/drafts", {"name": name, "text": TWO_TEXTS.replace("NAME", name)})
    return f"{site.url}/workflows/{name}"


def graph(site: Site, name: str) -> dict[str, Any]:
    return dict(site.ask("GET", f"/api/v1/drafts/{name}")["graph"])


def node(page: Page, name: str) -> Locator:
    return page.locator(f'.react-flow__node[data-id="{name}"]')


def saved(page: Page) -> None:
    page.get_by_text("All changes saved").wait_for()


def dragged(page: Page, port: Locator, to: Locator) -> None:
    start, end = port.bounding_box(), to.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=8)
    page.mouse.up()


def test_steps_are_connected_by_the_mouse_and_carried_into_another_workflow(
    site: Site, page: Page, context: BrowserContext
) -> None:
    site.sign_in(page)
    there = begun(site, "drawn-there")
    page.goto(begun(site, "drawn-here"))
    failed = node(page, "first").locator('[data-handleid="out:failed"]')
    failed.wait_for()
    dragged(page, failed, node(page, "second"))  # anywhere on the step, not on its port
    page.locator(".react-flow__edge").wait_for()
    saved(page)
    ways = [(way["source"], way["outcome"], way["target"]) for way in graph(site, "drawn-here")["edges"]]
    assert ways == [("first", "failed", "second")]

    node(page, "first").click(position={"x": 60, "y": 20})
    node(page, "second").click(position={"x": 60, "y": 20}, modifiers=["Control"])
    page.keyboard.press("Control+c")
    page.get_by_text("2 steps copied").wait_for()
    other = context.new_page()
    other.goto(there)
    node(other, "second").wait_for()
    other.keyboard.press("Control+v")
    node(other, "second_2").wait_for()
    saved(other)
    copies = [(way["source"], way["outcome"], way["target"]) for way in graph(site, "drawn-there")["edges"]]
    assert copies == [("first_2", "failed", "second_2")]
    other.keyboard.press("Control+x")
    node(other, "second_2").wait_for(state="detached")
    saved(other)
    assert [step["id"] for step in graph(site, "drawn-there")["steps"]] == ["first", "second"]
    assert "# Says that we are there." in site.ask("GET", "/api/v1/drafts/drawn-there")["text"]


def test_an_example_is_begun_calls_me_and_glows_where_the_call_is(
    site: Site, page: Page, context: BrowserContext
) -> None:
    site.sign_in(page)
    page.goto(f"{site.url}/workflows?new=1")
    page.get_by_role("tab", name="From an example").click()
    page.get_by_role("dialog").get_by_role("button", name="satisfaction-survey").click()
    node(page, "survey").wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("textbox", name="office").fill(OFFICE)
    page.get_by_role("button", name="Call me").click()
    node(page, "survey").get_by_text("Ringing").wait_for()

    phones = context.new_page()
    phones.goto(f"{site.url}/phone")
    phones.get_by_role("button", name="Accept").click()
    phones.get_by_role("group", name=re.compile("On a scale of 1 to 10")).wait_for()
    node(page, "survey").get_by_text("In a call").wait_for()
    asked = page.get_by_role("list", name="What Survey asks")
    expect(asked.get_by_role("listitem")).to_contain_text(["is asked now"])

    phones.get_by_label("What you say").fill("three")
    phones.get_by_label("What you say").press("Enter")
    expect(asked.get_by_role("listitem")).to_contain_text(["3", "is asked now"])
    phones.get_by_label("What you say").fill("be quicker")
    phones.get_by_label("What you say").press("Enter")
    node(page, "survey").get_by_text("Completed").first.wait_for()
    expect(asked.get_by_text("is asked now")).to_have_count(0)
    expect(page.locator(".react-flow__edge [data-taken]")).not_to_have_count(0)
