"""Starting of programs that always end with their starter."""
