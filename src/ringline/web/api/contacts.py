"""`/api/v1/contacts`: people, their import, export and erasure."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from ringline.contacts.contact import Contact
from ringline.contacts.importing import ImportReport
from ringline.errors import RequestError
from ringline.web.api.choosing import Search
from ringline.web.api.opt_outs import OptOutOut, opt_out_out
from ringline.web.api.paging import Cursor, Limit, Page, cut
from ringline.web.uploads import uploaded

if TYPE_CHECKING:
    from ringline.app import Ringline


class ContactIn(BaseModel):
    """A person to be written down; one who is known by one of these numbers is changed."""

    model_config = ConfigDict(extra="forbid", strict=True)

    phone: str | None = Field(default=None, description="Number for texts, in E.164 form.", examples=["+14155550123"])
    whatsapp: str | None = Field(default=None, description="Number on WhatsApp, where it is another.")
    voice: str | None = Field(default=None, description="Number for calls, where it is another.")
    name: str | None = None
    language: str | None = Field(default=None, description="Such as `en`, `es` or `pt-BR`.")
    time_zone: str | None = Field(default=None, description="Such as `America/New_York`.")
    country: str | None = Field(default=None, description="Two letters; numbers without a country code are read by it.")
    fields: dict[str, str] = Field(default={}, description="Anything else, by name.")
    lists: list[str] = Field(default=[], description="Lists to put them on.")
    only_new: bool = Field(default=False, description="Refuse a number that is somebody's already, naming them.")


class AddressIn(BaseModel):
    """Where a person can be reached."""

    model_config = ConfigDict(extra="forbid", strict=True)

    channel: Literal["sms", "whatsapp", "voice"] = "sms"
    address: str = Field(description="Number in E.164 form.", examples=["+14155550123"])


class ContactChangeIn(BaseModel):
    """What to change of a person; null empties, what is left out stays."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str | None = None
    language: str | None = None
    time_zone: str | None = None
    country: str | None = None
    addresses: list[AddressIn] = Field(
        default=[], description="All that they have from then on, the first one first; left out, they stay."
    )
    fields: dict[str, str | None] = Field(default={}, description="Only those named are changed; null removes one.")


class AddressOut(BaseModel):
    """Where a person can be reached."""

    channel: str
    address: str


class ContactOut(BaseModel):
    """A person."""

    id: str
    phone: str | None
    name: str | None
    language: str | None
    time_zone: str | None
    country: str | None
    addresses: list[AddressOut]
    fields: dict[str, str]
    lists: list[str]
    opted_out: bool
    opt_outs: list[OptOutOut]
    created_at: datetime
    updated_at: datetime


class ProblemOut(BaseModel):
    """One thing that is wrong with a file; `kept` where the row was taken in all the same."""

    line: int
    message: str
    fix: str
    kept: bool


class ImportOut(BaseModel):
    """What an import did, or with `dry_run` would do. `columns` says what each column was taken for."""

    dry_run: bool
    rows: int
    imported: int
    updated: int
    unchanged: int
    duplicates: int
    invalid: int
    columns: dict[str, str]
    encoding: str
    delimiter: str
    problems: list[ProblemOut]
    problems_left_out: int


class ErasedOut(BaseModel):
    """How many rows each part of the installation forgot."""

    forgotten: dict[str, int]


def contact_out(contact: Contact) -> ContactOut:
    """The person in the API's form."""
    return ContactOut(
        id=contact.id,
        phone=contact.phone,
        name=contact.name,
        language=contact.language,
        time_zone=contact.time_zone,
        country=contact.country,
        addresses=[AddressOut(channel=one.channel, address=one.address) for one in contact.addresses],
        fields=dict(contact.fields),
        lists=list(contact.lists),
        opted_out=contact.is_opted_out,
        opt_outs=[opt_out_out(one) for one in contact.opt_outs],
        created_at=contact.created_at,
        updated_at=contact.updated_at,
    )


def import_out(report: ImportReport) -> ImportOut:
    """The report in the API's form."""
    return ImportOut(
        dry_run=report.dry_run,
        rows=report.rows,
        imported=report.imported,
        updated=report.updated,
        unchanged=report.unchanged,
        duplicates=report.duplicates,
        invalid=report.invalid,
        columns=report.columns,
        encoding=report.encoding,
        delimiter=report.delimiter,
        problems=[
            ProblemOut(line=one.line, message=one.message, fix=one.fix, kept=one.kept) for one in report.problems
        ],
        problems_left_out=report.problems_left_out,
    )


