"""What evidence is there that this can be trusted with a key? `make audit` collects it."""
