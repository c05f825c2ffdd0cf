"""A stand-in for Intelligence's identity provider."""
