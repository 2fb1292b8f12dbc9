"""The triggers of a definition: whether each has the form of its type, fills the inputs, and is told from others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ringline.clock import Clock, SystemClock
from ringline.compliance import keywords as opt_out_words
from ringline.errors import InvalidReferenceTargetError, WorkflowSyntaxError
from ringline.workflow.compiler.draft import Draft
from ringline.workflow.compiler.findings import GRAPH, PARSING, Path
from ringline.workflow.explanations import explain, listed, path_text, show, suggestion
from ringline.workflow.schedules import check_zone, read_moment
from ringline.workflow.triggers import (
    FIELDS,
    TRIGGER_TYPES,
    InboundMessageTrigger,
    ScheduleTrigger,
    Trigger,
    WebhookTrigger,
)

if TYPE_CHECKING:
    from ringline.templating import CompiledTemplate


def read_triggers(draft: Draft, written: Any) -> None:
    """Take the list apart; what has not the form of its type is told and left out."""
    if written is None:
        return
    if not isinstance(written, list):
        said = f"`triggers` must be a list, not {show(written)}."
        _fault(draft, said, "Write `triggers: [{type: api}]`.", at=("triggers",), field="triggers")
        return
    for index, element in enumerate(written):
        trigger = _read(draft, index, element)
        if trigger is not None:
            draft.triggers.append(trigger.placed(index))
    for trigger in draft.triggers:
        if isinstance(trigger, ScheduleTrigger):
            _check_schedule(draft, trigger.place, trigger)
        elif isinstance(trigger, InboundMessageTrigger):
            _check_keywords(draft, trigger.place, trigger)
    _check_clashes(draft)


def check_trigger_inputs(draft: Draft) -> None:
    """Whether each trigger that starts runs by itself fills the inputs that have no default."""
    needed = [
        name
        for name, value in draft.inputs.items()
        if value.batch_dimensions or "default_value" not in value.model_fields_set
    ]
    for trigger in draft.triggers:
        if trigger.type == "api":
            continue  # whoever asks brings the inputs
        for name in needed:
            if name not in trigger.inputs:
                _fault(
                    draft,
                    f"The trigger {_shown(trigger)} does not fill the input `{name}`, which has no default.",
                    f'Write `inputs: {{{name}: "{{{{trigger.…}}}}"}}`, or give the input a `default_value`.',
                    at=("triggers", trigger.place),
                    field=f"triggers[{trigger.place}].inputs",
                    error=InvalidReferenceTargetError,
                    context=GRAPH,
                )


def misread(trigger: Trigger, template: CompiledTemplate | None) -> Iterator[tuple[str, str]]:
    """What a template of the trigger reads although it is not there: how the sentence ends, and the fix."""
    known = FIELDS[trigger.type]
    for name in sorted(template.names if template is not None else ()):
        root, _, rest = name.partition(".")
        if root != "trigger":
            written = rest.rpartition(".")[2] if root in ("steps", "run") else root
            meant = suggestion(written, known)
            yield (
                f"`{{{{{name}}}}}`; before a run there is only `trigger`.",
                f"Write `{{{{trigger.{meant or written}}}}}`."
                if meant or root not in ("steps", "run")
                else "Remove it.",
            )
        elif rest and (field := rest.partition(".")[0]) not in known:
            meant = suggestion(field, known)
            fix = f"Did you mean `{{{{trigger.{meant}}}}}`?" if meant else f"It has {listed(known, limit=30)}."
            yield f"`{{{{{name}}}}}`, and a trigger of type `{trigger.type}` has no `{field}`.", fix


def give_trigger_advice(draft: Draft) -> None:
    """Remark on triggers that work and are hardly meant so."""
    services = draft.services or {}
    clock: Clock = services.get("clock") or SystemClock()
    for trigger in draft.triggers:
        index = trigger.place
        path: Path = ("triggers", index)
        if isinstance(trigger, WebhookTrigger) and trigger.proof == "none":
            draft.findings.warning(
                "open_webhook",
                f"Everybody who knows the address of the webhook `{trigger.path}` can start runs.",
                "Write `secret: NAME_OF_A_VARIABLE`, and set the variable where the server runs.",
                at=path,
                field=f"triggers[{index}]",
            )
        elif isinstance(trigger, ScheduleTrigger) and trigger.at is not None and _is_past(draft, trigger, clock):
            draft.findings.warning(
                "trigger_never_fires",
                f"`{trigger.at}` has passed, so this schedule starts nothing.",
                "Write a moment to come.",
                at=(*path, "at"),
                field=f"triggers[{index}].at",
            )


def _read(draft: Draft, index: int, element: Any) -> Trigger | None:
    path: Path = ("triggers", index)
    if not isinstance(element, Mapping):
        said = f"`triggers[{index}]` must be a mapping, not {show(element)}."
        _fault(draft, said, "Write `{type: api}`.", at=path, field="triggers")
        return None
    kind = element.get("type")
    model = TRIGGER_TYPES.get(kind) if isinstance(kind, str) else None
    if model is None:
        *most, last = (f"'{name}'" for name in TRIGGER_TYPES)
        said = (
            f"`triggers[{index}]` needs `type`, which is missing."
            if kind is None
            else f"`type` must be one of {', '.join(most)} or {last}, not {show(kind)}."
        )
        meant = suggestion(kind, TRIGGER_TYPES) if isinstance(kind, str) else None
        fix = f"Did you mean `{meant}`?" if meant else f"Use one of {listed(TRIGGER_TYPES)}."
        _fault(draft, said, fix, at=(*path, "type") if kind is not None else path, field=f"triggers[{index}].type")
        return None
    try:
        return model.model_validate(element)
    except ValidationError as error:
        known = [info.alias or name for name, info in model.model_fields.items()]
        for found in explain(error, element, known=known, secret=["secret"], of=f"`triggers[{index}]`"):
            place = (*path, *found.path)
            exists = bool(found.path) and draft.document.position(place) is not None
            _fault(
                draft,
                found.sentence,
                found.fix,
                at=place if exists else path,
                on_key=found.is_unknown_key,
                field=f"triggers[{index}]" + (f".{path_text(found.path)}" if found.path else ""),
            )
        return None


def _check_schedule(draft: Draft, index: int, trigger: ScheduleTrigger) -> None:
    zone = trigger.zone(draft.defaults.given())
    try:
        check_zone(zone)
    except ValueError as error:
        _value_fault(draft, error, ("defaults", "timezone"), "defaults.timezone")
        return
    if trigger.at is not None:
        try:
            read_moment(trigger.at, zone)
        except ValueError as error:
            _value_fault(draft, error, ("triggers", index, "at"), f"triggers[{index}].at")


def _check_keywords(draft: Draft, index: int, trigger: InboundMessageTrigger) -> None:
    for key in ("keyword", "keywords"):
        for place, word in enumerate(getattr(trigger, key)):
            meaning = opt_out_words.classify(word)
            if meaning is None:
                continue
            path = _element_path(draft, ("triggers", index, key), place)
            field = f"triggers[{index}].{key}"
            if meaning == "stop":
                _fault(
                    draft,
                    f"`{word}` opts people out of all messages, so it never reaches a workflow.",
                    "Choose another keyword.",
                    at=path,
                    field=field,
                )
                continue
            draft.findings.warning(
                "keyword_has_meaning",
                f"Twilio itself answers `{word}`, so whoever writes it gets two answers.",
                "Choose another keyword, unless Twilio's handling of opt-outs is switched off for the number.",
                at=path,
                field=field,
            )


def _check_clashes(draft: Draft) -> None:
    """Triggers of one definition that nobody could tell apart."""
    keys: dict[str, int] = {}
    words: dict[tuple[Any, ...], int] = {}
    paths: dict[tuple[str, str], int] = {}
    for trigger in draft.triggers:
        index = trigger.place
        taken: tuple[str, int] | None = None
        if isinstance(trigger, WebhookTrigger):
            for method in trigger.method:
                other = paths.setdefault((trigger.path, method), index)
                if other != index:
                    taken = (f"{method} {trigger.path}", other)
        elif isinstance(trigger, InboundMessageTrigger):
            for sign in _signs(trigger):
                other = words.setdefault(sign, index)
                if other != index:
                    taken = (f"the keyword `{sign[0]}`" if sign[0] else "any message", other)
        if taken is not None:
            what, other = taken
            said = f"`triggers[{index}]` and `triggers[{other}]` both take {what}."
            _clash(draft, index, said, "Keep one of them.")
            continue
        other = keys.setdefault(trigger.key, index)
        if other != index:
            same = f"are both called `{trigger.name}`" if trigger.name is not None else "start runs for the same thing"
            fix = "Give one of them another name." if trigger.name is not None else "Keep one of them."
            _clash(draft, index, f"`triggers[{index}]` and `triggers[{other}]` {same}.", fix)


def _signs(trigger: InboundMessageTrigger) -> list[tuple[Any, ...]]:
    """What a message must have to start it, once for each keyword and number."""
    words: list[str | None] = [word.casefold() for word in trigger.words]
    return [
        (word, number, person, trigger.channel, trigger.way)
        for word in words or [None]
        for number in trigger.to or [""]
        for person in trigger.from_ or [""]
    ]


def _is_past(draft: Draft, trigger: ScheduleTrigger, clock: Clock) -> bool:
    try:
        return read_moment(str(trigger.at), trigger.zone(draft.defaults.given())) <= clock.time()
    except ValueError:
        return False  # told before, as an error


def _shown(trigger: Trigger) -> str:
    return f"`{trigger.label}`" if trigger.label == trigger.type else f"`{trigger.type}` ({trigger.label})"


def _element_path(draft: Draft, path: Path, place: int) -> Path:
    inner = (*path, place)
    return inner if draft.document.position(inner) is not None else path


def _value_fault(draft: Draft, error: ValueError, path: Path, field: str) -> None:
    said, _, advice = str(error).partition("; write ")
    _fault(draft, f"`{path[-1]}`: {said}.", f"Write {advice}." if advice else "", at=path, field=field)


def _clash(draft: Draft, index: int, message: str, fix: str) -> None:
    _fault(draft, message, fix, at=("triggers", index), field=f"triggers[{index}]")


def _fault(
    draft: Draft,
    message: str,
    fix: str,
    *,
    error: type[WorkflowSyntaxError] | type[InvalidReferenceTargetError] = WorkflowSyntaxError,
    context: str = PARSING,
    **place: Any,
) -> None:
    draft.findings.error(error, context, message, fix, **place)
