"""``rotators.toml``: the settings, their rules, and how the file is read."""
