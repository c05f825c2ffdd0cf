"""Rules for single values, and their fixes."""
