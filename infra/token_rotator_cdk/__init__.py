"""CDK constructs that deploy token rotators."""
