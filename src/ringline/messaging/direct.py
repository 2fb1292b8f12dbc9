"""Sending for bare workflows: in this process, before the step ends, with nothing written down."""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringline.background import BackgroundLoop, background_loop
from ringline.clock import SystemClock
from ringline.compliance.process_cooldowns import ProcessCooldowns
from ringline.errors import CredentialError, RequestError
from ringline.ids import new_id
from ringline.messaging.channels import rules_of
from ringline.messaging.message import Cooldown, CredentialValue, Message, MessageError, MessageRequest
from ringline.messaging.posted import form_of, message_of, refused
from ringline.messaging.validation import check_request, check_twilio_schedule, is_pool

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.twilio.client import TwilioClient, TwilioHttp
    from ringline.twilio.messages import MessageForm, PostResult

DEFAULT_CREDENTIAL = "default"

_MAX_CLIENTS = 64
_system_cooldowns = ProcessCooldowns()
_virtual_cooldowns: weakref.WeakKeyDictionary[Clock, ProcessCooldowns] = weakref.WeakKeyDictionary()


def process_cooldowns(clock: Clock) -> ProcessCooldowns:
    """The cooldowns that every bare workflow of this process on the same time shares."""
    if isinstance(clock, SystemClock):
        return _system_cooldowns
    return _virtual_cooldowns.setdefault(clock, ProcessCooldowns())


@dataclass(frozen=True, slots=True)
class Retries:
    """How often and how long one send is tried again where that cannot make a second message.

    Only a throttled request (429) and one of which no byte was written are repeated. *delays* are seconds before each
    repetition; a wait that Twilio asks for counts instead, up to *longest*.
    """

    delays: tuple[float, ...] = (0.5, 2.0)
    longest: float = 10.0


class DirectSender:
    """Sends before `send` returns. Cooldowns live in this process, and nothing outlives it.

    A request whose answer never came ends as ``unknown`` and is never sent again by itself. A WhatsApp text is
    ``refused``, because without a database nobody knows whether the recipient wrote within the last 24 hours.
    """

    is_durable = False

    def __init__(
        self,
        *,
        clock: Clock,
        base_url: str | None = None,
        credentials: Mapping[str, CredentialValue] | None = None,
        timeout: float = 15.0,
        retries: Retries | None = None,
        cooldowns: ProcessCooldowns | None = None,
        loop: BackgroundLoop = background_loop,
    ) -> None:
        self._clock = clock
        self._base_url = base_url
        self._credentials = dict(credentials or {})
        self._timeout = timeout
        self._retries = retries or Retries()
        self._cooldowns = cooldowns or process_cooldowns(clock)
        self._loop = loop
        self._clients: OrderedDict[tuple[str, str], TwilioClient] = OrderedDict()

    def is_cooling_down(self, cooldown: Cooldown) -> bool:
        return self._cooldowns.is_active(cooldown.key, cooldown.seconds, now=self._clock.monotonic())

    async def send(self, request: MessageRequest, *, wait: float | None = None) -> Message:
        message_id = new_id("msg", at=self._clock.time())
        cooldown = request.cooldown
        if cooldown is not None and not self._cooldowns.reserve(
            cooldown.key, cooldown.seconds, holder=message_id, now=self._clock.monotonic()
        ):
            error = MessageError(None, "The last message with this cooldown is too recent.")
            return refused(request, message_id=message_id, now=self._clock.now(), reason="cooldown", error=error)
        try:
            client, checked, refusal = self._prepare(request, message_id)
        except BaseException:
            self._release(request, message_id)
            raise
        if refusal is not None:
            self._release(request, message_id)
            return refusal
        result = await self._exchange(client, checked)
        message = message_of(
            checked, message_id=message_id, account_sid=client.account_sid, now=self._clock.now(), result=result
        )
        if message.stage == "failed":
            self._release(request, message_id)
        elif cooldown is not None:
            self._cooldowns.confirm(cooldown.key, holder=message_id)
        return message

    def _prepare(self, request: MessageRequest, message_id: str) -> tuple[TwilioClient, MessageRequest, Message | None]:
        value = self._credential(request.credential)
        checked = check_request(request, now=self._clock.now())
        if is_pool(checked.from_):
            raise RequestError(
                f"`{checked.from_}` is a pool, and a bare workflow knows none.",
                field="from",
                fix="Name one number, or start the workflow under Ringline (`ringline serve`), which keeps the pools.",
            )
        if checked.send_at is not None:
            check_twilio_schedule(
                checked.send_at, messaging_service=bool(checked.messaging_service_sid), now=self._clock.now()
            )
        refusal = None
        if rules_of(checked.channel).has_window and checked.content_sid is None:
            error = MessageError(
                None,
                f"{rules_of(checked.channel).title} takes free text only within 24 hours of the recipient's last "
                "message, and a bare workflow keeps no record of one.",
                "Send a `content_template`, or run the workflow under Ringline, which notes every message received.",
            )
            refusal = refused(
                checked, message_id=message_id, now=self._clock.now(), reason="whatsapp_window_closed", error=error
            )
        return self._client(value), checked, refusal

    def _credential(self, asked: str | CredentialValue | None) -> CredentialValue:
        if isinstance(asked, CredentialValue):
            return asked
        name = asked
        if name is None:
            name = next(iter(self._credentials)) if len(self._credentials) == 1 else DEFAULT_CREDENTIAL
        found = self._credentials.get(name)
        if found is None:
            known = ", ".join(f"`{known}`" for known in sorted(self._credentials)) or "none"
            raise CredentialError(
                f"There is no credential `{name}` (known here: {known}).",
                fix=f'Hand it over: Workflow.from_file(path, credentials={{"{name}": ("AC…", "auth token")}}), '
                f"or run the workflow under Ringline after `ringline credentials add {name}`.",
            )
        return found

    def _client(self, value: CredentialValue) -> TwilioClient:
        from ringline.twilio.client import TwilioClient

        key = (value.account_sid, value.auth_token)
        client = self._clients.pop(key, None)
        if client is None:
            client = TwilioClient(
                value.account_sid, value.auth_token, base_url=self._base_url, timeout=self._timeout, http=_shared_http()
            )
            if len(self._clients) >= _MAX_CLIENTS:
                self._clients.popitem(last=False)
        self._clients[key] = client
        return client

    async def _exchange(self, client: TwilioClient, request: MessageRequest) -> PostResult:
        return await self._loop.run(self._post(client, form_of(request)))

    async def _post(self, client: TwilioClient, form: MessageForm) -> PostResult:
        result = await client.create_message(form)
        for delay in self._retries.delays:
            if result.kind not in ("throttled", "not_sent"):
                break
            await self._clock.sleep(min(max(delay, result.retry_after or 0.0), self._retries.longest))
            result = await client.create_message(form)
        return result

    def _release(self, request: MessageRequest, message_id: str) -> None:
        if request.cooldown is not None:
            self._cooldowns.release(request.cooldown.key, holder=message_id)


_http: TwilioHttp | None = None


def _shared_http() -> TwilioHttp:
    """The connection pool of all bare workflows; closed when the process ends."""
    global _http
    if _http is None:
        from ringline.twilio.client import TwilioHttp

        _http = TwilioHttp()
        background_loop.close_at_exit(_http.close)
    return _http
