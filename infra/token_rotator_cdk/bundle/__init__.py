"""The function's bundle: what goes into it, and how it becomes a CDK asset without Docker."""
