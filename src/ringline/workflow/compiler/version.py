"""First phase: whether this release speaks the definition's version of the language."""

from __future__ import annotations

from packaging.version import InvalidVersion, Version

from ringline.errors import NotSupportedExecutionEngineError, WorkflowDefinitionError, WorkflowSyntaxError
from ringline.workflow.compiler.draft import Draft
from ringline.workflow.compiler.findings import ENGINE, PARSING
from ringline.workflow.definition import LANGUAGE_VERSION
from ringline.workflow.explanations import show

_FIX = 'Write `version: "1.0"`.'


def check_version(draft: Draft) -> None:
    """A definition runs on every engine from its own version up to the next major one."""
    data, findings = draft.document.data, draft.findings
    if "version" not in data:
        findings.error(WorkflowSyntaxError, PARSING, "The definition has no `version`.", _FIX, field="version")
        return
    written = data["version"]
    if isinstance(written, int | float) and not isinstance(written, bool):
        written = str(written)  # `version: 1.0` without quotes, which YAML and JSON read as a number
    if not isinstance(written, str):
        findings.error(
            WorkflowSyntaxError,
            PARSING,
            f"`version` must be text, not {show(written)}.",
            _FIX,
            at=("version",),
            field="version",
        )
        return
    try:
        asked = Version(written)
    except InvalidVersion:
        findings.error(
            WorkflowDefinitionError,
            ENGINE,
            f"`version` is {show(written)}, which is no version number.",
            _FIX,
            at=("version",),
            field="version",
        )
        return
    if not asked <= Version(LANGUAGE_VERSION) < Version(str(asked.major + 1)):
        findings.error(
            NotSupportedExecutionEngineError,
            ENGINE,
            f"The definition asks for version {written} of the language; this release runs version "
            f"{LANGUAGE_VERSION} and what it is compatible with (1.0 to {LANGUAGE_VERSION}).",
            _FIX,
            at=("version",),
            field="version",
        )
