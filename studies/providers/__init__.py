"""Tests of the profiles with third-party implementations."""
