"""Judging: what judges say of a session, asking for more, and the way from a score to its turn."""
