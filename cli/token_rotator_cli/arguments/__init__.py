"""The command line of ``token-rotator``.

Imports nothing slow, so that a help text is shown at once.
"""
