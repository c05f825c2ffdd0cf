"""An HTTP server on loopback, which the identity provider and the page share."""
