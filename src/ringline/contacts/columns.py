"""What the columns of somebody's file mean: by their names, in the languages and habits of common exports."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ringline.contacts.contact import CHANNELS
from ringline.errors import RequestError

PHONE_NAMES = (
    *("phone", "phone number", "mobile", "mobile phone", "mobile number", "cell", "cell phone", "cellphone", "number"),
    *("telephone", "tel", "msisdn", "to", "recipient", "sms", "e164", "phone 1 value", "contact number", "gsm"),
    *("telefon", "telefonnummer", "handy", "handynummer", "mobilnummer", "rufnummer"),
    *("telefono", "teléfono", "movil", "móvil", "celular", "telephone portable", "téléphone", "portable", "numero"),
    *("número", "numéro", "telefone", "cellulare", "telefoon"),
)
_NAMES: Mapping[str, tuple[str, ...]] = {
    "phone": PHONE_NAMES,
    "whatsapp": ("whatsapp", "whatsapp number", "whatsapp phone"),
    "voice": ("voice", "landline", "home phone", "work phone", "festnetz", "fijo", "fixe"),
    "name": ("name", "full name", "fullname", "display name", "contact name", "nombre completo", "nom complet"),
    "first_name": (
        "first name",
        "firstname",
        "given name",
        "forename",
        "vorname",
        "nombre",
        "prénom",
        "prenom",
        "nome",
    ),
    "last_name": (
        "last name",
        "lastname",
        "surname",
        "family name",
        "nachname",
        "apellido",
        "apellidos",
        "nom",
        "cognome",
    ),
    "language": ("language", "lang", "locale", "preferred language", "sprache", "idioma", "langue", "lingua"),
    "time_zone": ("time zone", "timezone", "tz", "zeitzone", "zona horaria", "fuseau horaire"),
    "country": ("country", "country code", "land", "pais", "país", "pays", "paese"),
    "lists": ("list", "lists", "group", "groups", "labels", "gruppe", "grupo", "groupe", "contact_lists"),
}
TARGETS = ("phone", "whatsapp", "voice", "name", "language", "time_zone", "country", "lists")
_SAME = re.compile(r"[\s_\-.]+")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what. *fields* are free fields by column; *meaning* is what to tell people about each."""

    addresses: tuple[tuple[str, str], ...]
    """Column and channel."""
    name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    language: str | None = None
    time_zone: str | None = None
    country: str | None = None
    lists: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    meaning: Mapping[str, str] = field(default_factory=dict)


def read_columns(columns: Sequence[str], mapping: Mapping[str, str] | None = None) -> Columns:
    """What each of *columns* holds; *mapping* says it for some of them, as ``{"Tel. privat": "phone"}``.

    A column may be mapped to `TARGETS`, to a free field by any other name, or to ``-`` to leave it out. Raises
    `RequestError` where no column holds a number.
    """
    given = dict(mapping or {})
    for column in given:
        if column not in columns:
            close = difflib.get_close_matches(column, columns, n=1)
            fix = f"did you mean `{close[0]}`?" if close else f"the columns are {', '.join(columns)}"
            raise RequestError(f"the file has no column `{column}`", field="mapping", fix=fix)
    meaning: dict[str, str] = {}
    for column in columns:
        target = given[column].strip() if column in given else _target_of(column)
        if target == "-":
            continue
        is_taken = target in _NAMES and target not in ("phone", "whatsapp", "voice") and target in meaning.values()
        meaning[column] = target if target and not is_taken else column
    addresses = [
        (column, "sms" if meaning[column] == "phone" else meaning[column])
        for channel in ("phone", "whatsapp", "voice")
        for column in columns
        if meaning.get(column) == channel
    ]
    if not addresses:
        raise RequestError(
            f"no column holds phone numbers: the file has {', '.join(columns[:12])}"
            + (" …" if len(columns) > 12 else ""),
            field="mapping",
            fix='name one of them `phone` in the first line, or say which it is: --map "COLUMN=phone"',
        )
    assert all(channel in CHANNELS for _, channel in addresses)

    def column_of(target: str) -> str | None:
        return next((column for column in columns if meaning.get(column) == target), None)

    known = {"phone", "whatsapp", "voice", "name", "language", "time_zone", "country", "lists"}
    return Columns(
        tuple(addresses),
        name=column_of("name"),
        first_name=column_of("first_name"),
        last_name=column_of("last_name"),
        language=column_of("language"),
        time_zone=column_of("time_zone"),
        country=column_of("country"),
        lists=column_of("lists"),
        fields={column: target for column, target in meaning.items() if target not in known},
        meaning=meaning,
    )


def _target_of(column: str) -> str:
    written = _SAME.sub(" ", column).strip().casefold()
    return next((target for target, names in _NAMES.items() if written in names), "")
