"""`/api/v1/previews`: what a message, an answer or an interview will be, before anybody is written to or called."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query

from ringline.errors import PhoneNumberError, RequestError, TemplateError
from ringline.messaging.channels import rules_of
from ringline.messaging.prices import PRICE_UNIT, PRICES_AS_OF
from ringline.phone_numbers import check_recipient, country_of, time_zones_of
from ringline.segments import Segments, count_segments, non_gsm7_characters, smart_encode
from ringline.templating import compile_template, standard_helpers
from ringline.templating.samples import sample_of, samples_of, scope_of
from ringline.web.api.preview_shapes import (
    AnswerPreviewIn,
    AnswerPreviewOut,
    CountedTextOut,
    DearCharacterOut,
    LeadsOut,
    MessagePreviewIn,
    MessagePreviewOut,
    NumberPreviewOut,
    PathAnswerOut,
    PathPreviewOut,
    PlayedOut,
    PricePreviewOut,
    QuestionFaultOut,
    QuestionsPreviewIn,
    QuestionsPreviewOut,
    SamplePreviewOut,
    TemplateFaultOut,
)
from ringline.web.vocabulary import VocabularyOut, vocabulary

if TYPE_CHECKING:
    from ringline.app import Ringline
    from ringline.interview.rehearsal import Rehearsal
    from ringline.understanding import Interpretation

_PLACEHOLDER = re.compile(r"\{\{\s*\$parameters\.(\w+)\s*\}\}")
_MOST_NAMED = 20


def build(ringline: Ringline) -> APIRouter:
    """Routes that show and change nothing."""
    router = APIRouter(prefix="/api/v1/previews", tags=["previews"])

    @router.post("/message", operation_id="preview_message")
    async def message(body: MessagePreviewIn) -> MessagePreviewOut:
        """A text with its gaps filled in: its segments, about what it costs, and what makes it dear."""
        return preview_message(body, ringline)

    @router.get("/number", operation_id="preview_number")
    async def number(
        number: Annotated[str, Query(max_length=40)],
        country: Annotated[str | None, Query(min_length=2, max_length=2)] = None,
    ) -> NumberPreviewOut:
        """Whether a number can be written to, where it is, and how people there write it."""
        return preview_number(number, country)

    @router.post("/understanding", operation_id="preview_understanding")
    async def understanding(body: AnswerPreviewIn) -> AnswerPreviewOut:
        """What an answer to a question would be taken to mean."""
        return preview_answer(body)

    @router.post("/questions", operation_id="preview_questions")
    async def questions(body: QuestionsPreviewIn) -> QuestionsPreviewOut:
        """The graph of an interview, what is wrong with it, and the calls that try every way through."""
        return preview_questions(body)

    @router.get("/vocabulary", operation_id="preview_vocabulary")
    async def words() -> VocabularyOut:
        """The helpers and filters of templates, what triggers give, and the triggers' own fields."""
        return vocabulary()

    return router


def preview_message(body: MessagePreviewIn, ringline: Ringline) -> MessagePreviewOut:
    """The text as somebody would get it."""
    try:
        rendered, samples = _filled(body, ringline)
    except TemplateError as error:
        fault = TemplateFaultOut(message=error.message, fix=error.fix, position=error.position)
        shown = _samples(body) if error.position is None else []
        return MessagePreviewOut(
            message=None, samples=shown, fault=fault, beyond_gsm7=[], plain=None, plain_source=None, price=None
        )
    counted = _counted(rendered, count_segments(rendered))
    beyond = non_gsm7_characters(rendered)[:_MOST_NAMED] if body.channel == "sms" else []
    plain = smart_encode(rendered)
    helps = body.channel == "sms" and plain != rendered and count_segments(plain).encoding == "GSM-7"
    return MessagePreviewOut(
        message=counted,
        samples=samples,
        fault=None,
        beyond_gsm7=[_character(one) for one in beyond],
        plain=_counted(plain, count_segments(plain)) if helps else None,
        plain_source=_plain_source(body.text) if helps else None,
        price=None if body.channel == "voice" else _price(body, counted),
    )


def _filled(body: MessagePreviewIn, ringline: Ringline) -> tuple[str, list[SamplePreviewOut]]:
    samples = _samples(body)
    values = {sample.name: sample.value for sample in samples}
    if body.placeholders:
        return _PLACEHOLDER.sub(lambda found: str(values[found[1]]), body.text), samples
    base = ringline.settings.public_url or "https://example.com"
    helpers = standard_helpers(
        country=body.country or "US",
        language=body.language,
        timezone=body.timezone,
        shorten=lambda _: f"{base.rstrip('/')}/l/k3Xq7Zb",
        now=ringline.clock.now,
    )
    return compile_template(body.text).render(scope_of(values), helpers), samples


def _samples(body: MessagePreviewIn) -> list[SamplePreviewOut]:
    if body.placeholders:
        names = dict.fromkeys(_PLACEHOLDER.findall(body.text))
        return [
            SamplePreviewOut(name=name, value=body.samples.get(name, sample_of(name)), required=True) for name in names
        ]
    template = compile_template(body.text)
    made_up = samples_of(template)
    return [
        SamplePreviewOut(name=name, value=body.samples.get(name, value), required=name in template.required_names)
        for name, value in made_up.items()
    ]


def _counted(text: str, counted: Segments) -> CountedTextOut:
    single, part = (160, 153) if counted.encoding == "GSM-7" else (70, 67)
    return CountedTextOut(
        text=text,
        encoding=counted.encoding,
        segments=counted.segments,
        units=counted.units,
        capacity=single if counted.segments == 1 else part,
        characters=len(text),
    )


