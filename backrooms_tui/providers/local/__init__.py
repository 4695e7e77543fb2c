"""Models in a file on this machine."""
