"""The languages that pages speak, each with its catalog in a directory of its own; how they come about: `catalogs`."""

from __future__ import annotations

LANGUAGES = {"en": "English", "de": "Deutsch"}
