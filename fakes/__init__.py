"""Stand-ins that tests and studies share: AWS's services, a clock, keys, certificates."""
