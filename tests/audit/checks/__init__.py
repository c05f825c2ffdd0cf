"""The checks. Each module has a ``CHECK``, which is a row of the table."""
