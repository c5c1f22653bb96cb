"""Which departures from the RFCs are accepted: named values, one per kind of client.

The code that reads resources and patches asks these flags; it never asks which client is speaking.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Departures from RFC 7643 and RFC 7644, each named and each off unless turned on."""

    # Entra misspells the enterprise URN in `schemas`; Microsoft's samples leave `schemas` out of PATCH bodies.
    loose_schemas: bool = False
    # Entra without the aadOptscim062020 flag writes {"path": "active", "value": "False"}.
    string_booleans: bool = False
    # Okta mappings and hand-made Entra mappings send one object where a list is meant.
    single_for_list: bool = False
    # Entra sends the manager as [{"value": "x"}].
    list_for_single: bool = False
    # Entra sends the manager as "x", and Microsoft's samples send members as bare ids.
    plain_values: bool = False
    # Okta mappings with emails.^[primary==true] can mark two mails; the first one is kept.
    many_primaries: bool = False
    # Okta may add urn:okta:custom:group:1.0 to a pushed group; customers map extensions of their own.
    keep_unknown_extensions: bool = False
    # Okta's default mapping sends manager.displayName, which RFC 7643 calls readOnly although nobody else knows it.
    keep_read_only_parts: bool = False
    # Entra replaces emails[type eq "work"].value before any such mail exists and expects it to appear.
    create_unmatched: bool = False
    # Entra sends the path `manager`, and Microsoft's samples urn:…:enterprise:2.0:User.manager.
    short_extension_paths: bool = False
    # Microsoft's samples write: externalId eq jyoung
    bare_filter_words: bool = False


STRICT = Tolerance()

GENERIC = Tolerance(
    loose_schemas=True,
    string_booleans=True,
    single_for_list=True,
    list_for_single=True,
    plain_values=True,
    many_primaries=True,
    keep_unknown_extensions=True,
    keep_read_only_parts=True,
)

OKTA = Tolerance(
    loose_schemas=True,
    string_booleans=True,
    single_for_list=True,
    list_for_single=True,
    plain_values=True,
    many_primaries=True,
    keep_unknown_extensions=True,
    keep_read_only_parts=True,
    create_unmatched=True,
    short_extension_paths=True,
)

ENTRA = Tolerance(
    loose_schemas=True,
    string_booleans=True,
    single_for_list=True,
    list_for_single=True,
    plain_values=True,
    many_primaries=True,
    keep_unknown_extensions=True,
    keep_read_only_parts=True,
    create_unmatched=True,
    short_extension_paths=True,
    bare_filter_words=True,
)

NAMED = {"strict": STRICT, "okta": OKTA, "entra": ENTRA, "generic": GENERIC}
