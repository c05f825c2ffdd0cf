"""What would be deployed: the stacks of a configuration file, or of a CDK app's assembly."""
