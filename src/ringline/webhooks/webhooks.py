"""`ringline.webhooks`: events written down with the run that tells them, and delivered by whoever is free."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ringline.dispatch.ticker import Ticker
from ringline.egress import RequestFailed
from ringline.errors import NotFoundError, RequestError, RinglineError
from ringline.ids import new_id
from ringline.webhooks import store
from ringline.webhooks.delivery import Delivery, WebhookEvent, pause_after, read_delivery

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.dispatch import Dispatcher, Handler
    from ringline.egress import HttpClient, HttpResponse
    from ringline.vault import Vault

_log = logging.getLogger(__name__)

DELIVER = "deliver_webhook"
TIMEOUT = 15.0
"""Seconds an endpoint may take to answer; whoever needs longer works after it has answered."""
CLAIM = 2 * TIMEOUT
LOOK_EVERY = 30.0
JOB_IS_LOST = 30.0
SWEEP_ROWS = 200
KEEP_SETTLED = 30 * 86_400.0
MAX_BODY = 256_000

_SEALED_AS = "webhook"
_HOPELESS = frozenset({"address_refused", "invalid_url", "invalid_request"})
_GONE = 410

OnSettled = Callable[["Transaction", Delivery], None]


class Webhooks:
    """Delivers at least once: every try of an event carries the same ``webhook-id``, and a 2xx answer ends it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        dispatcher: Dispatcher,
        *,
        http: HttpClient,
        vault: Vault,
        environment: Mapping[str, str],
    ) -> None:
        self._database = database
        self._clock = clock
        self._dispatcher = dispatcher
        self._http = http
        self._vault = vault
        self._environment = environment
        self.on_settled: list[OnSettled] = []
        """Called in the transaction that ends a delivery, well or badly."""
        self.ticker = Ticker(self, clock, longest=LOOK_EVERY, what="webhooks")

    def check(self, event: WebhookEvent) -> str:
        """The body of the event; raises `RequestError` for what could never be delivered."""
        if event.secret is not None:
            _signer(event.secret)
        elif event.secret_name is None:
            raise RequestError(
                "The webhook has no secret to sign it with.",
                field="secret",
                fix="Give `secret` a selector to one, or name an environment variable in `secret_name`.",
            )
        elif event.secret_name not in self._environment:
            raise RequestError(
                f"There is no environment variable `{event.secret_name}`, which should hold the webhook's secret.",
                field="secret_name",
                fix="Set it where Ringline runs, to whsec_ and the secret in base64.",
            )
        else:
            _signer(self._environment[event.secret_name])
        body = json.dumps(
            {"type": event.type, "timestamp": self._clock.now().isoformat(), "data": event.data}, ensure_ascii=False
        )
        if len(body.encode()) > MAX_BODY:
            raise RequestError(
                f"The webhook's payload is larger than {MAX_BODY:,} bytes.",
                field="payload",
                fix="Send what identifies the data, and let the receiver ask for it.",
            )
        return body

    def write(self, tx: Transaction, event: WebhookEvent, body: str, delivery_id: str) -> Delivery:
        """Write an event down, to be delivered once *tx* is committed; the same key gives the one from before."""
        now = self._clock.time()
        row = store.add(
            tx,
            {
                "id": delivery_id,
                "key": event.key,
                "url": event.url,
                "type": event.type,
                "body": body,
                "secret_id": None if event.secret is None else self._vault.seal(tx, _SEALED_AS, event.secret),
                "secret_name": event.secret_name,
                "status": "pending",
                "tries": 0,
                "last_status": None,
                "last_error": None,
                "history": "[]",
                "run_id": event.run_id,
                "step": event.step,
                "created_at": now,
                "next_try_at": now,
                "claimed_until": 0.0,
                "look_at": now + JOB_IS_LOST,
                "settled_at": None,
            },
        )
        if row["id"] == delivery_id:
            self._dispatcher.enqueue(tx, DELIVER, delivery_id)
            tx.after_commit(lambda: self.ticker.note([now + JOB_IS_LOST]))
        return read_delivery(row)

    def new_id(self) -> str:
        """An id for the next event."""
        return new_id("whd", at=self._clock.time())

    def handlers(self) -> dict[str, Handler]:
        """What the queue's jobs are handed to."""
        return {DELIVER: self.deliver}

    async def deliver(self, delivery_id: str) -> None:
        """Try a delivery once, if it is due and nobody else is at it."""
        now = self._clock.time()
        until = now + CLAIM
        row = await self._database.write(lambda tx: store.claim(tx, delivery_id, now=now, until=until))
        if row is None:
            return
        response, problem, is_hopeless = await self._post(row)
        due = await self._database.write(lambda tx: self._record(tx, row, response, problem, is_hopeless))
        if due is not None:
            self.ticker.note([due])

    async def sweep(self, *, at_start: bool = False) -> float | None:
        """Ask for what is due again, and for what got lost with a process; gives when to look next."""
        now = self._clock.time()

        def work(tx: Transaction) -> float | None:
            for delivery_id in store.to_look_at(tx, now=now, later=now + JOB_IS_LOST, count=SWEEP_ROWS):
                self._dispatcher.enqueue(tx, DELIVER, delivery_id)
            return store.next_look(tx)

        return await self._database.write(work)

    async def get(self, delivery_id: str) -> Delivery:
        """One delivery; `NotFoundError` if there is none of that id."""
        row = await self._database.read(lambda tx: store.get(tx, delivery_id))
        if row is None:
            raise NotFoundError(f"There is no webhook {delivery_id}.", fix="Look at the run that sent it.")
        return read_delivery(row)

    async def list(
        self, *, run_id: str | None = None, status: str | None = None, before: str | None = None, limit: int = 50
    ) -> list[Delivery]:
        """Deliveries, newest first; of one run, else of one status, if given."""
        rows = await self._database.read(
            lambda tx: store.page(tx, run_id=run_id, status=status, before=before, count=limit)
        )
        return [read_delivery(row) for row in rows]

    async def retry(self, delivery_id: str) -> Delivery:
        """Try a delivery that failed from the beginning; one that did not is left as it stands."""
        now = self._clock.time()

        def work(tx: Transaction) -> None:
            if store.try_again(tx, delivery_id, now=now, later=now + JOB_IS_LOST):
                self._dispatcher.enqueue(tx, DELIVER, delivery_id)

        await self._database.write(work)
        return await self.get(delivery_id)

    def needs_secret_in(self, tx: Transaction, secret_id: str) -> bool:
        """Whether an entry of the vault is still needed."""
        return store.needs_secret(tx, secret_id)

    async def forget_old(self) -> int:
        """Delete what was settled a month ago, and say how many there were."""
        before = self._clock.time() - KEEP_SETTLED
        return await self._database.write(lambda tx: store.forget(tx, before=before))

    async def _post(self, row: Row) -> tuple[HttpResponse | None, str | None, bool]:
        """The endpoint's answer, or why there is none and whether that is final."""
        try:
            signer = _signer(await self._secret_of(row))
            now = self._clock.now()
            headers = {
                "Content-Type": "application/json",
                "webhook-id": row["id"],
                "webhook-timestamp": str(int(now.timestamp())),
                "webhook-signature": signer.sign(row["id"], now, row["body"]),
            }
            body = row["body"].encode()
            return (
                await self._http.request(
                    "POST", row["url"], headers=headers, body=body, timeout=TIMEOUT, follow_redirects=False
                ),
                None,
                False,
            )
        except RequestFailed as failure:
            return None, f"{failure.message} {failure.fix}".strip(), failure.code in _HOPELESS
        except RinglineError as error:
            # The secret cannot be had now; it may be there again at the next try.
            return None, str(error), False

    async def _secret_of(self, row: Row) -> str:
        if row["secret_id"] is not None:
            return await self._vault.unseal(row["secret_id"])
        secret = self._environment.get(row["secret_name"])
        if secret is None:
            raise RequestError(
                f"There is no environment variable `{row['secret_name']}` any more, which should hold the secret.",
                field="secret_name",
            )
        return secret

    def _record(
        self, tx: Transaction, row: Row, response: HttpResponse | None, problem: str | None, is_hopeless: bool
    ) -> float | None:
        now = self._clock.time()
        tries = int(row["tries"]) + 1
        status = None if response is None else response.status
        if response is not None and not 200 <= response.status < 300:
            problem = f"The endpoint answered {response.status} {response.reason}".rstrip() + "."
        pause = pause_after(tries, None if response is None else response.headers.get("retry-after"))
        if problem is None:
            state = "delivered"
        elif is_hopeless or status == _GONE or pause is None:
            state = "failed"
        else:
            state = "pending"
        again_at = now + (pause or 0.0)
        tried = {"at": now, "status": status} if problem is None else {"at": now, "status": status, "error": problem}
        changes = {
            "new_status": state,
            "new_tries": tries,
            "new_last_status": status,
            "new_last_error": problem,
            "new_history": json.dumps([*json.loads(row["history"]), tried]),
            "again_at": again_at,
            "new_settled_at": None if state == "pending" else now,
        }
        if not store.record(tx, row["id"], mine=row["claimed_until"], changes=changes):
            return None
        if state == "pending":
            return again_at
        if state == "failed":
            _log.warning("webhook %s was given up after %d tries: %s", row["id"], tries, problem)
        settled = store.get(tx, row["id"])
        assert settled is not None
        for report in self.on_settled:
            report(tx, read_delivery(settled))
        return None


def _signer(secret: str) -> Any:
    from standardwebhooks import Webhook

    try:
        return Webhook(secret)
    except Exception as error:  # whatever the library finds wrong with it; the secret must not be shown
        raise RequestError(
            "The webhook's secret cannot be read.",
            field="secret",
            fix="It is whsec_ and then the secret in base64, as the receiver made it.",
        ) from error
