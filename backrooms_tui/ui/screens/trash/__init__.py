"""Trash: what was deleted, and the two ways from there."""
