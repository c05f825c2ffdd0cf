"""How long are consumers without a token? The real rotation in a simulated world."""
