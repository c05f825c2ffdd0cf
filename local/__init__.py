"""The whole system on one machine: a local AWS, a stand-in identity provider, a live view."""
