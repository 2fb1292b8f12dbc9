"""People: written down once, found by number, taken in from files, forgotten."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from ringline.clock import VirtualClock
from ringline.compliance.suppression import suppress
from ringline.contacts.contact import Address
from ringline.contacts.contacts import Contacts
from ringline.csv_files import CsvFile
from ringline.database import Database
from ringline.errors import NotFoundError, PhoneNumberError, RequestError


@pytest.fixture
def contacts(database: Database, clock: VirtualClock) -> Contacts:
    return Contacts(database, clock)


def file(text: str) -> io.BytesIO:
    return io.BytesIO(text.encode())


async def test_a_person_is_found_by_any_of_their_numbers(contacts: Contacts) -> None:
    added = await contacts.add(
        "+14155550123", whatsapp="+447911123456", name="Ana", language="es", time_zone="America/Los_Angeles",
        fields={"city": "Bern", "age": 41}, lists=["friends"],
    )  # fmt: skip

    assert await contacts.get("+447911123456") == added == await contacts.get(added.id)
    assert (added.phone, added.lists, added.fields) == ("+14155550123", ("friends",), {"city": "Bern", "age": "41"})
    person = await contacts.person("+447911123456")
    assert person is not None
    assert (person.language, person.time_zone, person.name) == ("es", "America/Los_Angeles", "Ana")
    assert await contacts.person("+14155550199") is None


async def test_to_add_somebody_again_changes_what_is_said_and_keeps_the_rest(
    contacts: Contacts, clock: VirtualClock
) -> None:
    first = await contacts.add("+14155550123", name="Ana", language="es", fields={"city": "Bern"})
    clock.step(60)

    again = await contacts.add("+14155550123", name="Anna", whatsapp="+14155550124", fields={"zip": "3011"})

    assert again.id == first.id
    assert (again.name, again.language, again.fields) == ("Anna", "es", {"city": "Bern", "zip": "3011"})
    assert {one.address for one in again.addresses} == {"+14155550123", "+14155550124"}
    assert again.updated_at - first.updated_at == timedelta(seconds=60)
    assert await contacts.count() == 1


async def test_two_people_are_not_made_one_by_accident(contacts: Contacts) -> None:
    await contacts.add("+14155550123")
    await contacts.add("+14155550124")

    with pytest.raises(RequestError, match="different people"):
        await contacts.add("+14155550123", whatsapp="+14155550124")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"phone": "4155550123"}, "phone"),
        ({"language": "Spanish!"}, "language"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"country": "Utopia"}, "country"),
        ({"lists": [" "]}, "list"),
        ({"phone": None}, "phone"),
    ],
)
async def test_what_cannot_be_is_refused_by_its_field(
    contacts: Contacts, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(RequestError) as caught:
        await contacts.add(**({"phone": "+14155550123"} | changes))  # type: ignore[arg-type]

    assert caught.value.field == field
    assert await contacts.count() == 0


async def test_a_number_in_its_countrys_own_notation_is_read_by_the_country(contacts: Contacts) -> None:
    assert (await contacts.add("0171 1234567", country="de")).phone == "+491711234567"
    with pytest.raises(PhoneNumberError):
        await contacts.add("0171 1234567")


async def test_a_file_is_taken_in_and_what_is_wrong_is_said_by_line(contacts: Contacts) -> None:
    await contacts.add("+14155550101", name="Old", language="fr")
    report = await contacts.import_csv(
        file(
            "Handy;Vorname;Nachname;Sprache;TZ;Ort\n"
            "(415) 555-0101;New;Name;;;Bern\n"
            "+1 415 555 0102;Ben;;en;America/New_York;\n"
            "415-555-0102;Twin;;;;\n"
            "12;Short;;;;\n"
            ";Nobody;;;;\n"
            "+14155550103;Cleo;;klingon!;Mars/Olympus;\n"
            "1.41556E+10;Excel;;;;\n"
            "+14155550104;Too;many;en;UTC;a;b\n"
        ),
        list="customers",
        country="US",
    )

    assert (report.rows, report.imported, report.updated, report.duplicates, report.invalid) == (8, 2, 1, 1, 4)
    said = {(one.line, one.kept): one.message for one in report.problems}
    assert sorted(one.line for one in report.problems) == [4, 5, 6, 7, 7, 8, 9]
    assert "same number as line 3 (+14155550102)" in said[4, False]
    assert "empty" in said[6, False]
    assert "rounded" in said[8, False]
    assert "7 cells" in said[9, False]
    assert "left empty" in said[7, True]
    old = await contacts.get("+14155550101")
    assert (old.name, old.language, old.lists) == ("New Name", "fr", ("customers",))
    assert old.fields == {"first_name": "New", "last_name": "Name", "Ort": "Bern"}
    cleo = await contacts.get("+14155550103")
    assert (cleo.name, cleo.language, cleo.time_zone) == ("Cleo", None, None)


async def test_a_dry_run_says_the_same_and_writes_nothing(contacts: Contacts) -> None:
    text = "phone,name\n+14155550101,A\n+14155550102,B\n+14155550102,C\nx,D\n"

    tried = await contacts.import_csv(file(text), list="some", dry_run=True)

    assert await contacts.count() == 0
    assert await contacts.lists.list() == []
    done = await contacts.import_csv(file(text), list="some")
    assert (
        (tried.imported, tried.duplicates, tried.invalid) == (2, 1, 1) == (done.imported, done.duplicates, done.invalid)
    )
    assert tried.problems == done.problems


async def test_the_same_file_again_changes_nothing(contacts: Contacts) -> None:
    text = "phone,name,city\n+14155550101,A,Bern\n+14155550102,B,\n"
    await contacts.import_csv(file(text))

    again = await contacts.import_csv(file(text))

    assert (again.imported, again.updated, again.unchanged) == (0, 0, 2)


async def test_many_rows_are_written_in_batches(contacts: Contacts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringline.contacts.contacts.BATCH", 100)
    lines = [f"+1415555{number:04d},Person {number}" for number in range(1, 1001)]
    seen: list[int] = []

    report = await contacts.import_csv(
        file("phone,name\n" + "\n".join([*lines, lines[0]])), progress=lambda so_far: seen.append(so_far.imported)
    )

    assert (report.imported, report.duplicates, await contacts.count()) == (1000, 1, 1000)
    assert seen[:3] == [100, 200, 300]


async def test_columns_may_be_named_by_hand(contacts: Contacts) -> None:
    with pytest.raises(RequestError, match="no column holds phone numbers: the file has A, B") as caught:
        await contacts.import_csv(file("A,B\n+14155550101,x\n"))
    assert "--map" in caught.value.fix
    with pytest.raises(RequestError, match="no column `C`"):
        await contacts.import_csv(file("A,B\n+14155550101,x\n"), mapping={"C": "phone"})

    report = await contacts.import_csv(
        file("A,B,C\n+14155550101,x,secret\n"), mapping={"A": "phone", "B": "size", "C": "-"}
    )

    assert report.columns == {"A": "phone", "B": "size"}
    assert (await contacts.get("+14155550101")).fields == {"size": "x"}


async def test_what_is_exported_can_be_imported(contacts: Contacts, database: Database, clock: VirtualClock) -> None:
    await contacts.add("+14155550101", name='Ann "=x", Jr', language="pt-BR", fields={"note": "=1+1"}, lists=["a", "b"])
    await contacts.add("+14155550102", voice="+14155550103", country="US")
    before = {one.phone: one for one in await contacts.list()}
    text = "".join([piece async for piece in contacts.export()])
    for one in before.values():
        await contacts.remove(one.id)
    assert await contacts.count() == 0

    report = await contacts.import_csv(file(text))

    assert report.problems == []
    after = {one.phone: one for one in await contacts.list()}
    for phone, one in before.items():
        kept = {name: value for name, value in after[phone].fields.items() if value and name != "opted_out"}
        assert (after[phone].name, after[phone].language, kept, after[phone].lists, after[phone].addresses) == (
            one.name, one.language, dict(one.fields), one.lists, one.addresses,
        )  # fmt: skip
    assert CsvFile(file("".join([piece async for piece in contacts.export(on="a")]))).columns[0] == "phone"


async def test_opt_outs_are_seen_with_the_person(contacts: Contacts, database: Database) -> None:
    await contacts.add("+14155550101")
    await database.write(
        lambda tx: suppress(tx, account_id="AC1", channel="sms", recipient="+14155550101", source="reply", now=5.0)
    )

    (found,) = await contacts.list()

    assert found.is_opted_out
    assert (found.opt_outs[0].source, found.opt_outs[0].since.timestamp()) == ("reply", 5.0)


async def test_lists_hold_people_and_go_without_them(contacts: Contacts) -> None:
    person = await contacts.add("+14155550101", lists=["a"])
    await contacts.lists.put_on("b", "+14155550101")
    assert [(one.name, one.count) for one in await contacts.lists.list()] == [("a", 1), ("b", 1)]
    assert [one.id for one in await contacts.list(on="b")] == [person.id]

    await contacts.lists.take_off("b", person.id)
    await contacts.lists.remove("a")

    assert (await contacts.get(person.id)).lists == ()
    with pytest.raises(NotFoundError, match="no list 'a'"):
        await contacts.list(on="a")


async def test_people_are_found_by_the_beginning_of_a_name_and_the_beginning_or_end_of_a_number(
    contacts: Contacts,
) -> None:
    await contacts.add("+14155550101", name="Ana María López", lists=["a"])
    await contacts.add("+14155550102", name="Ben")
    await contacts.add("+14155550103", name="Mariana", voice="+442079460102")

    async def names(search: str, **chosen: str) -> list[str | None]:
        return [one.name for one in await contacts.list(search=search, **chosen)]

    assert await names("mari") == ["Mariana", "Ana María López"]
    assert await names("LÓPEZ") == await names("lop an") == ["Ana María López"]
    assert await names("mari", on="a") == ["Ana María López"]
    assert await names("0102") == ["Mariana", "Ben"]
    assert await names("+1 415 555") == ["Mariana", "Ben", "Ana María López"]
    assert await names("0044 2079") == ["Mariana"]
    for nobody in ("nobody", "ana ben", "5550", "%", "?", " + "):
        assert await names(nobody) == [], nobody
    assert [one.name for one in await contacts.list(on="a")] == ["Ana María López"]

    await contacts.change("+14155550102", name="Benedikt")
    await contacts.import_csv(file("phone,name\n+14155550103,Greta\n"))
    await contacts.remove("+14155550101")

    assert await names("bene") == ["Benedikt"]
    assert await names("greta") == ["Greta"]
    assert await names("maria") == []


async def test_last_digits_that_begin_with_two_zeros_are_no_prefix_of_a_country(contacts: Contacts) -> None:
    await contacts.add("+14155550012", name="Ana")
    await contacts.add("+12015550199", name="Ben")
    await contacts.add("+442079460102", name="Cid")

    found = {search: [one.name for one in await contacts.list(search=search)] for search in ("0012", "00120", "0044")}

    assert found == {"0012": ["Ana"], "00120": ["Ben"], "0044": []}


async def test_numbers_are_added_changed_and_removed_and_nobody_gets_those_of_another(contacts: Contacts) -> None:
    ana = await contacts.add("+14155550101", name="Ana")
    ben = await contacts.add("+14155550102", name="Ben")
    told: list[set[str]] = []
    contacts.on_numbers.append(lambda tx, numbers: told.append(set(numbers)))

    changed = await contacts.change(ana.id, addresses=[("whatsapp", "+14155550104"), ("sms", "+14155550103")])

    assert changed.addresses == (Address("+14155550104", "whatsapp"), Address("+14155550103", "sms"))
    assert told == [{"+14155550101", "+14155550103", "+14155550104"}]
    assert (await contacts.get("+14155550103")).id == ana.id
    for given, field, words in (
        ([("sms", "+14155550105"), ("sms", "+14155550102")], "addresses.1", f"the number of Ben ({ben.id})"),
        ([("sms", "415")], "addresses.0", "415"),
        ([("fax", "+14155550105")], "channel", "fax"),
        ([("sms", "+14155550105"), ("sms", "+14155550105")], "addresses.1", "twice"),
        ([], "addresses", "needs a number"),
    ):
        with pytest.raises(RequestError) as caught:
            await contacts.change(ana.id, addresses=given)
        assert (caught.value.field, words in caught.value.message) == (field, True), caught.value.message
    assert (await contacts.get(ana.id)).addresses == changed.addresses
    with pytest.raises(RequestError, match=r"already the number of Ben"):
        await contacts.add("+14155550102", name="Somebody", only_new=True)
    with pytest.raises(RequestError, match=r"\+14155550103 is Ana's, \+14155550102 is Ben's"):
        await contacts.add("+14155550103", voice="+14155550102")


async def test_an_erased_person_is_forgotten_everywhere_that_joins_in(contacts: Contacts) -> None:
    await contacts.add("+14155550101", whatsapp="+14155550102", lists=["a"])
    told: list[object] = []

    def forget(tx: object, erasure: object) -> dict[str, int]:
        told.append(erasure)
        return {"elsewhere": 3}

    contacts.on_erase.append(forget)

    assert await contacts.erase("+14155550102") == {"contacts": 1, "elsewhere": 3}
    assert sorted(told[0].numbers) == ["+14155550101", "+14155550102"]  # type: ignore[attr-defined]
    assert [(one.name, one.count) for one in await contacts.lists.list()] == [("a", 0)]
    contacts.on_erase.clear()
    with pytest.raises(NotFoundError):
        await contacts.erase("+14155550101")
