"""The SCIM Portal server. Doors are in `web` and `jobs`, decisions in `services`, the protocol in `protocol`."""

__version__ = "0.1.0"
