"""Names beside numbers: whose a message, a call or a link is, where a contact has the number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from ringline.app import Ringline


class Named(BaseModel):
    """Something that went to a person's number or came from it."""

    name: str | None = Field(
        default=None, description="What the contact with their number is called; told in lists, and of one alone."
    )
    contact: str | None = Field(default=None, description="The contact with their number; told where `name` is.")


AnyNamed = TypeVar("AnyNamed", bound=Named)


async def with_names(ringline: Ringline, told: Sequence[AnyNamed]) -> list[AnyNamed]:
    """The same, each with the name of its person; they are looked up together."""
    numbers = [_theirs(one) for one in told]
    people = await ringline.contacts.owners({number for number in numbers if number})
    named = []
    for one, number in zip(told, numbers, strict=True):
        person = people.get(number or "")
        named.append(one if person is None else one.model_copy(update={"name": person.name, "contact": person.id}))
    return named


async def with_name(ringline: Ringline, told: AnyNamed) -> AnyNamed:
    """The same with the name of its person."""
    return (await with_names(ringline, [told]))[0]


def _theirs(one: Any) -> str | None:
    """The person's number: the sender of what came to us, else who it went to."""
    number: str | None = one.from_ if getattr(one, "direction", "outbound") == "inbound" else one.to
    return number
