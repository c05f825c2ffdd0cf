"""What consumers of the parameter need; knows nothing of keys or signing."""
