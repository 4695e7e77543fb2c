"""Notes: numbered, found by words and by meaning, kept in the session or in a notebook that sessions share."""
