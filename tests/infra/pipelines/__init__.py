"""The example files of examples/pipelines."""
