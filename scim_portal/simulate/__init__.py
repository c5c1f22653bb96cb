"""An Okta org in a box: made-up people and groups, provisioned over real HTTP exactly as Okta does it.

For newcomers without an Okta org, for demonstrations and for tests that want believable traffic. Nothing here
touches the database or a service: whatever the simulated Okta wants, it asks for through the portal's SCIM address.
"""

from scim_portal.simulate.run import Report, run

__all__ = ["Report", "run"]
