"""The best moments: everything with a star."""
