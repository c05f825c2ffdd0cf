"""Calls of AWS: the protocol that the function uses, and botocore's clients behind it."""
