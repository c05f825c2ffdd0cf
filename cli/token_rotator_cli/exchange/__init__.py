"""``token-rotator try``: one exchange from this machine, without AWS."""
