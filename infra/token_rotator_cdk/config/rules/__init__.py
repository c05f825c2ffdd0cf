"""Rules of single values: what AWS and OAuth accept, and what to write instead."""
