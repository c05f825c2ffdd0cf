"""The command line of ``token-rotator``.

Imports nothing slow, so that help is shown immediately.
"""
