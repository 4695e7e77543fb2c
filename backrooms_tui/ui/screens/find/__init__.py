"""Finding in everything that was ever said."""
