"""Which models there are, what their names mean, and what they cost."""
