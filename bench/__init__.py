"""The load harness: how many requests the product answers, how fast, and at what cost in server CPU.

It starts the product as its own processes and loads it from another process over real connections. Timings are never
asserted; what must not grow (statements per request) is asserted in `tests/`.
"""
