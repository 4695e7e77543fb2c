"""Does a conversation still live? Measured turn by turn from its text alone, with no model and no network."""
