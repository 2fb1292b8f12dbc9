"""What a list of messages shows, hides and gets wrong, for those who look for a message whose answer they lost."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest

from ringline.clock import VirtualClock
from ringline.errors import RequestError
from ringline.simulator import Simulator
from ringline.simulator.faults import fault_from
from ringline.simulator.world import MESSAGING_SERVICE_SID
from simulator.customer import sdk

PHONE, SENDER = "+14155550123", "+15550001111"


async def call(simulator: Simulator, method: str = "GET", path: str = "", **fields: Any) -> tuple[Any, Any]:
    """The answer's JSON and headers."""
    url = path or f"/2010-04-01/Accounts/{simulator.account_sid}/Messages.json"
    headers = {"Authorization": aiohttp.encode_basic_auth(simulator.account_sid, simulator.auth_token)}
    given = {"params": fields} if method == "GET" else {"data": fields}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, simulator.base_url + url, headers=headers, **given) as answer,
    ):
        return await answer.json(), answer.headers


async def post(simulator: Simulator, body: str = "Hello", **more: str) -> dict[str, Any]:
    sender = {} if "MessagingServiceSid" in more else {"From": SENDER}
    made: dict[str, Any] = (await call(simulator, "POST", To=PHONE, Body=body, **sender, **more))[0]
    return made


async def test_every_answer_is_dated_by_the_simulators_clock(simulator: Simulator, clock: VirtualClock) -> None:
    clock.step(3600)
    for made in (await call(simulator, To=PHONE), await call(simulator, "POST", To=PHONE, From=SENDER, Body="x")):
        assert parsedate_to_datetime(made[1]["Date"]) == clock.now()


async def test_a_list_to_one_person_comes_in_pages(simulator: Simulator) -> None:
    made = {(await post(simulator, f"text {n}"))["sid"] for n in range(5)}
    await call(simulator, "POST", To="+14155550124", From=SENDER, Body="to somebody else")
    page, _ = await call(simulator, To=PHONE, PageSize=2)
    sizes, found = [], set()
    while True:
        sizes.append(len(page["messages"]))
        found |= {message["sid"] for message in page["messages"]}
        if page["next_page_uri"] is None:
            break
        page, _ = await call(simulator, path=page["next_page_uri"])
    assert sizes == [2, 2, 1]
    assert found == made


async def test_a_message_may_be_listed_late_and_fetched_at_once(simulator: Simulator, clock: VirtualClock) -> None:
    simulator.carrier.listed_after = 30
    sid = (await post(simulator))["sid"]
    assert (await call(simulator, To=PHONE))[0]["messages"] == []
    assert sdk(simulator).messages(sid).fetch().sid == sid
    clock.step(30)
    assert [message["sid"] for message in (await call(simulator, To=PHONE))[0]["messages"]] == [sid]


async def test_a_list_may_leave_fields_out_once(simulator: Simulator) -> None:
    await post(simulator)
    simulator.faults.hide("from", "body")
    shown = [(await call(simulator, To=PHONE))[0]["messages"][0] for _ in range(2)]
    assert [(each["from"], each["body"], each["to"]) for each in shown] == [
        (None, None, PHONE),
        (SENDER, "Hello", PHONE),
    ]


async def test_a_list_may_be_cut_in_half(simulator: Simulator) -> None:
    await post(simulator)
    simulator.faults.garble(operation="list")
    with pytest.raises(ValueError, match=r"line 1 column"):
        await call(simulator, To=PHONE)
    assert len((await call(simulator, To=PHONE))[0]["messages"]) == 1


async def test_a_hidden_address_is_not_found_by_it(simulator: Simulator) -> None:
    sid = (await post(simulator, AddressRetention="obfuscate"))["sid"]
    assert (await call(simulator, To=PHONE))[0]["messages"] == []
    assert sdk(simulator).messages(sid).fetch().to == "+1415555XXXX"


async def test_a_service_shortens_links_when_asked(simulator: Simulator) -> None:
    service = MESSAGING_SERVICE_SID
    text = "See https://shop.example/a/very/long/path?x=1 now"
    plain = await post(simulator, text, MessagingServiceSid=service)
    short = await post(simulator, text, MessagingServiceSid=service, ShortenUrls="true")
    assert plain["body"] == text
    assert "shop.example" not in short["body"]
    assert short["body"].startswith("See https://twil.test/")
    assert short["body"].endswith(" now")
    assert (await post(simulator, text, ShortenUrls="true"))["body"] == text


def test_what_is_hidden_is_named_in_a_list() -> None:
    assert fault_from({"operation": "list", "hides": ["from"]}).hides == ("from",)
    with pytest.raises(RequestError, match="hides is a list"):
        fault_from({"hides": "from"})
