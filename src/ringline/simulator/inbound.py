"""Messages from phones: Twilio's own reaction, the application's webhook, and the replies it asks for."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence

from ringline.clock import Clock
from ringline.errors import RequestError
from ringline.simulator import opt_out, reply_twiml, trial
from ringline.simulator.network import Network, segments_of
from ringline.simulator.records import Account, Message, Number, Service, new_sid
from ringline.simulator.reply_twiml import ReplyMessage, ReplyRedirect
from ringline.simulator.sending import E164
from ringline.simulator.state import State
from ringline.simulator.webhooks import WebhookAnswer, Webhooks
from ringline.simulator.wire import API_VERSION

_log = logging.getLogger(__name__)

MOST_REPLIES_IN_A_ROW, LOOP_SECONDS = 15, 30.0
MOST_DOCUMENTS = 50  # Twilio's bound on one session's redirects, error 14106


class Inbound:
    """Takes messages from phones to the application."""

    def __init__(self, state: State, clock: Clock, network: Network, webhooks: Webhooks) -> None:
        self._state = state
        self._clock = clock
        self._network = network
        self._webhooks = webhooks
        self._replies: dict[tuple[str, str], deque[float]] = {}
        self.base_url = ""

    async def receive(
        self, phone: str, to: str, text: str, *, media: Sequence[tuple[str, bytes]], extra: dict[str, str]
    ) -> Message:
        """A phone writes to one of the account's senders; returns once the application has answered."""
        if not E164.match(phone):
            raise RequestError(f"{phone!r} is not a phone number such as +14155550123", field="from")
        number = self._state.owner_of(to)
        if number is None:
            owned = ", ".join(sorted(each.number for each in self._state.numbers.values()))
            raise RequestError(f"no account has the sender {to}", field="to", fix=f"write to one of {owned}")
        account = self._state.accounts[number.account_sid]
        service = self._state.service_of(number)
        person = f"whatsapp:{phone}" if number.is_whatsapp else phone
        message = self._record(account, number, service, person, text, media)
        if number.is_whatsapp:
            self._state.note_inbound(person, to, message.created)
        reaction = self._react(account, number, service, message)
        self._state.commit()
        parameters = self._parameters(message, phone, reaction, extra)
        await self._ask_application(account, number, service, message, parameters)
        self._state.commit()
        return message

    async def mark_read(self, sid: str) -> None:
        """The person looks at a message."""
        message = self._state.messages.get(sid)
        if message is not None:
            self._network.mark_read(message)
            self._state.commit()

    def _record(
        self,
        account: Account,
        number: Number,
        service: Service | None,
        person: str,
        text: str,
        media: Sequence[tuple[str, bytes]],
    ) -> Message:
        now = self._clock.time()
        message = Message(
            sid=new_sid("MM" if media else "SM"),
            account_sid=account.sid,
            to=number.number,
            from_=person,
            body=text,
            direction="inbound",
            status="received",
            created=now,
            updated=now,
            sent=now,
            order=self._state.next_order(),
            messaging_service_sid=service.sid if service else None,
        )
        self._state.add(message)
        for content_type, data in media:
            self._state.new_media(message, content_type, url=None, data=data, at=now)
        message.num_segments = 1 if media else segments_of(message)
        self._state.save(message)
        return message

    def _react(
        self, account: Account, number: Number, service: Service | None, message: Message
    ) -> opt_out.Reaction | None:
        assert message.from_ is not None
        person = message.from_
        scope = service.sid if service is not None and not opt_out.is_toll_free(number.number) else number.number
        reaction = opt_out.react(number, service, message.body, opted_out=(person, scope) in self._state.opt_outs)
        if reaction is None:
            return None
        if reaction.word == "STOP":
            self._state.opt_out(person, scope)
        elif reaction.word == "START":
            self._state.opt_in(person, scope)
        if reaction.reply is not None:
            self._reply(account, message, ReplyMessage(reaction.reply), exempt=True)
        return reaction

    def _parameters(
        self, message: Message, phone: str, reaction: opt_out.Reaction | None, extra: dict[str, str]
    ) -> list[tuple[str, str]]:
        parameters = [
            ("ToCountry", "US"),
            ("SmsMessageSid", message.sid),
            ("NumMedia", str(len(message.media))),
            ("SmsSid", message.sid),
            ("SmsStatus", "received"),
            ("Body", message.body),
            ("To", message.to),
            ("NumSegments", str(message.num_segments)),
            ("MessageSid", message.sid),
            ("AccountSid", message.account_sid),
            ("From", message.from_ or ""),
            ("ApiVersion", API_VERSION),
        ]
        if message.messaging_service_sid:
            parameters.append(("MessagingServiceSid", message.messaging_service_sid))
        if message.to.startswith("whatsapp:"):
            parameters += [
                ("ProfileName", f"Phone {phone[-4:]}"),
                ("WaId", phone.removeprefix("+")),
                ("MessageType", "image" if message.media else "text"),
            ]
        elif phone.startswith("+1"):
            parameters.append(("FromCountry", "US"))
        if reaction is not None and reaction.opt_out_type is not None:
            parameters.append(("OptOutType", reaction.opt_out_type))
        for index, sid in enumerate(message.media):
            media = self._state.media[sid]
            path = f"/{API_VERSION}/Accounts/{message.account_sid}/Messages/{message.sid}/Media/{sid}"
            parameters.append((f"MediaContentType{index}", media.content_type))
            parameters.append((f"MediaUrl{index}", self.base_url + path))
        replaced = [(name, value) for name, value in parameters if name not in extra]
        return [*replaced, *extra.items()]

    def _webhook(self, number: Number, service: Service | None) -> tuple[str, str, str, str]:
        """URL and method, fallback URL and method: the service's, else the application's, else the number's."""
        if service is not None and not service.use_inbound_webhook_on_number:
            return (
                service.inbound_request_url or "",
                service.inbound_method,
                service.fallback_url or "",
                service.fallback_method,
            )
        application = self._state.applications.get(number.sms_application_sid)
        source = application or number
        return source.sms_url, source.sms_method, source.sms_fallback_url, source.sms_fallback_method

    async def _ask_application(
        self,
        account: Account,
        number: Number,
        service: Service | None,
        message: Message,
        parameters: list[tuple[str, str]],
    ) -> None:
        url, method, fallback_url, fallback_method = self._webhook(number, service)
        if not url:
            return
        answer = await self._webhooks.request(url, parameters, auth_token=account.auth_token, method=method)
        reply = self._read(answer)
        if reply is None and fallback_url:
            failed = [("ErrorCode", str(answer.error_code or 12100)), ("ErrorUrl", answer.url)]
            answer = await self._webhooks.request(
                fallback_url, [*parameters, *failed], auth_token=account.auth_token, method=fallback_method
            )
            reply = self._read(answer)
        documents = 1
        while reply is not None:
            redirect = None
            for verb in reply.verbs:
                if isinstance(verb, ReplyRedirect):
                    redirect = verb
                elif trial.may_reply(account) and not self._is_loop(message):
                    self._reply(account, message, verb)
            if redirect is None or documents >= MOST_DOCUMENTS:
                return
            documents += 1
            answer = await self._webhooks.request(
                redirect.url, parameters, auth_token=account.auth_token, method=redirect.method
            )
            reply = self._read(answer)

    def _is_loop(self, message: Message) -> bool:
        """Whether two numbers have replied to each other so often that Twilio stops it (14107)."""
        now = self._clock.time()
        recent = self._replies.setdefault((message.from_ or "", message.to), deque(maxlen=MOST_REPLIES_IN_A_ROW))
        if len(recent) == MOST_REPLIES_IN_A_ROW and now - recent[0] < LOOP_SECONDS:
            _log.info("replies from %s are stopped, error 14107", message.to)
            return True
        recent.append(now)
        return False

    def _read(self, answer: WebhookAnswer) -> reply_twiml.Reply | None:
        """The reply in an answer, or ``None`` if the answer cannot be used."""
        if answer.error_code is not None:
            _log.info("an inbound webhook failed with %s: %s", answer.error_code, answer.url)
            return None
        reply = reply_twiml.parse(answer.content_type, answer.body, url=answer.url)
        for code in reply.problems:
            _log.info("the answer of %s has a fault Twilio calls %s", answer.url, code)
        return None if any(code in (12100, 12102, 12300) for code in reply.problems) else reply

    def _reply(self, account: Account, inbound: Message, reply: ReplyMessage, *, exempt: bool = False) -> None:
        now = self._clock.time()
        sender, recipient = reply.from_ or inbound.to, reply.to or inbound.from_ or ""
        text = trial.text_of(account, reply.body)
        message = Message(
            sid=new_sid("MM" if reply.media else "SM"),
            account_sid=account.sid,
            to=recipient,
            from_=sender,
            body=text,
            direction="outbound-reply",
            status="queued",
            created=now,
            updated=now,
            order=self._state.next_order(),
            messaging_service_sid=inbound.messaging_service_sid,
            media_urls=list(reply.media),
            status_callback=reply.action,
            exempt_from_opt_out=exempt,
        )
        message.num_segments = segments_of(message)
        self._state.add(message)
        scope = inbound.messaging_service_sid or sender
        if not exempt and ((recipient, scope) in self._state.opt_outs or (recipient, sender) in self._state.opt_outs):
            self._network.refuse_later(message, 21610)
            return
        self._network.accept(message)
