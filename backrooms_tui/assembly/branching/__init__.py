"""Branches of a session: made, run, compared, and drawn as a family."""
