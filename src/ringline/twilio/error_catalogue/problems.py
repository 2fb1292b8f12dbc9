"""The problems people meet most, each with what to check, in the order in which it pays."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommonProblem:
    """An everyday problem under the name people search for, the codes behind it and what to check."""

    name: str
    codes: tuple[int, ...]
    checks: tuple[str, ...]


COMMON_PROBLEMS: tuple[CommonProblem, ...] = (
    CommonProblem(
        "Authentication failed",
        (20003, 20101, 20102, 20103, 20104, 20105, 20106, 20107, 20403, 20006),
        (
            "Compare account SID and auth token with the first page of the Twilio console; they belong together.",
            "The SID begins with AC and has 34 characters, the token has 32; neither holds spaces or quotes.",
            "Use the token of the same account or subaccount, and a live one rather than the test credentials.",
            "See in the console that the account is active and not suspended.",
        ),
    ),
    CommonProblem(
        "Invalid phone number",
        (21211, 21217, 21214, 21401, 21421, 21614, 13224, 13223),
        (
            "Write the number in E.164: + and country code and no leading zero, such as +15551234567.",
            "Check that the country code is there and right.",
            "See that the number exists and can receive texts; a landline cannot.",
        ),
    ),
    CommonProblem(
        "From number not owned",
        (21606, 21212, 21210, 21601, 21607, 63007),
        (
            "See that the sender is among the numbers bought from Twilio, in this account and not another.",
            "See that the number has the SMS capability, or MMS when an image is sent.",
            "Numbers can be released; the console shows which the account still has.",
        ),
    ),
    CommonProblem(
        "Phone number not available",
        (21404, 21422, 21452, 21608, 21219),
        (
            "See that the number is bought and active, and that it can send texts.",
            "A trial account reaches verified numbers only; verify the recipient or upgrade.",
            "Choose another number or area when the one asked for is taken.",
        ),
    ),
    CommonProblem(
        "Message blocked",
        (21610, 30004, 30007, 30034, 30450, 63014, 63050),
        (
            "See whether the recipient opted out by STOP; then only their START lets messages through again.",
            "Check the text against the carriers' rules: no link shorteners of third parties, no forbidden topics.",
            "Avoid what looks like spam: capitals, many links, the same text to many people from one number.",
            "In the United States see that the number is registered (10DLC or toll-free verification).",
        ),
    ),
    CommonProblem(
        "Message not delivered",
        (30003, 30005, 30006, 30008, 63003, 63016, 63024),
        (
            "Check that the recipient's number is right and in use.",
            "A phone that is off or out of reach gets the text when it is back; try again after some time.",
            "Check the text against the rules of the recipient's carrier and country.",
        ),
    ),
    CommonProblem(
        "Insufficient funds",
        (20005, 30002, 10001),
        (
            "See the account's balance in the console.",
            "Add funds, or switch automatic recharge on.",
            "Watch the spending with a usage trigger, so that it does not happen again.",
        ),
    ),
    CommonProblem(
        "Rate limit exceeded",
        (20429, 21611, 30001, 30022, 63017, 63018, 10004),
        (
            "Twilio limits how many texts a number sends each second, and how many requests an account makes at once.",
            "Let Ringline pace the messages: what is above the limit waits its turn.",
            "Spread the messages over more numbers, with a messaging service.",
        ),
    ),
    CommonProblem(
        "High message costs",
        (),
        (
            "Look up the price of the recipients' countries; some cost ten times others.",
            "A text over 160 characters is billed as several; with an emoji or curly quotes in it, one over 70.",
            "A local number of the recipient's country is often cheaper than one from abroad.",
            "Watch usage and segments per message, and shorten the texts that are sent most.",
        ),
    ),
)
