"""Evidence that the project handles keys and permissions safely. `make audit` collects it."""
