"""`make words`: bring the catalogs in line with the sources, and print what has no translation yet."""

from __future__ import annotations

import sys

from scim_portal.translations import catalogs


def main() -> int:
    """Update every catalog; returns 1 while something is not translated."""
    missing = 0
    for language in catalogs.TRANSLATED:
        catalog = catalogs.update(language)
        for message in catalogs.untranslated(catalog):
            missing += 1
            places = ", ".join(sorted({place for place, _ in message.locations}))
            sys.stdout.write(f"{language}: {message.id!r} ({places})\n")
        sys.stdout.write(f"{language}: {len(catalog)} texts\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
