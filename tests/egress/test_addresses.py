"""Which addresses are public, and which private ones a deployment allows."""

from __future__ import annotations

import ipaddress

import pytest

from ringline.egress import PrivateHosts, is_public

PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
PRIVATE = [
    "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "0.0.0.0",
    "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "233.252.0.1", "240.0.0.1", "255.255.255.255", "::", "::1",
    "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::", "2001:db8::1", "fec0::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_what_anybody_can_reach_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", PRIVATE)
def test_what_lies_inside_is_not(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("text", "host", "address", "is_allowed"),
    [
        ("", "example.com", "8.8.8.8", True),
        ("", "crm.internal", "10.0.0.5", False),
        ("crm.internal", "crm.internal", "10.0.0.5", True),
        ("crm.internal", "CRM.internal.", "10.0.0.5", True),
        ("crm.internal", "other.internal", "10.0.0.5", False),
        ("crm.internal", "evil.crm.internal", "10.0.0.5", False),
        ("10.0.0.0/24", "a", "10.0.0.5", True),
        ("10.0.0.0/24", "a", "10.0.1.5", False),
        ("10.0.0.5", "a", "10.0.0.5", True),
        ("10.0.0.5", "a", "::ffff:10.0.0.5", True),
        ("fd00::/8", "a", "fd12::1", True),
        ("[::1], 127.0.0.1", "localhost", "::1", True),
    ],
)
def test_a_deployment_allows_hosts_and_networks(text: str, host: str, address: str, is_allowed: bool) -> None:
    assert PrivateHosts.parse(text).allow(host, ipaddress.ip_address(address)) is is_allowed


@pytest.mark.parametrize("text", ["10.0.0.0/33", "300.1.1.1", "10.0.0.1:80"])
def test_what_is_neither_name_nor_network_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="neither a host name nor an address nor a network"):
        PrivateHosts.parse(text)
