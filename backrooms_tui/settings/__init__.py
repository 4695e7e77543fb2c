"""What a person decides once: the configuration file, and the folders where things belong."""
