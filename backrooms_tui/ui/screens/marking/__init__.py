"""Marks on the screen: a star by one key, and the dialog for star, tags and note."""
