"""The command line interface ``token-rotator``."""
