"""The page of `make run`: the live view in a browser, with switches."""
