"""Who hears of what: rooms that are blind to each other tell the others here what has happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.app.budgeting import keep_budgets
from ringline.app.calling import (
    cancel_abandoned_calls_of,
    end_calls_of,
    of_messages,
    report_calls_to,
    report_later_to,
)
from ringline.app.conversing import forget_person, news_of_inbound
from ringline.app.counting import count_everything
from ringline.app.durable_runs import cancel_abandoned_of, cancel_unsent_of, report_messages_to
from ringline.app.escalating import end_abandoned_of, end_escalations_of, late_answer_hook, report_webhooks_to
from ringline.app.figures import count_changes, count_ends
from ringline.app.replies import reply_hook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ringline.app.system import Ringline
    from ringline.database import Transaction


def connect(parts: Ringline) -> None:
    """Have every part told what it has to know, in the transaction in which it happens and in this order."""
    runs, triggers, broadcasts, sessions = parts.runs, parts.triggers, parts.broadcasts, parts.sessions
    parts.outbox.on_change.extend(
        (
            count_changes(parts.metrics),
            report_messages_to(runs),
            of_messages(triggers.note_changes),
            broadcasts.count_changes,
            parts.calls.note_changes,
        )
    )
    parts.calls.on_change.append(report_calls_to(runs))
    parts.calls.on_later.append(report_later_to(runs))
    parts.outbox.on_change.append(sessions.by_text.note_messages)
    parts.outbox.on_refused.append(of_messages(triggers.note_changes))
    runs.on_end.extend(
        (
            cancel_unsent_of(parts.outbox),
            end_calls_of(parts.calls),
            end_escalations_of(parts.acknowledgements),
            count_ends(parts.metrics),
        )
    )
    runs.on_abandon.extend(
        (
            cancel_abandoned_of(parts.outbox),
            cancel_abandoned_calls_of(parts.outbox),
            end_abandoned_of(parts.acknowledgements),
        )
    )
    parts.webhooks.on_settled.append(report_webhooks_to(runs))
    # A run that waits for a person comes before everything that what people write might start.
    parts.inbound.on_reply.append(reply_hook(runs))
    parts.inbound.on_new.extend((late_answer_hook(parts.acknowledgements, parts.dispatcher), triggers.take_message))
    parts.contacts.on_erase.append(lambda tx, who: {"broadcasts": broadcasts.erase_in(tx, who.numbers)})
    parts.contacts.on_erase.append(lambda tx, who: {"calls": parts.calls.erase_in(tx, who.numbers)})
    keep_conversations(parts)
    # After the list of conversations, which would otherwise hear of each text and find nothing of its own left.
    parts.contacts.on_erase.append(lambda tx, who: _erase_messages(parts, tx, who.numbers))
    converse(parts)
    count_everything(parts)
    keep_budgets(parts, parts.rows)
    triggers.listen()


def _erase_messages(parts: Ringline, tx: Transaction, numbers: Sequence[str]) -> dict[str, int]:
    outbox = parts.outbox
    sent = outbox.retention.erase_in(tx, numbers, outbox.stops.cancel_unsent_in)
    return {"messages": sent, "replies": parts.inbound.erase_in(tx, numbers)}


def keep_conversations(parts: Ringline) -> None:
    """Tell the list of conversations what is sent, placed, received and erased."""
    conversations = parts.conversations
    parts.outbox.on_change.append(conversations.note_changes)
    parts.outbox.on_refused.append(conversations.note_changes)
    parts.calls.on_change.append(lambda tx, change: conversations.note_changes(tx, (change,)))
    parts.inbound.on_received.append(lambda tx, row: conversations.note_received_in(tx, news_of_inbound(row)))
    parts.contacts.on_numbers.append(conversations.note_numbers_in)
    parts.contacts.on_erase.append(lambda tx, who: forget_person(parts, tx, who.numbers))
    parts.outbox.retention.on_erased.append(conversations.forget_texts_in)


def converse(parts: Ringline) -> None:
    """Tell conversations what becomes of calls, messages and runs, and runs what becomes of conversations."""
    runs, sessions = parts.runs, parts.sessions
    sessions.report_to(runs.report_in)
    parts.calls.on_change.append(sessions.happening.call_changed)
    parts.calls.answerers["session"] = lambda call, form: sessions.live.first(call.ref or "", call.leg, call, form)
    parts.calls.on_inbound = parts.inbound_calls.answer
    runs.on_end.append(lambda tx, run_id, status: sessions.happening.end_of_run_in(tx, run_id, status))
    runs.on_abandon.append(sessions.happening.abandoned_in)
    parts.inbound.on_opt_out.append(
        lambda tx, row: sessions.by_text.opted_out_in(tx, channel=row.channel, person=row.from_, sender=row.to)
    )
    parts.contacts.on_erase.append(lambda tx, who: {"conversations": sessions.keeping.erase_in(tx, who.numbers)})
