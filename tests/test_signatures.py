from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import MultiDict
from starlette.datastructures import FormData
from twilio.request_validator import RequestValidator

from ringline.signatures import HMAC_SHA256, algorithm_of, body_hash, is_valid, sign

TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
CALL = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}
BODY = b'{"property": "value", "boolean": true}'
BODY_URL = URL + "&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"


@pytest.mark.parametrize(
    ("url", "params", "signature"),
    [
        (URL, CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        (URL.replace(".com", ".com:443"), CALL, "kvajT1Ptam85bY51eRf/AJRuM3w="),
        (URL.replace("https", "http").replace(".com", ".com:80"), CALL, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
        (URL.replace("https", "http").replace(".com", ".com:1234"), CALL, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
        (
            URL,
            {"Sid": "CA123", "SidAccount": "AC123", "Digits": ["5678", "1234"]},
            "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
        ),
        (BODY_URL, {}, "a9nBmqA0ju/hNViExpshrM61xv4="),
        ("wss://example.com/ws", {}, "HXrgvHt0qTHu33oSxSjpOvWtO60="),
        ("wss://example.com/ws/", {}, "j0Lk7oc4I3dN5+UOMYWX25p8tJA="),
    ],
)
def test_twilios_own_vectors_come_out(url: str, params: dict[str, str | list[str]], signature: str) -> None:
    assert sign(TOKEN, url, params) == signature
    assert is_valid(TOKEN, signature, url, params)


def test_the_sha256_form_of_twilios_vector_comes_out() -> None:
    signature = "033hgUJA9M/hXIZsYjwkerEP/DBm35nEri5FhCYjA5s="
    assert sign(TOKEN, URL, CALL, algorithm=HMAC_SHA256) == signature
    assert is_valid(TOKEN, signature, URL, CALL, algorithm="hmac_sha256")
    assert not is_valid(TOKEN, signature, URL, CALL)


def test_an_unknown_algorithm_signs_nothing_and_proves_nothing() -> None:
    with pytest.raises(ValueError, match="unknown signature algorithm 'HMAC_MD5'; Twilio knows HMAC_SHA1 and"):
        sign(TOKEN, URL, CALL, algorithm="HMAC_MD5")
    assert not is_valid(TOKEN, sign(TOKEN, URL, CALL), URL, CALL, algorithm="HMAC_MD5")


@pytest.mark.parametrize(
    ("header", "algorithm"),
    [
        (None, "HMAC_SHA1"),
        ("", "HMAC_SHA1"),
        ("key=webhooks_sharedkey_1", "HMAC_SHA1"),
        ("key=webhooks_sharedkey_1, algorithm=HMAC_SHA256", "HMAC_SHA256"),
        ("algorithm=", "HMAC_SHA1"),
    ],
)
def test_the_settings_header_names_the_algorithm(header: str | None, algorithm: str) -> None:
    assert algorithm_of(header) == algorithm


@pytest.mark.parametrize(
    ("signed", "received"),
    [
        ("https://x.com/a", "https://x.com:443/a"),
        ("https://x.com:443/a", "https://x.com/a"),
        ("https://x.com:8443/a", "https://x.com:8443/a"),
        ("https://x.com/a", "https://x.com:8443/a"),
        ("http://x.com:80/a?b=c", "http://x.com/a?b=c"),
        ("wss://x.com:80/ws", "wss://x.com/ws"),
        ("wss://x.com:443/ws", "wss://x.com/ws"),
        ("https://user:secret@x.com:443/a", "https://user:secret@x.com/a"),
        ("https://user:secret@x.com/a", "https://user:secret@x.com:8443/a"),
        ("https://[::1]/a", "https://[::1]:443/a"),
        ("https://[::1]:443/a", "https://[::1]/a"),
        ("https://x.com?a=b", "https://x.com:443?a=b"),
        ("https://x.com/a#rc=3&rp=all", "https://x.com/a"),
    ],
)
def test_both_spellings_of_the_port_are_accepted(signed: str, received: str) -> None:
    assert is_valid(TOKEN, sign(TOKEN, signed, CALL), received, CALL)


@pytest.mark.parametrize(
    ("url", "params"),
    [
        (URL + "&baz=3", CALL),
        (URL.replace("https", "http"), CALL),
        (URL.replace("mycompany", "yourcompany"), CALL),
        (URL, {**CALL, "Digits": "1235"}),
        (URL, {**CALL, "Extra": ""}),
        (URL, {name: value for name, value in CALL.items() if name != "Digits"}),
        (URL, {}),
    ],
)
def test_anything_changed_on_the_way_is_noticed(url: str, params: dict[str, str]) -> None:
    assert not is_valid(TOKEN, sign(TOKEN, URL, CALL), url, params)


def test_another_token_is_noticed() -> None:
    assert not is_valid("12346", sign(TOKEN, URL, CALL), URL, CALL)


def test_repeated_fields_count_from_every_kind_of_form() -> None:
    pairs = [("Digits", "5678"), ("Sid", "CA123"), ("Digits", "1234"), ("Digits", "1234")]
    signature = sign(TOKEN, URL, {"Sid": "CA123", "Digits": ["1234", "5678"]})
    assert is_valid(TOKEN, signature, URL, pairs)
    assert is_valid(TOKEN, signature, URL, FormData(pairs))
    assert is_valid(TOKEN, signature, URL, {"Sid": ["CA123"], "Digits": ("5678", "1234")})


def test_a_json_body_must_be_the_one_that_was_hashed_into_the_url() -> None:
    signature = sign(TOKEN, BODY_URL)
    assert body_hash(BODY) == hashlib.sha256(BODY).hexdigest()
    assert is_valid(TOKEN, signature, BODY_URL, body=BODY)
    assert not is_valid(TOKEN, signature, BODY_URL, body=BODY + b" ")
    assert not is_valid(TOKEN, sign(TOKEN, URL), URL, body=BODY)
    assert is_valid(TOKEN, sign(TOKEN, URL), URL, body=b"")


@pytest.mark.parametrize("signature", [None, "", "x", "ü", "RSOYDt4T1cUTdK1PDd93/VVr8B8", "\udc80", "\x00" * 28])
@pytest.mark.parametrize("url", ["", "nonsense", "http://", "https://x:port/", "http://[::1/", URL])
def test_junk_is_refused_without_an_exception(signature: str | None, url: str) -> None:
    assert not is_valid(TOKEN, signature, url, CALL)
    assert not is_valid(TOKEN, signature, url, body=b"\xff")


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
hosts = st.from_regex(r"[a-z][a-z0-9-]{0,10}(\.[a-z]{2,5}){1,2}", fullmatch=True)
ports = st.one_of(st.just(""), st.integers(1, 65535).map(lambda port: f":{port}"))
paths = st.from_regex(r"(/[A-Za-z0-9_.%-]{0,8}){0,3}", fullmatch=True)
queries = st.one_of(st.just(""), st.from_regex(r"\?[A-Za-z0-9=&%+]{1,20}", fullmatch=True))
urls = st.builds("{}://{}{}{}{}".format, st.sampled_from(["http", "https", "wss", "ws"]), hosts, ports, paths, queries)
fields = st.lists(st.tuples(text.filter(bool), text), max_size=8)


@given(urls, fields, st.sampled_from(["HMAC_SHA1", "HMAC_SHA256"]))
def test_the_sdk_makes_the_same_signature(url: str, pairs: list[tuple[str, str]], algorithm: str) -> None:
    theirs = RequestValidator(TOKEN).compute_signature(url, MultiDict(pairs), algorithm)
    assert sign(TOKEN, url, pairs, algorithm=algorithm) == theirs


@given(urls, urls, fields, st.sampled_from(["HMAC_SHA1", "HMAC_SHA256"]), st.booleans())
def test_what_the_sdk_accepts_is_accepted_and_nothing_else(
    signed: str, other: str, pairs: list[tuple[str, str]], algorithm: str, same: bool
) -> None:
    received = signed if same else other
    signature = sign(TOKEN, signed, pairs, algorithm=algorithm)
    theirs = RequestValidator(TOKEN).validate(received, MultiDict(pairs), signature, algorithm)
    ours = is_valid(TOKEN, signature, received, pairs, algorithm=algorithm)
    # The SDK leaves 443 out for wss; nothing else may differ.
    assert ours == theirs or (ours and received.startswith("wss://"))


@given(hosts, st.sampled_from(["http", "https"]), ports, ports, fields)
def test_port_spellings_are_accepted_as_the_sdk_accepts_them(
    host: str, scheme: str, signed: str, received: str, pairs: list[tuple[str, str]]
) -> None:
    signature = sign(TOKEN, f"{scheme}://{host}{signed}/a", pairs)
    url = f"{scheme}://{host}{received}/a"
    assert is_valid(TOKEN, signature, url, pairs) == RequestValidator(TOKEN).validate(url, MultiDict(pairs), signature)


@given(st.text(), st.text(), st.lists(st.tuples(st.text(), st.text())), st.binary())
def test_no_input_makes_the_check_raise(url: str, signature: str, pairs: list[tuple[str, str]], body: bytes) -> None:
    assert not is_valid(TOKEN, signature, url, pairs, body=body)


json_bodies = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(json_bodies, json_bodies)
def test_json_bodies_are_judged_as_the_sdk_judges_them(hashed: str, received: str) -> None:
    url = f"https://x.com/hook?bodySHA256={body_hash(hashed.encode())}"
    signature = sign(TOKEN, url)
    theirs = RequestValidator(TOKEN).validate(url, received, signature)
    assert is_valid(TOKEN, signature, url, body=received.encode()) == theirs
