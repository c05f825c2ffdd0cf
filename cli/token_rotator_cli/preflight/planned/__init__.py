"""What would be deployed: the stacks of a configuration file, or of templates."""
