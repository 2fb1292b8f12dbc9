"""Which addresses lie outside, and which inside ones a deployment lets workflows reach."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# Translators put an IPv4 address into the last 32 bits, and would lead back inside.
_TRANSLATED = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))


def is_public(address: IPAddress) -> bool:
    """Whether anybody on the internet could reach the address too; addresses that hold another count as that one."""
    inner = _inner(address)
    if inner is not None:
        return is_public(inner)
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inner(address: IPAddress) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if any(address in network for network in _TRANSLATED):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


@dataclass(frozen=True, slots=True)
class PrivateHosts:
    """Hosts and networks that may be reached although they are not public."""

    names: frozenset[str] = frozenset()
    networks: tuple[IPNetwork, ...] = ()

    @classmethod
    def parse(cls, text: str) -> PrivateHosts:
        """Names (``crm.internal``), addresses and networks (``10.1.0.0/16``), separated by commas.

        Raises `ValueError` naming what is none of these.
        """
        names: set[str] = set()
        networks: list[IPNetwork] = []
        for entry in (part.strip() for part in text.split(",")):
            if not entry:
                continue
            try:
                networks.append(ipaddress.ip_network(entry.strip("[]"), strict=False))
            except ValueError:
                if "/" in entry or ":" in entry or entry.replace(".", "").isdigit():
                    raise ValueError(
                        f"`{entry}` is neither a host name nor an address nor a network; write it without a port"
                    ) from None
                names.add(entry.lower().rstrip("."))
        return cls(frozenset(names), tuple(networks))

    def allow(self, host: str, address: IPAddress) -> bool:
        """Whether a request to *host* may go to *address*."""
        if is_public(address) or host.lower().rstrip(".") in self.names:
            return True
        inner = _inner(address) or address
        return any(inner in network for network in self.networks)
