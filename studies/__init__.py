"""Studies of the rotator: programs that write pages of the documentation."""
