"""The prose linter: textlint reads the documentation and the sentences in Python files."""
