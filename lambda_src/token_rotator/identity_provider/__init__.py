"""The identity provider: discovery, the token request, and the HTTP requests of both."""
