"""One file, one check: a module here that has a ``CHECK`` is a row of the table."""
