"""The one table of who may do what: the least role of every operation. The server does not start without its line.

Roles are cumulative: whoever may do more may do all that is listed for less. An operation is named by the
``operation_id`` of its route, or by the route's name where it has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.routing import Mount, Route

from ringline.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from starlette.routing import BaseRoute

    from ringline.access import Role

GUARDED = ("/api/v1", "/live", "/_simulator")
"""Whatever is served under these paths stands in the table."""

OPEN = frozenset({"sign_in"})
"""What under those paths is for everybody: they sign in with it."""

LEAST: Mapping[str, Role] = {
    # Whoever is signed in
    "openapi": "viewer",
    "get_me": "viewer",
    "sign_out": "viewer",
    "sign_out_everywhere": "viewer",
    "change_password": "viewer",
    "list_sign_ins": "viewer",
    "end_sign_in": "viewer",
    "follow_changes": "viewer",
    # Messages
    "list_messages": "viewer",
    "get_message": "viewer",
    "list_message_events": "viewer",
    "list_inbound": "viewer",
    "list_unresolved_messages": "viewer",
    "get_message_evidence": "viewer",
    "forecast_message": "operator",
    "send_message": "operator",
    "cancel_message": "operator",
    "settle_message": "operator",
    "redact_message": "admin",
    "list_links": "viewer",
    # What a message or an interview will be
    "preview_message": "viewer",
    "preview_number": "viewer",
    "preview_understanding": "viewer",
    "preview_questions": "viewer",
    "preview_vocabulary": "viewer",
    # Calls and conversations
    "list_conversations": "viewer",
    "get_conversation": "viewer",
    "mark_conversation_read": "operator",
    "reply_to_conversation": "operator",
    "list_calls": "viewer",
    "get_call": "viewer",
    "list_call_events": "viewer",
    "list_sessions": "viewer",
    "get_session": "viewer",
    "get_transcript": "viewer",
    "replay_session": "operator",
    "get_recording": "operator",
    "place_call": "operator",
    "hang_up_call": "operator",
    "end_session": "operator",
    # Workflows and runs
    "list_workflows": "viewer",
    "browse_workflows": "viewer",
    "list_blocks": "viewer",
    "list_templates": "viewer",
    "get_workflow_graph": "viewer",
    "list_workflow_versions": "viewer",
    "list_triggers": "viewer",
    "list_trigger_events": "viewer",
    "get_workflow": "operator",
    "start_run": "operator",
    "get_draft": "operator",
    "compare_workflow": "operator",
    "export_workflow": "operator",
    "begin_draft": "editor",
    "put_draft": "editor",
    "edit_draft": "editor",
    "discard_draft": "editor",
    "publish_draft": "editor",
    "run_draft": "editor",
    "copy_draft": "editor",
    "rename_workflow": "editor",
    "remove_workflow": "editor",
    "check_workflow": "editor",
    "register_workflow": "editor",
    "publish_workflow": "editor",
    "unpublish_workflow": "editor",
    "list_runs": "viewer",
    "get_run": "viewer",
    "list_run_events": "viewer",
    "get_run_timeline": "viewer",
    "cancel_run": "operator",
    "pause_run": "operator",
    "resume_run": "operator",
    "retry_run": "operator",
    "list_webhooks": "viewer",
    "get_webhook": "viewer",
    "retry_webhook": "operator",
    # People
    "list_contacts": "viewer",
    "get_contact": "viewer",
    "add_contact": "editor",
    "change_contact": "editor",
    "remove_contact": "editor",
    "import_contacts": "editor",
    "export_contacts": "editor",
    "erase_contact": "admin",
    "list_lists": "viewer",
    "get_list": "viewer",
    "add_list": "editor",
    "remove_list": "editor",
    "put_on_list": "editor",
    "take_off_list": "editor",
    "list_opt_outs": "viewer",
    # Broadcasts
    "list_broadcasts": "viewer",
    "get_broadcast": "viewer",
    "list_recipients": "viewer",
    "create_broadcast": "editor",
    "load_recipients": "editor",
    "start_broadcast": "editor",
    "pause_broadcast": "editor",
    "resume_broadcast": "editor",
    "cancel_broadcast": "editor",
    "test_broadcast": "editor",
    "get_broadcast_results": "editor",
    # Accounts and senders
    "list_senders": "viewer",
    "forecast_sender": "operator",
    "get_sender": "operator",
    "set_sender": "admin",
    "pause_sender": "admin",
    "resume_sender": "admin",
    # Figures and budgets
    "get_figures": "viewer",
    "list_flow_figures": "viewer",
    "get_funnel": "viewer",
    "list_attention": "viewer",
    "export_figures": "operator",
    "rebuild_figures": "admin",
    "list_budgets": "viewer",
    "get_budget": "viewer",
    "list_balances": "viewer",
    "set_budget": "admin",
    "remove_budget": "admin",
    # Pools
    "list_pools": "viewer",
    "create_pool": "admin",
    "add_to_pool": "admin",
    "remove_from_pool": "admin",
    "delete_pool": "admin",
    "list_numbers": "operator",
    "list_content_templates": "operator",
    "connect_numbers": "admin",
    "list_credentials": "operator",
    "add_credential": "admin",
    "test_credential": "admin",
    "replace_token": "admin",
    "remove_credential": "admin",
    "rotate_key": "admin",
    # The simulated Twilio of `dev` and `demo`, with its phones
    "simulator": "operator",
    "save_scenario": "operator",
    "get_hearing": "operator",
    # The installation
    "examine": "operator",
    "list_users": "admin",
    "add_user": "admin",
    "change_user": "admin",
    "reset_password": "admin",
    "sign_user_out": "admin",
    "remove_user": "admin",
    "list_keys": "admin",
    "add_key": "admin",
    "revoke_key": "admin",
    "list_audit": "admin",
}


def operation_of(route: BaseRoute) -> str:
    """What the table calls a route."""
    return str(getattr(route, "operation_id", None) or getattr(route, "name", ""))


def guarded(routes: Iterable[BaseRoute]) -> Iterator[tuple[Any, str, Role]]:
    """The routes under `GUARDED` with operation and least role.

    Raises `ConfigurationError` for one that is not in the table.
    """
    for route in routes:
        path = str(getattr(route, "path", ""))
        if not any(path == prefix or path.startswith(f"{prefix}/") for prefix in GUARDED):
            continue
        operation = operation_of(route)
        if operation in OPEN:
            continue
        if operation not in LEAST or not isinstance(route, Route | Mount):
            raise ConfigurationError(
                f"The route {path} ({operation or 'without an operation id'}) has no role; add it to "
                "ringline.web.roles.LEAST."
            )
        yield route, operation, LEAST[operation]


def topics(routes: Iterable[BaseRoute]) -> list[str]:
    """What scopes of API keys can name: the resources of the API."""
    paths = {str(getattr(route, "path", "")) for route in routes}
    found = {path.removeprefix("/api/v1/").partition("/")[0] for path in paths if path.startswith("/api/v1/")}
    named = (name for name in found if name.replace("-", "").isalpha() and name not in ("me", "sign-in"))
    return [*sorted(named), "live"]
