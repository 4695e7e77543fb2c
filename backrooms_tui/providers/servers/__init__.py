"""Models behind a server: hosted ones, and those that somebody runs near by."""
