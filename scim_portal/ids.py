"""UUIDv7 ids (RFC 9562 §5.7): opaque on the wire, in creation order on disk.

The 12 bits after the version carry the fraction of the millisecond (method 3 of §6.2), and a process never hands out an
id that is not greater than its last one, so users sort by the moment they were provisioned.
"""

from __future__ import annotations

import os
import re
import threading
import time
from datetime import datetime

_SHAPE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """Make a UUIDv7 in its canonical lower-case text form."""
    global _last
    nanoseconds = time.time_ns()
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    stamp = (milliseconds << 12) | (rest * 4096 // 1_000_000)
    with _lock:
        _last = stamp = max(stamp, _last + 1)
    random = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    value = (stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | random
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def first_of(moment: datetime) -> str:
    """Give the text that all ids made from a moment on are greater than, and all made before it are less than."""
    milliseconds = f"{int(moment.timestamp() * 1000):012x}"
    return f"{milliseconds[:8]}-{milliseconds[8:]}"


def is_id(text: str) -> bool:
    """Tell whether a text from outside could be one of our ids at all."""
    return bool(_SHAPE.match(text))
