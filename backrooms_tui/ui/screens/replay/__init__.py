"""A stored session, played again as it was."""
