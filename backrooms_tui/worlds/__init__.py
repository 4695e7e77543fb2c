"""What answers commands: the built-in world, world-interface servers and tool servers."""
