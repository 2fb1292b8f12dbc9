"""What broadcasts are handed of the rooms beside them: languages, prices, people, workflows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ringline.broadcasts.broadcast import Content, Entry
from ringline.broadcasts.surroundings import Account, Flow, Surroundings
from ringline.messaging.channels import rules_of
from ringline.messaging.languages import choose_variant
from ringline.messaging.message import MessageRequest
from ringline.messaging.prices import PRICE_UNIT, PRICES_AS_OF
from ringline.messaging.validation import check_request
from ringline.templating import standard_helpers

if TYPE_CHECKING:
    from ringline.app.workflows import Workflows
    from ringline.broadcasts.surroundings import Helpers
    from ringline.clock import Clock
    from ringline.contacts.contact import Contact
    from ringline.contacts.contacts import Contacts
    from ringline.messaging.links import Links
    from ringline.vault import Vault
    from ringline.workflow.runs import Runs

_SHORT_LINK = "https://example.com/l/xxxxxxxx"


def surroundings(
    *,
    clock: Clock,
    vault: Vault,
    contacts: Contacts,
    links: Links,
    workflows: Workflows,
    public_url: str | None,
    runs: Runs,
) -> Surroundings:
    """Everything a broadcast needs that is not below it."""

    async def account(name: str | None) -> Account:
        credential = await vault.get(name)
        return Account(credential.id, credential.account_sid, credential.default_from)

    def check(content: Content, to: str) -> Content:
        checked = check_request(
            MessageRequest(
                to=to,
                body=None if content.message is None else "text",
                from_=content.sender,
                channel="whatsapp" if content.channel == "whatsapp" else "sms",
                messaging_service_sid=content.service,
                media=content.media,
                content_sid=content.content_sid,
                content_variables=dict(content.content_variables),
            ),
            now=clock.now(),
        )
        return replace(content, sender=checked.from_)

    def made_up(url: str) -> str:
        links.check(url)
        return f"{public_url}/l/xxxxxxxx" if public_url else _SHORT_LINK

    async def people(name: str, channel: str) -> AsyncIterator[Sequence[Entry]]:
        done = 0
        async for batch in contacts.people(on=name):
            yield [_entry(one, channel, line) for line, one in enumerate(batch, done + 1)]
            done += len(batch)

    async def flow(name: str) -> Flow:
        version = await workflows.get(name)
        inputs = workflows.plan_of(version.name, version.definition).inputs
        return Flow(
            version.name,
            version.version,
            {name: getattr(one, "default_value", None) is None for name, one in inputs.items()},
        )

    return Surroundings(
        account=account,
        check=check,
        choose_variant=choose_variant,
        helpers=_helpers(clock, links.shorten),
        draft_helpers=_helpers(clock, made_up),
        write_links=links.write,
        price=_price,
        price_note=lambda channel: rules_of(channel).price_note,
        prices_as_of=PRICES_AS_OF,
        price_unit=PRICE_UNIT,
        people=people,
        flow=flow,
        start_run=runs.start_in,
    )


def _helpers(clock: Clock, shorten: Callable[[str], str]) -> Callable[[str | None, str | None, str | None], Helpers]:
    def helpers(language: str | None, time_zone: str | None, country: str | None) -> Mapping[str, Callable[..., Any]]:
        return standard_helpers(
            country=country, language=language or "en", timezone=time_zone or "UTC", shorten=shorten, now=clock.now
        )

    return helpers


def _price(channel: str, country: str | None, segments: int, media: int) -> Decimal | None:
    return rules_of(channel).price(country, segments, media)


def _entry(contact: Contact, channel: str, line: int) -> Entry:
    number = next((one.address for one in contact.addresses if one.channel == channel), None) or contact.phone
    fields = {name: value for name, value in contact.fields.items() if value}
    if contact.name:
        fields["name"] = contact.name
    return Entry(line, number or "", fields, contact.language, contact.time_zone, contact.country)
