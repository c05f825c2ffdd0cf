"""The identity provider: discovery, the token request, and the HTTP requests that both send."""
