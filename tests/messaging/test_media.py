from __future__ import annotations

import pytest

from ringline.clock import VirtualClock
from ringline.database import Database
from ringline.errors import NotFoundError, RequestError
from ringline.messaging.media import MAX_BYTES, Media

KEY = b"k" * 32


@pytest.fixture
def media(database: Database, clock: VirtualClock) -> Media:
    return Media(database, clock, key=KEY, public_url="https://ring.example.com")


def token_of(url: str) -> str:
    return url.rpartition("/")[2]


async def test_a_picture_is_served_at_its_address_until_that_expires(media: Media, clock: VirtualClock) -> None:
    url = await media.publish(b"\xff\xd8 a picture", "image/jpeg")
    assert url.startswith("https://ring.example.com/m/")

    found = await media.open(token_of(url))
    assert (found.content, found.content_type) == (b"\xff\xd8 a picture", "image/jpeg")

    clock.step(48 * 3600 + 1)
    with pytest.raises(NotFoundError):
        await media.open(token_of(url))


async def test_a_changed_address_opens_nothing(media: Media, database: Database, clock: VirtualClock) -> None:
    token = token_of(await media.publish(b"picture", "image/png"))
    media_id, expiry, signature = token.split(".")
    later = f"{media_id}.{int(expiry) + 3600}.{signature}"

    for forged in (later, token[:-1], f"{media_id}.{expiry}.", media_id, "", f"{token}.x"):
        with pytest.raises(NotFoundError):
            await media.open(forged)
    with pytest.raises(NotFoundError):
        await Media(database, clock, key=b"o" * 32, public_url="https://ring.example.com").open(token)


async def test_expired_files_are_deleted_and_others_kept(media: Media, clock: VirtualClock) -> None:
    await media.publish(b"old", "image/png")
    clock.step(24 * 3600)
    kept = await media.publish(b"new", "image/png")
    clock.step(25 * 3600)

    assert await media.sweep() == 1
    assert (await media.open(token_of(kept))).content == b"new"


async def test_a_message_for_later_keeps_its_pictures_that_long(
    media: Media, database: Database, clock: VirtualClock
) -> None:
    url = await media.publish(b"picture", "image/png")
    until = clock.time() + 10 * 86_400
    longer = await database.write(lambda tx: media.keep_until(tx, url, until))

    clock.step(9 * 86_400)
    assert await media.sweep() == 0
    assert (await media.open(token_of(longer))).content == b"picture"
    elsewhere = "https://shop.example.com/a.png"
    assert await database.write(lambda tx: media.keep_until(tx, elsewhere, until)) == elsewhere


async def test_what_carriers_do_not_take_is_refused(media: Media) -> None:
    with pytest.raises(RequestError, match=r"5\.0 MB is too large"):
        await media.publish(b"x" * (MAX_BYTES + 1), "image/png")


async def test_without_a_public_address_nothing_is_published(database: Database, clock: VirtualClock) -> None:
    with pytest.raises(RequestError, match="no public address is set") as caught:
        await Media(database, clock, key=KEY, public_url=None).publish(b"x", "image/png")

    assert "RINGLINE_PUBLIC_URL" in caught.value.fix
