"""The command ``live-check``: what only a deployment in a real account shows.

docs/operate/live-check.md describes it. It mostly reads. What it changes for a check, it restores.
"""
