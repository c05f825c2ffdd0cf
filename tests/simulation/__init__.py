"""Tests of the simulation: its model, the promise for a few days, and its page."""
