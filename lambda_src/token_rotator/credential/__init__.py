"""The credential: secret, service account, private key and signed assertion."""
