"""Requests to servers that workflows name: never to addresses inside our own network, unless those are allowed.

What is looked up is what is connected to, at every redirect too, so a name that changes its mind in between (DNS
rebinding) gains nothing.
"""

from __future__ import annotations

from ringline.egress.addresses import PrivateHosts, is_public
from ringline.egress.client import HttpClient, HttpResponse, RequestFailed

__all__ = ["HttpClient", "HttpResponse", "PrivateHosts", "RequestFailed", "is_public"]
