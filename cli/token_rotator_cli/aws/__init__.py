"""Calls to AWS with the operator's credentials."""
