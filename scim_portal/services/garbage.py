"""Fewer rounds of Python's collector while very many values are made that all stay until the work is done.

It counts what was made and not yet freed, so that a list of 100,000 people has it look through all of them again and again: a
third of the time of a preview. What is freed by its last reference, as nearly everything is, needs no collector.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 200_000
_lock = threading.Lock()
_usual = gc.get_threshold()
_busy = 0


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Have the collector of this process look seldom while the block runs, on whatever threads it runs at once."""
    global _busy, _usual
    with _lock:
        if not _busy:
            _usual = gc.get_threshold()
            gc.set_threshold(SELDOM, *_usual[1:])
        _busy += 1
    try:
        yield
    finally:
        with _lock:
            _busy -= 1
            if not _busy:
                gc.set_threshold(*_usual)
