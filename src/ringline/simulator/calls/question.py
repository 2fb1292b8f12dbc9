"""What a call waits for at this moment: which keys and words would be an answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from ringline.simulator.calls.documents import Attributes


@dataclass(frozen=True, slots=True)
class Question:
    """A ``<Gather>`` or ``<Record>`` that listens. *digits* is how many keys end it, *finish_on* the key that does."""

    kind: Literal["gather", "record"] = "gather"
    keys: bool = True
    speech: bool = True
    digits: int | None = None
    finish_on: str = "#"
    timeout: float = 5.0
    hints: tuple[str, ...] = ()
    language: str = ""

    def as_dictionary(self) -> dict[str, Any]:
        """As the control API shows it."""
        return asdict(self)


def question_of(attributes: Attributes) -> Question:
    """What a ``<Gather>`` asks for."""
    takes, digits = attributes.words("input"), attributes.number("numDigits")
    hints = (hint.strip() for hint in attributes.text("hints").split(","))
    return Question(
        keys="dtmf" in takes,
        speech="speech" in takes,
        digits=None if digits is None else int(digits),
        finish_on=attributes.text("finishOnKey"),
        timeout=float(attributes.number("timeout") or 5),
        hints=tuple(hint for hint in hints if hint),
        language=attributes.text("language"),
    )
