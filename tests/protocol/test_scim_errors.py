"""Every refusal is an Error message of RFC 7644 §3.12."""

from __future__ import annotations

import inspect

import pytest

from scim_portal.protocol import errors

CLASSES = [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, errors.ScimError)]


@pytest.mark.parametrize("kind", CLASSES)
def test_a_refusal_writes_its_status_as_a_string(kind: type[errors.ScimError]) -> None:
    body = kind("Not so.", attribute="userName", value="x").to_body()
    assert body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert body["status"] == str(kind.status)
    assert body["detail"] == "Not so."
    assert body.get("scimType") == kind.scim_type


def test_every_keyword_of_the_rfc_has_one_class() -> None:
    assert sorted(one.scim_type for one in CLASSES if one.scim_type) == sorted(
        [
            "invalidFilter",
            "tooMany",
            "uniqueness",
            "mutability",
            "invalidSyntax",
            "invalidPath",
            "noTarget",
            "invalidValue",
            "invalidVers",
            "sensitive",
            "invalidCursor",
            "expiredCursor",
            "invalidCount",
        ]
    )


def test_a_taken_name_is_a_conflict() -> None:
    problem = errors.Uniqueness("Taken.", attribute="userName", value="bjensen")
    assert (problem.status, problem.attribute, problem.value, str(problem)) == (409, "userName", "bjensen", "Taken.")


def test_a_sentence_that_quotes_very_much_keeps_its_beginning_and_its_end() -> None:
    detail = errors.InvalidPath(f"'{'x' * 5000}' is no attribute of User.").detail
    assert detail.startswith("'xxx")
    assert detail.endswith("xxx' is no attribute of User.")
    assert len(detail) == errors.LONGEST_DETAIL + 3
    assert errors.InvalidPath("x" * errors.LONGEST_DETAIL).detail == "x" * errors.LONGEST_DETAIL
