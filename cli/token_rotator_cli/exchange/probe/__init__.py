"""``token-rotator try --probe``: what only the provider can say, in six token requests."""
