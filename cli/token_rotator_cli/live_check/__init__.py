"""The command ``live-check``: what only a deployment in a real account shows (docs/live-check.md).

It mostly reads. What it changes for a check, it restores.
"""
