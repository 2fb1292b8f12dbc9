"""Second phase, second half: whether every step is one its block understands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from ringline.errors import WorkflowSyntaxError
from ringline.workflow.block import Output
from ringline.workflow.compiler.document_form import parts
from ringline.workflow.compiler.draft import Draft, StepDraft
from ringline.workflow.compiler.findings import PARSING, Path
from ringline.workflow.definition import OPTION_KEYS, Defaults, Step, StepOptions
from ringline.workflow.explanations import Explanation, explain, listed, show, suggestion
from ringline.workflow.registry import BlockSpec

OUTCOME = Output("outcome", ("string",))
ERROR = Output("error", ("dictionary",))


def read_steps(draft: Draft) -> None:
    """Find each step's block and hold the step against its manifest."""
    for path, written in parts(draft, "steps"):
        step = _read_step(draft, path, written)
        if step is not None:
            draft.all_steps.append(step)
            draft.steps.setdefault(step.name, step)


def _read_step(draft: Draft, path: Path, written: Any) -> StepDraft | None:
    index = int(path[1])
    if isinstance(written, Step):
        return _from_manifest(draft, path, index, written)
    if not isinstance(written, Mapping):
        said = f"`steps[{index}]` must be a mapping, not {show(written)}."
        _fault(draft, None, said, "Write `{type: family/name@v1, name: …}`.", at=path)
        return None
    name, kind = written.get("name"), written.get("type")
    if not isinstance(name, str) or not name:
        said = "has no `name`" if name is None else f"has the name {show(name)}, which is no text"
        _fault(draft, None, f"`steps[{index}]` {said}.", "Give every step a `name` of its own.", at=path, field="name")
        name = None
    if not isinstance(kind, str) or not kind:
        said = "has no `type`" if kind in (None, "") else f"has the type {show(kind)}, which is no text"
        where = f"The step `{name}`" if name else f"`steps[{index}]`"
        _fault(draft, name, f"{where} {said}.", "Write `type: family/name@v1`.", at=path, field="type")
        if name is None:
            return None
    if name is None:
        return None
    step = StepDraft(index, path, name, kind if isinstance(kind, str) else "", dict(written))
    spec = draft.registry.spec(step.type)
    if spec is None:
        if step.type:
            _unknown_block(draft, step)
        return step
    step.spec = spec
    _split_options(draft, step, spec)
    _apply_defaults(step, spec, draft.defaults)
    _check_manifest(draft, step, spec)
    return step


def _from_manifest(draft: Draft, path: Path, index: int, written: Step) -> StepDraft:
    """A step declared in Python: its manifest was checked when it was made."""
    manifest = written.manifest
    data = {info.alias or name: getattr(manifest, name) for name, info in type(manifest).model_fields.items()}
    step = StepDraft(index, path, manifest.name, manifest.type, data)
    spec = draft.registry.spec(manifest.type)
    if spec is None:
        _unknown_block(draft, step)
        return step
    step.spec = spec
    step.option_data = written.options()
    _read_options(draft, step)
    if not spec.is_roboflow:
        defaulted = {
            spec.by_key[key].name: value for key, value in draft.defaults.given().items() if key in spec.by_key
        }
        missing = {name: value for name, value in defaulted.items() if name not in manifest.model_fields_set}
        manifest = manifest.model_copy(update=missing)
    step.manifest = manifest
    step.outputs = outputs_of(spec, manifest)
    _block_faults(draft, step, spec)
    return step


def outputs_of(spec: BlockSpec, manifest: Any) -> dict[str, Output]:
    """The outputs of a step by name; each step of ours has `outcome` and `error` besides its own."""
    outputs = {output.name: output for output in spec.block.outputs_of(manifest)}
    if not spec.is_roboflow and not spec.block.is_control_flow:
        outputs.setdefault(OUTCOME.name, OUTCOME)
        outputs.setdefault(ERROR.name, ERROR)
    return outputs


def _split_options(draft: Draft, step: StepDraft, spec: BlockSpec) -> None:
    """Take the flow keys out of the step's data, except those its block has as fields of its own."""
    for key in OPTION_KEYS:
        if key in step.data and key not in spec.by_key:
            step.option_data[key] = step.data.pop(key)
    _read_options(draft, step)


