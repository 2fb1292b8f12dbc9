"""The table `credentials`: every statement that touches it is here."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, Table, Text, bindparam, delete, select, text, update

from ringline.database.schema import Seconds, metadata

credentials = Table(
    "credentials",
    metadata,
    Column("id", Text, primary_key=True),
    # Without a name it arrived as a value with a message, and goes when no message needs it any more.
    Column("name", Text),
    Column("account_sid", Text, nullable=False),
    Column("username", Text),
    Column("base_url", Text),
    Column("default_from", Text),
    Column("secret", LargeBinary, nullable=False),
    # Finds a value that is sealed already; made with the key, so that it tells nothing about weak secrets.
    Column("fingerprint", Text, nullable=False),
    Column("created_at", Seconds, nullable=False),
    Column("touched_at", Seconds, nullable=False),
)
Index("credentials_name", credentials.c.name, unique=True)
Index(
    "credentials_sealed",
    credentials.c.account_sid,
    credentials.c.fingerprint,
    unique=True,
    sqlite_where=text("name IS NULL"),
    postgresql_where=text("name IS NULL"),
)

ADD = text(
    """INSERT INTO credentials (id, name, account_sid, username, base_url, default_from, secret, fingerprint,
        created_at, touched_at)
    VALUES (:id, :name, :account_sid, :username, :base_url, :default_from, :secret, :fingerprint,
        :created_at, :touched_at)
    ON CONFLICT (name) DO NOTHING"""
)
BY_ID = select(credentials).where(credentials.c.id == bindparam("id"))
BY_NAME = select(credentials).where(credentials.c.name == bindparam("name"))
NAMED = select(credentials).where(credentials.c.name.is_not(None)).order_by(credentials.c.name)
OF_ACCOUNT = select(credentials).where(credentials.c.account_sid == bindparam("account_sid"))
EVERY = select(credentials)
SEALED_BEFORE = select(credentials.c.id).where(
    credentials.c.name.is_(None), credentials.c.touched_at < bindparam("before")
)
REPLACE = text(
    """UPDATE credentials SET account_sid = :account_sid, username = :username, secret = :secret,
    fingerprint = :fingerprint, touched_at = :now WHERE id = :id"""
)
RESEAL = (
    update(credentials)
    .where(credentials.c.id == bindparam("row_id"))
    .values(secret=bindparam("new_secret"), fingerprint=bindparam("new_fingerprint"))
)
REMOVE = delete(credentials).where(credentials.c.id == bindparam("id"))
SEAL = text(
    """INSERT INTO credentials (id, account_sid, secret, fingerprint, created_at, touched_at)
    VALUES (:id, :account_sid, :secret, :fingerprint, :now, :now)
    ON CONFLICT (account_sid, fingerprint) WHERE name IS NULL DO UPDATE SET touched_at = excluded.touched_at
    RETURNING id"""
)
