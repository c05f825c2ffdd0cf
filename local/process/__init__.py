"""Programs that are started and always stopped again."""
