"""Fakes for tests and studies: AWS services, a clock, keys, certificates."""
