"""The tables `users`, `sign_ins`, `api_keys` and `audit`: every statement that touches them is here."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text, bindparam, delete, func, select, text, update

from ringline.database.schema import Seconds, metadata, row_number

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    # The name in small letters: two people must not differ by a capital alone.
    Column("name_key", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("must_change", Integer, nullable=False),
    Column("created_at", Seconds, nullable=False),
    Column("password_at", Seconds, nullable=False),
)
Index("users_name_key", users.c.name_key, unique=True)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("id", Text, primary_key=True),
    # Of what the cookie holds, so that the table opens nothing.
    Column("digest", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("how", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("browser", Text, nullable=False),
    Column("created_at", Seconds, nullable=False),
    Column("seen_at", Seconds, nullable=False),
    Column("expires_at", Seconds, nullable=False),
)
Index("sign_ins_digest", sign_ins.c.digest, unique=True)
Index("sign_ins_user_id", sign_ins.c.user_id)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False),
    # Its beginning, by which people tell keys apart.
    Column("shown", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("created_at", Seconds, nullable=False),
    Column("expires_at", Seconds),
    Column("used_at", Seconds),
)
Index("api_keys_digest", api_keys.c.digest, unique=True)

audit = Table(
    "audit",
    metadata,
    row_number(),
    Column("at", Seconds, nullable=False),
    Column("who", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("details", Text, nullable=False),
    # `begun` until it is known that it was done: what a process that died has left behind stays so.
    Column("outcome", Text, nullable=False),
    sqlite_autoincrement=True,
)
Index("audit_at", audit.c.at)
Index("audit_who", audit.c.who, audit.c.id)
Index("audit_action", audit.c.action, audit.c.id)
Index("audit_subject", audit.c.subject, audit.c.id)

ADD_USER = text(
    """INSERT INTO users (id, name, name_key, role, password, must_change, created_at, password_at)
    VALUES (:id, :name, :name_key, :role, :password, :must_change, :now, :now) ON CONFLICT (name_key) DO NOTHING"""
)
USER_BY_KEY = select(users).where(users.c.name_key == bindparam("name_key"))
USER_BY_ID = select(users).where(users.c.id == bindparam("id"))
EVERY_USER = select(
    users,
    select(func.max(sign_ins.c.seen_at)).where(sign_ins.c.user_id == users.c.id).scalar_subquery().label("seen_at"),
).order_by(users.c.name_key)
ADMINS = select(users).where(users.c.role == "admin").order_by(users.c.created_at, users.c.id)
SET_ROLE = update(users).where(users.c.id == bindparam("of")).values(role=bindparam("new_role"))
SET_PASSWORD = (
    update(users)
    .where(users.c.id == bindparam("of"))
    .values(password=bindparam("new_password"), must_change=bindparam("new_must_change"), password_at=bindparam("now"))
)
REHASH = (
    update(users)
    .where(users.c.id == bindparam("of"), users.c.password == bindparam("old"))
    .values(password=bindparam("new_password"))
)
REMOVE_USER = delete(users).where(users.c.id == bindparam("of"))

ADD_SIGN_IN = text(
    """INSERT INTO sign_ins (id, digest, user_id, how, address, browser, created_at, seen_at, expires_at)
    VALUES (:id, :digest, :user_id, :how, :address, :browser, :now, :now, :expires_at)"""
)
SIGN_IN = (
    select(sign_ins, users.c.name, users.c.role, users.c.must_change)
    .join(users, users.c.id == sign_ins.c.user_id)
    .where(sign_ins.c.digest == bindparam("digest"))
)
SIGN_INS_OF = (
    select(sign_ins)
    .where(sign_ins.c.user_id == bindparam("of"), sign_ins.c.expires_at > bindparam("now"))
    .order_by(sign_ins.c.seen_at.desc())
)
SEEN = (
    update(sign_ins)
    .where(sign_ins.c.id == bindparam("of"))
    .values(seen_at=bindparam("now"), expires_at=bindparam("new_expires_at"))
)
END_SIGN_IN = delete(sign_ins).where(sign_ins.c.user_id == bindparam("of"), sign_ins.c.id == bindparam("sign_in"))
END_SIGN_INS = delete(sign_ins).where(sign_ins.c.user_id == bindparam("of"))
FORGET_SIGN_INS = delete(sign_ins).where(sign_ins.c.expires_at < bindparam("now"))

ADD_KEY = text(
    """INSERT INTO api_keys (id, name, digest, shown, role, scopes, made_by, created_at, expires_at)
    VALUES (:id, :name, :digest, :shown, :role, :scopes, :made_by, :now, :expires_at)"""
)
KEY = select(api_keys).where(api_keys.c.digest == bindparam("digest"))
EVERY_KEY = select(api_keys).order_by(api_keys.c.created_at.desc(), api_keys.c.id.desc())
KEY_USED = update(api_keys).where(api_keys.c.id == bindparam("of")).values(used_at=bindparam("now"))
REVOKE_KEY = delete(api_keys).where(api_keys.c.id == bindparam("of"))

RECORD = text(
    """INSERT INTO audit (at, who, kind, action, subject, details, outcome)
    VALUES (:at, :who, :kind, :action, :subject, :details, :outcome)"""
)
BEGIN = text(
    """INSERT INTO audit (at, who, kind, action, subject, details, outcome)
    VALUES (:at, :who, :kind, :action, :subject, :details, :outcome) RETURNING id"""
)
END = (
    update(audit)
    .where(audit.c.id == bindparam("entry"), audit.c.outcome == "begun")
    .values(subject=bindparam("new_subject"), details=bindparam("new_details"), outcome=bindparam("new_outcome"))
)
WITHDRAW = delete(audit).where(audit.c.id == bindparam("entry"), audit.c.outcome == "begun")
FORGET_AUDIT = delete(audit).where(audit.c.at < bindparam("before"))
