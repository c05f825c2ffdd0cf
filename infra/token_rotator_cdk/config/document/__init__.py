"""How any document is read, checked and described by its models."""
