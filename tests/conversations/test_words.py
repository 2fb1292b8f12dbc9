"""Messages found by their words: the newest first, of the kind that is asked for, looked through or by the index."""

from __future__ import annotations

import pytest

from ringline.conversations import words
from ringline.database import Database

SAID = [
    ("msg_01", "Your parcel comes tomorrow"),
    ("call_02", "Tomorrow we deliver a PARCEL"),
    ("msg_03", "Ihre Grüße, café!"),
    ("inb_04", "Where is my parcel? parcels_box"),
    ("msg_05", "Parcelled up: 12,50 € at 14:30"),
    ("msg_06", "Nothing of note; it's ready"),
    ("msg_07", "parcel"),
]


@pytest.fixture
async def said(database: Database) -> None:
    for kind in words.KINDS:
        texts = [{"ref": ref, "person": f"+{ref}", "text": text} for ref, text in SAID if ref.startswith(kind)]
        await database.write(lambda tx, kind=kind, texts=texts: words.add(tx, kind, texts))  # type: ignore[misc]


@pytest.mark.parametrize("looked_through", [1, 2, 1_000])
@pytest.mark.parametrize(
    ("searched", "kind", "before", "expected"),
    [
        ("parcel", "msg", None, ["msg_07", "msg_05", "msg_01"]),
        ("parcel", "msg", "msg_07", ["msg_05", "msg_01"]),
        ("parcel", "msg", "msg_01", []),
        ("parcel", None, None, ["msg_07", "msg_05", "inb_04", "call_02", "msg_01"]),
        ("Tomorrow, PARCEL!", None, None, ["call_02", "msg_01"]),
        ("parcel", "call", None, ["call_02"]),
        ("grusse", "msg", None, ["msg_03"]),
        ("grusse cafe", "msg", None, ["msg_03"]),
        ("gruß", "msg", None, ["msg_03"]),
        ("CAFÉ", "msg", None, ["msg_03"]),
        ("box", "inb", None, ["inb_04"]),
        ("12 50", "msg", None, ["msg_05"]),
        ("it's", "msg", None, ["msg_06"]),
        ("arcel", None, None, []),
        ('"*', None, None, []),
    ],
)
async def test_words_are_found(
    database: Database,
    said: None,
    monkeypatch: pytest.MonkeyPatch,
    looked_through: int,
    searched: str,
    kind: str | None,
    before: str | None,
    expected: list[str],
) -> None:
    monkeypatch.setattr(words, "LOOKED_THROUGH", looked_through)
    found = await database.read(lambda tx: words.find(tx, searched, kind=kind, before=before, count=10))
    assert [ref for ref, _ in found] == expected
    assert all(person == f"+{ref}" for ref, person in found)
    first = await database.read(lambda tx: words.find(tx, searched, kind=kind, before=before, count=1))
    assert [ref for ref, _ in first] == expected[:1]


async def test_what_is_forgotten_is_not_found_and_what_comes_twice_is_found_once(
    database: Database, said: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "LOOKED_THROUGH", 1)
    again = [
        {"ref": "msg_07", "person": "+msg_07", "text": "parcel"},
        {"ref": "msg_08", "person": "+8", "text": "parcel"},
    ]
    await database.write(lambda tx: words.add(tx, "msg", again))
    await database.write(lambda tx: words.forget(tx, ["msg_05"]))
    assert await database.write(lambda tx: words.forget_of(tx, "+msg_01")) == 1
    found = await database.read(lambda tx: words.find(tx, "parcel", kind="msg", before=None, count=10))
    assert [ref for ref, _ in found] == ["msg_08", "msg_07"]