def _character(one: str) -> DearCharacterOut:
    replaced = smart_encode(one)
    is_plain = replaced != one and not non_gsm7_characters(replaced)
    return DearCharacterOut(
        character=one,
        name=unicodedata.name(one, f"U+{ord(one):04X}").capitalize(),
        replacement=replaced if is_plain else None,
    )


def _plain_source(text: str) -> str:
    """What stands between the gaps, made plain; what is within them stays."""
    parts = re.split(r"(\{\{.*?\}\})", text, flags=re.DOTALL)
    return "".join(part if part.startswith("{{") else smart_encode(part) for part in parts)


def _price(body: MessagePreviewIn, counted: CountedTextOut) -> PricePreviewOut:
    rules = rules_of(body.channel)
    country = (country_of(body.to) if body.to else None) or body.country or "US"
    segments = counted.segments if rules.has_segments and not body.media else 1
    amount = rules.price(country.upper(), segments, body.media)
    note = rules.price_note if amount is not None else f"No price for {country} is on file; Twilio's page has it."
    return PricePreviewOut(amount=amount, unit=PRICE_UNIT, as_of=PRICES_AS_OF.isoformat(), note=note, country=country)


def preview_number(text: str, country: str | None) -> NumberPreviewOut:
    """What is known of a number."""
    try:
        number = check_recipient(text.strip(), field="number", default_country=country)
    except PhoneNumberError as error:
        return NumberPreviewOut(valid=False, country=None, international=None, sentence=f"{error.message} {error.fix}")
    import phonenumbers

    where = country_of(number)
    written = phonenumbers.format_number(phonenumbers.parse(number, None), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    zones = time_zones_of(number)
    place = _country_name(where)
    zone = f", {zones[0].rpartition('/')[2].replace('_', ' ')} time" if len(zones) == 1 else ""
    return NumberPreviewOut(
        valid=True, country=where, international=written, sentence=f"{written}{f' · {place}' if place else ''}{zone}"
    )


def _country_name(country: str | None) -> str | None:
    if country is None:
        return None
    from babel import Locale

    return str(Locale("en").territories.get(country, country))


def preview_answer(body: AnswerPreviewIn) -> AnswerPreviewOut:
    """What an answer would be taken to mean."""
    from ringline.interview.conditions import words_match
    from ringline.interview.reading import read_flow
    from ringline.interview.witnesses import interpret
    from ringline.web.understood import in_words

    usual = {"id": "question", "question": "?", **({"country": body.country} if body.country else {})}
    # Where it leads and what else is asked means nothing here.
    asked = {key: value for key, value in body.question.items() if key not in ("next", "nextQuestionId")}
    flow, faults = read_flow([usual | asked])
    if flow is None:
        first = next(fault for fault in faults if fault.severity == "error")
        raise RequestError(first.message, field=first.path, fix=first.fix)
    (question,) = flow.questions
    found = interpret(question, body.text, body.language, keys=body.keys)
    if found is None:
        raise RequestError(
            f"Answers in `{body.language}` are not understood.",
            field="language",
            fix="Ask for `text` in this language.",
        )
    return AnswerPreviewOut(
        **{**asdict(found), "evidence": list(found.evidence), "alternatives": list(found.alternatives)},
        words_match=words_match(flow, question, body.text, body.language),
        sentence=in_words(question, found),
        leads_to=_leads(body, found),
    )


def _leads(body: AnswerPreviewIn, found: Interpretation) -> LeadsOut | None:
    """Where the answer leads by itself, as if nothing else had been answered."""
    from ringline.interview.reading import read_and_check
    from ringline.interview.routing import next_question
    from ringline.interview.state import Answer

    if found.status not in ("ok", "dont_know") or not body.questions:
        return None
    flow, faults = read_and_check({"questions": body.questions, **({"flow": body.flow} if body.flow else {})})
    if flow is None or any(fault.severity == "error" for fault in faults) or body.id not in flow:
        return None
    status: Literal["ok", "dont_know"] = "ok" if found.status == "ok" else "dont_know"
    answers = {body.id: Answer(status, found.value, body.text, body.text, confidence=found.confidence)}
    route = next_question(flow, answers, body.id, body.language)
    return LeadsOut(kind=route.kind, question=route.question, message=route.message, why=route.why)


def preview_questions(body: QuestionsPreviewIn) -> QuestionsPreviewOut:
    """The graph, the faults and the calls."""
    from ringline.interview.agent import QuestionsAgent
    from ringline.interview.graph import describe
    from ringline.interview.paths import paths_of
    from ringline.interview.reading import read_and_check
    from ringline.interview.rehearsal import rehearse

    language = body.language.partition("-")[0].lower() or "en"
    written = {"questions": body.questions, **({"flow": body.flow} if body.flow else {})}
    flow, faults = read_and_check(written, language=language, has_goodbye=body.has_goodbye)
    is_whole = flow is not None and not any(fault.severity == "error" for fault in faults)
    paths = paths_of(flow, language=language) if flow is not None and is_whole and body.calls else []
    agent = QuestionsAgent(flow, language=language) if flow is not None and body.play else None
    return QuestionsPreviewOut(
        faults=[QuestionFaultOut(**asdict(fault)) for fault in faults],
        graph=describe(flow) if flow is not None and is_whole else None,
        calls=[
            PathPreviewOut(
                answers=[PathAnswerOut(question=asked, say=say, keys=keys) for asked, say, keys in path.answers],
                questions=list(path.questions),
                end=path.end,
                message=path.message,
                played=None if agent is None else PlayedOut(**_plain(rehearse(agent, path))),
            )
            for path in paths
        ],
    )


def _plain(rehearsal: Rehearsal) -> dict[str, Any]:
    told = asdict(rehearsal)
    return {**told, "asked": list(told["asked"]), "told": list(told["told"])}
