"""AWS as the function calls it."""
