"""Evaluation of the IAM policies in a template."""
