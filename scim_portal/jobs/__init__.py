"""The doors of the clock and the worker: each job is a service call in short transactions."""
