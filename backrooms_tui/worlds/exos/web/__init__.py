"""The web in the built-in world: pages of public hosts as readable text."""
