"""A turn: a model speaks, and may call tools; a world answers."""