def build(ringline: Ringline) -> APIRouter:
    """Routes over the people of *ringline*."""
    router = APIRouter(prefix="/api/v1/contacts", tags=["contacts"])
    contacts = ringline.contacts

    @router.get("", operation_id="list_contacts")
    async def list_contacts(
        limit: Limit = 50,
        cursor: Cursor = None,
        on: Annotated[str | None, Query(alias="list", description="Only people on this list.")] = None,
        search: Search = None,
    ) -> Page[ContactOut]:
        """People, newest first. A search brings the first thousand whose names or numbers begin, or end, so."""
        found = await contacts.list(limit=limit + 1, before=cursor, on=on, search=search)
        items, more = cut(found, limit)
        return Page(items=[contact_out(one) for one in items], next=items[-1].id if more else None)

    @router.post("", status_code=201, operation_id="add_contact")
    async def add(body: ContactIn) -> ContactOut:
        """Write a person down. One who is known by one of the numbers is changed, not doubled."""
        return contact_out(
            await contacts.add(
                body.phone,
                whatsapp=body.whatsapp,
                voice=body.voice,
                name=body.name,
                language=body.language,
                time_zone=body.time_zone,
                country=body.country,
                fields=body.fields,
                lists=body.lists,
                only_new=body.only_new,
            )
        )

    @router.post("/import", operation_id="import_contacts")
    async def import_csv(
        request: Request,
        on: Annotated[str | None, Query(alias="list", description="List to put everybody on.")] = None,
        country: Annotated[
            str | None, Query(description="Two letters; numbers without a country code are read by it.")
        ] = None,
        column: Annotated[
            list[str],
            Query(alias="map", description="`COLUMN=phone` and the like, for columns with names of their own."),
        ] = [],  # noqa: B006 - FastAPI copies defaults
        dry_run: Annotated[bool, Query(description="Only say what would happen.")] = False,
    ) -> ImportOut:
        """Take in a CSV file, sent as the body. Rows that cannot be used are reported, the others are taken in."""
        mapping = read_mapping(column)
        async with uploaded(request) as file:
            return import_out(
                await contacts.import_csv(file, list=on, country=country, mapping=mapping, dry_run=dry_run)
            )

    @router.get("/export", operation_id="export_contacts", response_class=StreamingResponse)
    async def export(
        on: Annotated[str | None, Query(alias="list", description="Only people on this list.")] = None,
    ) -> StreamingResponse:
        """Everybody, or a list, as a CSV file that can be imported again."""
        pieces: AsyncIterator[str] = contacts.export(on=on)
        first = await anext(pieces)  # so that a list that does not exist is an answer, and not a broken file

        async def whole() -> AsyncIterator[str]:
            yield first
            async for piece in pieces:
                yield piece

        headers = {"Content-Disposition": 'attachment; filename="contacts.csv"'}
        return StreamingResponse(whole(), media_type="text/csv; charset=utf-8", headers=headers)

    @router.get("/{contact}", operation_id="get_contact")
    async def get(contact: str) -> ContactOut:
        """One person, by id or number."""
        return contact_out(await contacts.get(contact))

    @router.patch("/{contact}", operation_id="change_contact")
    async def change(contact: str, body: ContactChangeIn) -> ContactOut:
        """Change some of what is known of a person."""
        changes = body.model_dump(include=body.model_fields_set)
        if "addresses" in changes:
            changes["addresses"] = [(one.channel, one.address) for one in body.addresses]
        return contact_out(await contacts.change(contact, **changes))

    @router.delete("/{contact}", status_code=204, operation_id="remove_contact")
    async def remove(contact: str) -> None:
        """Take a person out of the address book; what was sent to them stays."""
        await contacts.remove(contact)

    @router.post("/{contact}/erase", operation_id="erase_contact")
    async def erase(contact: str) -> ErasedOut:
        """Forget a person wherever they appear. Only their opt-outs stay."""
        return ErasedOut(forgotten=await contacts.erase(contact))

    return router


def read_mapping(given: list[str]) -> dict[str, str]:
    """``COLUMN=phone`` by column."""
    mapping = {}
    for text in given:
        column, equals, target = text.rpartition("=")
        if not equals or not column.strip() or not target.strip():
            raise RequestError(f"`{text}` is not COLUMN=FIELD", field="map", fix="write it as in Handy=phone")
        mapping[column.strip()] = target.strip()
    return mapping
