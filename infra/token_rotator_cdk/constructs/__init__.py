"""The CDK constructs."""
