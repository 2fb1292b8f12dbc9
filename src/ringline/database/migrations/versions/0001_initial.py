"""Every table Ringline starts with. Written by `tools/initial_migration.py`."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and their indexes."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("paused_until", sa.Double(), nullable=True),
        sa.Column("paused_why", sa.Text(), nullable=True),
        sa.Column("wake", sa.Integer(), server_default="0", nullable=False),
        sa.Column("woken_at", sa.Double(), nullable=True),
        sa.Column("wake_settle", sa.Integer(), server_default="0", nullable=False),
        sa.Column("settle_woken_at", sa.Double(), nullable=True),
        sa.Column("callbacks_seen_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="accounts_pkey"),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=True),
        sa.Column("used_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("api_keys_pkey")),
    )
    op.create_index("api_keys_digest", "api_keys", ["digest"], unique=True)
    op.create_table(
        "attempts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("twin", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.Double(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("sid", sa.Text(), nullable=True),
        sa.Column("bound_by", sa.Text(), nullable=True),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("unknown_at", sa.Double(), nullable=True),
        sa.Column("next_check_at", sa.Double(), nullable=True),
        sa.Column("none_at", sa.Double(), nullable=True),
        sa.Column("checks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("checked_at", sa.Double(), nullable=True),
        sa.Column("check_note", sa.Text(), nullable=True),
        sa.Column("never_resend", sa.Integer(), server_default="0", nullable=False),
        sa.Column("copy", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("attempts_pkey")),
        sa.UniqueConstraint("message_id", "n", name="attempts_message_id_n_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "attempts_check",
        "attempts",
        ["next_check_at"],
        unique=False,
        sqlite_where=sa.text("next_check_at IS NOT NULL"),
        postgresql_where=sa.text("next_check_at IS NOT NULL"),
    )
    op.create_index(
        "attempts_copy",
        "attempts",
        ["id"],
        unique=False,
        sqlite_where=sa.text("copy = 1"),
        postgresql_where=sa.text("copy = 1"),
    )
    op.create_index(
        "attempts_open",
        "attempts",
        ["opened_at"],
        unique=False,
        sqlite_where=sa.text("outcome = 'open'"),
        postgresql_where=sa.text("outcome = 'open'"),
    )
    op.create_index(
        "attempts_sid",
        "attempts",
        ["account_id", "sid"],
        unique=True,
        sqlite_where=sa.text("sid IS NOT NULL"),
        postgresql_where=sa.text("sid IS NOT NULL"),
    )
    op.create_index(
        "attempts_twin",
        "attempts",
        ["twin"],
        unique=True,
        sqlite_where=sa.text("outcome IN ('open', 'unknown')"),
        postgresql_where=sa.text("outcome IN ('open', 'unknown')"),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("audit_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index("audit_action", "audit", ["action", "id"], unique=False)
    op.create_index("audit_at", "audit", ["at"], unique=False)
    op.create_index("audit_subject", "audit", ["subject", "id"], unique=False)
    op.create_index("audit_who", "audit", ["who", "id"], unique=False)
    op.create_table(
        "balances",
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("credential_id", name=op.f("balances_pkey")),
    )
    op.create_table(
        "blobs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", "n", name="blobs_pkey"),
    )
    op.create_table(
        "block_states",
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workflow", "step", name="block_states_pkey"),
    )
    op.create_table(
        "broadcast_counts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("broadcast_id", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("broadcast_counts_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index("broadcast_counts_broadcast", "broadcast_counts", ["broadcast_id"], unique=False)
    op.create_table(
        "broadcast_recipients",
        sa.Column("broadcast", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), server_default="{}", nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("broadcast", "n", name="broadcast_recipients_pkey"),
    )
    op.create_index(
        "broadcast_recipients_once",
        "broadcast_recipients",
        ["broadcast", "to"],
        unique=True,
        sqlite_where=sa.text("stage = 'pending'"),
        postgresql_where=sa.text("stage = 'pending'"),
    )
    op.create_index("broadcast_recipients_to", "broadcast_recipients", ["to"], unique=False)
    op.create_table(
        "broadcasts",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("credential_id", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("loads", sa.Integer(), server_default="0", nullable=False),
        sa.Column("report", sa.Text(), nullable=True),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("confirmed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cursor", sa.Integer(), server_default="0", nullable=False),
        sa.Column("start_at", sa.Double(), nullable=True),
        sa.Column("due_at", sa.Double(), nullable=True),
        sa.Column("batch_size", sa.Integer(), nullable=True),
        sa.Column("batch_every", sa.Double(), nullable=True),
        sa.Column("batch_left", sa.Integer(), nullable=True),
        sa.Column("next_batch_at", sa.Double(), nullable=True),
        sa.Column("paused_at", sa.Double(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=True),
        sa.Column("finished_at", sa.Double(), nullable=True),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("broadcasts_pkey")),
        sa.UniqueConstraint("id", name="broadcasts_id_key"),
        sa.UniqueConstraint("key", name="broadcasts_key_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "broadcasts_due",
        "broadcasts",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_table(
        "budget_charges",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("budget_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", "budget_id", name="budget_charges_pkey"),
    )
    op.create_index("budget_charges_at", "budget_charges", ["at"], unique=False)
    op.create_table(
        "budget_days",
        sa.Column("budget_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("warned_at", sa.Double(), nullable=True),
        sa.Column("stopped_at", sa.Double(), nullable=True),
        sa.Column("urgent", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("budget_id", "day", name="budget_days_pkey"),
    )
    op.create_table(
        "budgets",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=False),
        sa.Column("warn_at", sa.Double(), nullable=False),
        sa.Column("stops", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("budgets_pkey")),
        sa.UniqueConstraint("scope", "target", "unit", name="budgets_scope_target_unit_key"),
    )
    op.create_table(
        "calls",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("leg", sa.Integer(), server_default="1", nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("from", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=True),
        sa.Column("sid", sa.Text(), nullable=True),
        sa.Column("talking_sid", sa.Text(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_rank", sa.Integer(), server_default="0", nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("pressed", sa.Text(), nullable=True),
        sa.Column("announcement", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=True),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("duration", sa.Integer(), nullable=True),
        sa.Column("price", sa.Text(), nullable=True),
        sa.Column("price_unit", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("refusal_reason", sa.Text(), nullable=True),
        sa.Column("refusal_sentence", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("calls_pkey")),
    )
    op.create_index("calls_from", "calls", ["from", "id"], unique=False)
    op.create_index(
        "calls_run",
        "calls",
        ["run_id"],
        unique=False,
        sqlite_where=sa.text("run_id IS NOT NULL"),
        postgresql_where=sa.text("run_id IS NOT NULL"),
    )
    op.create_index(
        "calls_sid",
        "calls",
        ["account_id", "sid"],
        unique=False,
        sqlite_where=sa.text("sid IS NOT NULL"),
        postgresql_where=sa.text("sid IS NOT NULL"),
    )
    op.create_index(
        "calls_talking_sid",
        "calls",
        ["account_id", "talking_sid"],
        unique=True,
        sqlite_where=sa.text("talking_sid IS NOT NULL"),
        postgresql_where=sa.text("talking_sid IS NOT NULL"),
    )
    op.create_index("calls_to", "calls", ["to", "id"], unique=False)
    op.create_table(
        "cap_counters",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("window_start", sa.Double(), nullable=False),
        sa.Column("window_end", sa.Double(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "recipient", "window_start", name="cap_counters_pkey"),
    )
    op.create_table(
        "contact_addresses",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reversed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("address", "channel", name="contact_addresses_pkey"),
    )
    op.create_index("contact_addresses_contact", "contact_addresses", ["contact_id"], unique=False)
    op.create_index("contact_addresses_reversed", "contact_addresses", ["reversed"], unique=False)
    op.create_table(
        "contact_list_members",
        sa.Column("list_id", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("list_id", "contact_id", name="contact_list_members_pkey"),
    )
    op.create_index("contact_list_members_contact", "contact_list_members", ["contact_id"], unique=False)
    op.create_table(
        "contact_lists",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("contact_lists_pkey")),
        sa.UniqueConstraint("name", name="contact_lists_name_key"),
    )
    op.create_table(
        "contact_words",
        sa.Column("word", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("word", "contact_id", name="contact_words_pkey"),
    )
    op.create_index("contact_words_contact", "contact_words", ["contact_id", "word"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("fields", sa.Text(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("contacts_pkey")),
    )
    op.create_table(
        "conversation_addresses",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("reversed", sa.Text(), nullable=False),
        sa.Column("whose", sa.Text(), nullable=False),
        sa.Column("ours", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("last_at", sa.Double(), nullable=False),
        sa.Column("last_kind", sa.Text(), nullable=False),
        sa.Column("last_id", sa.Text(), nullable=False),
        sa.Column("last_channel", sa.Text(), nullable=False),
        sa.Column("last_words", sa.Text(), nullable=False),
        sa.Column("unread", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wrote_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("conversation_addresses_pkey")),
        sa.UniqueConstraint("address", name="conversation_addresses_address_key"),
    )
    op.create_index("conversation_addresses_reversed", "conversation_addresses", ["reversed"], unique=False)
    op.create_index("conversation_addresses_whose", "conversation_addresses", ["whose"], unique=False)
    op.create_table(
        "conversation_marks",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("settled", sa.Text(), nullable=False),
        sa.Column("settled_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("conversation_marks_pkey")),
    )
    op.create_table(
        "conversations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("whose", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("last_at", sa.Double(), nullable=False),
        sa.Column("last_id", sa.Text(), nullable=False),
        sa.Column("unread", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wrote_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("conversations_pkey")),
        sa.UniqueConstraint("whose", name="conversations_whose_key"),
    )
    op.create_index("conversations_last", "conversations", ["last_at", "id"], unique=False)
    op.create_index(
        "conversations_unread",
        "conversations",
        ["last_at", "id"],
        unique=False,
        sqlite_where=sa.text("unread > 0"),
        postgresql_where=sa.text("unread > 0"),
    )
    op.create_index(
        "conversations_wrote",
        "conversations",
        ["last_at", "id"],
        unique=False,
        sqlite_where=sa.text("wrote_at IS NOT NULL"),
        postgresql_where=sa.text("wrote_at IS NOT NULL"),
    )
    op.create_table(
        "cooldowns",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("cooldowns_pkey")),
    )
    op.create_index("cooldowns_since", "cooldowns", ["since"], unique=False)
    op.create_table(
        "counted",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("entries", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name="counted_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "counts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("entries", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("counts_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "credentials",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("account_sid", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("base_url", sa.Text(), nullable=True),
        sa.Column("default_from", sa.Text(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("touched_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("credentials_pkey")),
    )
    op.create_index("credentials_name", "credentials", ["name"], unique=True)
    op.create_index(
        "credentials_sealed",
        "credentials",
        ["account_sid", "fingerprint"],
        unique=True,
        sqlite_where=sa.text("name IS NULL"),
        postgresql_where=sa.text("name IS NULL"),
    )
    op.create_table(
        "draft_revisions",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", "revision", name="draft_revisions_pkey"),
    )
    op.create_table(
        "drafts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("readable", sa.Text(), nullable=True),
        sa.Column("positions", sa.Text(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.Double(), nullable=False),
        sa.Column("saved_at", sa.Double(), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("drafts_pkey")),
    )
    op.create_table(
        "escalation_alerts",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("escalation_id", sa.Text(), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("credential", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("escalation_alerts_pkey")),
    )
    op.create_index("escalation_alerts_escalation_id", "escalation_alerts", ["escalation_id"], unique=False)
    op.create_index("escalation_alerts_to", "escalation_alerts", ["to", "channel", "created_at"], unique=False)
    op.create_table(
        "escalations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("needs_resolution", sa.Integer(), nullable=False),
        sa.Column("pressed", sa.Text(), nullable=True),
        sa.Column("pressed_by", sa.Text(), nullable=True),
        sa.Column("taken_by", sa.Text(), nullable=True),
        sa.Column("taken_name", sa.Text(), nullable=True),
        sa.Column("taken_how", sa.Text(), nullable=True),
        sa.Column("taken_at", sa.Double(), nullable=True),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("late_answer", sa.Text(), nullable=True),
        sa.Column("late", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("escalations_pkey")),
    )
    op.create_index("escalations_ended_at", "escalations", ["ended_at"], unique=False)
    op.create_index("escalations_run_id", "escalations", ["run_id"], unique=False)
    op.create_table(
        "figures",
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("flow", "hour", "credential", "channel", "measure", name="figures_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "inbound_messages",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_sid", sa.Text(), nullable=False),
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("from", sa.Text(), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("messaging_service_sid", sa.Text(), nullable=True),
        sa.Column("keyword", sa.Text(), nullable=True),
        sa.Column("opt_out_type", sa.Text(), nullable=True),
        sa.Column("profile_name", sa.Text(), nullable=True),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("received_at", sa.Double(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=True),
        sa.Column("taken_reason", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("inbound_messages_pkey")),
        sa.UniqueConstraint("account_sid", "sid", name="inbound_messages_account_sid_sid_key"),
    )
    op.create_index("inbound_messages_from_id", "inbound_messages", ["from", "id"], unique=False)
    op.create_table(
        "layouts",
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("positions", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workflow", "version", name="layouts_pkey"),
    )
    op.create_table(
        "live",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("txid", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("live_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index("live_txid", "live", ["txid", "id"], unique=False)
    op.create_table(
        "live_marks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("txid", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("live_marks_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "live_watch",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("live_watch_pkey")),
    )
    op.create_table(
        "media_files",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("media_files_pkey")),
    )
    op.create_index("media_files_expires_at", "media_files", ["expires_at"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("pool_id", sa.Text(), nullable=True),
        sa.Column("sender_id", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("media", sa.Text(), nullable=True),
        sa.Column("content_sid", sa.Text(), nullable=True),
        sa.Column("content_variables", sa.Text(), nullable=True),
        sa.Column("options", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=True),
        sa.Column("encoding", sa.Text(), nullable=True),
        sa.Column("check_number", sa.Integer(), server_default="1", nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_rank", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("attempt_no", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unknowns", sa.Integer(), server_default="0", nullable=False),
        sa.Column("setbacks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sid", sa.Text(), nullable=True),
        sa.Column("confirmed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("duplicate", sa.Integer(), server_default="0", nullable=False),
        sa.Column("twin", sa.Text(), nullable=False),
        sa.Column("send_at", sa.Double(), nullable=False),
        sa.Column("schedule_at", sa.Double(), nullable=True),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("validity_seconds", sa.Integer(), nullable=True),
        sa.Column("cancel_requested_at", sa.Double(), nullable=True),
        sa.Column("cancel_outcome", sa.Text(), nullable=True),
        sa.Column("refusal_reason", sa.Text(), nullable=True),
        sa.Column("refusal_sentence", sa.Text(), nullable=True),
        sa.Column("cooldown_key", sa.Text(), nullable=True),
        sa.Column("caps", sa.Text(), nullable=True),
        sa.Column("hold_reason", sa.Text(), nullable=True),
        sa.Column("hold_sentence", sa.Text(), nullable=True),
        sa.Column("idem_scope", sa.Text(), nullable=True),
        sa.Column("idem_key", sa.Text(), nullable=True),
        sa.Column("idem_hash", sa.Text(), nullable=True),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("price", sa.Text(), nullable=True),
        sa.Column("price_unit", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("sent_at", sa.Double(), nullable=True),
        sa.Column("delivered_at", sa.Double(), nullable=True),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.Column("poll_at", sa.Double(), nullable=True),
        sa.Column("polls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("delivery_unknown", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_at", sa.Double(), nullable=True),
        sa.Column("redacted_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("messages_pkey")),
    )
    op.create_index(
        "messages_expiring",
        "messages",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("stage IN ('held', 'ready')"),
        postgresql_where=sa.text("stage IN ('held', 'ready')"),
    )
    op.create_index(
        "messages_held_at",
        "messages",
        ["send_at"],
        unique=False,
        sqlite_where=sa.text("stage = 'held'"),
        postgresql_where=sa.text("stage = 'held'"),
    )
    op.create_index(
        "messages_idem",
        "messages",
        ["idem_scope", "idem_key"],
        unique=True,
        sqlite_where=sa.text("idem_key IS NOT NULL"),
        postgresql_where=sa.text("idem_key IS NOT NULL"),
    )
    op.create_index(
        "messages_poll_at",
        "messages",
        ["poll_at"],
        unique=False,
        sqlite_where=sa.text("poll_at IS NOT NULL"),
        postgresql_where=sa.text("poll_at IS NOT NULL"),
    )
    op.create_index(
        "messages_pool",
        "messages",
        ["pool_id"],
        unique=False,
        sqlite_where=sa.text("pool_id IS NOT NULL AND stage IN ('held', 'ready')"),
        postgresql_where=sa.text("pool_id IS NOT NULL AND stage IN ('held', 'ready')"),
    )
    op.create_index(
        "messages_postponed",
        "messages",
        ["send_at"],
        unique=False,
        sqlite_where=sa.text("stage = 'ready' AND send_at > created_at"),
        postgresql_where=sa.text("stage = 'ready' AND send_at > created_at"),
    )
    op.create_index(
        "messages_rare",
        "messages",
        ["status", "id"],
        unique=False,
        sqlite_where=sa.text("status IN ('read', 'undelivered', 'failed', 'refused', 'canceled', 'unresolved')"),
        postgresql_where=sa.text("status IN ('read', 'undelivered', 'failed', 'refused', 'canceled', 'unresolved')"),
    )
    op.create_index(
        "messages_ready",
        "messages",
        ["sender_id", sa.literal_column("priority DESC"), "send_at", "id"],
        unique=False,
        sqlite_where=sa.text("stage = 'ready'"),
        postgresql_where=sa.text("stage = 'ready'"),
    )
    op.create_index(
        "messages_run",
        "messages",
        ["run_id"],
        unique=False,
        sqlite_where=sa.text("run_id IS NOT NULL"),
        postgresql_where=sa.text("run_id IS NOT NULL"),
    )
    op.create_index(
        "messages_run_open",
        "messages",
        ["run_id"],
        unique=False,
        sqlite_where=sa.text("run_id IS NOT NULL AND stage IN ('held', 'ready', 'posting', 'unknown')"),
        postgresql_where=sa.text("run_id IS NOT NULL AND stage IN ('held', 'ready', 'posting', 'unknown')"),
    )
    op.create_index(
        "messages_scheduled_to",
        "messages",
        ["to"],
        unique=False,
        sqlite_where=sa.text("status = 'scheduled'"),
        postgresql_where=sa.text("status = 'scheduled'"),
    )
    op.create_index(
        "messages_sid",
        "messages",
        ["account_id", "sid"],
        unique=True,
        sqlite_where=sa.text("sid IS NOT NULL"),
        postgresql_where=sa.text("sid IS NOT NULL"),
    )
    op.create_index("messages_to", "messages", ["to", "id"], unique=False)
    op.create_index(
        "messages_unresolved",
        "messages",
        ["id"],
        unique=False,
        sqlite_where=sa.text("stage = 'unresolved'"),
        postgresql_where=sa.text("stage = 'unresolved'"),
    )
    op.create_index(
        "messages_waiting_to",
        "messages",
        ["to"],
        unique=False,
        sqlite_where=sa.text("stage IN ('held', 'ready')"),
        postgresql_where=sa.text("stage IN ('held', 'ready')"),
    )
    op.create_table(
        "pool_senders",
        sa.Column("pool_id", sa.Text(), nullable=False),
        sa.Column("sender_id", sa.Text(), nullable=False),
        sa.Column("added_at", sa.Double(), nullable=False),
        sa.Column("rejected_code", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("pool_id", "sender_id", name="pool_senders_pkey"),
    )
    op.create_index("pool_senders_sender", "pool_senders", ["sender_id"], unique=False)
    op.create_table(
        "pools",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("geo_match", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pools_pkey")),
    )
    op.create_table(
        "published_workflows",
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("workflow", name=op.f("published_workflows_pkey")),
    )
    op.create_table(
        "recordings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=True),
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("duration", sa.Integer(), nullable=True),
        sa.Column("channels", sa.Integer(), server_default="1", nullable=False),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fetch_at", sa.Double(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("recordings_pkey")),
    )
    op.create_index("recordings_call", "recordings", ["call_id"], unique=False)
    op.create_index(
        "recordings_fetch_at",
        "recordings",
        ["fetch_at"],
        unique=False,
        sqlite_where=sa.text("fetch_at IS NOT NULL"),
        postgresql_where=sa.text("fetch_at IS NOT NULL"),
    )
    op.create_index("recordings_sid", "recordings", ["account_id", "sid"], unique=True)
    op.create_table(
        "run_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("run_events_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index("run_events_run", "run_events", ["run", "id"], unique=False)
    op.create_table(
        "run_inbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("run_inbox_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index("run_inbox_run", "run_inbox", ["run"], unique=False)
    op.create_table(
        "run_keys",
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("workflow", "key", name="run_keys_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("definition", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("finished_at", sa.Double(), nullable=True),
        sa.Column("due_at", sa.Double(), nullable=True),
        sa.Column("woken_at", sa.Double(), nullable=True),
        sa.Column("has_failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("outputs", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("trigger", sa.Text(), nullable=True),
        sa.Column("parent", sa.BigInteger(), nullable=True),
        sa.Column("parent_key", sa.Text(), nullable=True),
        sa.Column("started_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("runs_pkey")),
    )
    op.create_index("runs_definition", "runs", ["definition", "id"], unique=False)
    op.create_index(
        "runs_due",
        "runs",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "runs_failures",
        "runs",
        ["id"],
        unique=False,
        sqlite_where=sa.text("has_failures = 1"),
        postgresql_where=sa.text("has_failures = 1"),
    )
    op.create_index(
        "runs_parent",
        "runs",
        ["parent", "parent_key"],
        unique=True,
        sqlite_where=sa.text("parent IS NOT NULL"),
        postgresql_where=sa.text("parent IS NOT NULL"),
    )
    op.create_index(
        "runs_status",
        "runs",
        ["status", "id"],
        unique=False,
        sqlite_where=sa.text("status IN ('running', 'paused', 'failed', 'canceled')"),
        postgresql_where=sa.text("status IN ('running', 'paused', 'failed', 'canceled')"),
    )
    op.create_index(
        "runs_woken",
        "runs",
        ["woken_at"],
        unique=False,
        sqlite_where=sa.text("woken_at IS NOT NULL"),
        postgresql_where=sa.text("woken_at IS NOT NULL"),
    )
    op.create_table(
        "search_texts",
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("search_texts_pkey")),
        sa.UniqueConstraint("ref", name="search_texts_ref_key"),
    )
    op.create_index("search_texts_person", "search_texts", ["person"], unique=False)
    op.create_table(
        "senders",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("pool_id", sa.Text(), nullable=True),
        sa.Column("interval_s", sa.Double(), nullable=True),
        sa.Column("tat", sa.Double(), server_default="0", nullable=False),
        sa.Column("paused_until", sa.Double(), nullable=True),
        sa.Column("paused_why", sa.Text(), nullable=True),
        sa.Column("wake", sa.Integer(), server_default="0", nullable=False),
        sa.Column("woken_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("senders_pkey")),
    )
    op.create_table(
        "session_events",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("leg", sa.Integer(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("actions", sa.Text(), nullable=False),
        sa.Column("actions_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "seq", name=op.f("session_events_pkey")),
    )
    op.create_table(
        "session_legs",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("leg", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("sid", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("started_at", sa.Double(), nullable=True),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("session_id", "leg", name=op.f("session_legs_pkey")),
    )
    op.create_index("session_legs_ref", "session_legs", ["ref"], unique=False)
    op.create_table(
        "session_offers",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=True),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("call_id", name=op.f("session_offers_pkey")),
    )
    op.create_index("session_offers_run_id", "session_offers", ["run_id"], unique=False)
    op.create_table(
        "session_responses",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("leg", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "leg", "turn", "part", name=op.f("session_responses_pkey")),
    )
    op.create_index("session_responses_token", "session_responses", ["session_id", "token"], unique=False)
    op.create_table(
        "session_specs",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("session_specs_pkey")),
    )
    op.create_table(
        "session_timers",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("due", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "name", name=op.f("session_timers_pkey")),
    )
    op.create_index("session_timers_due", "session_timers", ["due"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("leg", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("credential_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("deadline", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("sessions_pkey")),
    )
    op.create_index("sessions_ended_at", "sessions", ["ended_at"], unique=False)
    op.create_index("sessions_person", "sessions", ["person"], unique=False)
    op.create_index("sessions_run_id", "sessions", ["run_id"], unique=False)
    op.create_table(
        "settlements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("sid", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("settlements_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index("settlements_message", "settlements", ["message_id"], unique=False)
    op.create_table(
        "short_links",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("clicks", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("last_click_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("short_links_pkey")),
    )
    op.create_index("short_links_created", "short_links", ["created_at", "code"], unique=False)
    op.create_index("short_links_message_id", "short_links", ["message_id"], unique=False)
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("sign_ins_pkey")),
    )
    op.create_index("sign_ins_digest", "sign_ins", ["digest"], unique=True)
    op.create_index("sign_ins_user_id", "sign_ins", ["user_id"], unique=False)
    op.create_table(
        "status_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("attempt_n", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("error_code", sa.Integer(), server_default="0", nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("received_at", sa.Double(), nullable=False),
        sa.Column("applied", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("status_events_pkey")),
        sa.UniqueConstraint("account_id", "sid", "status", "error_code", "source", name="status_events_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "status_events_raw",
        "status_events",
        ["received_at"],
        unique=False,
        sqlite_where=sa.text("raw IS NOT NULL"),
        postgresql_where=sa.text("raw IS NOT NULL"),
    )
    op.create_index(
        "status_events_waiting",
        "status_events",
        ["account_id", "id"],
        unique=False,
        sqlite_where=sa.text("applied = 0"),
        postgresql_where=sa.text("applied = 0"),
    )
    op.create_table(
        "step_figures",
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("flow", "hour", "version", "step", "measure", name="step_figures_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sticky",
        sa.Column("pool_id", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("sender_id", sa.Text(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("pool_id", "recipient", name="sticky_pkey"),
    )
    op.create_index("sticky_sender", "sticky", ["sender_id"], unique=False)
    op.create_table(
        "suppressions",
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("reversed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("recipient", "scope", name="suppressions_pkey"),
        sa.UniqueConstraint("id", name="suppressions_id_key"),
    )
    op.create_index("suppressions_channel", "suppressions", ["channel", "id"], unique=False)
    op.create_index("suppressions_reversed", "suppressions", ["reversed"], unique=False)
    op.create_index("suppressions_source", "suppressions", ["source", "channel", "id"], unique=False)
    op.create_table(
        "trigger_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("times", sa.BigInteger(), server_default="1", nullable=False),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("trigger_events_pkey")),
        sa.UniqueConstraint("workflow", "trigger", "event_id", name="trigger_events_workflow_trigger_event_id_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("trigger_events_at", "trigger_events", ["at"], unique=False)
    op.create_index("trigger_events_workflow_trigger_id", "trigger_events", ["workflow", "trigger", "id"], unique=False)
    op.create_table(
        "triggers",
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("config", sa.Text(), nullable=False),
        sa.Column("defaults", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=True),
        sa.Column("timing", sa.Text(), nullable=True),
        sa.Column("anchor", sa.Double(), nullable=False),
        sa.Column("next_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("workflow", "key", name="triggers_pkey"),
    )
    op.create_index(
        "triggers_next_at",
        "triggers",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index("triggers_type", "triggers", ["type"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("must_change", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("password_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("users_pkey")),
    )
    op.create_index("users_name_key", "users", ["name_key"], unique=True)
    op.create_table(
        "waits",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.Column("data", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("waits_pkey")),
        sqlite_autoincrement=True,
    )
    op.create_index("waits_key", "waits", ["key"], unique=False)
    op.create_index("waits_run", "waits", ["run"], unique=False)
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("secret_id", sa.Text(), nullable=True),
        sa.Column("secret_name", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("history", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("next_try_at", sa.Double(), nullable=False),
        sa.Column("claimed_until", sa.Double(), nullable=False),
        sa.Column("look_at", sa.Double(), nullable=False),
        sa.Column("settled_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("webhook_deliveries_pkey")),
        sa.UniqueConstraint("key", name=op.f("webhook_deliveries_key_key")),
    )
    op.create_index(
        "webhook_deliveries_look_at",
        "webhook_deliveries",
        ["look_at"],
        unique=False,
        sqlite_where=sa.text("status = 'pending'"),
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index("webhook_deliveries_run_id", "webhook_deliveries", ["run_id"], unique=False)
    op.create_index("webhook_deliveries_secret_id", "webhook_deliveries", ["secret_id"], unique=False)
    op.create_index("webhook_deliveries_settled_at", "webhook_deliveries", ["settled_at"], unique=False)
    op.create_table(
        "webhook_refusals",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("account_sid", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("fix", sa.Text(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.Double(), nullable=False),
        sa.Column("last_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("path", "account_sid", "reason", name="webhook_refusals_pkey"),
    )
    op.create_table(
        "whatsapp_windows",
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("last_inbound_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("recipient", "account_id", "sender", name="whatsapp_windows_pkey"),
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("handles", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=False),
        sa.Column("stopping", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lost_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("workers_pkey")),
    )
    op.create_table(
        "workflows",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("removed_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("workflows_pkey")),
        sa.UniqueConstraint("name", "digest", name="workflows_name_digest_key"),
        sa.UniqueConstraint("name", "version", name="workflows_name_version_key"),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_words USING fts5(words, content='search_texts', content_rowid='n', tokenize='unicode61 remove_diacritics 2')"
        )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER search_texts_added AFTER INSERT ON search_texts BEGIN INSERT INTO search_words (rowid, words) VALUES (new.n, new.words); END"
        )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER search_texts_removed AFTER DELETE ON search_texts BEGIN INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', old.n, old.words); END"
        )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE INDEX search_words ON search_texts USING gin (to_tsvector('simple', words))")
