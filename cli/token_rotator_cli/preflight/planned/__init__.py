"""The planned stacks, from a configuration file or from templates."""
