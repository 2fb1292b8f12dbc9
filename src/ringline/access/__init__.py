"""Who may use this installation: people, their sign-ins, API keys, roles, and the log of what they did."""

from __future__ import annotations

from ringline.access.access import Access
from ringline.access.audit import AuditEntry, AuditLog, record
from ringline.access.keys import ApiKey, Keys
from ringline.access.principal import ROLES, Principal, Role
from ringline.access.sign_ins import SignIn, SignIns
from ringline.access.users import User, Users

__all__ = [
    "ROLES",
    "Access",
    "ApiKey",
    "AuditEntry",
    "AuditLog",
    "Keys",
    "Principal",
    "Role",
    "SignIn",
    "SignIns",
    "User",
    "Users",
    "record",
]
