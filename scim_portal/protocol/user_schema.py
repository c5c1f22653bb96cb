"""The core User schema as a table (RFC 7643 §4.1, §8.7.1)."""

from __future__ import annotations

from scim_portal.protocol.attributes import Attribute, Schema

USER_URN = "urn:ietf:params:scim:schemas:core:2.0:User"


def _plural(
    name: str,
    description: str,
    *,
    value: Attribute,
    types: tuple[str, ...] = (),
) -> Attribute:
    """Build a multi-valued attribute with the usual sub-attributes of RFC 7643 §2.4."""
    subs = (
        value,
        Attribute("display", description="Name of the value for people; only for showing."),
        Attribute("type", canonical_values=types, description="What this value is for, such as 'work'."),
        Attribute("primary", type="boolean", description="Whether this is the preferred value; true once."),
    )
    return Attribute(
        name,
        type="complex",
        multi_valued=True,
        description=description,
        sub_attributes=subs,
    )


_NAME = Attribute(
    "name",
    type="complex",
    description="The parts of the user's name, and the name written out.",
    sub_attributes=(
        Attribute(
            "formatted",
            description="Full name with titles and suffixes, ready to show.",
        ),
        Attribute("familyName", description="Family name, or last name."),
        Attribute("givenName", description="Given name, or first name."),
        Attribute("middleName", description="Middle names."),
        Attribute("honorificPrefix", description="Title before the name, such as 'Dr.'."),
        Attribute("honorificSuffix", description="Suffix after the name, such as 'III'."),
    ),
)

_ADDRESSES = Attribute(
    "addresses",
    type="complex",
    multi_valued=True,
    description="Physical mailing addresses.",
    sub_attributes=(
        Attribute(
            "formatted",
            description="Full address, ready to show; may contain line breaks.",
        ),
        Attribute(
            "streetAddress",
            description="Street, house number, and what else a letter needs.",
        ),
        Attribute("locality", description="City or locality."),
        Attribute("region", description="State or region."),
        Attribute("postalCode", description="Zip code or postal code."),
        Attribute("country", description="Country, by its two-letter ISO 3166-1 code."),
        Attribute(
            "type",
            canonical_values=("work", "home", "other"),
            description="What the address is for.",
        ),
        Attribute(
            "primary",
            type="boolean",
            description="Whether this is the preferred address; true once.",
        ),
    ),
)

_GROUPS = Attribute(
    "groups",
    type="complex",
    multi_valued=True,
    mutability="readOnly",
    description="Groups the user belongs to; changed through the groups, never here.",
    sub_attributes=(
        Attribute(
            "value",
            case_exact=True,
            mutability="readOnly",
            description="Identifier of the group.",
        ),
        Attribute(
            "$ref",
            type="reference",
            case_exact=True,
            mutability="readOnly",
            reference_types=("User", "Group"),
            description="URI of the group.",
        ),
        Attribute(
            "display",
            mutability="readOnly",
            description="Name of the group; only for showing.",
        ),
        Attribute(
            "type",
            mutability="readOnly",
            canonical_values=("direct", "indirect"),
            description="Whether the membership is direct.",
        ),
    ),
)

USER_SCHEMA = Schema(
    id=USER_URN,
    name="User",
    description="User account",
    attributes=(
        Attribute(
            "userName",
            required=True,
            uniqueness="server",
            description="Name by which the user signs in; unique on this server without regard to case.",
        ),
        _NAME,
        Attribute("displayName", description="Name of the user as it should be shown."),
        Attribute("nickName", description="Casual name of the user."),
        Attribute(
            "profileUrl",
            type="reference",
            reference_types=("external",),
            description="URL of the user's profile.",
        ),
        Attribute("title", description="Job title, such as 'Vice President'."),
        Attribute(
            "userType",
            description="Relation to the organization, such as 'Employee' or 'Contractor'.",
        ),
        Attribute(
            "preferredLanguage",
            description="Preferred languages, as an HTTP Accept-Language value.",
        ),
        Attribute(
            "locale",
            description="Default location for currency, date and number formats.",
        ),
        Attribute("timezone", description="Time zone by its name in the IANA database."),
        Attribute("active", type="boolean", description="Whether the account may be used."),
        Attribute(
            "password",
            mutability="writeOnly",
            returned="never",
            description="Clear-text password; never read.",
        ),
        _plural(
            "emails",
            "Mail addresses of the user.",
            value=Attribute("value", description="Mail address."),
            types=("work", "home", "other"),
        ),
        _plural(
            "phoneNumbers",
            "Phone numbers of the user.",
            value=Attribute("value", description="Phone number, best in the form of RFC 3966."),
            types=("work", "home", "mobile", "fax", "pager", "other"),
        ),
        _plural(
            "ims",
            "Instant messaging addresses of the user.",
            value=Attribute("value", description="Instant messaging address."),
            types=("aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"),
        ),
        _plural(
            "photos",
            "URLs of photos of the user.",
            value=Attribute(
                "value",
                type="reference",
                reference_types=("external",),
                description="URL of a photo.",
            ),
            types=("photo", "thumbnail"),
        ),
        _ADDRESSES,
        _GROUPS,
        _plural(
            "entitlements",
            "Things the user is entitled to.",
            value=Attribute("value", description="Entitlement."),
        ),
        _plural(
            "roles",
            "Roles that describe who the user is.",
            value=Attribute("value", description="Role."),
        ),
        _plural(
            "x509Certificates",
            "Certificates issued to the user.",
            value=Attribute(
                "value",
                type="binary",
                case_exact=True,
                description="DER certificate in base64.",
            ),
        ),
    ),
)
