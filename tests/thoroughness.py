"""How long generated tests search: a moment and always the same, or all night and each time elsewhere.

`HYPOTHESIS_PROFILE=nightly` gives every test that asks here 10,000 examples, chosen anew.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

PROFILES = ("usual", "nightly")
NIGHTLY_EXAMPLES = 10_000
CHOSEN = os.environ.get("HYPOTHESIS_PROFILE", "usual")
if CHOSEN not in PROFILES:
    raise ValueError(f"HYPOTHESIS_PROFILE must be one of {', '.join(PROFILES)}, not {CHOSEN!r}.")
NIGHTLY = CHOSEN == "nightly"


def searching(examples: int) -> settings:
    """Search with so many examples, by night with many more; what fails by night is printed to be tried again."""
    return settings(
        max_examples=NIGHTLY_EXAMPLES if NIGHTLY else examples,
        derandomize=not NIGHTLY,
        print_blob=NIGHTLY,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


def forget_the_clock() -> None:
    """Let generated tests that ask for nothing take their time too: on a busy machine a single example may be slow."""
    settings.register_profile("unhurried", settings(deadline=None, suppress_health_check=[HealthCheck.too_slow]))
    settings.load_profile("unhurried")
