"""AWS, as the operator's credentials reach it."""
