"""The tables of people and lists: every statement that touches them is here."""

from __future__ import annotations

from functools import cache

from sqlalchemy import (
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    TextClause,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    insert,
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

# The words of names, so that people are found by what their names begin with. In the order of bytes on both databases.
words = Table(
    "contact_words",
    metadata,
    Column("word", Text().with_variant(Text(collation="C"), "postgresql"), nullable=False),
    Column("contact_id", Text, nullable=False),
    PrimaryKeyConstraint("word", "contact_id", name="contact_words_pkey"),
)
Index("contact_words_contact", words.c.contact_id, words.c.word)

addresses = Table(
    "contact_addresses",
    metadata,
    Column("address", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("contact_id", Text, nullable=False),
    Column("position", Integer, nullable=False, server_default="0"),
    # The number from behind, so that its last digits are found by an index.
    Column("reversed", Text, nullable=False),
    # By address first: whoever asks knows a number and wants the person.
    PrimaryKeyConstraint("address", "channel", name="contact_addresses_pkey"),
)
Index("contact_addresses_contact", addresses.c.contact_id)
Index("contact_addresses_reversed", addresses.c.reversed)

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

# Two imports of the same people at once would both find nobody and both write them.
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
    """INSERT INTO contact_addresses (address, channel, contact_id, position, reversed)
    VALUES (:address, :channel, :contact_id, :position, :reversed) ON CONFLICT DO NOTHING"""
)
ADD_WORD = text("INSERT INTO contact_words (word, contact_id) VALUES (:word, :contact_id) ON CONFLICT DO NOTHING")
REMOVE_WORDS = delete(words).where(words.c.contact_id == bindparam("id"))
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

NEWEST = (
    select(contacts).where(contacts.c.id < bindparam("before")).order_by(contacts.c.id.desc()).limit(bindparam("count"))
)
ALL = select(contacts).where(contacts.c.id > bindparam("after")).order_by(contacts.c.id).limit(bindparam("count"))
_on_list = (
    select(contacts)
    .join(members, members.c.contact_id == contacts.c.id)
    .where(members.c.list_id == bindparam("list_id"))
    .limit(bindparam("count"))
)
NEWEST_MEMBERS = _on_list.where(members.c.contact_id < bindparam("before")).order_by(members.c.contact_id.desc())
MEMBERS = _on_list.where(members.c.contact_id > bindparam("after")).order_by(members.c.contact_id)
COUNT = select(func.count().label("count")).select_from(contacts)


COUNT_WORD = text(
    """SELECT count(*) AS count FROM (
        SELECT 1 AS one FROM contact_words WHERE word >= :word AND word < :word_end LIMIT :scanned
    ) x"""
)
COUNT_MEMBERS = text(
    """SELECT count(*) AS count FROM (
        SELECT 1 AS one FROM contact_list_members WHERE list_id = :list_id LIMIT :scanned
    ) x"""
)
_HAS_WORD = (
    "EXISTS (SELECT 1 FROM contact_words y{n} WHERE y{n}.contact_id = x.contact_id"
    " AND y{n}.word >= :word_{n} AND y{n}.word < :word_{n}_end)"
)
_IS_MEMBER = "EXISTS (SELECT 1 FROM contact_list_members m WHERE m.list_id = :list_id AND m.contact_id = x.contact_id)"


@cache
def found(words: int, numbers: tuple[str, ...], *, on_list: bool) -> TextClause:
    """The statement for people by so many *words* of their names, or by columns of their *numbers*.

    The first word is the one by which names are looked up. Of names and numbers that begin so `:scanned` are looked at
    at most, and each way of finding brings `:most`, so that no search reads a table from end to end.
    """
    member = [_IS_MEMBER] if on_list else []
    ways = [
        _way(f"SELECT contact_id FROM contact_addresses WHERE {one} >= :{one} AND {one} < :{one}_end", member)  # noqa: S608 - a column
        for one in numbers
    ]
    if words:
        others = [_HAS_WORD.format(n=n) for n in range(1, words)] + member
        # Those who are called exactly so come first, and the newest of them, however many names begin with it.
        begin = "SELECT contact_id FROM contact_words WHERE"
        ways.append(_way(f"{begin} word = :word_0 ORDER BY contact_id DESC", others))
        ways.append(_way(f"{begin} word > :word_0 AND word < :word_0_end", others))
    return _newest_of(" UNION ".join(f"SELECT contact_id FROM ({way}) way_{n}" for n, way in enumerate(ways)))  # noqa: S608 - as above


@cache
def found_on_list(words: int, numbers: tuple[str, ...]) -> TextClause:
    """The same for a list of which all members can be looked at."""
    ways = [
        "EXISTS (SELECT 1 FROM contact_addresses y WHERE y.contact_id = x.contact_id"  # noqa: S608 - a column
        f" AND y.{one} >= :{one} AND y.{one} < :{one}_end)"
        for one in numbers
    ]
    if words:
        ways.append(" AND ".join(_HAS_WORD.format(n=n) for n in range(words)))
    return _newest_of(
        f"SELECT contact_id FROM contact_list_members x WHERE x.list_id = :list_id AND ({' OR '.join(ways)})"  # noqa: S608 - as above
    )


def _way(looked_at: str, conditions: list[str]) -> str:
    if not conditions:
        return f"{looked_at} LIMIT :most"
    return f"SELECT x.contact_id FROM ({looked_at} LIMIT :scanned) x WHERE {' AND '.join(conditions)} LIMIT :most"  # noqa: S608 - from here


def _newest_of(among: str) -> TextClause:
    # The ids are cut before the people are fetched: Postgres would else walk through all people in their order.
    return text(
        f"""SELECT contacts.* FROM (
            SELECT contact_id FROM ({among}) among WHERE contact_id < :before ORDER BY contact_id DESC LIMIT :count
        ) x JOIN contacts ON contacts.id = x.contact_id ORDER BY contacts.id DESC"""  # noqa: S608 - from here
    )
