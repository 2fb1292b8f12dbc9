"""The tables of people and lists: every statement that touches them is here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from ringline.database.json_lists import is_among
from ringline.database.schema import Seconds, metadata

contacts = Table(
    "contacts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text),
    Column("language", Text),
    Column("time_zone", Text),
    Column("country", Text),
    Column("fields", Text, nullable=False, server_default="{}"),
    Column("created_at", Seconds, nullable=False),
    Column("updated_at", Seconds, nullable=False),
)
Index("contacts_name", contacts.c.name)

addresses = Table(
    "contact_addresses",
    metadata,
    Column("address", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("position", Integer, nullable=False, server_default="0"),
    # By address first: whoever asks knows a number and wants the person.
    PrimaryKeyConstraint("address", "channel", name="contact_addresses_pkey"),
)
Index("contact_addresses_contact", addresses.c.contact_id)

lists = Table(
    "contact_lists",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_at", Seconds, nullable=False),
    UniqueConstraint("name", name="contact_lists_name_key"),
)

members = Table(
    "contact_list_members",
    metadata,
    Column("list_id", Text, nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("since", Seconds, nullable=False),
    PrimaryKeyConstraint("list_id", "contact_id", name="contact_list_members_pkey"),
)
Index("contact_list_members_contact", members.c.contact_id)

COLUMNS = ("id", "name", "language", "time_zone", "country", "fields", "created_at", "updated_at")
WRITTEN = ("name", "language", "time_zone", "country", "fields", "updated_at")

# Two imports of the same people at once would both find nobody and both write them. SQLite has one writer.
LOCK = text("SELECT pg_advisory_xact_lock(728)")

ADD = insert(contacts)
CHANGE = (
    update(contacts)
    .where(contacts.c.id == bindparam("contact_id"))
    .values({name: bindparam(f"new_{name}") for name in WRITTEN})
)
REMOVE = delete(contacts).where(contacts.c.id == bindparam("id"))
GET_MANY = select(contacts).where(is_among(contacts.c.id, "ids"))

ADD_ADDRESS = text(
    """INSERT INTO contact_addresses (address, channel, contact_id, position)
    VALUES (:address, :channel, :contact_id, :position) ON CONFLICT DO NOTHING"""
)
REMOVE_ADDRESSES = delete(addresses).where(addresses.c.contact_id == bindparam("id"))
OWNERS = select(addresses).where(is_among(addresses.c.address, "numbers"))
ADDRESSES_OF = (
    select(addresses)
    .where(is_among(addresses.c.contact_id, "ids"))
    .order_by(addresses.c.contact_id, addresses.c.position)
)
# One look-up by number, for whoever writes to somebody: what language, and what time is it there.
PERSON = (
    select(contacts.c.id, contacts.c.name, contacts.c.language, contacts.c.time_zone, contacts.c.country)
    .join(addresses, addresses.c.contact_id == contacts.c.id)
    .where(addresses.c.address == bindparam("number"))
    .order_by(addresses.c.position)
    .limit(1)
)

ADD_LIST = text(
    "INSERT INTO contact_lists (id, name, created_at) VALUES (:id, :name, :created_at) ON CONFLICT DO NOTHING"
)
FIND_LIST = select(lists).where(lists.c.name == bindparam("name"))
REMOVE_LIST = delete(lists).where(lists.c.id == bindparam("id"))
REMOVE_MEMBERS = delete(members).where(members.c.list_id == bindparam("id"))
LISTS = (
    select(lists.c.id, lists.c.name, lists.c.created_at, func.count(members.c.contact_id).label("count"))
    .join(members, members.c.list_id == lists.c.id, isouter=True)
    .group_by(lists.c.id, lists.c.name, lists.c.created_at)
    .order_by(lists.c.name)
)
ADD_MEMBER = text(
    """INSERT INTO contact_list_members (list_id, contact_id, since) VALUES (:list_id, :contact_id, :since)
    ON CONFLICT DO NOTHING"""
)
REMOVE_MEMBER = delete(members).where(
    members.c.list_id == bindparam("list_id"), members.c.contact_id == bindparam("contact_id")
)
REMOVE_MEMBERSHIPS = delete(members).where(members.c.contact_id == bindparam("id"))
LISTS_OF = (
    select(members.c.contact_id, lists.c.name)
    .join(lists, lists.c.id == members.c.list_id)
    .where(is_among(members.c.contact_id, "ids"))
    .order_by(lists.c.name)
)

_newest_first = select(contacts).where(contacts.c.id < bindparam("before")).order_by(contacts.c.id.desc())
_oldest_first = select(contacts).where(contacts.c.id > bindparam("after")).order_by(contacts.c.id)
_on_list = contacts.c.id.in_(select(members.c.contact_id).where(members.c.list_id == bindparam("list_id")))
_matching = or_(
    func.lower(contacts.c.name).like(bindparam("name_like")),
    contacts.c.id.in_(select(addresses.c.contact_id).where(addresses.c.address.like(bindparam("number_like")))),
)

_PAGES: dict[tuple[bool, bool], Any] = {}
for _with_list in (False, True):
    for _with_search in (False, True):
        _page = _newest_first
        if _with_list:
            _page = _page.where(_on_list)
        if _with_search:
            _page = _page.where(_matching)
        _PAGES[_with_list, _with_search] = _page.limit(bindparam("count"))
ALL = _oldest_first.limit(bindparam("count"))
_MEMBERS = (
    select(contacts)
    .join(members, members.c.contact_id == contacts.c.id)
    .where(members.c.list_id == bindparam("list_id"), members.c.contact_id > bindparam("after"))
    .order_by(members.c.contact_id)
    .limit(bindparam("count"))
)
MEMBERS = _MEMBERS
COUNT = select(func.count().label("count")).select_from(contacts)


def page(*, on_list: bool, search: bool) -> Any:
    """The statement for a page of people, newest first."""
    return _PAGES[on_list, search]
