"""How much a resource or a patch may carry: one value, so that a deployment or a test can choose others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds on what one resource or one PATCH may carry. Lengths are in characters."""

    values: int = 100
    members: int = 10_000
    user_name: int = 256
    text: int = 1024
    # URLs, certificates and unknown extension objects (in bytes) are longer than names.
    long_text: int = 8192
    operations: int = 1000


DEFAULT = Limits()
