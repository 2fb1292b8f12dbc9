"""Everything the simulated Twilio knows, in memory, and written to a `Store` where there is one."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from collections.abc import Iterable

from ringline.simulator.calls.records import Call, Recording
from ringline.simulator.news import News
from ringline.simulator.records import (
    Account,
    Application,
    Content,
    Media,
    Message,
    Number,
    Phone,
    ReceivedMessage,
    Record,
    Service,
    new_sid,
)
from ringline.simulator.store import Store

type_of_table: dict[str, type[Record]] = {
    record.table: record
    for record in (Account, Number, Application, Service, Content, Media, Message, Call, Recording, Phone)
}


class State:
    """All resources, with the look-ups that a message on its way needs; touched from one thread only."""

    def __init__(self, store: Store | None = None) -> None:
        self.store = store
        self.news = News()
        self._order = itertools.count(1)
        self._empty()
        if store is not None:
            self._load(store)

    def _empty(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.numbers: dict[str, Number] = {}
        self.applications: dict[str, Application] = {}
        self.services: dict[str, Service] = {}
        self.contents: dict[str, Content] = {}
        self.media: dict[str, Media] = {}
        self.messages: dict[str, Message] = {}
        self.calls: dict[str, Call] = {}
        self.recordings: dict[str, Recording] = {}
        self.phones: dict[str, Phone] = {}
        self.blobs: dict[str, bytes] = {}
        self.by_recipient: dict[tuple[str, str], list[Message]] = defaultdict(list)
        self.inboxes: dict[str, list[ReceivedMessage]] = defaultdict(list)
        # (recipient, sender address or service sid): the recipient wants nothing from there.
        self.opt_outs: set[tuple[str, str]] = set()
        # (person, WhatsApp sender): when that person last wrote.
        self.last_inbound: dict[tuple[str, str], float] = {}
        # (recipient, service sid): the sender a service stays with.
        self.sticky_senders: dict[tuple[str, str], str] = {}
        self._number_by_address: dict[tuple[str, str], Number] = {}
        self._service_of_number: dict[str, Service] = {}

    # -- look-ups ------------------------------------------------------------------------------------------------

    def number_at(self, account_sid: str, address: str) -> Number | None:
        """The account's sender of that address."""
        return self._number_by_address.get((account_sid, address))

    def owner_of(self, address: str) -> Number | None:
        """The sender of that address, whoever owns it."""
        return next((number for number in self.numbers.values() if number.number == address), None)

    def service_of(self, number: Number) -> Service | None:
        """The messaging service whose pool holds the number."""
        return self._service_of_number.get(number.sid)

    def next_order(self) -> int:
        """A number that grows with every message and call."""
        return next(self._order)

    def new_media(
        self, message: Message, content_type: str, *, url: str | None, data: bytes | None, at: float
    ) -> Media:
        """Keep a file as part of a message."""
        media = Media(new_sid("ME"), message.account_sid, message.sid, content_type, url, at, data is not None)
        message.media.append(media.sid)
        if data is not None:
            self.blobs[media.sid] = data
            if self.store is not None:
                self.store.put_blob(media.sid, data)
        self.add(media)
        return media

    # -- changes -------------------------------------------------------------------------------------------------

    def add(self, record: Record) -> None:
        """Take a new resource in."""
        self._index(record)
        self.save(record)

    def save(self, record: Record) -> None:
        """Write a changed resource down; without a store there is nothing to do.

        A message that was deleted while it was under way stays deleted.
        """
        if isinstance(record, Message | Call | Recording) and record.sid not in getattr(self, record.table):
            return
        if self.news and isinstance(record, Message):
            self.news.tell("changed", record)
        if self.store is not None:
            self.store.put(record.table, record.sid, record.as_json())  # type: ignore[attr-defined]

    def remove(self, record: Record) -> None:
        """Take a resource away."""
        sid: str = record.sid  # type: ignore[attr-defined]
        if isinstance(record, Message):
            self.messages.pop(sid, None)
            self.by_recipient[record.account_sid, record.to].remove(record)
            for media_sid in list(record.media):
                if media_sid in self.media:
                    self.remove(self.media[media_sid])
            if self.store is not None:
                self.store.remove(record.table, sid)
            return
        getattr(self, record.table).pop(sid, None)
        if isinstance(record, Number):
            self._number_by_address.pop((record.account_sid, record.number), None)
            self.leave_service(record.sid)
        elif isinstance(record, Service):
            for number_sid in list(record.pool):
                self._service_of_number.pop(number_sid, None)
        elif isinstance(record, Recording):
            self.blobs.pop(sid, None)
            call = self.calls.get(record.call_sid)
            if call is not None and sid in call.recordings:
                call.recordings.remove(sid)
                self.save(call)
        elif isinstance(record, Media):
            self.blobs.pop(sid, None)
            message = self.messages.get(record.message_sid)
            if message is not None and sid in message.media:
                message.media.remove(sid)
                self.save(message)
            if self.store is not None:
                self.store.remove_blob(sid)
        if self.store is not None:
            self.store.remove(record.table, sid)

    def join_service(self, service: Service, number: Number) -> None:
        """Put a number into a service's pool."""
        service.pool.append(number.sid)
        self._service_of_number[number.sid] = service
        self.save(service)

    def leave_service(self, number_sid: str) -> None:
        """Take a number out of the service it is in, if any."""
        service = self._service_of_number.pop(number_sid, None)
        if service is not None:
            service.pool.remove(number_sid)
            self.save(service)

    def put_in_inbox(self, received: ReceivedMessage, order: int) -> None:
        """Show a message on the phone it is addressed to."""
        self.inboxes[received.phone].append(received)
        if self.store is not None:
            self.store.put(received.table, f"{order:012d}", received.as_json())

    def opt_out(self, recipient: str, scope: str) -> None:
        """Remember that a recipient wants nothing from a sender or service."""
        self.opt_outs.add((recipient, scope))
        self._put_fact("opt_out", f"{recipient} {scope}", [recipient, scope])

    def opt_in(self, recipient: str, scope: str) -> None:
        """Forget that a recipient wanted nothing."""
        self.opt_outs.discard((recipient, scope))
        if self.store is not None:
            self.store.remove("opt_out", f"{recipient} {scope}")

    def note_inbound(self, person: str, sender: str, at: float) -> None:
        """Open WhatsApp's window between a person and a sender."""
        self.last_inbound[person, sender] = at
        self._put_fact("last_inbound", f"{person} {sender}", [person, sender, at])

    def commit(self) -> None:
        """Keep what changed, where there is a store."""
        if self.store is not None:
            self.store.commit()

    def clear(self) -> None:
        """Forget everything."""
        self._empty()
        if self.store is not None:
            self.store.clear()
            self.store.commit()

    # -- keeping -------------------------------------------------------------------------------------------------

    def _put_fact(self, kind: str, key: str, value: Iterable[object]) -> None:
        if self.store is not None:
            self.store.put(kind, key, json.dumps(list(value)))

    def _index(self, record: Record) -> None:
        if isinstance(record, Message):
            self.messages[record.sid] = record
            self.by_recipient[record.account_sid, record.to].append(record)
            return
        getattr(self, record.table)[record.sid] = record  # type: ignore[attr-defined]
        if isinstance(record, Number):
            self._number_by_address[record.account_sid, record.number] = record

    def _load(self, store: Store) -> None:
        for table, record_type in type_of_table.items():
            loaded = [record_type.from_json(document) for _, document in store.load(table)]
            if record_type in (Message, Call):
                loaded.sort(key=lambda record: getattr(record, "order", 0))
            for record in loaded:
                self._index(record)
        counted: list[Message | Call] = [*self.messages.values(), *self.calls.values()]
        self._order = itertools.count(max((each.order for each in counted), default=0) + 1)
        for service in self.services.values():
            for number_sid in service.pool:
                self._service_of_number[number_sid] = service
        for media in self.media.values():
            data = store.blob(media.sid) if media.blob else None
            if data is not None:
                self.blobs[media.sid] = data
        for _, document in store.load(ReceivedMessage.table):
            received = ReceivedMessage.from_json(document)
            self.inboxes[received.phone].append(received)
        for _, document in store.load("opt_out"):
            self.opt_outs.add(tuple(json.loads(document)))
        for _, document in store.load("last_inbound"):
            person, sender, at = json.loads(document)
            self.last_inbound[person, sender] = at
