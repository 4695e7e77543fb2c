"""The built-in world: a command interpreter with environments, in the manner of exOS."""
