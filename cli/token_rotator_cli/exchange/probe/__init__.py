"""``token-rotator try --probe``: finds undocumented behavior with at most six token requests."""
