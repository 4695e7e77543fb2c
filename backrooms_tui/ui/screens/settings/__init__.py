"""Theme, keys and defaults, written into config.toml."""
