"""From a definition to a plan, in phases; every fault is found, and the first in phase order names the error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringline.errors import Fault
from ringline.workflow.compiler.advice import give_advice
from ringline.workflow.compiler.assembly import assemble
from ringline.workflow.compiler.control_flow import check_control_flow
from ringline.workflow.compiler.document_form import read_document
from ringline.workflow.compiler.draft import Draft
from ringline.workflow.compiler.findings import Findings
from ringline.workflow.compiler.inner import check_inner_workflows
from ringline.workflow.compiler.kind_check import check_kinds
from ringline.workflow.compiler.lineage import trace_lineage
from ringline.workflow.compiler.names import check_names
from ringline.workflow.compiler.ordering import order_steps
from ringline.workflow.compiler.questions import check_replies, find_questions
from ringline.workflow.compiler.references import find_references
from ringline.workflow.compiler.services import build_blocks, check_services
from ringline.workflow.compiler.step_form import read_steps
from ringline.workflow.compiler.templates import add_soft_edges, read_templates, resolve_templates
from ringline.workflow.compiler.triggers import check_trigger_inputs, give_trigger_advice
from ringline.workflow.compiler.version import check_version
from ringline.workflow.definition import Definition
from ringline.workflow.document import Document
from ringline.workflow.plan import Plan
from ringline.workflow.registry import BlockRegistry

Source = Document | Definition | Mapping[str, Any]


def compile_definition(source: Source, registry: BlockRegistry, services: Mapping[str, Any] | None = None) -> Plan:
    """The plan of a definition, its blocks built with *services* (what they ask for, by name).

    Raises:
        DefinitionError: The definition cannot run. The class is that of the first fault in the order of Roboflow's
            phases; ``faults`` holds every fault, each with its place, a sentence and the fix.
    """
    draft = _draft(source, registry, services or {})
    error = draft.findings.exception()
    if error is not None:
        raise error
    build_blocks(draft)
    return assemble(draft)


def check_definition(source: Source, registry: BlockRegistry, services: Mapping[str, Any] | None = None) -> list[Fault]:
    """Everything wrong or odd about a definition, errors first; never raises for what stands in it.

    Without *services* it is not asked whether the blocks could be built.
    """
    return _draft(source, registry, services).findings.all()


def take_apart(source: Source, registry: BlockRegistry, services: Mapping[str, Any] | None = None) -> Draft:
    """A definition as far as it can be understood, for those that draw it; its ``findings`` hold what is wrong."""
    return _draft(source, registry, services)


def _draft(source: Source, registry: BlockRegistry, services: Mapping[str, Any] | None) -> Draft:
    document = _document(source)
    draft = Draft(document, registry, services, Findings(document))
    check_version(draft)
    read_document(draft)
    read_steps(draft)
    read_templates(draft)
    check_names(draft)
    check_trigger_inputs(draft)
    find_references(draft)
    resolve_templates(draft)
    check_kinds(draft)
    check_control_flow(draft)
    add_soft_edges(draft)
    order_steps(draft)
    find_questions(draft)
    check_replies(draft)
    trace_lineage(draft)
    check_services(draft)
    give_advice(draft)
    give_trigger_advice(draft)
    check_inner_workflows(draft, lambda document: _draft(document, registry, services).findings)
    return draft


def _document(source: Source) -> Document:
    if isinstance(source, Document):
        return source
    return Document.of(source.as_data() if isinstance(source, Definition) else source)
