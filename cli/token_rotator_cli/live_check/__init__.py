"""What does only a deployment in a real account show? A bounded check that mostly reads.

No part of the function and not in its bundle: docs/live-check.md.
"""
