"""The SSM parameter: the record that it holds, and how the record is written."""
