"""The operator's command, ``token-rotator``."""
