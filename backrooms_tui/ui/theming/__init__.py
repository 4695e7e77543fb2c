"""Themes: one TOML file each, those that come with the program and the person's own."""
