"""Searching in the built-in world: over what was said in the session, and over documents that the person names."""
