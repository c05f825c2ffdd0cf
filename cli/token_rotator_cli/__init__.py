"""The command for operators: check, status, rotate, upload. The function imports none of it."""
