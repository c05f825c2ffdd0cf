"""The command ``package``."""
