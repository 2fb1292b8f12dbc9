"""People as rows of a file that can be imported again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ringline.contacts.contact import Contact

COLUMNS = ("phone", "whatsapp", "voice", "name", "language", "time_zone", "country", "lists", "opted_out")
"""Behind these stand the free fields, by their names."""


def cells_of(contact: Contact, names: Sequence[str]) -> list[object]:
    """One person; *names* are the free fields of the file."""

    def number(channel: str) -> str:
        return next((one.address for one in contact.addresses if one.channel == channel), "")

    return [
        number("sms"),
        number("whatsapp"),
        number("voice"),
        contact.name,
        contact.language,
        contact.time_zone,
        contact.country,
        "; ".join(contact.lists),
        "yes" if contact.is_opted_out else "",
        *(contact.fields.get(name, "") for name in names),
    ]
