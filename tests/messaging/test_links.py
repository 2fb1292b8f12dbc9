from __future__ import annotations

import pytest

from ringline.clock import VirtualClock
from ringline.database import Database
from ringline.errors import NotFoundError, RequestError
from ringline.messaging.links import Links

LONG = "https://shop.example.com/orders/58213?utm_source=sms&utm_campaign=spring"


@pytest.fixture
def links(database: Database, clock: VirtualClock) -> Links:
    return Links(database, clock, public_url="https://ring.example.com/")


def code_of(link: str) -> str:
    return link.rpartition("/")[2]


async def test_a_link_works_once_its_message_is_stored_and_every_click_counts(
    links: Links, database: Database, clock: VirtualClock
) -> None:
    link = links.shorten(LONG)
    assert link.startswith("https://ring.example.com/l/")
    assert len(link) < len(LONG)
    with pytest.raises(NotFoundError):
        await links.resolve(code_of(link))

    await database.write(lambda tx: links.write(tx, f"See {link}.", "msg_1"))
    clock.step(60)

    assert await links.resolve(code_of(link)) == LONG
    assert await links.resolve(code_of(link)) == LONG
    (stored,) = await links.of_message("msg_1")
    assert (stored.url, stored.clicks, stored.last_click_at) == (LONG, 2, clock.time())


async def test_every_message_gets_links_of_its_own(links: Links, database: Database) -> None:
    first, second = links.shorten(LONG), links.shorten(LONG)
    assert first != second

    await database.write(lambda tx: links.write(tx, f"{first} and {second}", "msg_1"))
    assert {link.code for link in await links.of_message("msg_1")} == {code_of(first), code_of(second)}


async def test_a_message_that_is_not_stored_leaves_no_link(links: Links, database: Database) -> None:
    link = links.shorten(LONG)

    def fail(tx: object) -> None:
        links.write(tx, link, "msg_1")  # type: ignore[arg-type]
        raise KeyError("mine")

    with pytest.raises(KeyError):
        await database.write(fail)
    with pytest.raises(NotFoundError):
        await links.resolve(code_of(link))

    await database.write(lambda tx: links.write(tx, link, "msg_1"))
    assert await links.resolve(code_of(link)) == LONG


async def test_links_of_others_in_a_text_are_left_alone(links: Links, database: Database) -> None:
    await database.write(lambda tx: links.write(tx, "https://ring.example.com/l/abcdefgh https://b.example", "msg_1"))

    assert await links.of_message("msg_1") == []


@pytest.mark.parametrize(
    "url", ["shop.example.com", "javascript:alert(1)", "https://", "https://a.example/" + "x" * 2048]
)
async def test_only_web_addresses_are_shortened(links: Links, url: str) -> None:
    with pytest.raises(RequestError, match="cannot be shortened"):
        links.shorten(url)


async def test_without_a_public_address_shortening_says_what_is_missing(
    database: Database, clock: VirtualClock
) -> None:
    with pytest.raises(RequestError, match="no public address is set") as caught:
        Links(database, clock, public_url=None).shorten(LONG)

    assert "RINGLINE_PUBLIC_URL" in caught.value.fix