def _read_options(draft: Draft, step: StepDraft) -> None:
    if not step.option_data:
        return
    try:
        step.options = StepOptions.model_validate(step.option_data)
    except ValidationError as error:
        good = dict(step.option_data)
        for found in explain(error, step.option_data, of=f"the step `{step.name}`"):
            good.pop(str(found.path[0]), None)
            _explained(draft, step, found)
        step.options = StepOptions.model_validate(good)


def _apply_defaults(step: StepDraft, spec: BlockSpec, defaults: Defaults) -> None:
    if spec.is_roboflow:
        return
    for key, value in defaults.given().items():
        field = spec.by_key.get(key)
        if field is not None and field.key not in step.data and field.name not in step.data:
            step.data[field.key] = value


def _check_manifest(draft: Draft, step: StepDraft, spec: BlockSpec) -> None:
    known = [field.key for field in spec.fields] + [key for key in OPTION_KEYS if key not in spec.by_key]
    try:
        step.manifest = spec.block.manifest.model_validate(step.data)
    except ValidationError as error:
        secret = [field.key for field in spec.fields if "secret" in (field.direct.kinds or ())]
        for found in explain(error, step.data, known=known, secret=secret, of=f"the step `{step.name}`"):
            _explained(draft, step, found)
    else:
        step.outputs = outputs_of(spec, step.manifest)
        _block_faults(draft, step, spec)
    if spec.is_roboflow:
        _remark_ignored_keys(draft, step, spec, known)


def _block_faults(draft: Draft, step: StepDraft, spec: BlockSpec) -> None:
    """What the block itself finds in its fields."""
    assert step.manifest is not None
    note_block_faults(draft, step, spec, spec.block.faults_of(step.manifest))


def note_block_faults(
    draft: Draft, step: StepDraft, spec: BlockSpec, faults: Iterable[tuple[str, str, str, str]]
) -> None:
    """Put what a block found, as ``(severity, field, message, fix)``, where it stands in the document."""
    for severity, field, message, fix in faults:
        name, *inner = field.split(".")
        known = spec.by_key.get(name)
        key = known.key if known is not None and known.key in step.data else name
        place = (*step.path, key, *(int(part) if part.isdigit() else part for part in inner))
        if severity == "error":
            blocks = [step.at(key, message)]
            draft.findings.error(
                WorkflowSyntaxError, PARSING, message, fix, at=place, step=step.name, field=field, blocks=blocks
            )
        else:
            draft.findings.warning("block_advice", message, fix, at=place, step=step.name, field=field)


def _remark_ignored_keys(draft: Draft, step: StepDraft, spec: BlockSpec, known: list[str]) -> None:
    """Roboflow's steps may carry keys nobody knows; one that looks like a slip is worth a word."""
    for key in step.data:
        if key in ("type", "name") or key in spec.by_key:
            continue
        meant = suggestion(key, known)
        if meant is not None and meant not in step.data and meant not in step.option_data:
            draft.findings.warning(
                "unknown_key",
                f"`{key}` is not a field of `{spec.type}` and is ignored.",
                f"Did you mean `{meant}`?",
                at=(*step.path, key),
                on_key=True,
                step=step.name,
                field=key,
            )


def _explained(draft: Draft, step: StepDraft, found: Explanation) -> None:
    known_place = (*step.path, *found.path)
    draft.findings.error(
        WorkflowSyntaxError,
        PARSING,
        found.sentence,
        found.fix,
        at=known_place,
        on_key=found.is_unknown_key,
        step=step.name,
        field=found.field,
        blocks=[step.at(found.field, found.sentence)],
    )


def _unknown_block(draft: Draft, step: StepDraft) -> None:
    meant = draft.registry.suggestion(step.type)
    if meant is not None:
        fix = f"Did you mean `{meant}`?"
    else:
        fix = f"Use one of {listed(spec.type for spec in draft.registry)}." if len(draft.registry) else ""
    draft.findings.error(
        WorkflowSyntaxError,
        PARSING,
        f"There is no block `{step.type}`.",
        fix,
        at=(*step.path, "type"),
        step=step.name,
        field="type",
        blocks=[step.at("type", "unknown block")],
    )


def _fault(draft: Draft, step: str | None, message: str, fix: str = "", **place: Any) -> None:
    draft.findings.error(WorkflowSyntaxError, PARSING, message, fix, step=step, **place)
