"""The SCIM core, tested as pure functions."""
