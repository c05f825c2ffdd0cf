"""The credential: the secret, the service account in it, its private key, the signed assertion."""
